package dev.sluice.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * A token as its owner holds it: {@code slu_} and 43 characters of base 64 for URLs, 256 random bits. The gateway keeps its
 * hash only, and its {@code toString} says nothing of it.
 */
public final class TokenText {
    private static final String PREFIX = "slu_";
    private static final int BYTES = 32;
    private static final int LENGTH = PREFIX.length() + 43;

    private final String text;

    private TokenText(String text) {
        this.text = text;
    }

    /** A new one. */
    public static TokenText random(SecureRandom random) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        return new TokenText(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
    }

    /** Reads one as it was sent; empty when it has not the form of a token. */
    public static Optional<TokenText> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        for (int i = PREFIX.length(); i < LENGTH; i++) {
            char c = text.charAt(i);
            boolean digit =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
            if (!digit) {
                return Optional.empty();
            }
        }
        return Optional.of(new TokenText(text));
    }

    /** The text itself, to be shown once. */
    public String reveal() {
        return text;
    }

    /** Its SHA-256: what is kept. The token has 256 random bits, so that neither salt nor a slow hash would add anything. */
    public TokenHash hash() {
        try {
            return TokenHash.of(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return PREFIX + "***";
    }
}
