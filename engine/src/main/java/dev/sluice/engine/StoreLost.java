package dev.sluice.engine;

/** The store did not answer, or not well: nobody knows whether a commit is on disk. */
public final class StoreLost extends Exception {
    private static final long serialVersionUID = 1L;

    public StoreLost(String message) {
        super(message);
    }

    public StoreLost(String message, Throwable cause) {
        super(message, cause);
    }
}
