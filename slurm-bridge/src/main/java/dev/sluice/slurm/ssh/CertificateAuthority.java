package dev.sluice.slurm.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Signs OpenSSH user certificates (OpenSSH, PROTOCOL.certkeys) for keys that it makes: each for one account, one session and a
 * short time, without any permission beyond running commands.
 */
final class CertificateAuthority implements Credentials {
    static final String TYPE = "ssh-ed25519-cert-v01@openssh.com";
    private static final int USER = 1;
    private static final int NONCE_BYTES = 32;

    private final JSch jsch = new JSch();
    private final SecureRandom random = new SecureRandom();
    private final KeyPair authority;
    private final Duration life;
    private final Duration skew;
    private final InstantSource clock;

    CertificateAuthority(Path file, Duration life, Duration skew, InstantSource clock) throws JSchException {
        this.authority = KeyPair.load(jsch, file.toString());
        if (authority.isEncrypted()) {
            throw new JSchException("the certificate authority's key " + file.getFileName() + " has a passphrase");
        }
        this.life = life;
        this.skew = skew;
        this.clock = clock;
    }

    @Override
    public Offer offer(String account) throws JSchException {
        Instant now = clock.instant();
        KeyPair key = KeyPair.genKeyPair(jsch, KeyPair.ED25519);
        byte[] certificate = certificate(key.getPublicKeyBlob(), account, now.minus(skew), now.plus(life));
        return new Offer(new KeyIdentity("sluice:" + account, key, TYPE, certificate), TYPE, now.plus(life));
    }

    byte[] certificate(byte[] ed25519PublicKey, String account, Instant from, Instant to) {
        SshReader key = new SshReader(ed25519PublicKey);
        String type = key.text();
        if (!type.equals("ssh-ed25519")) {
            throw new IllegalArgumentException("a key of type " + type);
        }
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] empty = new byte[0];
        byte[] signed = new SshWriter()
                .string(TYPE)
                .string(nonce)
                .string(key.string())
                .uint64(random.nextLong() >>> 1)
                .uint32(USER)
                .string("sluice:" + account)
                .string(new SshWriter().string(account).bytes())
                .uint64(from.getEpochSecond())
                .uint64(to.getEpochSecond())
                .string(empty)
                .string(empty)
                .string(empty)
                .string(authority.getPublicKeyBlob())
                .bytes();
        byte[] signature;
        synchronized (authority) {
            signature = authority.getSignature(signed, Keys.algorithm(authority));
        }
        byte[] whole = new byte[signed.length + 4 + signature.length];
        System.arraycopy(signed, 0, whole, 0, signed.length);
        byte[] tail = new SshWriter().string(signature).bytes();
        System.arraycopy(tail, 0, whole, signed.length, tail.length);
        return whole;
    }
}
