package dev.sluice.kubernetes;

import static dev.sluice.kubernetes.Statuses.at;
import static dev.sluice.kubernetes.Statuses.condition;
import static dev.sluice.kubernetes.Statuses.deleted;
import static dev.sluice.kubernetes.Statuses.ended;
import static dev.sluice.kubernetes.Statuses.failed;
import static dev.sluice.kubernetes.Statuses.pod;
import static dev.sluice.kubernetes.Statuses.released;
import static dev.sluice.kubernetes.Statuses.running;
import static dev.sluice.kubernetes.Statuses.suspended;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How tasks stand that we stopped, or whose Job we suspended. */
class OwnActsTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Instant ASKED = Instant.parse("2026-11-29T11:00:00Z");

    private static Job stopped(JobBuilder job, String tasks) {
        return job.editMetadata()
                .addToAnnotations(Keys.STOPPED, tasks + " " + ASKED)
                .endMetadata()
                .build();
    }

    private static Job held(Holds.Word word) {
        return suspended()
                .editMetadata()
                .addToAnnotations(Keys.HELD, word.text())
                .endMetadata()
                .build();
    }

    private static Sighting seen(Job job, Pod... pods) {
        List<States.Standing> all = States.of(job, List.of(pods), "", NOW);
        assertThat(all).hasSize(1);
        return all.getFirst().seen();
    }

    private static Sighting.Ended never(Instant at) {
        return new Sighting.Ended(0, new AttemptEnd.Stopped(), at, at);
    }

    @Test
    void whatWasStoppedBeforeItHadAPodNeverRan() {
        assertThat(seen(stopped(suspended(), "0"))).isEqualTo(never(ASKED));
        assertThat(seen(stopped(released("0"), "0"))).isEqualTo(never(ASKED));
    }

    @Test
    void whatWasStoppedAndHasAPodIsOverWhenThatIs() {
        Job job = stopped(released("0"), "0");
        assertThat(seen(job, pod("Pending").build())).isEqualTo(new Sighting.Pending(0));
        assertThat(seen(job, running().build())).isInstanceOf(Sighting.Running.class);
        Pod terminated = deleted(failed("Error", 143), Statuses.ENDED, 0).build();
        assertThat(seen(job, terminated)).isInstanceOfSatisfying(Sighting.Ended.class, end -> {
            assertThat(end.end()).isEqualTo(new AttemptEnd.Stopped());
            assertThat(end.started()).isBefore(end.at());
        });
    }

    @Test
    void whatEndedBeforeItWasStoppedKeepsItsEnd() {
        assertThat(seen(stopped(released("0"), "0"), failed("Error", 3).build()))
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        end -> assertThat(end.end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(3, 0, ""))));
        assertThat(seen(stopped(condition(released("0"), "Complete", "", ""), "0")))
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        end -> assertThat(end.end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED)));
    }

    /** Its pod ended by the signal that we sent, and is gone: the Job's words for that are no failure of the user's. */
    @Test
    void ofWhatWasStoppedAndIsGoneTheJobsFailureIsTheStop() {
        Job job = stopped(
                condition(
                        released("0"),
                        "Failed",
                        "PodFailurePolicy",
                        "Container job for pod a/b failed with exit code 143 matching FailJob rule at index 1"),
                "0");
        assertThat(seen(job)).isInstanceOfSatisfying(Sighting.Ended.class, end -> {
            assertThat(end.end()).isEqualTo(new AttemptEnd.Stopped());
            assertThat(end.started()).isBefore(end.at());
        });
    }

    /** Its pod may have started before it heard of the stop, and went while nobody watched: no proof that it never ran. */
    @Test
    @Fault("F14")
    void whatWasStoppedAndIsGoneUnseenMayHaveRun() {
        Job job =
                stopped(released("5-6").editSpec().withCompletionMode("Indexed").endSpec(), "5-6");
        job.getMetadata().getAnnotations().merge(Keys.STOPPED, " 6", String::concat);
        assertThat(States.of(job, List.of(), "", NOW))
                .extracting(States.Standing::tasks, States.Standing::seen)
                .containsExactlyInAnyOrder(
                        tuple(TaskSet.of(5), never(ASKED)),
                        tuple(
                                TaskSet.of(6),
                                new Sighting.Ended(0, new AttemptEnd.Stopped(), ASKED.minusMillis(1), ASKED)));
        Job ended = stopped(condition(released("0"), "Complete", "", ""), "0");
        ended.getMetadata().getAnnotations().merge(Keys.STOPPED, " 0", String::concat);
        assertThat(seen(ended))
                .isInstanceOfSatisfying(
                        Sighting.Ended.class,
                        end -> assertThat(end.end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED)));
    }

    /** Seen once in CI, a second behind a start: its pod told of no deletion before its end. */
    @Test
    @Fault("F14")
    void whatWasToldToStopAndDiedOfItsSignalWasStopped() {
        Job job =
                stopped(released("5-7").editSpec().withCompletionMode("Indexed").endSpec(), "5,7");
        Pod asked = at(0, ended("Failed", "Error", 143, 0, Statuses.ENDED));
        Pod unasked = at(1, ended("Failed", "Error", 143, 0, Statuses.ENDED));
        Pod byItself = at(2, ended("Failed", "Error", 1, 0, Statuses.ENDED));
        assertThat(States.of(job, List.of(asked, unasked, byItself), "", NOW))
                .extracting(States.Standing::tasks, each -> ((Sighting.Ended) each.seen()).end())
                .containsExactlyInAnyOrder(
                        tuple(TaskSet.of(5), new AttemptEnd.Stopped()),
                        tuple(
                                TaskSet.of(6),
                                new AttemptEnd.Finished(
                                        new Verdict.Failed(143, 0, "as of a program that signal 15 killed"))),
                        tuple(TaskSet.of(7), new AttemptEnd.Finished(new Verdict.Failed(1, 0, ""))));
    }

    @Test
    void aTaskThatWasTurnedAwayNeverRanAndOthersWithThatCodeDid() {
        Pod turnedAway = at(0, ended("Failed", "Error", Keys.TURNED_AWAY, 0, Statuses.ENDED));
        Pod same = at(1, ended("Failed", "Error", Keys.TURNED_AWAY, 0, Statuses.ENDED));
        Job job =
                stopped(released("5-6").editSpec().withCompletionMode("Indexed").endSpec(), "5");
        Instant at = Instant.parse(Statuses.ENDED);
        assertThat(States.of(job, List.of(turnedAway, same), "", NOW))
                .extracting(States.Standing::tasks, States.Standing::seen)
                .containsExactlyInAnyOrder(
                        tuple(TaskSet.of(5), never(at)),
                        tuple(
                                TaskSet.of(6),
                                new Sighting.Ended(
                                        0,
                                        new AttemptEnd.Finished(new Verdict.Failed(Keys.TURNED_AWAY, 0, "")),
                                        Instant.parse(Statuses.STARTED),
                                        at)));
    }

    @ParameterizedTest
    @EnumSource(Holds.Word.class)
    void theWordThatWeHoldWithSaysHowItStands(Holds.Word word) {
        Sighting seen = seen(held(word));
        switch (word) {
            case PARKED -> assertThat(seen).isEqualTo(new Sighting.Held(0, Holder.UNRELEASED, "suspended"));
            case HELD -> assertThat(seen).isEqualTo(new Sighting.Held(0, Holder.US, "suspended"));
            case HOLDING -> assertThat(seen).isEqualTo(new Sighting.Pending(0));
            case RAN, LATE ->
                assertThat(seen)
                        .isInstanceOfSatisfying(
                                Sighting.Ended.class,
                                end -> assertThat(end.end()).isInstanceOf(AttemptEnd.Interrupted.class));
        }
    }

    @Test
    void whoElseSuspendsItIsAnAdministrator() {
        assertThat(seen(suspended().build())).isEqualTo(new Sighting.Held(0, Holder.ADMINISTRATOR, "suspended"));
        Job strange = suspended()
                .editMetadata()
                .addToAnnotations(Keys.HELD, "something")
                .endMetadata()
                .build();
        assertThat(seen(strange)).isEqualTo(new Sighting.Held(0, Holder.ADMINISTRATOR, "suspended"));
    }

    /** We meant what waits, and it started at that instant (DISPATCH.md, "withdraw"). */
    @Test
    void whatOurHoldEndedIsPreemptedAndNotStopped() {
        Pod killed = deleted(failed("Error", 143), Statuses.ENDED, 0).build();
        assertThat(seen(held(Holds.Word.HOLDING), killed))
                .isInstanceOfSatisfying(
                        Sighting.Ended.class, end -> assertThat(end.end()).isEqualTo(new AttemptEnd.Preempted()));
        assertThat(seen(suspended().build(), killed))
                .isInstanceOfSatisfying(
                        Sighting.Ended.class, end -> assertThat(end.end()).isEqualTo(new AttemptEnd.Stopped()));
    }

    @Test
    void anUnreadableStopStopsNothing() {
        for (String text : List.of("", "0", "x 2026-11-29T11:00:00Z", "0-1-2 y")) {
            Job job = released("0")
                    .editMetadata()
                    .addToAnnotations(Keys.STOPPED, text)
                    .endMetadata()
                    .build();
            assertThat(seen(job)).isEqualTo(new Sighting.Pending(0));
        }
        assertThat(Holds.stopped(stopped(released("0"), "0,3-5")))
                .isEqualTo(new Holds.Stopped(TaskSet.parse("0,3-5"), ASKED, TaskSet.EMPTY));
        for (String text : List.of("0,3-5 " + ASKED, "0,3-5 " + ASKED + " 3-4")) {
            Job job = released("0")
                    .editMetadata()
                    .addToAnnotations(Keys.STOPPED, text)
                    .endMetadata()
                    .build();
            assertThat(Holds.stopped(job).text()).isEqualTo(text);
        }
    }

    @Test
    void whatRunsIsSeenRunningThoughItsJobIsSuspended() {
        assertThat(seen(held(Holds.Word.HOLDING), running().build()))
                .isEqualTo(new Sighting.Running(0, Instant.parse(Statuses.STARTED), Claimed.UNKNOWN));
    }
}
