package dev.sluice.testkit.slurm;

import java.util.List;

/** What a command in the cluster left: its exit status and both of its streams, as UTF-8. */
public record Result(List<String> command, int exit, String stdout, String stderr) {
    /** What `timeout` ends with when it had to. */
    static final int TIMED_OUT = 124;

    public Result {
        command = List.copyOf(command);
    }

    public boolean succeeded() {
        return exit == 0;
    }

    /** Its standard output without white space around it.
     *
     * @throws AssertionError when the command failed; the message has all of it
     */
    public String text() {
        if (!succeeded()) {
            throw new AssertionError(toString());
        }
        return stdout.strip();
    }

    @Override
    public String toString() {
        return "%s ended with %d%s%nstdout: %s%nstderr: %s"
                .formatted(String.join(" ", command), exit, exit == TIMED_OUT ? " (too slow)" : "", stdout, stderr);
    }
}
