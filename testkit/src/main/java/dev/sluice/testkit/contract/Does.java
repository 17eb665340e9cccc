package dev.sluice.testkit.contract;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.Work;

/** What the user code of a sample job does. Real sites run its script; a fake one reads this. */
public sealed interface Does {
    String script();

    record Exits(int code) implements Does {
        @Override
        public String script() {
            return "#!/bin/sh\nexit " + code + "\n";
        }
    }

    /** Its exit code is its index in the array. */
    record ExitsWithItsIndex() implements Does {
        @Override
        public String script() {
            return "#!/bin/sh\nexit \"$SLURM_ARRAY_TASK_ID\"\n";
        }
    }

    record KillsItself(int signal) implements Does {
        @Override
        public String script() {
            return "#!/bin/sh\nkill -" + signal + " $$\n";
        }
    }

    /** For an hour, unless it is ended. */
    record RunsOn() implements Does {
        @Override
        public String script() {
            return "#!/bin/sh\nexec sleep 3600\n";
        }
    }

    /** A line, and then it succeeds. */
    record Prints(String line) implements Does {
        @Override
        public String script() {
            return "#!/bin/sh\necho '" + line + "'\n";
        }
    }

    default Work.Script work() {
        return new Work.Script(Bytes.ofUtf8(script()));
    }
}
