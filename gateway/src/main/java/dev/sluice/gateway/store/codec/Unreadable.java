package dev.sluice.gateway.store.codec;

/** The refusal of a stored text: what is wrong with it, never what else it holds. */
public final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Unreadable(String message) {
        super(message);
    }

    public Unreadable(String message, Throwable cause) {
        super(message, cause);
    }
}
