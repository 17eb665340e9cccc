package dev.sluice.slurm.ssh;

import com.jcraft.jsch.KeyPair;

/** Names of key types and of the signatures that they make. */
final class Keys {
    private Keys() {}

    /** As its public key calls it. */
    static String plainType(KeyPair pair) {
        return new SshReader(pair.getPublicKeyBlob()).text();
    }

    /** The signature to use: RSA keys sign by SHA-2, as SHA-1 is refused since OpenSSH 8.8. */
    static String algorithm(KeyPair pair) {
        String type = plainType(pair);
        return type.equals("ssh-rsa") ? "rsa-sha2-512" : type;
    }
}
