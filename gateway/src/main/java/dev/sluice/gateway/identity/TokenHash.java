package dev.sluice.gateway.identity;

import dev.sluice.job.InvalidValue;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-256 of a token. Two are compared in a time that does not depend on where they differ. */
public final class TokenHash {
    private static final int BYTES = 32;

    private final byte[] bits;

    private TokenHash(byte[] bits) {
        this.bits = bits;
    }

    /** @throws InvalidValue unless it is {@value #BYTES} bytes */
    public static TokenHash of(byte[] bits) {
        if (bits.length != BYTES) {
            throw new InvalidValue("token hash", BYTES + " bytes", bits.length + " bytes");
        }
        return new TokenHash(bits.clone());
    }

    public byte[] toArray() {
        return bits.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash hash && MessageDigest.isEqual(bits, hash.bits);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bits);
    }

    /** The first bytes only. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bits, 0, 4) + "…";
    }
}
