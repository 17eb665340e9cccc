package dev.sluice.gateway.http;

import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.job.UserName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A client's idempotency key as the engine takes it: one user's key never meets another's. */
final class KeyHash {
    private KeyHash() {}

    /** 128 bits of the SHA-256 of user and key, and 64 of the body's. */
    static Input.Token of(UserName user, String key, byte[] body) {
        MessageDigest digest = sha256();
        digest.update(user.value().getBytes(StandardCharsets.UTF_8));
        // No user's name has this byte in it.
        digest.update((byte) 0);
        ByteBuffer who = ByteBuffer.wrap(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
        long fingerprint = ByteBuffer.wrap(digest.digest(body)).getLong();
        return new Input.Token(new IdempotencyKey(who.getLong(), who.getLong()), fingerprint);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
