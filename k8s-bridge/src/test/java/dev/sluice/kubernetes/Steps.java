package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** The few steps that tests on a real cluster take. */
final class Steps {
    static final Duration A_LITTLE = Duration.ofSeconds(2);
    static final Duration GRACE = Duration.ofSeconds(5);

    private final KubernetesSite site;
    private final ClusterBridge bridge;

    Steps(KubernetesSite site) {
        this(site, site.bridge());
    }

    Steps(KubernetesSite site, ClusterBridge bridge) {
        this.site = site;
        this.bridge = bridge;
    }

    record Parked(Attempt attempt, Binding binding, JobSpec spec) {
        TaskSet tasks() {
            return attempt.tasks();
        }
    }

    Instant fence() {
        return site.now().plus(bridge.ability().orElseThrow().fence());
    }

    Parked park(JobSpec spec) {
        Attempt attempt = site.attempt(spec, spec.tasks());
        Parking parking = bridge.park(attempt, spec, fence());
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        return new Parked(attempt, ((Parking.Parked) parking).binding(), spec);
    }

    Release release(Parked parked) {
        Grant grant = new Grant(
                parked.attempt(), parked.binding(), parked.tasks(), site.now().plusSeconds(5));
        return bridge.release(List.of(grant)).getFirst();
    }

    Parked released(JobSpec spec) {
        Parked parked = park(spec);
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        return parked;
    }

    /** Released, and its first line has run. */
    Parked running(JobSpec spec) {
        Parked parked = released(spec);
        await(parked, Sighting.Running.class::isInstance);
        Instant deadline = site.now().plus(site.patience());
        while (starts(parked) == 0) {
            assertThat(site.now()).as("%s has not begun", parked).isBefore(deadline);
        }
        return parked;
    }

    int starts(Parked parked) {
        return site.starts(parked.attempt(), parked.tasks().first());
    }

    Stopping stop(Parked parked) {
        return bridge.stop(parked.attempt().id(), parked.binding(), parked.tasks(), GRACE, fence());
    }

    /** Looks, each time from where the last look ended, until it is seen so; a look without an answer is repeated. */
    Sighting await(Parked parked, Predicate<Sighting> wanted) {
        return await(parked, wanted, Cursor.START, site.patience());
    }

    Sighting await(Parked parked, Predicate<Sighting> wanted, Cursor from, Duration patience) {
        Instant deadline = site.now().plus(patience);
        Cursor cursor = from;
        while (true) {
            Sweep sweep = bridge.observe(cursor, A_LITTLE);
            if (sweep instanceof Sweep.Seen seen) {
                for (Observation each : seen.observations()) {
                    if (each.attempt().equals(parked.attempt().id()) && wanted.test(each.seen())) {
                        return each.seen();
                    }
                }
                cursor = seen.next();
            }
            assertThat(site.now())
                    .as("%s is not seen as expected; the last look: %s", parked, sweep)
                    .isBefore(deadline);
        }
    }

    Sighting.Ended awaitEnd(Parked parked) {
        return (Sighting.Ended) await(parked, Sighting.Ended.class::isInstance);
    }

    Cursor cursor() {
        Sweep sweep = bridge.observe(Cursor.START, Duration.ZERO);
        assertThat(sweep).isInstanceOf(Sweep.Seen.class);
        return ((Sweep.Seen) sweep).next();
    }

    /** How it stands by a whole look. */
    Sighting standing(Parked parked) {
        Sweep sweep = bridge.observe(Cursor.START, Duration.ZERO);
        assertThat(sweep).isInstanceOf(Sweep.Seen.class);
        return ((Sweep.Seen) sweep)
                .observations().stream()
                        .filter(each -> each.attempt().equals(parked.attempt().id()))
                        .map(Observation::seen)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(parked + " is not there"));
    }
}
