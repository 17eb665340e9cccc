package dev.sluice.spec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An immutable sequence of bytes, kept exactly: a script is not text until its interpreter says so.
 *
 * <p>Its {@code toString} tells the length only, so that a script reaches neither a log nor a message by accident.
 */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes of(byte[] content) {
        return new Bytes(content.clone());
    }

    public static Bytes ofUtf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return content.length;
    }

    public boolean isEmpty() {
        return content.length == 0;
    }

    /** The byte at an index, as 0 to 255. */
    public int at(int index) {
        return content[index] & 0xff;
    }

    /** The bytes from one index to before another. */
    public Bytes slice(int from, int to) {
        if (to > content.length) {
            throw new IndexOutOfBoundsException(to + " of " + content.length);
        }
        return new Bytes(Arrays.copyOfRange(content, from, to));
    }

    public byte[] toArray() {
        return content.clone();
    }

    /** One character a byte, 0 to 255, for scanning; the only decoding that cannot fail. */
    public String toLatin1() {
        return new String(content, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return content.length + " bytes";
    }
}
