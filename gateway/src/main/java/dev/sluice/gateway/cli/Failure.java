package dev.sluice.gateway.cli;

/** A command that ends with a message for a person and an exit code. */
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;
    private final Exit exit;
    /** Of the HTTP answer; 0 where there was none. */
    private final int status;

    /** @param message one or more lines; control characters in it are not shown as such */
    Failure(Exit exit, String message) {
        this(exit, message, 0);
    }

    Failure(Exit exit, String message, int status) {
        super(message);
        this.exit = exit;
        this.status = status;
    }

    /** Whether it stood in the way that things are not that far, or are past it. */
    boolean isConflict() {
        return status == 409;
    }

    Exit exit() {
        return exit;
    }

    /** What was typed is wrong. */
    static Failure usage(String message) {
        return new Failure(Exit.USAGE, message);
    }
}
