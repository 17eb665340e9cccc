package dev.sluice.gateway;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.gateway.settings.ClusterConfig;
import dev.sluice.gateway.settings.SlurmRest;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.slurm.Doors;
import dev.sluice.slurm.SlurmBridge;
import dev.sluice.slurm.SlurmSettings;
import dev.sluice.slurm.rest.AdministratorToken;
import dev.sluice.slurm.rest.CommandTokens;
import dev.sluice.slurm.rest.KeyTokens;
import dev.sluice.slurm.rest.RestDoor;
import dev.sluice.slurm.rest.TokenSource;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.slurm.ssh.SshDoor;
import dev.sluice.slurm.ssh.SshSettings;
import dev.sluice.slurm.ssh.UnusableKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The part of {@link Assembly} that puts the bridges to SLURM clusters together. */
final class SlurmClusters {
    private final long realm;
    private final Duration skew;
    private final InstantSource clock;

    /** @param skew by how much a cluster's clock may differ from ours */
    SlurmClusters(long realm, Duration skew, InstantSource clock) {
        this.realm = realm;
        this.skew = skew;
        this.clock = clock;
    }

    /** @throws InvalidValue when a key file holds no usable key */
    ClusterBridge bridge(ClusterName name, ClusterConfig.Slurm slurm) {
        Optional<SshDoor> ssh = slurm.sshSettings(skew).map(settings -> ssh(name, settings));
        Optional<RestDoor> rest = slurm.rest().map(block -> rest(slurm, block));
        return new SlurmBridge(settings(name, slurm), doors(rest, ssh));
    }

    private static Doors doors(Optional<RestDoor> rest, Optional<SshDoor> ssh) {
        if (ssh.isEmpty()) {
            return Doors.rest(rest.orElseThrow());
        }
        SshDoor login = ssh.get();
        return rest.map(door -> Doors.both(door, login, login.remains()))
                .orElseGet(() -> Doors.ssh(login, login.remains()));
    }

    private SshDoor ssh(ClusterName name, SshSettings settings) {
        try {
            return new SshDoor(settings, clock);
        } catch (UnusableKey e) {
            throw new InvalidValue(
                    "clusters." + name + ".ssh",
                    "a private key and lines of known_hosts(5)",
                    String.valueOf(e.getMessage()));
        }
    }

    private RestDoor rest(ClusterConfig.Slurm slurm, SlurmRest block) {
        TokenSource tokens = switch (block.token()) {
            case SlurmRest.Token.Command command -> new CommandTokens(command.argv(), command.timeout(), clock);
            case SlurmRest.Token.KeyFile key -> new KeyTokens(key.file().file(), clock);
            case SlurmRest.Token.AdminToken token ->
                new AdministratorToken(token.file().file());
        };
        return new RestDoor(slurm.restSettings(skew).orElseThrow(), tokens, clock);
    }

    private SlurmSettings settings(ClusterName name, ClusterConfig.Slurm slurm) {
        BatchFile.LoginShell shell = slurm.loginEnvironment() ? BatchFile.LoginShell.YES : BatchFile.LoginShell.NO;
        return new SlurmSettings(
                name,
                realm,
                slurm.users().owners(),
                new BatchFile.Habits(
                        new BatchFile.Claims(slurm.claimDirectory(), slurm.claimRetention()),
                        shell,
                        slurm.environment()),
                slurm.home(),
                slurm.maxArraySize(),
                slurm.minJobAge(),
                slurm.accountingPatience(),
                slurm.life(skew),
                slurm.urgency(),
                slurm.ownership(),
                slurm.fileSystems(),
                slurm.availableModules(),
                slurm.period(),
                clock);
    }
}
