package dev.sluice.slurm.ssh;

import com.jcraft.jsch.Identity;
import com.jcraft.jsch.JSchException;
import java.time.Instant;

/** What a session logs in with. From any thread. */
sealed interface Credentials permits CertificateAuthority, SharedKey {
    /**
     * @param algorithm as PubkeyAcceptedAlgorithms takes it
     * @param end the session takes no more calls after it
     */
    record Offer(Identity identity, String algorithm, Instant end) {}

    Offer offer(String account) throws JSchException;
}
