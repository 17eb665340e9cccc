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
    /** What a certificate's type has behind the type of its key. */
    private static final String CERTIFIED = "-cert-v01@openssh.com";

    private static final int USER = 1;
    private static final int NONCE_BYTES = 32;

    private final JSch jsch = new JSch();
    private final SecureRandom random = new SecureRandom();
    private final KeyPair authority;
    private final Duration life;
    private final Duration skew;
    private final Kind kind;
    private final InstantSource clock;

    /** What keys it makes. */
    enum Kind {
        ED25519(KeyPair.ED25519, 256),
        /** For servers that know no Ed25519. */
        ECDSA(KeyPair.ECDSA, 256);

        private final int type;
        private final int bits;

        Kind(int type, int bits) {
            this.type = type;
            this.bits = bits;
        }
    }

    CertificateAuthority(Path file, Duration life, Duration skew, Kind kind, InstantSource clock) throws JSchException {
        this.authority = KeyPair.load(jsch, file.toString());
        if (authority.isEncrypted()) {
            throw new JSchException("the certificate authority's key " + file.getFileName() + " has a passphrase");
        }
        this.life = life;
        this.skew = skew;
        this.kind = kind;
        this.clock = clock;
    }

    @Override
    public Offer offer(String account) throws JSchException {
        Instant now = clock.instant();
        KeyPair key = KeyPair.genKeyPair(jsch, kind.type, kind.bits);
        byte[] certificate = certificate(key.getPublicKeyBlob(), account, now.minus(skew), now.plus(life));
        String type = Keys.plainType(key) + CERTIFIED;
        return new Offer(new KeyIdentity("sluice:" + account, key, type, certificate), type, now.plus(life));
    }

    private byte[] certificate(byte[] publicKey, String account, Instant from, Instant to) {
        SshReader key = new SshReader(publicKey);
        String type = key.text() + CERTIFIED;
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] empty = new byte[0];
        byte[] signed = new SshWriter()
                .string(type)
                .string(nonce)
                .raw(key.rest())
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
