package dev.sluice.kubernetes;

import static dev.sluice.kubernetes.Statuses.ENDED;
import static dev.sluice.kubernetes.Statuses.FROM;
import static dev.sluice.kubernetes.Statuses.NOW;
import static dev.sluice.kubernetes.Statuses.STARTED;
import static dev.sluice.kubernetes.Statuses.TO;
import static dev.sluice.kubernetes.Statuses.at;
import static dev.sluice.kubernetes.Statuses.condition;
import static dev.sluice.kubernetes.Statuses.deleted;
import static dev.sluice.kubernetes.Statuses.disrupted;
import static dev.sluice.kubernetes.Statuses.ended;
import static dev.sluice.kubernetes.Statuses.failed;
import static dev.sluice.kubernetes.Statuses.pod;
import static dev.sluice.kubernetes.Statuses.reason;
import static dev.sluice.kubernetes.Statuses.released;
import static dev.sluice.kubernetes.Statuses.running;
import static dev.sluice.kubernetes.Statuses.suspended;
import static dev.sluice.kubernetes.Statuses.unsaid;
import static dev.sluice.kubernetes.Statuses.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Kubernetes' status means, one line a case. */
class StatesTest {
    record Row(String name, Job job, List<Pod> pods, Sighting seen, String raw) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Sighting end(AttemptEnd end) {
        return new Sighting.Ended(0, end, FROM, TO);
    }

    private static Sighting end(Verdict verdict) {
        return end(new AttemptEnd.Finished(verdict));
    }

    private static Row one(String name, PodBuilder pod, Sighting seen, String raw) {
        return new Row(name, released("0").build(), List.of(pod.build()), seen, raw);
    }

    private static Row none(String name, JobBuilder job, Sighting seen, String raw) {
        return new Row(name, job.build(), List.of(), seen, raw);
    }

    static Stream<Row> rows() {
        Sighting pending = new Sighting.Pending(0);
        Sighting runs = new Sighting.Running(0, FROM, Claimed.UNKNOWN);
        Sighting completing = new Sighting.Completing(0, FROM);
        String like = "as of a program that signal %d killed";
        Sighting unstarted = new Sighting.Ended(0, new AttemptEnd.NeverStarted(), NOW, NOW);
        return Stream.of(
                none("released, no pod yet", released("0"), pending, "Pending"),
                one("no node yet", pod("Pending"), pending, "Pending"),
                one("image being pulled", waiting("ContainerCreating"), pending, "Pending"),
                one(
                        "image that cannot be pulled",
                        waiting("ImagePullBackOff"),
                        new Sighting.Pending(0, "ImagePullBackOff"),
                        "Pending (ImagePullBackOff)"),
                one("running", running(), runs, "Running"),
                one(
                        "running on a node that is not heard of",
                        reason(running(), "NodeLost", "unresponsive"),
                        runs,
                        "Running (NodeLost)"),
                one("being deleted", deleted(running(), ENDED, 30), completing, "Running"),
                one(
                        "taint manager deletes it, its node is silent",
                        disrupted(deleted(running(), ENDED, 30), "DeletionByTaintManager", ENDED),
                        completing,
                        "Running"),
                one("container ended, pod not yet", ended("Running", "Error", 1, 0, ENDED), completing, "Running"),
                one("succeeded", ended("Succeeded", "Completed", 0, 0, ENDED), end(Verdict.SUCCEEDED), "Succeeded"),
                one(
                        "succeeded though preempted",
                        disrupted(ended("Succeeded", "Completed", 0, 0, ENDED), "PreemptionByScheduler", STARTED),
                        end(Verdict.SUCCEEDED),
                        "Succeeded"),
                one("exit code", failed("Error", 3), end(new Verdict.Failed(3, 0, "")), "Failed"),
                one("exit code 128", failed("Error", 128), end(new Verdict.Failed(128, 0, "")), "Failed"),
                one("exit code 255", failed("Error", 255), end(new Verdict.Failed(255, 0, "")), "Failed"),
                one(
                        "exit code of a signal",
                        failed("Error", 139),
                        end(new Verdict.Failed(139, 0, like.formatted(11))),
                        "Failed"),
                one(
                        "highest exit code of a signal",
                        failed("Error", 192),
                        end(new Verdict.Failed(192, 0, like.formatted(64))),
                        "Failed"),
                one("no signal any more", failed("Error", 193), end(new Verdict.Failed(193, 0, "")), "Failed"),
                one(
                        "signal told",
                        ended("Failed", "Error", 137, 9, ENDED),
                        end(new Verdict.Failed(137, 9, "")),
                        "Failed"),
                one("out of memory", failed("OOMKilled", 137), end(new Verdict.OutOfMemory()), "Failed"),
                one(
                        "deadline",
                        reason(failed("Error", 143), "DeadlineExceeded", "too long"),
                        end(new Verdict.TimedOut()),
                        "Failed (DeadlineExceeded)"),
                one(
                        "deadline, though the program then ends well",
                        reason(failed("Completed", 0), "DeadlineExceeded", "too long"),
                        end(new Verdict.TimedOut()),
                        "Failed (DeadlineExceeded)"),
                one(
                        "no such program",
                        failed("StartError", 128),
                        end(new Verdict.Failed(128, 0, "it could not be started: said")),
                        "Failed"),
                one(
                        "node restarted",
                        failed("Unknown", 255),
                        end(new AttemptEnd.Interrupted("its node does not know how it ended: said")),
                        "Failed"),
                one(
                        "node restarted, and says no more",
                        unsaid(failed("Unknown", 255)),
                        end(new AttemptEnd.Interrupted("its node does not know how it ended")),
                        "Failed"),
                one(
                        "container lost",
                        failed("ContainerStatusUnknown", 137),
                        end(new AttemptEnd.Interrupted("its node does not know how it ended: said")),
                        "Failed"),
                one(
                        "preempted",
                        disrupted(failed("Error", 143), "PreemptionByScheduler", STARTED),
                        end(new AttemptEnd.Preempted()),
                        "Failed"),
                one(
                        "ended by itself before it was preempted",
                        disrupted(failed("Error", 3), "PreemptionByScheduler", "2026-11-29T11:30:01Z"),
                        end(new Verdict.Failed(3, 0, "")),
                        "Failed"),
                one(
                        "preempted in the second of its end",
                        disrupted(failed("Error", 3), "PreemptionByScheduler", ENDED),
                        end(new AttemptEnd.Preempted()),
                        "Failed"),
                one(
                        "node lost",
                        disrupted(failed("Error", 137), "DeletionByTaintManager", STARTED),
                        end(new AttemptEnd.NodeLost()),
                        "Failed"),
                one(
                        "node removed, its last word was running",
                        disrupted(running().editStatus().withPhase("Failed").endStatus(), "DeletionByPodGC", ENDED),
                        end(new AttemptEnd.NodeLost()),
                        "Failed"),
                one(
                        "drained",
                        disrupted(failed("Error", 143), "EvictionByEvictionAPI", STARTED),
                        end(new AttemptEnd.Interrupted("evicted, as by a drain of its node: why")),
                        "Failed"),
                one(
                        "evicted for the node's want",
                        disrupted(
                                reason(failed("Error", 137), "Evicted", "low on memory"),
                                "TerminationByKubelet",
                                STARTED),
                        end(new AttemptEnd.Interrupted("ended by its node: low on memory")),
                        "Failed (Evicted)"),
                one(
                        "node shut down",
                        disrupted(failed("Error", 143), "TerminationByKubelet", STARTED),
                        end(new AttemptEnd.Interrupted("ended by its node: why")),
                        "Failed"),
                one(
                        "disruption of a kind to come",
                        disrupted(failed("Error", 143), "NewThing", STARTED),
                        end(new AttemptEnd.Interrupted("disrupted: NewThing: why")),
                        "Failed"),
                one(
                        "evicted, without a condition",
                        reason(pod("Failed"), "Evicted", "disk"),
                        new Sighting.Ended(0, new AttemptEnd.Interrupted("evicted by its node: disk"), NOW, NOW),
                        "Failed (Evicted)"),
                one(
                        "deleted by somebody",
                        deleted(failed("Error", 143), ENDED, 30),
                        end(new AttemptEnd.Stopped()),
                        "Failed"),
                one(
                        "deleted by somebody, and ended within the grace",
                        deleted(failed("Error", 143), "2026-11-29T11:30:10Z", 30),
                        end(new AttemptEnd.Stopped()),
                        "Failed"),
                one(
                        "deleted after its end",
                        deleted(failed("Error", 3), "2026-11-29T11:31:00Z", 30),
                        end(new Verdict.Failed(3, 0, "")),
                        "Failed"),
                one(
                        "its node does not take it, or not again",
                        reason(pod("Failed"), "OutOfcpu", "full"),
                        new Sighting.Ended(
                                0,
                                new AttemptEnd.Interrupted("Kubernetes has no exit code of it: OutOfcpu: full"),
                                NOW,
                                NOW),
                        "Failed (OutOfcpu)"),
                one("never given to a node", pod("Failed").withNewSpec().endSpec(), unstarted, "Failed"),
                none(
                        "parked",
                        suspended()
                                .editMetadata()
                                .addToAnnotations(Keys.HELD, "parked")
                                .endMetadata(),
                        new Sighting.Held(0, Holder.UNRELEASED, "suspended"),
                        "Suspended"),
                none(
                        "suspended by others",
                        suspended(),
                        new Sighting.Held(0, Holder.ADMINISTRATOR, "suspended"),
                        "Suspended"),
                new Row(
                        "suspended, its pod still ends",
                        suspended().build(),
                        List.of(deleted(running(), ENDED, 30).build()),
                        completing,
                        "Running"),
                none(
                        "Job complete, pod gone",
                        condition(released("0"), "Complete", "", ""),
                        end(Verdict.SUCCEEDED),
                        "Complete"),
                none(
                        "Job failed, pod gone: exit code",
                        condition(
                                released("0"),
                                "Failed",
                                "PodFailurePolicy",
                                "Container job for pod ns/p failed with exit code 42 matching FailJob rule at index 1"),
                        end(new Verdict.Failed(42, 0, "")),
                        "Failed (PodFailurePolicy)"),
                none(
                        "Job failed, pod gone: disruption",
                        condition(
                                released("0"),
                                "Failed",
                                "PodFailurePolicy",
                                "Pod ns/p has condition DisruptionTarget matching FailJob rule at index 0"),
                        end(new AttemptEnd.Interrupted(
                                "its pod was disrupted, and is gone: Pod ns/p has condition DisruptionTarget"
                                        + " matching FailJob rule at index 0")),
                        "Failed (PodFailurePolicy)"),
                none(
                        "Job failed, pod gone: no word",
                        condition(released("0"), "Failed", "BackoffLimitExceeded", "x"),
                        end(new AttemptEnd.Interrupted(
                                "its pod is gone, and its Job says no more of it than: Failed (BackoffLimitExceeded)")),
                        "Failed (BackoffLimitExceeded)"),
                none(
                        "failure that is only expected is no end",
                        condition(
                                released("0"),
                                "FailureTarget",
                                "PodFailurePolicy",
                                "Container job for pod ns/p failed with exit code 42 matching"),
                        pending,
                        "Pending"),
                none(
                        "Job deleted, no pod",
                        released("0")
                                .editMetadata()
                                .withDeletionTimestamp(ENDED)
                                .endMetadata(),
                        new Sighting.Ended(0, new AttemptEnd.Stopped(), NOW, NOW),
                        "deleted"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Fault("F22")
    void means(Row row) {
        assertThat(States.of(row.job(), row.pods(), "", NOW))
                .containsExactly(new States.Standing(TaskSet.SOLE, row.seen(), row.raw()));
    }

    private static JobBuilder indexed(String tasks, UnaryOperator<JobBuilder> change) {
        return change.apply(
                released(tasks).editSpec().withCompletionMode("Indexed").endSpec());
    }

    @Test
    void tasksOfAnArrayAreOursAndThoseThatStandAlikeAreOne() {
        Job job = indexed(
                        "4,8-9,41-42,100",
                        with -> with.editOrNewStatus()
                                .withStartTime(STARTED)
                                .withCompletedIndexes("0,2")
                                .withFailedIndexes("1")
                                .endStatus())
                .build();
        Pod failed = at(1, failed("Error", 7));
        Pod running = at(3, running());
        assertThat(States.of(job, List.of(running, failed), "", NOW))
                .containsExactlyInAnyOrder(
                        new States.Standing(
                                TaskSet.of(4, 9),
                                new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), FROM, NOW),
                                "Complete"),
                        new States.Standing(TaskSet.of(8), end(new Verdict.Failed(7, 0, "")), "Failed"),
                        new States.Standing(TaskSet.of(41), new Sighting.Running(0, FROM, Claimed.UNKNOWN), "Running"),
                        new States.Standing(TaskSet.of(42, 100), new Sighting.Pending(0), "Pending"));
    }

    @Test
    void ofAFailedIndexWithoutItsPodNothingIsGuessed() {
        Job job = condition(
                        indexed(
                                "0-1",
                                with -> with.editOrNewStatus()
                                        .withCompletedIndexes("0")
                                        .withFailedIndexes("1")
                                        .endStatus()),
                        "Failed",
                        "FailedIndexes",
                        "Job has failed indexes: exit code 42 matching")
                .build();
        assertThat(States.of(job, List.of(), "", NOW))
                .containsExactly(
                        new States.Standing(
                                TaskSet.of(0),
                                new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), FROM, NOW),
                                "Complete"),
                        new States.Standing(
                                TaskSet.of(1),
                                end(new AttemptEnd.Interrupted(
                                        "its pod is gone, and its Job says no more of it than: Failed"
                                                + " (FailedIndexes)")),
                                "Failed (FailedIndexes)"));
    }

    @Test
    void anIndexThatItsJobEndedWithoutIsInterrupted() {
        Job job = condition(indexed("0-1", with -> with), "Failed", "MaxFailedIndexesExceeded", "")
                .build();
        assertThat(States.of(job, List.of(at(0, failed("Error", 1))), "", NOW))
                .containsExactly(
                        new States.Standing(TaskSet.of(0), end(new Verdict.Failed(1, 0, "")), "Failed"),
                        new States.Standing(
                                TaskSet.of(1),
                                new Sighting.Ended(
                                        0,
                                        new AttemptEnd.Interrupted(
                                                "its Job ended without it: Failed (MaxFailedIndexesExceeded)"),
                                        TO,
                                        TO),
                                "Failed (MaxFailedIndexesExceeded)"));
    }

    @Test
    void ofTwoPodsOfOneTaskTheOneThatRunsIsBelieved() {
        Pod runs = running().build();
        Pod over = deleted(failed("Error", 143), ENDED, 30).build();
        Pod waits = pod("Pending").build();
        Sighting expected = new Sighting.Running(0, FROM, Claimed.UNKNOWN);
        for (List<Pod> pods : List.of(List.of(runs, over, waits), List.of(waits, over, runs))) {
            assertThat(States.of(released("0").build(), pods, "", NOW))
                    .extracting(States.Standing::seen)
                    .containsExactly(expected);
        }
        assertThat(States.of(released("0").build(), List.of(waits, over), "", NOW))
                .extracting(States.Standing::seen)
                .containsExactly(end(new AttemptEnd.Stopped()));
    }

    @Test
    void whatRanForLessThanASecondHasBegun() {
        Pod pod = ended("Failed", "Error", 1, 0, STARTED).build();
        assertThat(States.of(released("0").build(), List.of(pod), "", NOW))
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Ended(
                        0, new AttemptEnd.Finished(new Verdict.Failed(1, 0, "")), FROM.minusMillis(1), FROM));
    }

    @Test
    void theYear1970IsNoTime() {
        Pod pod = failed("StartError", 128)
                .editStatus()
                .editFirstContainerStatus()
                .editState()
                .editTerminated()
                .withStartedAt("1970-01-01T00:00:00Z")
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
        assertThat(States.of(released("0").build(), List.of(pod), "", NOW))
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Ended(
                        0,
                        new AttemptEnd.Finished(new Verdict.Failed(128, 0, "it could not be started: said")),
                        TO,
                        TO));
    }

    /** Somebody edits what is ours, or writes what no Kubernetes of today does. */
    @Test
    @Fault("F22")
    void nonsenseIsNoEnd() {
        assertThat(States.of(released("x").build(), List.of(), "", NOW)).isEmpty();
        assertThat(States.of(
                        new JobBuilder()
                                .withNewMetadata()
                                .endMetadata()
                                .withNewSpec()
                                .endSpec()
                                .build(),
                        List.of(),
                        "",
                        NOW))
                .isEmpty();
        Job job = indexed(
                        "3-4",
                        with -> with.editOrNewStatus()
                                .withCompletedIndexes("a-b")
                                .endStatus())
                .build();
        Pod strange = new PodBuilder(at(0, running()))
                .editMetadata()
                .withAnnotations(Map.of("batch.kubernetes.io/job-completion-index", "zero"))
                .endMetadata()
                .build();
        Pod beyond = at(17, failed("Error", 1));
        Pod bare = new PodBuilder()
                .withNewMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", "1")
                .endMetadata()
                .build();
        assertThat(States.of(job, List.of(strange, beyond, bare), "", NOW))
                .containsExactly(new States.Standing(TaskSet.of(3, 4), new Sighting.Pending(0), "Pending"));
    }
}
