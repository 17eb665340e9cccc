package dev.sluice.testkit.simulation;

/** A promise that was broken. */
public final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Violation(String message) {
        super(message);
    }
}
