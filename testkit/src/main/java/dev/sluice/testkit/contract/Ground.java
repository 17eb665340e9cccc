package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The common ground of the contract's parts: a site for each test, and the few steps that all of them take. */
abstract class Ground {
    static final Duration NO_WAIT = Duration.ZERO;
    static final Duration A_LITTLE = Duration.ofSeconds(2);

    /** So long the evidence behind a grant counts; what a busy machine takes to send it is less. */
    static final Duration FRESH = Duration.ofSeconds(30);

    private static final int CANARIES = 2;

    @SuppressWarnings("NullAway.Init") // JUnit runs openSite before each test
    Site site;

    @SuppressWarnings("NullAway.Init") // as above
    ClusterBridge bridge;

    /** A fresh site. */
    protected abstract Site open();

    @BeforeEach
    void openSite() {
        site = open();
        bridge = site.bridge();
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    boolean has(Site.Trait trait) {
        return site.traits().contains(trait);
    }

    boolean seesClaims() {
        return bridge.ability().orElseThrow().claims();
    }

    Instant fence() {
        return site.now().plus(bridge.ability().orElseThrow().fence());
    }

    /** An attempt that was parked, and as which object. */
    record Parked(Attempt attempt, Binding binding, JobSpec spec) {
        TaskSet tasks() {
            return attempt.tasks();
        }
    }

    Parked park(JobSpec spec) {
        return park(site.attempt(spec, spec.tasks()), spec);
    }

    Parked park(Attempt attempt, JobSpec spec) {
        Parking parking = bridge.park(attempt, spec, fence());
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        return new Parked(attempt, ((Parking.Parked) parking).binding(), spec);
    }

    Parked park(Does what) {
        return park(site.sample(what));
    }

    static JobSpec array(JobSpec spec, int tasks) {
        return spec.toBuilder()
                .array(new ArraySpec(TaskSet.range(0, tasks - 1)))
                .build();
    }

    Grant grant(Parked parked, TaskSet tasks) {
        return new Grant(parked.attempt(), parked.binding(), tasks, site.now().plus(FRESH));
    }

    Release release(Parked parked) {
        return release(parked, parked.tasks());
    }

    Release release(Parked parked, TaskSet tasks) {
        List<Release> all = bridge.release(List.of(grant(parked, tasks)));
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    /** Released, and on a node. */
    Parked run(JobSpec spec) {
        Parked parked = park(spec);
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        await(parked, seen -> seen instanceof Sighting.Running r && r.claim() != Sighting.Claimed.UNCLAIMED);
        // What cannot see claims says that it runs before its first line has.
        Instant deadline = site.now().plus(site.patience());
        while (!seesClaims() && starts(parked) == 0) {
            sweep();
            assertThat(site.now()).as("%s has not begun", parked).isBefore(deadline);
        }
        return parked;
    }

    Parked run(Does what) {
        return run(site.sample(what));
    }

    /** Another job comes, runs and ends: whatever could have started meanwhile has had its chance. */
    void othersComeAndGo() {
        for (int i = 0; i < CANARIES; i++) {
            awaitEnd(release0(park(new Does.Exits(0))));
            bridge.observe(sweep().next(), A_LITTLE);
        }
    }

    private Parked release0(Parked parked) {
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        return parked;
    }

    Sweep.Seen sweep() {
        return sweep(Cursor.START, NO_WAIT);
    }

    Sweep.Seen sweep(Cursor after, Duration wait) {
        Sweep sweep = bridge.observe(after, wait);
        assertThat(sweep).isInstanceOf(Sweep.Seen.class);
        return (Sweep.Seen) sweep;
    }

    /** How the tasks of the attempt stand now; each only once. */
    List<Observation> seen(Attempt attempt) {
        return of(attempt, sweep());
    }

    static List<Observation> of(Attempt attempt, Sweep.Seen sweep) {
        return sweep.observations().stream()
                .filter(seen -> seen.attempt().equals(attempt.id()))
                .toList();
    }

    /** How the attempt stands, that looks alike in all its tasks. */
    Sighting standing(Parked parked) {
        List<Observation> all = seen(parked.attempt());
        assertThat(all).hasSize(1);
        assertThat(all.getFirst().tasks()).isEqualTo(parked.tasks());
        return all.getFirst().seen();
    }

    void assertHeldByUs(Parked parked) {
        assertThat(standing(parked))
                .isInstanceOfSatisfying(
                        Sighting.Held.class, held -> assertThat(held.isByUs()).isTrue());
    }

    /** Looks again and again, each from where the last look ended, until all tasks were seen so. */
    List<Observation> await(Parked parked, Predicate<Sighting> wanted) {
        return await(parked, parked.tasks(), wanted);
    }

    List<Observation> await(Parked parked, TaskSet tasks, Predicate<Sighting> wanted) {
        Instant deadline = site.now().plus(site.patience());
        List<Observation> met = new ArrayList<>();
        TaskSet missing = tasks;
        Cursor cursor = Cursor.START;
        while (!missing.isEmpty()) {
            Sweep.Seen sweep = sweep(cursor, A_LITTLE);
            for (Observation seen : of(parked.attempt(), sweep)) {
                if (wanted.test(seen.seen()) && seen.tasks().intersects(missing)) {
                    met.add(seen);
                    missing = missing.minus(seen.tasks());
                }
            }
            cursor = sweep.next();
            assertThat(site.now())
                    .as("tasks %s of %s are not seen as expected; the last look has %s", missing, parked, sweep)
                    .isBefore(deadline);
        }
        return met;
    }

    Sighting.Ended awaitEnd(Parked parked) {
        return (Sighting.Ended)
                await(parked, Sighting.Ended.class::isInstance).getFirst().seen();
    }

    AttemptEnd endOf(Does what) {
        return awaitEnd(release0(park(what))).end();
    }

    Search find(Attempt attempt) {
        List<Search> all = bridge.find(List.of(Sought.of(attempt)));
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    List<Search.Trace> traces(Attempt attempt) {
        Search search = find(attempt);
        assertThat(search).isInstanceOf(Search.Found.class);
        return ((Search.Found) search).traces();
    }

    /** The same object's id with another's incarnation. */
    static Binding another(Binding binding) {
        String incarnation = binding.incarnation();
        char last = incarnation.charAt(incarnation.length() - 1) == '0' ? '1' : '0';
        return new Binding(
                binding.nativeId(), incarnation.substring(0, incarnation.length() - 1) + last, binding.owner());
    }

    int starts(Parked parked) {
        return site.starts(parked.attempt(), parked.tasks().first());
    }
}
