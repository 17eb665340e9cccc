package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Mirror.View;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The mirror has of each object the newest that was told, from wherever, and the last of what went. */
class MirrorTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final Mirror mirror = new Mirror(InstantSource.fixed(NOW));

    private static Job job(String uid, int version, boolean suspend) {
        return new JobBuilder()
                .withNewMetadata()
                .withUid(uid)
                .withResourceVersion(Integer.toString(version))
                .endMetadata()
                .withNewSpec()
                .withSuspend(suspend)
                .endSpec()
                .build();
    }

    private static Pod pod(String job, String uid, int version, PodBuilder like) {
        return like.editMetadata()
                .withUid(uid)
                .withResourceVersion(Integer.toString(version))
                .addNewOwnerReference()
                .withUid(job)
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .build();
    }

    private View view(String uid) {
        return mirror.view(uid).orElseThrow();
    }

    @Test
    void aJobIsNewsWhenItSaysWhyItHasNoPod() {
        mirror.offer(job("j", 9, false));
        long before = mirror.changes();
        mirror.note("j", "FailedCreate: quota");
        assertThat(mirror.changedSince(before)).extracting(View::note).containsExactly("FailedCreate: quota");
        long after = mirror.changes();
        mirror.note("j", "FailedCreate: quota");
        assertThat(mirror.changes()).as("it said so before").isEqualTo(after);
        mirror.offer(job("j", 10, true));
        assertThat(view("j").note()).isEqualTo("FailedCreate: quota");
        mirror.note("others", "FailedCreate: theirs");
        mirror.replace(List.of(job("j", 10, true)), "11", List.of(), "11");
        assertThat(mirror.noteOf("others")).isEmpty();
    }

    @Test
    void whatIsOlderReplacesNothing() {
        mirror.offer(job("j", 9, false));
        long before = mirror.changes();
        mirror.offer(job("j", 8, true));
        mirror.offer(job("j", 9, true));
        assertThat(mirror.changes()).isEqualTo(before);
        assertThat(view("j").job().getSpec().getSuspend()).isFalse();
        mirror.offer(job("j", 10, true));
        assertThat(view("j").job().getSpec().getSuspend()).isTrue();
        assertThat(mirror.changedSince(before)).extracting(View::uid).containsExactly("j");
    }

    @Test
    void podsMayComeBeforeTheirJob() {
        mirror.offer(pod("j", "p", 5, Statuses.running()));
        assertThat(mirror.view("j")).isEmpty();
        mirror.offer(job("j", 6, false));
        assertThat(view("j").pods()).hasSize(1);
    }

    @Test
    @Fault("F24")
    void aJobThatIsSeenToGoIsRememberedUntilItIsForgotten() {
        mirror.offer(job("j", 5, true));
        mirror.deleted(job("j", 6, true));
        assertThat(view("j").isGone()).isTrue();
        assertThat(view("j").job().getMetadata().getDeletionTimestamp()).isEqualTo(NOW.toString());
        assertThat(mirror.gone()).hasSize(1);
        mirror.offer(job("j", 7, false));
        assertThat(view("j").job().getSpec().getSuspend()).as("a late word").isTrue();
        mirror.forget("j");
        assertThat(mirror.view("j")).isEmpty();
    }

    @Test
    @Fault("F30")
    void theLastOfAPodThatHadBegunIsKept() {
        mirror.offer(job("j", 1, false));
        mirror.offer(pod("j", "over", 2, Statuses.failed("Error", 3)));
        mirror.offer(pod("j", "runs", 2, Statuses.running()));
        mirror.offer(pod("j", "waits", 2, Statuses.pod("Pending")));
        mirror.deleted(pod("j", "over", 3, Statuses.failed("Error", 3)));
        mirror.deleted(pod("j", "runs", 3, Statuses.running()));
        mirror.deleted(pod("j", "waits", 3, Statuses.pod("Pending")));
        assertThat(view("j").pods())
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactlyInAnyOrder("over", "runs");
        assertThat(view("j").pods()).allMatch(Seen::isOver);
        assertThat(List.of("over", "runs", "waits", "never seen"))
                .filteredOn(pod -> mirror.wentUnstarted("j", pod))
                .containsExactly("waits");
        mirror.offer(pod("j", "runs", 2, Statuses.running()));
        assertThat(view("j").pods()).as("a late word").allMatch(Seen::isOver);
    }

    /** As the API server has a pod that was deleted, has ended, and is taken away by its kubelet (apiserver, BeforeDelete). */
    @Test
    @Fault("F24")
    void theTimeOfADeletionIsTheFirstThatWasSeen() {
        PodBuilder asked = Statuses.deleted(Statuses.running(), "2026-11-29T11:30:30Z", 30);
        PodBuilder taken = Statuses.deleted(Statuses.failed("Error", 143), "2026-11-29T11:30:01Z", 0);
        mirror.offer(job("j", 1, false));
        mirror.offer(pod("j", "p", 2, asked));
        mirror.offer(pod("j", "p", 3, taken));
        assertThat(view("j").pods()).extracting(Ends::of).containsExactly(new AttemptEnd.Stopped());
        mirror.deleted(pod("j", "p", 4, taken));
        assertThat(view("j").pods()).extracting(Ends::of).containsExactly(new AttemptEnd.Stopped());
        mirror.offer(pod("j", "own", 5, Statuses.failed("Error", 3)));
        mirror.offer(pod("j", "own", 6, Statuses.deleted(Statuses.failed("Error", 3), "2026-11-29T11:30:01Z", 0)));
        assertThat(view("j").pods())
                .extracting(Ends::of)
                .as("what had ended when its deletion was asked for")
                .contains(new AttemptEnd.Finished(new Verdict.Failed(3, 0, "")));
    }

    @Test
    void jobsOfSeveralNodesAreKnown() {
        Job gang = job("g", 1, false);
        gang.getMetadata().setLabels(Map.of(Keys.NODES, "2"));
        mirror.offer(job("j", 1, false));
        mirror.offer(gang);
        assertThat(mirror.gangs()).extracting(View::uid).containsExactly("g");
        mirror.replace(List.of(), "10", List.of(), "10");
        assertThat(mirror.gangs()).isEmpty();
    }

    @Test
    @Fault("F29")
    void aListShowsWhatWentUnseen() {
        mirror.offer(job("stays", 1, false));
        mirror.offer(job("went", 2, false));
        mirror.offer(job("younger", 12, false));
        mirror.offer(pod("stays", "ended", 3, Statuses.failed("Error", 3)));
        mirror.offer(pod("stays", "ran", 3, Statuses.running()));
        mirror.replace(List.of(job("stays", 1, false), job("new", 9, false)), "10", List.of(), "11");
        assertThat(mirror.changedSince(-1)).extracting(View::uid).containsExactlyInAnyOrder("stays", "new", "younger");
        assertThat(view("stays").pods())
                .as("an end that was seen stays so; of the other nothing is known")
                .extracting(pod -> pod.getMetadata().getUid())
                .containsExactly("ended");
    }

    @Test
    void aListDoesNotTakeAwayWhatWasSeenToGo() {
        mirror.offer(job("j", 1, true));
        mirror.deleted(job("j", 2, true));
        mirror.replace(List.of(), "10", List.of(), "10");
        assertThat(view("j").isGone()).isTrue();
    }

    /** Versions that were told after the list was taken stand; older ones do not, though theirs may be higher than the listed one. */
    @Test
    @Fault("F29")
    void aListIsRightAboutEverythingThatIsNoNewer() {
        mirror.offer(job("set back", 7, false));
        mirror.offer(job("newer", 12, false));
        mirror.deleted(job("is back", 8, false));
        mirror.offer(pod("set back", "p", 8, Statuses.failed("Error", 3)));
        mirror.deleted(pod("set back", "q", 9, Statuses.failed("Error", 3)));
        mirror.replace(
                List.of(job("set back", 3, true), job("newer", 4, true), job("is back", 2, true)),
                "10",
                List.of(
                        pod("set back", "p", 4, Statuses.running()),
                        pod("set back", "q", 5, Statuses.running()),
                        pod("newer", "r", 6, Statuses.running())),
                "10");
        assertThat(view("set back").job().getSpec().getSuspend()).isTrue();
        assertThat(view("set back").pods()).hasSize(2).noneMatch(Seen::isOver);
        assertThat(view("newer").job().getSpec().getSuspend()).isFalse();
        assertThat(view("is back").isGone()).isFalse();
    }

    @Test
    void aListThatSaysNothingNewChangesNothing() {
        mirror.offer(job("j", 7, false));
        mirror.offer(pod("j", "p", 8, Statuses.running()));
        long before = mirror.changes();
        mirror.replace(List.of(job("j", 7, false)), "10", List.of(pod("j", "p", 8, Statuses.running())), "10");
        assertThat(mirror.changedSince(before)).isEmpty();
    }

    @Test
    void aListThatIsOlderThanWhatWasToldBeforeItTellsOfAHistoryThatWasSetBack() {
        mirror.offer(job("j", 7, false));
        mirror.deleted(pod("j", "p", 9, Statuses.running()));
        assertThat(mirror.newest().isAheadOf("7", "9")).isFalse();
        assertThat(mirror.newest().isAheadOf("6", "9")).isTrue();
        assertThat(mirror.newest().isAheadOf("7", "8")).isTrue();
        assertThat(mirror.newest().isAheadOf("6")).isTrue();
        assertThat(mirror.isSetBackBy(List.of(job("j", 6, true)), "30"))
                .as("one that was restored, in a history that is longer by now")
                .isTrue();
        assertThat(mirror.isSetBackBy(List.of(job("j", 6, true)), "6"))
                .as("told since that list was taken")
                .isFalse();
        assertThat(mirror.isSetBackBy(List.of(job("j", 7, true), job("new", 8, true)), "30"))
                .isFalse();
        mirror.clear();
        assertThat(mirror.newest().isAheadOf("1", "1")).isFalse();
        assertThat(mirror.changedSince(-1)).isEmpty();
    }
}
