package dev.sluice.image;

import dev.sluice.job.InvalidValue;

/**
 * The content address of a manifest, as {@code sha256:…}: an algorithm that the OCI image specification registers and the
 * sum in lower-case hexadecimal.
 *
 * <p>Equal digests have equal text, so upper-case hexadecimal is refused as the specification demands.
 */
public record Digest(Algorithm algorithm, String hex) {
    /** The sums that registries verify; what is not listed cannot be checked and is refused. */
    public enum Algorithm {
        SHA256("sha256", 64),
        SHA512("sha512", 128);

        private final String text;
        private final int digits;

        Algorithm(String text, int digits) {
            this.text = text;
            this.digits = digits;
        }

        /** As it stands before the colon. */
        public String text() {
            return text;
        }
    }

    private static final String FIELD = "digest";

    public Digest {
        if (hex.length() != algorithm.digits || !isLowerHex(hex)) {
            throw new InvalidValue(
                    FIELD,
                    algorithm.digits + " digits of 0-9a-f after " + algorithm.text + ":",
                    algorithm.text + ":" + hex);
        }
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @throws InvalidValue for another algorithm, another length or another digit
     */
    public static Digest parse(String text) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (text.startsWith(algorithm.text + ":")) {
                return new Digest(algorithm, text.substring(algorithm.text.length() + 1));
            }
        }
        throw new InvalidValue(FIELD, "sha256: or sha512: and the sum in hexadecimal", text);
    }

    static boolean isLowerHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    @Override
    public String toString() {
        return algorithm.text + ":" + hex;
    }
}
