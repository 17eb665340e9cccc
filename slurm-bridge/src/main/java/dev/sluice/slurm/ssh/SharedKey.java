package dev.sluice.slurm.ssh;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.KeyPair;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** One key for all accounts. */
final class SharedKey implements Credentials {
    private static final Duration SESSION = Duration.ofHours(1);

    private final KeyPair pair;
    private final InstantSource clock;

    SharedKey(Path file, InstantSource clock) throws JSchException {
        this.pair = KeyPair.load(new JSch(), file.toString());
        this.clock = clock;
    }

    @Override
    public Offer offer(String account) {
        String algorithm = Keys.algorithm(pair);
        return new Offer(
                new KeyIdentity("sluice", pair, Keys.plainType(pair), pair.getPublicKeyBlob()),
                algorithm,
                clock.instant().plus(SESSION));
    }
}
