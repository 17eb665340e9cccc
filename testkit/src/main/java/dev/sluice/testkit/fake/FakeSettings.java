package dev.sluice.testkit.fake;

import dev.sluice.cluster.Accounts;
import dev.sluice.job.ClusterName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What kind of cluster a fake is: what stays as it is while a simulation runs.
 *
 * @param realm whose objects are ours
 * @param cpus to begin with; {@link Mischief#capacity} changes it
 * @param accounting whether it keeps a record of what ended, that outlives the queue
 * @param claims whether the bridge can see and take claims (SLURM: over SSH); the gate in the job is there all the same
 * @param nativeRequeue whether the cluster itself starts again what was preempted or lost its node
 * @param release whether the bridge reads before it releases
 * @param minJobAge for how long the queue knows what has ended; empty: for ever
 * @param schedule from the moment that something may start until it does
 * @param gate from a launch until its gate is passed
 * @param completeEvery how often an observation that goes on from a cursor is complete
 * @param poll how often the bridge looks while it waits for a change
 * @param skew added to the cluster's clock: it writes the times that it reports, and reads credentials by it. The protocol
 *     holds while it is at most {@link #FENCE_SKEW} either way
 * @param accounts what it tells of who may use what; empty: it keeps no such record
 */
public record FakeSettings(
        ClusterName name,
        Flavour flavour,
        long realm,
        int cpus,
        Accounting accounting,
        Claims claims,
        NativeRequeue nativeRequeue,
        ReleaseBy release,
        Optional<Duration> minJobAge,
        Duration schedule,
        Duration gate,
        Duration completeEvery,
        Duration poll,
        Duration skew,
        Optional<Accounts.Known> accounts) {
    /** A credential of ours ends so much before its fence (DISPATCH.md: skew is a setting). */
    public static final Duration FENCE_SKEW = Duration.ofSeconds(5);

    public enum Accounting {
        KEPT,
        NONE
    }

    public enum Claims {
        SEEN,
        UNSEEN
    }

    public enum NativeRequeue {
        NEVER,
        BY_SPEC
    }

    /** How the bridge releases. */
    public enum ReleaseBy {
        /** It reads key, owner and incarnation on the same connection first. */
        READING,
        /** By the id alone, as long as the grant's evidence is fresh: what else has got that id since is released. */
        ID
    }

    public static FakeSettings slurm(ClusterName name, long realm) {
        return new FakeSettings(
                name,
                Flavour.SLURM,
                realm,
                64,
                Accounting.KEPT,
                Claims.SEEN,
                NativeRequeue.NEVER,
                ReleaseBy.READING,
                Optional.of(Duration.ofSeconds(300)),
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ZERO,
                Optional.of(new Accounts.Known(List.of(), List.of())));
    }

    public static FakeSettings kubernetes(ClusterName name, long realm) {
        return slurm(name, realm)
                .withFlavour(Flavour.KUBERNETES)
                .withAccounting(Accounting.NONE)
                .withClaims(Claims.UNSEEN)
                .withMinJobAge(Optional.of(Duration.ofHours(1)))
                .withAccounts(Optional.empty());
    }

    public FakeSettings withFlavour(Flavour value) {
        return new FakeSettings(
                name,
                value,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withCpus(int value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                value,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withAccounting(Accounting value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                value,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withClaims(Claims value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                value,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withNativeRequeue(NativeRequeue value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                value,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withRelease(ReleaseBy value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                value,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withMinJobAge(Optional<Duration> value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                value,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    /** @param schedule from the moment that something may start until it does; gate: from then until its gate is passed */
    public FakeSettings withPace(Duration schedule, Duration gate) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withCompleteEvery(Duration value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                value,
                poll,
                skew,
                accounts);
    }

    public FakeSettings withSkew(Duration value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                value,
                accounts);
    }

    public FakeSettings withAccounts(Optional<Accounts.Known> value) {
        return new FakeSettings(
                name,
                flavour,
                realm,
                cpus,
                accounting,
                claims,
                nativeRequeue,
                release,
                minJobAge,
                schedule,
                gate,
                completeEvery,
                poll,
                skew,
                value);
    }
}
