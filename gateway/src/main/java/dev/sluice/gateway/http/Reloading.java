package dev.sluice.gateway.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The settings that can be read again while the gateway runs. For any thread; blocking. */
public interface Reloading {
    /** What came of reading them again. */
    sealed interface Outcome {
        /**
         * @param changed the parts that have other values now
         * @param restart the parts whose new values hold after a restart alone
         */
        record Done(List<String> changed, List<String> restart) implements Outcome {
            public Done {
                changed = List.copyOf(changed);
                restart = List.copyOf(restart);
            }
        }

        /** Nothing changed, for these problems. */
        record Refused(List<String> problems) implements Outcome {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * Who else tells of projects.
     *
     * @param asked when it answered last, or failed to; empty before the first time
     * @param taken when an answer of its was last taken
     * @param projects how many it told of then
     * @param problems what was wrong since; empty when nothing was
     */
    record Source(String name, Optional<Instant> asked, Optional<Instant> taken, int projects, List<String> problems) {
        public Source {
            problems = List.copyOf(problems);
        }
    }

    /** Of a gateway without a file. */
    Reloading NOTHING = new Reloading() {
        @Override
        public Outcome reload() {
            return new Outcome.Refused(
                    List.of(
                            "expected a gateway that was started with --config FILE, found one without: there is nothing to read again"));
        }

        @Override
        public List<Source> sources() {
            return List.of();
        }
    };

    Outcome reload();

    List<Source> sources();
}
