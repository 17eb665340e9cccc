package dev.sluice.cluster;

/** Where a look at a cluster goes on. Opaque; of the bridge that gave it. */
public record Cursor(String text) {
    /** From the beginning: the answer is complete. */
    public static final Cursor START = new Cursor("");
}
