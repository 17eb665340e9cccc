package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.List;

/**
 * What runs: a script, a command, or what the image says.
 *
 * <p>Arguments are passed exactly, up to 131,071 bytes of UTF-8 each (MAX_ARG_STRLEN), 16,384 of them, 1 MiB in all. They may
 * hold secrets, so {@code toString} counts them.
 */
public sealed interface Work {
    /** SLURM's default max_script_size (slurm.conf, SchedulerParameters): 4 MiB. */
    int MAX_SCRIPT_BYTES = 4 << 20;

    /** A file for its own interpreter, byte for byte, inside the container where there is one. */
    record Script(Bytes text, List<String> args) implements Work {
        public Script {
            if (text.isEmpty() || text.size() > MAX_SCRIPT_BYTES) {
                throw new InvalidValue("script", "1 to " + MAX_SCRIPT_BYTES + " bytes", text.toString());
            }
            args = Check.words("script arguments", args);
        }

        public Script(Bytes text) {
            this(text, List.of());
        }

        @Override
        public String toString() {
            return "Script[" + text + ", " + args.size() + " arguments]";
        }
    }

    /**
     * A program and its arguments, with no shell and no expansion between; inside the container where there is one, where it
     * replaces the image's entrypoint and command.
     */
    record Command(List<String> argv) implements Work {
        public Command {
            argv = Check.words("command", argv);
            if (argv.isEmpty() || argv.getFirst().isEmpty()) {
                throw new InvalidValue("command", "a program and its arguments", "no program");
            }
        }

        public static Command of(String... argv) {
            return new Command(List.of(argv));
        }

        @Override
        public String toString() {
            return "Command[" + argv.size() + " words]";
        }
    }

    /**
     * What the job's image says to run, with a pod's two overrides (Kubernetes, "Define a Command and Arguments"): {@code
     * command} replaces the image's entrypoint and drops its command, {@code args} replaces the image's command; empty means
     * the image's own. {@code $(NAME)} in both is expanded from the environment and {@code $$(NAME)} stands for that text, on every cluster.
     */
    record Entrypoint(List<String> command, List<String> args) implements Work {
        /** The image as it is. */
        public static final Entrypoint OF_IMAGE = new Entrypoint(List.of(), List.of());

        public Entrypoint {
            command = Check.words("container command", command);
            args = Check.words("container args", args);
            if (!command.isEmpty() && command.getFirst().isEmpty()) {
                throw new InvalidValue("container command", "a program and its arguments", "no program");
            }
        }

        @Override
        public String toString() {
            return "Entrypoint[" + command.size() + " and " + args.size() + " words]";
        }
    }
}
