package dev.sluice.job;

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
        if (text.length() != LENGTH) {
            throw new InvalidValue("attempt id", LENGTH + " characters", text);
        }
        return new AttemptId(decode(text, 0), decode(text, DIGITS_A_LONG));
    }

    private static long decode(String text, int from) {
        long bits = 0;
        for (int i = from; i < from + DIGITS_A_LONG; i++) {
            int digit = DIGITS.indexOf(text.charAt(i));
            boolean overflows = i == from && digit > 0xf;
            if (digit < 0 || overflows) {
                throw new InvalidValue("attempt id", "digits of Crockford's base 32, lower case, 64 bits a half", text);
            }
            bits = bits << 5 | digit;
        }
        return bits;
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
