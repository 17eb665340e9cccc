package dev.sluice.slurm.rest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tokens signed here with the cluster's own key (HS256). Who reads the key is everybody, root included: insecure, for a lab.
 *
 * @param key jwt_key of slurm.conf; read each time, so that it can be changed
 */
public record KeyTokens(Path key, InstantSource clock) implements TokenSource {
    private static final String HEADER = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    @Override
    public Token mint(String user, Duration life) throws IOException {
        Instant now = clock.instant();
        long end = now.plus(life).getEpochSecond();
        // The user is an Owner's name: nothing in it needs escaping.
        String claims = "{\"iat\":" + now.getEpochSecond() + ",\"exp\":" + end + ",\"sun\":\"" + user + "\"}";
        String signed = HEADER + "." + base64(claims.getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Files.readAllBytes(key), "HmacSHA256"));
            String signature = base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
            return new Token(signed + "." + signature, Instant.ofEpochSecond(end));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the key file holds no key for HS256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
