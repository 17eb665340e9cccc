package dev.sluice.slurm;

import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.rest.KeyTokens;
import dev.sluice.slurm.rest.RestDoor;
import dev.sluice.slurm.rest.RestSettings;
import dev.sluice.slurm.ssh.SshDoor;
import dev.sluice.slurm.ssh.SshSettings;
import dev.sluice.slurm.ssh.UnusableKey;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.contract.Site.Trait;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Real clusters, each by the doors that a site may have. */
final class Sites {
    private static final Owner OBSERVER = new Owner("sluice");

    /** A token's life, and the skew. */
    private static final Duration REST_LIFE = Duration.ofSeconds(65);

    /** A command's, munge's TTL, and the skew. */
    private static final Duration SSH_LIFE = Duration.ofSeconds(370);

    private Sites() {}

    static Site rest(SlurmCluster cluster) {
        return new SlurmSite(
                cluster,
                each -> Doors.rest(restDoor(each)),
                REST_LIFE,
                EnumSet.of(Trait.HOLDS_WHAT_STARTED, Trait.TELLS_SIGNALS, Trait.ALTERS_LIMITS, Trait.ACCOUNTS));
    }

    static Site ssh(SlurmCluster cluster) {
        return new SlurmSite(
                cluster,
                each -> {
                    SshDoor door = sshDoor(each);
                    return Doors.ssh(door, door.remains());
                },
                SSH_LIFE,
                withFiles());
    }

    static Site both(SlurmCluster cluster) {
        return new SlurmSite(
                cluster,
                each -> {
                    SshDoor door = sshDoor(each);
                    return Doors.both(restDoor(each), door, door.remains());
                },
                SSH_LIFE,
                withFiles());
    }

    /**
     * One that is watched.
     *
     * @param clock the bridge's; the doors' is right
     * @param pause as of {@link SlurmSite}
     */
    static SlurmSite watched(
            SlurmCluster cluster, SlurmSite.By by, InstantSource clock, Duration patience, Optional<Duration> pause) {
        return new SlurmSite(
                cluster,
                each -> switch (by) {
                    case REST -> Doors.rest(restDoor(each));
                    case SSH -> {
                        SshDoor door = sshDoor(each);
                        yield Doors.ssh(door, door.remains());
                    }
                    case BOTH -> {
                        SshDoor door = sshDoor(each);
                        yield Doors.both(restDoor(each), door, door.remains());
                    }
                },
                by == SlurmSite.By.REST ? REST_LIFE : SSH_LIFE,
                withFiles(),
                clock,
                patience,
                pause);
    }

    private static Set<Trait> withFiles() {
        return EnumSet.of(
                Trait.RELEASES_SINGLE_TASKS,
                Trait.HOLDS_WHAT_STARTED,
                Trait.TELLS_SIGNALS,
                Trait.LOGS,
                Trait.ALTERS_LIMITS,
                Trait.ACCOUNTS);
    }

    static SshDoor sshDoor(SlurmCluster cluster) {
        SshSettings settings = SshSettings.of(
                cluster.sshHost(),
                cluster.sshPort(),
                cluster.knownHost(),
                OBSERVER.name(),
                new SshSettings.Login.Certificates(cluster.userCa(), SshSettings.Login.Certificates.LIFE));
        try {
            return new SshDoor(settings, InstantSource.system());
        } catch (UnusableKey e) {
            throw new IllegalStateException(e);
        }
    }

    static RestDoor restDoor(SlurmCluster cluster) {
        InstantSource clock = InstantSource.system();
        return new RestDoor(RestSettings.at(cluster.rest(), OBSERVER), new KeyTokens(cluster.tokenKey(), clock), clock);
    }
}
