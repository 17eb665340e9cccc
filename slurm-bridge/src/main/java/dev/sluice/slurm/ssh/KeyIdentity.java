package dev.sluice.slurm.ssh;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.KeyPair;

/** A key in memory that shows a public key or a certificate and signs. */
final class KeyIdentity implements Identity {
    private final String name;
    private final KeyPair pair;
    private final String type;
    private final byte[] shown;

    KeyIdentity(String name, KeyPair pair, String type, byte[] shown) {
        this.name = name;
        this.pair = pair;
        this.type = type;
        this.shown = shown.clone();
    }

    @Override
    public boolean setPassphrase(byte[] passphrase) {
        return true;
    }

    @Override
    public byte[] getPublicKeyBlob() {
        return shown.clone();
    }

    @Override
    public byte[] getSignature(byte[] data) {
        return getSignature(data, Keys.algorithm(pair));
    }

    /** @param algorithm what the server agreed to: for a certificate its own name, though the signature is the plain key's */
    @Override
    public byte[] getSignature(byte[] data, String algorithm) {
        synchronized (pair) {
            return pair.getSignature(data, Keys.algorithm(pair));
        }
    }

    @Override
    public String getAlgName() {
        return type;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isEncrypted() {
        return false;
    }

    @Override
    public void clear() {}
}
