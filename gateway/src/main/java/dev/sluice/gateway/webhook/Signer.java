package dev.sluice.gateway.webhook;

import dev.sluice.job.InvalidValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs deliveries, so that whoever gets one can tell that it is the gateway's, and when it was sent: HMAC-SHA256 of the
 * timestamp, a dot and the body.
 */
public final class Signer {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int LEAST = 16;
    private static final int MOST = 4096;

    private final byte[] secret;

    /** @throws InvalidValue when it is too short to be one, or too long */
    public Signer(byte[] secret) {
        if (secret.length < LEAST || secret.length > MOST) {
            throw new InvalidValue("webhook secret", LEAST + " to " + MOST + " bytes", secret.length + " bytes");
        }
        this.secret = secret.clone();
    }

    /** A secret from a file, less the line break at its end. */
    public static Signer ofFile(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int end = content.length;
        while (end > 0 && (content[end - 1] == '\n' || content[end - 1] == '\r')) {
            end--;
        }
        return new Signer(Arrays.copyOf(content, end));
    }

    /** The value of the header {@code Sluice-Signature}. */
    String sign(long timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
            return "v1=" + HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "***";
    }
}
