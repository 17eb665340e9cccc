package dev.sluice.slurm.ssh;

import dev.sluice.job.InvalidValue;
import dev.sluice.slurm.door.Owner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How to reach a cluster's login node.
 *
 * @param knownHosts lines as of known_hosts(5), the only host keys that are believed; for a port other than 22 they begin with
 *     {@code [host]:port}
 * @param observer the account that reads the queue; not root
 * @param binDirectory where SLURM's commands are; empty for the usual places
 * @param slurmConf SLURM_CONF for them; empty for what the account's own environment says
 * @param claimDirectory absolute; empty for {@code $HOME/.sluice/claims}
 * @param leastUid owners with a lower user id are refused
 */
public record SshSettings(
        String host,
        int port,
        String knownHosts,
        String observer,
        Login login,
        Optional<String> binDirectory,
        Optional<String> slurmConf,
        Optional<String> claimDirectory,
        int leastUid,
        Limits limits) {
    public static final int LEAST_UID = Owner.LEAST_UID;

    /** How accounts are logged in to. */
    public sealed interface Login {
        /**
         * By OpenSSH user certificates that we sign, one an account, each for one session.
         *
         * @param authority private key file that the cluster's TrustedUserCAKeys names
         * @param life of a certificate, and so of a session
         */
        record Certificates(Path authority, Duration life) implements Login {
            public static final Duration LIFE = Duration.ofMinutes(5);
        }

        /** By one key that all accounts trust: whoever has it is all of them. */
        record SharedKey(Path key) implements Login {}
    }

    /**
     * @param connect for a connection up to its login
     * @param call for a command, from the login on
     * @param keepAlive between probes of a silent connection; three missed ones end it
     * @param idle a session unused for so long is closed
     * @param mungeLife how long a request to slurmctld acts after it was made (munge's TTL, 300 s by default)
     * @param skew of the cluster's clock against ours at most
     * @param sessions for an account at once
     * @param channels on a session at once (sshd's MaxSessions is 10 by default)
     * @param handshakes at once (sshd's MaxStartups)
     * @param output most bytes of one command's output
     */
    public record Limits(
            Duration connect,
            Duration call,
            Duration keepAlive,
            Duration idle,
            Duration mungeLife,
            Duration skew,
            int sessions,
            int channels,
            int handshakes,
            int output) {
        public static final Limits DEFAULTS = new Limits(
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(15),
                Duration.ofMinutes(2),
                Duration.ofSeconds(300),
                Duration.ofSeconds(5),
                4,
                8,
                4,
                256 << 20);

        public Limits {
            if (sessions < 1 || channels < 1 || handshakes < 1 || output < 1) {
                throw new InvalidValue("limits of ssh", "at least one of each", sessions + ", " + channels);
            }
        }
    }

    public SshSettings {
        if (port < 1 || port > 65_535) {
            throw new InvalidValue("port", "1 to 65535", Integer.toString(port));
        }
        if (knownHosts.isBlank()) {
            throw new InvalidValue("known hosts", "at least one line of known_hosts(5)", knownHosts);
        }
        if (observer.isBlank() || observer.equals("root")) {
            throw new InvalidValue("observer", "an account other than root", observer);
        }
        binDirectory.ifPresent(path -> absolute("SLURM's bin directory", path));
        slurmConf.ifPresent(path -> absolute("slurm.conf", path));
        claimDirectory.ifPresent(path -> absolute("claim directory", path));
    }

    private static void absolute(String field, String path) {
        if (!path.startsWith("/")) {
            throw new InvalidValue(field, "an absolute path", path);
        }
    }

    /** With defaults for all that has one. */
    public static SshSettings of(String host, int port, String knownHosts, String observer, Login login) {
        return new SshSettings(
                host,
                port,
                knownHosts,
                observer,
                login,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                LEAST_UID,
                Limits.DEFAULTS);
    }

    public SshSettings withLimits(Limits value) {
        return new SshSettings(
                host, port, knownHosts, observer, login, binDirectory, slurmConf, claimDirectory, leastUid, value);
    }

    public SshSettings withClaimDirectory(String path) {
        return new SshSettings(
                host, port, knownHosts, observer, login, binDirectory, slurmConf, Optional.of(path), leastUid, limits);
    }

    public SshSettings withBinDirectory(String path) {
        return new SshSettings(
                host,
                port,
                knownHosts,
                observer,
                login,
                Optional.of(path),
                slurmConf,
                claimDirectory,
                leastUid,
                limits);
    }

    /**
     * How far ahead a fence has to lie for a call to have all of its time: a command's own limit, then what it sent to slurmctld
     * acts for another life of munge's credential, by clocks that differ.
     */
    public Duration fence() {
        return limits.call().plus(limits.mungeLife()).plus(limits.skew());
    }
}
