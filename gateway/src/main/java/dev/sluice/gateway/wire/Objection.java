package dev.sluice.gateway.wire;

import dev.sluice.job.InvalidValue;

/**
 * The refusal of a part of a body, on its way to whoever reads the object that the part belongs to. It has no stack: it is an
 * outcome and no bug, and hostile bodies make many.
 */
final class Objection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem.Error error;

    Objection(Problem.Error error) {
        super(error.detail(), null, false, false);
        this.error = error;
    }

    Objection(String pointer, String detail) {
        this(new Problem.Error(pointer, detail));
    }

    Problem.Error error() {
        return error;
    }

    /** @param found shown shortened and escaped */
    static String text(String expected, String found) {
        return "expected " + expected + ", found " + new InvalidValue("", expected, found).found();
    }
}
