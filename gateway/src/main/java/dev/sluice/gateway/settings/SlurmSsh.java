package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Secret;
import dev.sluice.settings.Setting;
import dev.sluice.slurm.ssh.SshSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A cluster's login node. */
public record SlurmSsh(
        @Setting(text = "Its name or address.", presence = Setting.Presence.REQUIRED)
        String host,

        @Setting(text = "Where its sshd listens.", fallback = "22", least = "1", most = "65535")
        int port,

        @Setting(
                text = "A file of known_hosts(5) lines: the only host keys that are believed. For another port than 22"
                        + " they begin with [host]:port.",
                presence = Setting.Presence.REQUIRED)
        Path knownHosts,

        @Setting(
                text = "The account that reads queue, accounting and inventory; it has to see all users' jobs.",
                presence = Setting.Presence.REQUIRED)
        String observer,

        @Setting(text = "How accounts are logged in to.", presence = Setting.Presence.REQUIRED)
        Login login,

        @Setting(text = "Where SLURM's commands are on the login node. Without it: the usual places.")
        Optional<String> binDirectory,

        @Setting(text = "SLURM_CONF for them. Without it: what the accounts' own environment says.")
        Optional<String> slurmConf,

        @Setting(text = "How patient it is, and how much at once.")
        Limits limits) {
    /** By what a login node believes that a user asks. */
    public sealed interface Login {
        record UserCa(
                @Setting(
                        text = "The private key, without a passphrase, that signs a certificate for each session; sshd"
                                + " trusts its public half (TrustedUserCAKeys).",
                        presence = Setting.Presence.REQUIRED)
                Secret key,

                @Setting(
                        text = "How long a certificate is good, and a session with it.",
                        fallback = "5m",
                        least = "1m",
                        most = "1d")
                Duration certificateLife)
                implements Login {}

        /** One key for all: insecure. */
        record SharedKey(
                @Setting(
                        text = "A private key, without a passphrase, that every account trusts. Who has it is all of"
                                + " them: needs insecure-identity.",
                        presence = Setting.Presence.REQUIRED)
                Secret key)
                implements Login {}
    }

    public record Limits(
            @Setting(text = "For a connection, up to its login.", fallback = "15s", least = "1s", most = "5m")
            Duration connect,

            @Setting(
                    text = "For a command. A request may act for this and munge-life after it was sent.",
                    fallback = "60s",
                    least = "5s",
                    most = "10m")
            Duration call,

            @Setting(
                    text = "Between two probes of a silent connection; three that are missed end it.",
                    fallback = "15s",
                    least = "1s",
                    most = "5m")
            Duration keepAlive,

            @Setting(text = "After which an unused session is closed.", fallback = "2m", least = "1s", most = "1h")
            Duration idle,

            @Setting(
                    text = "How long a munge credential is good there (munged --ttl).",
                    fallback = "300s",
                    least = "10s",
                    most = "1h")
            Duration mungeLife,

            @Setting(text = "Sessions of one account at once.", fallback = "4", least = "1", most = "64")
            int sessions,

            @Setting(
                    text = "Commands on a session at once; at most sshd's MaxSessions.",
                    fallback = "8",
                    least = "1",
                    most = "1024")
            int channels,

            @Setting(
                    text = "Logins under way at once; below sshd's MaxStartups.",
                    fallback = "4",
                    least = "1",
                    most = "64")
            int handshakes,

            @Setting(
                    text = "Most output of one command.",
                    fallback = "256MiB",
                    least = "1MiB",
                    most = "1GiB",
                    spelling = Setting.Spelling.BYTES)
            int output) {}

    /** @throws InvalidValue for what no login node can be reached with */
    public SlurmSsh {
        read(knownHosts);
        if (observer.isBlank() || observer.equals("root")) {
            throw new InvalidValue("observer", "an account other than root", observer);
        }
        absolute("bin-directory", binDirectory);
        absolute("slurm-conf", slurmConf);
    }

    /** Before a file's problem: what a later constructor would say without the key's name. */
    private static void absolute(String key, Optional<String> path) {
        if (path.isPresent() && !path.get().startsWith("/")) {
            throw new InvalidValue(key, "an absolute path on the login node", path.get());
        }
    }

    private static String read(Path knownHosts) {
        try {
            String lines = Files.readString(knownHosts, StandardCharsets.UTF_8);
            if (lines.isBlank()) {
                throw new InvalidValue("known-hosts", "a file of known_hosts(5) lines", "an empty one");
            }
            return lines;
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidValue(
                    "known-hosts", "a file of known_hosts(5) lines that we may read", knownHosts.toString());
        }
    }

    /** How long a command may take at the most, from the connection on. */
    Duration timeout() {
        return limits.connect().plus(limits.call());
    }

    /** How long a request may act after it was sent, clocks that differ left out. */
    Duration life() {
        return limits.call().plus(limits.mungeLife());
    }

    SshSettings settings(Optional<String> claimDirectory, Duration skew) {
        SshSettings.Login by = switch (login) {
            case Login.UserCa(Secret key, Duration life) -> new SshSettings.Login.Certificates(key.file(), life);
            case Login.SharedKey(Secret key) -> new SshSettings.Login.SharedKey(key.file());
        };
        SshSettings.Limits bounds = new SshSettings.Limits(
                limits.connect(),
                limits.call(),
                limits.keepAlive(),
                limits.idle(),
                limits.mungeLife(),
                skew,
                limits.sessions(),
                limits.channels(),
                limits.handshakes(),
                limits.output());
        return new SshSettings(
                host,
                port,
                read(knownHosts),
                observer,
                by,
                binDirectory,
                slurmConf,
                claimDirectory,
                SshSettings.LEAST_UID,
                bounds);
    }
}
