package dev.sluice.slurm.ssh;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import java.util.List;
import java.util.Vector;

/** The identities of a session that has one. */
record OneIdentity(Identity identity) implements IdentityRepository {
    @Override
    public String getName() {
        return identity.getName();
    }

    @Override
    public int getStatus() {
        return RUNNING;
    }

    @Override
    @SuppressWarnings("JdkObsolete") // the interface is JSch's
    public Vector<Identity> getIdentities() {
        return new Vector<>(List.of(identity));
    }

    @Override
    public boolean add(byte[] identity) {
        return false;
    }

    @Override
    public boolean remove(byte[] blob) {
        return false;
    }

    @Override
    public void removeAll() {}
}
