package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Park, find and release (DISPATCH.md, "Going out"). */
abstract class GoingOutContract extends Ground {
    @Test
    void whatIsParkedNeverRuns() {
        Parked parked = park(new Does.Exits(0));
        othersComeAndGo();
        assertHeldByUs(parked);
        assertThat(starts(parked)).isZero();
    }

    @Test
    void whatIsParkedBelongsToItsUserAndCarriesItsKey() {
        Parked parked = park(new Does.Exits(0));
        assertThat(parked.binding().owner()).isNotEmpty();
        assertThat(seen(parked.attempt())).singleElement().satisfies(seen -> {
            assertThat(seen.attempt()).isEqualTo(parked.attempt().id());
            assertThat(seen.binding()).isEqualTo(parked.binding());
            assertThat(seen.seen().run()).isZero();
        });
    }

    @Test
    void parkedTwiceIsFoundWithAllItsObjects() {
        Parked first = park(new Does.Exits(0));
        Parked second = park(first.attempt(), first.spec());
        List<Search.Trace> traces = traces(first.attempt());
        assertThat(traces).allMatch(trace -> trace.seen() instanceof Sighting.Held);
        if (has(Site.Trait.ONE_OBJECT_A_KEY)) {
            assertThat(second.binding()).isEqualTo(first.binding());
            assertThat(traces).extracting(Search.Trace::binding).containsExactly(first.binding());
        } else {
            assertThat(second.binding()).isNotEqualTo(first.binding());
            assertThat(traces).extracting(Search.Trace::binding).containsExactly(first.binding(), second.binding());
        }
    }

    @Test
    void parkedAgainAsAnotherJobNeverReplacesTheFirst() {
        Parked first = park(new Does.Exits(0));
        Parking again = bridge.park(first.attempt(), site.sample(new Does.Exits(3)), fence());
        if (has(Site.Trait.ONE_OBJECT_A_KEY)) {
            assertThat(again).isInstanceOf(Parking.Refused.class);
            assertThat(traces(first.attempt())).hasSize(1);
        } else {
            assertThat(again).isInstanceOf(Parking.Parked.class);
            assertThat(traces(first.attempt())).hasSize(2);
        }
        release(first);
        List<AttemptEnd> ends = new ArrayList<>();
        await(first, Sighting.Ended.class::isInstance).forEach(seen -> ends.add(((Sighting.Ended) seen.seen()).end()));
        assertThat(ends).containsExactly(new AttemptEnd.Finished(Verdict.SUCCEEDED));
    }

    @Test
    void oneOfTwoIsReleasedAlone() {
        Parked first = park(new Does.Exits(0));
        Parked second = park(first.attempt(), first.spec());
        release(first);
        await(first, Sighting.Ended.class::isInstance);
        othersComeAndGo();
        assertThat(site.starts(first.attempt(), 0)).isOne();
        boolean alone = second.binding().equals(first.binding());
        assertThat(traces(first.attempt()).stream().filter(trace -> trace.seen() instanceof Sighting.Held))
                .hasSize(alone ? 0 : 1);
    }

    @Test
    void aParkBehindItsFenceIsNotSent() {
        JobSpec spec = site.sample(new Does.Exits(0));
        Attempt attempt = site.attempt(spec, spec.tasks());
        assertThat(bridge.park(attempt, spec, site.now())).isInstanceOf(Parking.Unknown.class);
        othersComeAndGo();
        assertThat(find(attempt)).isInstanceOf(Search.None.class);
        assertThat(seen(attempt)).isEmpty();
    }

    @Test
    void whatCannotRunIsRefusedWithAReasonAndIsNotThere() {
        JobSpec spec = site.impossible();
        assertThat(bridge.cannot(spec)).isNotEmpty().isEqualTo(bridge.cannot(spec));
        Attempt attempt = site.attempt(spec, spec.tasks());
        assertThat(bridge.park(attempt, spec, fence())).isInstanceOfSatisfying(Parking.Refused.class, refused -> {
            assertThat(refused.refusal().code()).isNotEmpty();
            assertThat(refused.refusal().message()).isNotEmpty();
        });
        assertThat(find(attempt)).isInstanceOf(Search.None.class);
        assertThat(bridge.cannot(site.sample(new Does.Exits(0)))).isEmpty();
    }

    @Test
    void parksFromManyThreadsAreAllThere() throws InterruptedException, ExecutionException {
        JobSpec spec = site.sample(new Does.Exits(0));
        List<Attempt> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attempts.add(site.attempt(spec, spec.tasks()));
        }
        List<Parking> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Parking>> parks = new ArrayList<>();
            for (Attempt attempt : attempts) {
                parks.add(threads.submit(() -> bridge.park(attempt, spec, fence())));
            }
            for (Future<Parking> park : parks) {
                answers.add(park.get());
            }
        }
        assertThat(answers).allMatch(Parking.Parked.class::isInstance);
        assertThat(new HashSet<>(answers)).hasSize(8);
        assertThat(bridge.find(attempts.stream().map(Sought::of).toList())).allMatch(Search.Found.class::isInstance);
    }

    @Test
    void findKeepsItsOrderAndTellsWhatIsNotThere() {
        Parked one = park(new Does.Exits(0));
        Parked two = park(new Does.Exits(0));
        JobSpec spec = site.sample(new Does.Exits(0));
        Attempt none = site.attempt(spec, spec.tasks());
        List<Search> found = bridge.find(
                Stream.of(two.attempt(), none, one.attempt()).map(Sought::of).toList());
        assertThat(found).hasSize(3);
        assertThat(found.get(0))
                .isInstanceOfSatisfying(
                        Search.Found.class,
                        f -> assertThat(f.traces())
                                .extracting(Search.Trace::binding)
                                .containsExactly(two.binding()));
        assertThat(found.get(1)).isInstanceOf(Search.None.class);
        assertThat(found.get(2)).isInstanceOf(Search.Found.class);
    }

    @Test
    void whatHasEndedIsFoundAsEnded() {
        Parked parked = park(new Does.Exits(1));
        release(parked);
        awaitEnd(parked);
        assertThat(traces(parked.attempt()))
                .singleElement()
                .satisfies(trace -> assertThat(trace.seen()).isInstanceOf(Sighting.Ended.class));
    }

    @Test
    void whatIsReleasedRunsOnce() {
        Parked parked = park(new Does.Exits(0));
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        assertThat(awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        othersComeAndGo();
        assertThat(starts(parked)).isOne();
    }

    @Test
    void aReleaseMayBeRepeated() {
        Parked parked = park(site.waits());
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        assertThat(release(parked)).isInstanceOf(Release.Released.class);
        assertThat(standing(parked)).isInstanceOf(Sighting.Pending.class);
        Parked running = run(new Does.RunsOn());
        assertThat(release(running)).isInstanceOf(Release.Released.class);
        othersComeAndGo();
        assertThat(starts(running)).isOne();
    }

    @Test
    void aReleaseOfNobodyIsAbsent() {
        Parked parked = park(new Does.Exits(0));
        Grant nobody = new Grant(
                parked.attempt(), site.nobody(), parked.tasks(), site.now().plus(FRESH));
        assertThat(bridge.release(List.of(nobody))).singleElement().isInstanceOf(Release.Absent.class);
        assertHeldByUs(parked);
    }

    @Test
    void aReleaseOfAnotherIncarnationIsAbsentAndTouchesNothing() {
        Parked parked = park(new Does.Exits(0));
        Grant stale = new Grant(
                parked.attempt(),
                another(parked.binding()),
                parked.tasks(),
                site.now().plus(FRESH));
        assertThat(bridge.release(List.of(stale))).singleElement().isInstanceOf(Release.Absent.class);
        othersComeAndGo();
        assertHeldByUs(parked);
    }

    @Test
    void aReleaseOfAnotherAttemptsBindingTouchesNothing() {
        Parked parked = park(new Does.Exits(0));
        Parked other = park(new Does.Exits(0));
        Grant crossed = new Grant(
                parked.attempt(), other.binding(), parked.tasks(), site.now().plus(FRESH));
        assertThat(bridge.release(List.of(crossed))).singleElement().isInstanceOf(Release.Absent.class);
        othersComeAndGo();
        assertHeldByUs(parked);
        assertHeldByUs(other);
    }

    @Test
    void aReleaseOnStaleEvidenceIsNotSent() {
        Parked parked = park(new Does.Exits(0));
        Instant past = site.now().minusMillis(1);
        Grant late = new Grant(parked.attempt(), parked.binding(), parked.tasks(), past);
        assertThat(bridge.release(List.of(late))).singleElement().isInstanceOf(Release.TooLate.class);
        othersComeAndGo();
        assertHeldByUs(parked);
    }

    @Test
    void aReleaseOfManyAnswersEachInItsOrder() {
        Parked one = park(new Does.Exits(0));
        Parked late = park(new Does.Exits(0));
        Parked two = park(new Does.Exits(0));
        Grant nobody =
                new Grant(one.attempt(), site.nobody(), one.tasks(), site.now().plus(FRESH));
        Grant stale = new Grant(
                late.attempt(), late.binding(), late.tasks(), site.now().minusMillis(1));
        List<Release> all = bridge.release(List.of(grant(two, two.tasks()), nobody, stale, grant(one, one.tasks())));
        assertThat(all)
                .extracting(Object::getClass)
                .containsExactly(
                        Release.Released.class, Release.Absent.class, Release.TooLate.class, Release.Released.class);
        awaitEnd(one);
        awaitEnd(two);
        assertHeldByUs(late);
        assertThat(bridge.release(List.of())).isEmpty();
    }

    @Test
    void someTasksOfAnArrayAreReleasedAndTheOthersStayParked() {
        Parked parked = park(array(site.sample(new Does.Exits(0)), 4));
        TaskSet some = TaskSet.of(1, 2);
        Release released = release(parked, some);
        TaskSet run = has(Site.Trait.RELEASES_SINGLE_TASKS) ? some : TaskSet.EMPTY;
        assertThat(released).isInstanceOf(run.isEmpty() ? Release.Refused.class : Release.Released.class);
        await(parked, run, Sighting.Ended.class::isInstance);
        othersComeAndGo();
        for (int task = 0; task < 4; task++) {
            assertThat(site.starts(parked.attempt(), task)).isEqualTo(run.contains(task) ? 1 : 0);
        }
    }

    @Test
    void whatOthersHoldIsRefused() {
        Parked parked = park(new Does.Exits(0));
        site.others().ifPresent(others -> {
            others.hold(parked.binding());
            assertThat(release(parked)).isInstanceOf(Release.Refused.class);
            assertThat(standing(parked))
                    .isInstanceOfSatisfying(
                            Sighting.Held.class,
                            held -> assertThat(held.by()).isEqualTo(Sighting.Holder.ADMINISTRATOR));
        });
        othersComeAndGo();
        assertThat(starts(parked)).isZero();
    }
}
