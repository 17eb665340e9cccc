package dev.sluice.gateway.cli;

/** What the command line's exit code says; documented in docs/cli.md and by {@code sluice --help}. */
public enum Exit {
    /** Done; of a job that was waited for: it succeeded. */
    OK(0),
    /** A job did not succeed, what was named does not exist, or the work on this machine failed. */
    FAILED(1),
    /** The command line itself is wrong. */
    USAGE(2),
    /** The gateway refused. */
    REFUSED(3),
    /** No gateway answers. */
    UNREACHABLE(4),
    /** The gateway is busy or stops, after several tries. */
    BUSY(5),
    /** The gateway failed, or answered what makes no sense. */
    BROKEN(6),
    /** What was waited for is not over when the patience is. */
    NOT_YET(7),
    /** Interrupted from the keyboard. */
    INTERRUPTED(130);

    private final int code;

    Exit(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
