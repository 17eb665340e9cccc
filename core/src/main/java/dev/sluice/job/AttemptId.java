package dev.sluice.job;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The key of an attempt: what every object of ours on a cluster carries and is found by.
 *
 * @param realm the installation, drawn once; what carries another realm is somebody else's
 * @param nonce random, so that a gateway restored from an old backup never makes a key twice
 */
public record AttemptId(long realm, long nonce) implements Comparable<AttemptId> {
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int DIGITS_A_LONG = 13;
    private static final int LENGTH = 2 * DIGITS_A_LONG;

    public static AttemptId random(long realm, RandomGenerator ids) {
        return new AttemptId(realm, ids.nextLong());
    }

    /**
     * Reads the text form of {@link #toString()}.
     *
     * @throws InvalidValue when the text is not 26 digits of Crockford's base 32 in lower case
     */
    public static AttemptId parse(String text) {
        return read(text)
                .orElseThrow(() -> new InvalidValue(
                        "attempt id", LENGTH + " digits of Crockford's base 32, lower case, 64 bits a half", text));
    }

    /** The same, of a text that may be anything else: empty then. */
    public static Optional<AttemptId> read(String text) {
        if (text.length() != LENGTH) {
            return Optional.empty();
        }
        long[] halves = new long[2];
        for (int i = 0; i < LENGTH; i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            boolean overflows = i % DIGITS_A_LONG == 0 && digit > 0xf;
            if (digit < 0 || overflows) {
                return Optional.empty();
            }
            halves[i / DIGITS_A_LONG] = halves[i / DIGITS_A_LONG] << 5 | digit;
        }
        return Optional.of(new AttemptId(halves[0], halves[1]));
    }

    @Override
    public int compareTo(AttemptId other) {
        int byRealm = Long.compareUnsigned(realm, other.realm);
        return byRealm != 0 ? byRealm : Long.compareUnsigned(nonce, other.nonce);
    }

    /** 26 characters that are safe in a DNS label, a file name and a shell word. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(LENGTH);
        encode(realm, out);
        encode(nonce, out);
        return out.toString();
    }

    private static void encode(long bits, StringBuilder out) {
        for (int shift = 5 * (DIGITS_A_LONG - 1); shift >= 0; shift -= 5) {
            out.append(DIGITS.charAt((int) (bits >>> shift) & 0x1f));
        }
    }
}
