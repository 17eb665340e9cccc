package dev.sluice.kubernetes;

import static dev.sluice.kubernetes.Statuses.ENDED;
import static dev.sluice.kubernetes.Statuses.NOW;
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
import static dev.sluice.kubernetes.Statuses.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a job of two nodes stands, one line a case. */
class GangStatesTest {
    private static final Instant SAID = Instant.parse("2026-11-29T11:00:05Z");

    record Row(String name, Job job, List<Pod> pods, Sighting seen, String raw) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static JobBuilder gang() {
        return released("0")
                .editMetadata()
                .addToLabels(Keys.NODES, "2")
                .endMetadata()
                .editSpec()
                .withCompletionMode("Indexed")
                .endSpec();
    }

    private static JobBuilder with(JobBuilder job, String key, String value) {
        return job.editMetadata().addToAnnotations(key, value).endMetadata();
    }

    private static JobBuilder begun(JobBuilder job) {
        return with(job, Keys.GO, SAID + " u0 u1");
    }

    private static JobBuilder stopped(JobBuilder job) {
        return with(job, Keys.STOPPED, "0 " + ENDED);
    }

    private static JobBuilder suspended(JobBuilder job) {
        return job.editSpec().withSuspend(true).endSpec();
    }

    private static JobBuilder over(JobBuilder job) {
        return condition(
                job, "Failed", "PodFailurePolicy", "Container job for pod a/b failed with exit code 9 matching");
    }

    private static PodBuilder ready(PodBuilder pod) {
        return pod.editStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus();
    }

    private static Pod node(int number, PodBuilder pod) {
        return at(number, pod.editMetadata().withUid("u" + number).endMetadata());
    }

    private static Sighting end(AttemptEnd end) {
        return new Sighting.Ended(0, end, SAID, TO);
    }

    private static Sighting end(Verdict verdict) {
        return end(new AttemptEnd.Finished(verdict));
    }

    /** Of what nothing had begun. */
    private static Sighting never(AttemptEnd end) {
        return new Sighting.Ended(0, end, TO, TO);
    }

    static Stream<Row> rows() {
        Sighting pending = new Sighting.Pending(0);
        Sighting runs = new Sighting.Running(0, SAID, Claimed.UNKNOWN);
        Sighting completing = new Sighting.Completing(0, SAID);
        PodBuilder taken = deleted(failed("Error", 143), ENDED, 0);
        PodBuilder unscheduled = pod("Pending")
                .editSpec()
                .withNodeName(null)
                .endSpec()
                .editStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("no CPU")
                .endCondition()
                .endStatus();
        Refusal late = Refusal.later("not-together", "1 of 2");
        return Stream.of(
                row("no pod yet", gang(), pending, "Pending (0 of 2 nodes ready)"),
                row(
                        "one runs, and waits for the other",
                        gang(),
                        new Sighting.Pending(0, "ImagePullBackOff"),
                        "Pending (1 of 2 nodes ready, 1: ImagePullBackOff)",
                        node(0, ready(running())),
                        node(1, waiting("ImagePullBackOff"))),
                row(
                        "no node for one",
                        gang(),
                        new Sighting.Pending(0, "Unschedulable: no CPU"),
                        "Pending (1 of 2 nodes ready, 1: Unschedulable: no CPU)",
                        node(0, ready(running())),
                        node(1, unscheduled)),
                row(
                        "all are ready and the word is not said",
                        gang(),
                        pending,
                        "Pending (2 of 2 nodes ready)",
                        node(0, ready(running())),
                        node(1, ready(running()))),
                row(
                        "one ended before the word, its Job does not know it yet",
                        gang(),
                        pending,
                        "Pending (1 of 2 nodes ready)",
                        node(0, ready(running())),
                        node(1, failed("Error", 1))),
                row("the word is said", begun(gang()), runs, "Running", node(0, running()), node(1, running())),
                row(
                        "one has succeeded",
                        begun(gang()),
                        runs,
                        "Running",
                        node(0, ended("Succeeded", "Completed", 0, 0, ENDED)),
                        node(1, running())),
                row(
                        "one has failed, the others go",
                        begun(condition(gang(), "FailureTarget", "PodFailurePolicy", "")),
                        completing,
                        "Ending",
                        node(0, failed("Error", 3)),
                        node(1, deleted(running(), ENDED, 30))),
                row(
                        "all have succeeded",
                        begun(condition(gang(), "Complete", "CompletionsReached", "")),
                        end(Verdict.SUCCEEDED),
                        "Complete"),
                row(
                        "one failed",
                        over(begun(gang())),
                        end(new Verdict.Failed(3, 0, "")),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 3)),
                        node(1, taken)),
                row(
                        "the pods are gone",
                        over(begun(gang())),
                        end(new Verdict.Failed(9, 0, "")),
                        "Failed (PodFailurePolicy)"),
                row(
                        "one ran out of memory and its peer missed it",
                        over(begun(gang())),
                        end(new Verdict.OutOfMemory()),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 1)),
                        node(1, failed("OOMKilled", 137))),
                row(
                        "time limit",
                        over(begun(gang())),
                        end(new Verdict.TimedOut()),
                        "Failed (PodFailurePolicy)",
                        node(0, reason(failed("Error", 137), "DeadlineExceeded", "")),
                        node(1, failed("Error", 1))),
                row(
                        "one lost its node and its peer missed it",
                        over(begun(gang())),
                        end(new AttemptEnd.NodeLost()),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 1)),
                        node(1, disrupted(pod("Failed"), "DeletionByTaintManager", ENDED))),
                row(
                        "one was preempted",
                        over(begun(gang())),
                        end(new AttemptEnd.Preempted()),
                        "Failed (PodFailurePolicy)",
                        node(0, taken),
                        node(1, disrupted(failed("Error", 143), "PreemptionByScheduler", ENDED))),
                row(
                        "one was deleted by somebody",
                        over(begun(gang())),
                        end(new AttemptEnd.Stopped()),
                        "Failed (PodFailurePolicy)",
                        node(0, taken),
                        node(1, taken)),
                row(
                        "cancelled",
                        stopped(over(begun(gang()))),
                        end(new AttemptEnd.Stopped()),
                        "Failed (PodFailurePolicy)"),
                row(
                        "cancelled when one had failed",
                        stopped(over(begun(gang()))),
                        end(new Verdict.Failed(3, 0, "")),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 3)),
                        node(1, taken)),
                row("being cancelled", stopped(begun(gang())), completing, "Ending", node(0, running())),
                row(
                        "cancelled before the word",
                        suspended(stopped(gang())),
                        never(new AttemptEnd.Stopped()),
                        "stopped",
                        node(0, ready(running()))),
                row(
                        "a node lost before the word",
                        over(gang()),
                        never(new AttemptEnd.NeverStarted()),
                        "Failed (PodFailurePolicy)",
                        node(0, taken),
                        node(1, disrupted(failed("Error", 143), "DeletionByTaintManager", ENDED))),
                row(
                        "its deadline passed before the word",
                        over(gang()),
                        never(new AttemptEnd.NeverStarted()),
                        "Failed (PodFailurePolicy)",
                        node(0, reason(failed("Error", 137), "DeadlineExceeded", ""))),
                row(
                        "it cannot start",
                        over(gang()),
                        never(new AttemptEnd.Finished(new Verdict.Failed(127, 0, "it could not be started: said"))),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("StartError", 127)),
                        node(1, taken)),
                row(
                        "it has no shell to wait with",
                        over(gang()),
                        never(new AttemptEnd.Finished(new Verdict.Failed(128, 0, "it could not be started: said"))),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("StartError", 128))),
                row(
                        "taken away before the word, nobody saw by whom",
                        over(gang()),
                        never(new AttemptEnd.NeverStarted()),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 143))),
                row(
                        "not ready in time, and its pods that went count as failed",
                        over(suspended(with(with(gang(), Keys.HELD, "late"), Keys.GAVE_UP, "1 of 2"))),
                        new Sighting.Ended(0, new AttemptEnd.RefusedByCluster(late), NOW, NOW),
                        "Suspended (1 of 2)",
                        node(0, taken)),
                row(
                        "held by us, and its pods that went count as failed",
                        over(suspended(with(gang(), Keys.HELD, "held"))),
                        never(new AttemptEnd.NeverStarted()),
                        "Failed (PodFailurePolicy)",
                        node(0, taken)),
                row(
                        "cancelled before the word, and its pods that went count as failed",
                        stopped(over(suspended(gang()))),
                        never(new AttemptEnd.Stopped()),
                        "Failed (PodFailurePolicy)",
                        node(0, failed("Error", 1))),
                row(
                        "deleted by somebody before the word",
                        over(gang()),
                        never(new AttemptEnd.NeverStarted()),
                        "Failed (PodFailurePolicy)",
                        node(0, taken),
                        node(1, taken)),
                row(
                        "not ready in time",
                        suspended(with(with(gang(), Keys.HELD, "late"), Keys.GAVE_UP, "1 of 2")),
                        new Sighting.Ended(0, new AttemptEnd.RefusedByCluster(late), NOW, NOW),
                        "Suspended (1 of 2)"),
                row(
                        "held by us, its pods go",
                        suspended(with(gang(), Keys.HELD, "held")),
                        new Sighting.Held(0, Holder.US, "suspended"),
                        "Suspended",
                        node(0, deleted(running(), ENDED, 30))),
                row(
                        "parked",
                        suspended(with(gang(), Keys.HELD, "parked")),
                        new Sighting.Held(0, Holder.UNRELEASED, "suspended"),
                        "Suspended"),
                row(
                        "set back by a restored etcd",
                        suspended(with(gang(), Keys.HELD, "ran")),
                        new Sighting.Ended(
                                0,
                                new AttemptEnd.Interrupted("it is suspended, and had started, or may have"),
                                NOW,
                                NOW),
                        "Suspended"),
                row(
                        "suspended by an administrator before the word",
                        suspended(gang()),
                        new Sighting.Held(0, Holder.ADMINISTRATOR, "suspended"),
                        "Suspended"),
                row(
                        "suspended by an administrator, its pods go",
                        suspended(begun(gang())),
                        completing,
                        "Suspended",
                        node(0, deleted(running(), ENDED, 30))),
                row(
                        "suspended by an administrator when it ran",
                        condition(suspended(begun(gang())), "Suspended", "JobSuspended", ""),
                        end(new AttemptEnd.Interrupted("it was suspended after it had started, and not by Sluice")),
                        "Suspended",
                        node(0, taken)),
                row(
                        "its Job is being deleted",
                        begun(deletedJob()),
                        completing,
                        "being deleted",
                        node(0, deleted(running(), ENDED, 30))),
                row(
                        "its Job is deleted",
                        begun(deletedJob()),
                        new Sighting.Ended(0, new AttemptEnd.Stopped(), SAID, NOW),
                        "deleted",
                        node(0, taken)));
    }

    private static JobBuilder deletedJob() {
        return gang().editMetadata().withDeletionTimestamp(ENDED).endMetadata();
    }

    private static Row row(String name, JobBuilder job, Sighting seen, String raw, Pod... pods) {
        return new Row(name, job.build(), List.of(pods), seen, raw);
    }

    @ParameterizedTest
    @MethodSource("rows")
    @Fault({"F21", "F24", "F30"})
    void standsAs(Row row) {
        assertThat(States.of(row.job(), row.pods(), "", NOW))
                .containsExactly(new States.Standing(TaskSet.SOLE, row.seen(), row.raw()));
    }

    @Test
    void whyAPodCouldNotBeMadeIsToldUntilAllAreThere() {
        String why = "FailedCreate: exceeded quota";
        Pod one = node(0, ready(running()));
        assertThat(States.of(gang().build(), List.of(one), why, NOW))
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Pending(0, why));
        assertThat(States.of(gang().build(), List.of(one, node(1, running())), why, NOW))
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Pending(0));
    }

    static Stream<Row> decided() {
        return rows().filter(row -> !row.name().startsWith("no pod yet")
                && !row.name().startsWith("one runs, and waits")
                && !row.name().startsWith("no node for one")
                && !row.name().startsWith("all are ready")
                && !row.name().startsWith("one ended before the word, its Job"));
    }

    /** Whatever counts as an end, as held or as begun is of a version in which the word cannot be said any more. */
    @ParameterizedTest
    @MethodSource("decided")
    void theWordIsNotSaidOfWhatIsDecided(Row row) {
        assertThat(Gang.of(row.job(), row.pods()).orElseThrow().mayGo()).isFalse();
    }

    @Test
    void theWordMayBeSaidOnceItsReleaseIsSeen() {
        assertThat(mayGo(gang())).isTrue();
        JobBuilder unseen = condition(gang(), "Suspended", "JobSuspended", "");
        assertThat(mayGo(unseen)).isFalse();
        assertThat(Gang.of(unseen.build(), List.of()).orElseThrow().isToStart())
                .as("its turn is taken by its release")
                .isTrue();
        JobBuilder resumed = gang().editOrNewStatus()
                .addNewCondition()
                .withType("Suspended")
                .withStatus("False")
                .endCondition()
                .endStatus();
        assertThat(mayGo(resumed)).isTrue();
    }

    private static boolean mayGo(JobBuilder job) {
        return Gang.of(job.build(), List.of()).orElseThrow().mayGo();
    }

    @Test
    void itIsReadyWithEachOfItsNodesAndNoMore() {
        Pod one = node(0, ready(running()));
        Pod other = node(1, ready(running()));
        assertThat(isReady(one, other)).isTrue();
        assertThat(isReady(one)).isFalse();
        assertThat(isReady(one, node(1, running()))).isFalse();
        assertThat(isReady(one, node(0, ready(running())))).isFalse();
        assertThat(isReady(one, node(2, ready(running())))).isFalse();
        assertThat(isReady(one, node(1, ready(deleted(running(), ENDED, 30))))).isFalse();
        assertThat(isReady(one, node(1, ready(failed("Error", 1))))).isFalse();
        assertThat(isReady(one, ready(running()).build())).isFalse();
    }

    private static boolean isReady(Pod... pods) {
        return Gang.of(gang().build(), List.of(pods)).orElseThrow().isReady();
    }

    /** Those of a Job that somebody resumed are others: they never hear the word that was said of the first ones. */
    @Test
    void onlyThePodsThatTheWordWasSaidOfAreTold() {
        Pod deaf = node(0, running());
        Pod knows = node(
                1,
                running()
                        .editMetadata()
                        .addToAnnotations(Keys.GO, SAID.toString())
                        .endMetadata());
        Pod another = at(0, ready(running()).editMetadata().withUid("u7").endMetadata());
        Gang gang =
                Gang.of(begun(gang()).build(), List.of(deaf, knows, another)).orElseThrow();
        assertThat(gang.toTell()).containsExactly(deaf);
        assertThat(Gang.of(gang().build(), List.of(deaf, another)).orElseThrow().toTell())
                .isEmpty();
        assertThat(new Gang.Go(SAID, Set.of("u1", "u0")).text()).isEqualTo(SAID + " u0 u1");
    }
}
