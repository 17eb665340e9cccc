package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * What every {@link dev.sluice.cluster.ClusterBridge} must do, on the real thing or the fake one: a bridge's tests extend it
 * and {@link #open} a site. Its parts are DISPATCH.md's: going out, watching, and here stopping and altering.
 *
 * <p>No test waits for a time to pass: each waits for something to be seen, or for other jobs to have come and gone.
 */
public abstract class ClusterBridgeContract extends WatchingContract {
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Stopping stop(Parked parked) {
        return stop(parked, parked.tasks());
    }

    private Stopping stop(Parked parked, TaskSet tasks) {
        return bridge.stop(parked.attempt().id(), parked.binding(), tasks, GRACE, fence());
    }

    private Alteration alter(Parked parked, Change change) {
        return bridge.alter(parked.attempt().id(), parked.binding(), parked.tasks(), change, fence());
    }

    @Test
    void whatIsStoppedWhileParkedNeverRan() {
        Parked parked = park(new Does.Exits(0));
        assertThat(stop(parked)).isInstanceOf(Stopping.NeverRan.class);
        assertThat(release(parked)).isInstanceOf(Release.Absent.class);
        othersComeAndGo();
        assertThat(starts(parked)).isZero();
        assertThat(seen(parked.attempt()))
                .allSatisfy(seen -> assertThat(seen.seen())
                        .isInstanceOfSatisfying(
                                Sighting.Ended.class,
                                end -> assertThat(end.started()).isEqualTo(end.at())));
    }

    @Test
    void whatIsStoppedWhilePendingNeverRan() {
        Parked parked = park(site.waits());
        release(parked);
        assertThat(stop(parked)).isInstanceOf(Stopping.NeverRan.class);
        assertThat(starts(parked)).isZero();
    }

    @Test
    void aStopMayBeRepeated() {
        Parked parked = park(new Does.Exits(0));
        stop(parked);
        assertThat(stop(parked)).isInstanceOfAny(Stopping.NeverRan.class, Stopping.Absent.class);
        Parked running = run(new Does.RunsOn());
        stop(running);
        awaitEnd(running);
        assertThat(stop(running))
                .isInstanceOfSatisfying(
                        Stopping.Ended.class, ended -> assertThat(ended.end()).isEqualTo(new AttemptEnd.Stopped()));
    }

    @Test
    void whatIsStoppedWhileRunningEnds() {
        Parked parked = run(new Does.RunsOn());
        Stopping stopping = stop(parked);
        assertThat(stopping).isInstanceOfAny(Stopping.Asked.class, Stopping.Ended.class);
        assertThat(awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Stopped());
        assertThat(starts(parked)).isOne();
    }

    @Test
    void whatEndedBeforeKeepsItsEnd() {
        Parked parked = park(new Does.Exits(3));
        release(parked);
        Sighting.Ended end = awaitEnd(parked);
        assertThat(stop(parked)).isEqualTo(new Stopping.Ended(end.end(), end.started(), end.at()));
        assertThat(end.end()).isInstanceOf(AttemptEnd.Finished.class);
    }

    @Test
    void nobodyAndOtherIncarnationsAreAbsent() {
        Parked parked = park(new Does.Exits(0));
        for (Binding binding : new Binding[] {site.nobody(), another(parked.binding())}) {
            assertThat(bridge.stop(parked.attempt().id(), binding, parked.tasks(), GRACE, fence()))
                    .isInstanceOf(Stopping.Absent.class);
            assertThat(bridge.alter(parked.attempt().id(), binding, parked.tasks(), new Change.Unhold(), fence()))
                    .isInstanceOf(Alteration.Absent.class);
        }
        assertHeldByUs(parked);
    }

    @Test
    void anotherAttemptsObjectIsAbsent() {
        Parked parked = park(new Does.Exits(0));
        Parked other = park(new Does.Exits(0));
        assertThat(bridge.stop(other.attempt().id(), parked.binding(), parked.tasks(), GRACE, fence()))
                .isInstanceOf(Stopping.Absent.class);
        assertThat(bridge.alter(other.attempt().id(), parked.binding(), parked.tasks(), new Change.Unhold(), fence()))
                .isInstanceOf(Alteration.Absent.class);
        assertHeldByUs(parked);
        assertHeldByUs(other);
    }

    @Test
    void nothingActsBehindItsFence() {
        Parked parked = run(new Does.RunsOn());
        Instant passed = site.now().minusSeconds(1);
        assertThat(bridge.stop(parked.attempt().id(), parked.binding(), parked.tasks(), NO_WAIT, passed))
                .isInstanceOf(Stopping.Unknown.class);
        assertThat(bridge.alter(
                        parked.attempt().id(),
                        parked.binding(),
                        parked.tasks(),
                        new Change.Limit(Duration.ofMinutes(1)),
                        passed))
                .isInstanceOf(Alteration.Unknown.class);
        othersComeAndGo();
        assertThat(standing(parked)).isInstanceOf(Sighting.Running.class);
    }

    @Test
    void someTasksOfAParkedArrayAreStoppedAndTheOthersRun() {
        Parked parked = park(array(site.sample(new Does.Exits(0)), 4));
        TaskSet some = TaskSet.of(0, 3);
        assertThat(stop(parked, some)).isInstanceOf(Stopping.NeverRan.class);
        TaskSet rest = parked.tasks().minus(some);
        assertThat(release(parked, rest)).isInstanceOf(Release.Released.class);
        await(parked, rest, Sighting.Ended.class::isInstance);
        othersComeAndGo();
        for (int task = 0; task < 4; task++) {
            assertThat(site.starts(parked.attempt(), task)).isEqualTo(rest.contains(task) ? 1 : 0);
        }
    }

    @Test
    void oneTaskOfARunningArrayIsStoppedAndTheOthersRunOn() {
        Parked parked = run(array(site.sample(new Does.RunsOn()), 3));
        TaskSet one = TaskSet.of(1);
        stop(parked, one);
        await(parked, one, Sighting.Ended.class::isInstance);
        assertThat(seen(parked.attempt()).stream().filter(seen -> seen.seen() instanceof Sighting.Running))
                .allSatisfy(seen -> assertThat(seen.tasks().contains(1)).isFalse())
                .isNotEmpty();
    }

    @Test
    void aPendingJobIsHeldAndLetGoAgain() {
        Parked parked = park(site.waits());
        release(parked);
        assertThat(alter(parked, new Change.Hold())).isInstanceOf(Alteration.Altered.class);
        assertHeldByUs(parked);
        assertThat(alter(parked, new Change.Unhold())).isInstanceOf(Alteration.Altered.class);
        assertThat(standing(parked)).isInstanceOf(Sighting.Pending.class);
    }

    @Test
    @Fault("F53")
    void aHoldLeavesWhatRuns() {
        Parked parked = run(new Does.RunsOn());
        assertThat(alter(parked, new Change.Hold()))
                .isInstanceOf(has(Site.Trait.HOLDS_WHAT_STARTED) ? Alteration.Altered.class : Alteration.Refused.class);
        othersComeAndGo();
        assertThat(standing(parked)).isInstanceOf(Sighting.Running.class);
        assertThat(alter(parked, new Change.Unhold())).isInstanceOf(Alteration.Altered.class);
        assertThat(starts(parked)).isOne();
    }

    @Test
    void aShorterLimitEndsTheRun() {
        Parked parked = park(new Does.RunsOn());
        Alteration altered = alter(parked, new Change.Limit(Duration.ofMinutes(1)));
        if (!has(Site.Trait.ALTERS_LIMITS)) {
            assertThat(altered).isInstanceOf(Alteration.Refused.class);
            return;
        }
        assertThat(altered).isInstanceOf(Alteration.Altered.class);
        release(parked);
        assertThat(awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
    }

    @Test
    void whatIsOverIsNotAltered() {
        Parked parked = park(new Does.Exits(0));
        stop(parked);
        assertThat(alter(parked, new Change.Hold())).isInstanceOf(Alteration.Absent.class);
    }

    @Test
    void whatOthersCancelIsSeenAsStopped() {
        Parked parked = run(new Does.RunsOn());
        if (site.others().isPresent()) {
            site.others().get().cancel(parked.binding());
        } else {
            stop(parked);
        }
        assertThat(awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Stopped());
    }
}
