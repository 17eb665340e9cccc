package dev.sluice.kubernetes;

import static dev.sluice.kubernetes.Statuses.NOW;
import static dev.sluice.kubernetes.Statuses.pod;
import static dev.sluice.kubernetes.Statuses.released;
import static dev.sluice.kubernetes.Statuses.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why a task waits, as a person reads it: which trouble, in the cluster's words, without harm. */
class WaitsTest {
    private static final String NODES = "0/3 nodes are available: 3 Insufficient cpu.";

    private static PodBuilder unscheduled(String message) {
        return pod("Pending")
                .editSpec()
                .withNodeName(null)
                .endSpec()
                .editStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage(message)
                .endCondition()
                .endStatus();
    }

    private static PodBuilder waits(String reason, String message) {
        return pod("Pending")
                .editStatus()
                .addNewContainerStatus()
                .withNewState()
                .withNewWaiting(message, reason)
                .endState()
                .endContainerStatus()
                .endStatus();
    }

    @Test
    void whatHasNoNodeSaysWhatTheSchedulerSaid() {
        assertThat(Waits.of(unscheduled(NODES).build())).isEqualTo("Unschedulable: " + NODES);
    }

    @Test
    void whatHasANodeWaitsForTheSchedulerNoLonger() {
        assertThat(Waits.of(unscheduled(NODES)
                        .editSpec()
                        .withNodeName("n1")
                        .endSpec()
                        .build()))
                .isEmpty();
    }

    @Test
    void whatTheKubeletCannotStartSaysWhy() {
        assertThat(Waits.of(waits("ErrImagePull", "not found").build())).isEqualTo("ErrImagePull: not found");
        assertThat(Waits.of(waits("CreateContainerConfigError", "secret \"s\" not found")
                        .build()))
                .isEqualTo("CreateContainerConfigError: secret \"s\" not found");
        assertThat(Waits.of(waiting("InvalidImageName").build())).isEqualTo("InvalidImageName");
    }

    @Test
    void whatEachContainerWaitsForIsNoTrouble() {
        assertThat(Waits.of(waiting("ContainerCreating").build())).isEmpty();
        assertThat(Waits.of(pod("Pending").build())).isEmpty();
    }

    @Test
    void aJobWithoutAPodSaysWhatItsEventSaid() {
        String why = Waits.of(new EventBuilder()
                .withReason("FailedCreate")
                .withMessage("Error creating: pods \"sluice-a-x7k2p\" is forbidden: exceeded quota: q, used: cpu=1")
                .build());
        assertThat(why).isEqualTo("FailedCreate: exceeded quota: q, used: cpu=1");
        assertThat(States.of(released("0").build(), List.of(), why, NOW))
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Pending(0, why));
        assertThat(States.of(released("0").build(), List.of(unscheduled(NODES).build()), why, NOW))
                .as("a pod tells more")
                .extracting(States.Standing::seen)
                .containsExactly(new Sighting.Pending(0, "Unschedulable: " + NODES));
    }

    /** An image's name and a registry's answer are anybody's words. */
    @Test
    @Fault({"B17", "B27"})
    void foreignWordsAreOneHarmlessLineOfBoundedLength() {
        assertThat(Waits.of(
                        waits("ErrImagePull", "a\n\tb\u001b[31mred\u202e\u0000").build()))
                .isEqualTo("ErrImagePull: a b?[31mred??");
        String cut =
                Waits.of(waits("ErrImagePull", "\ud83d\ude80".repeat(10_000)).build());
        assertThat(cut).startsWith("ErrImagePull: \ud83d\ude80").contains("\ud83d\ude80…\ud83d\ude80");
        assertThat(cut.codePointCount(0, cut.length())).isEqualTo(Waits.MOST);
    }

    /** Of an image with a digest the name alone takes more than there is room for. */
    @Test
    @Fault("F39")
    void whatIsWrongIsKeptHoweverLongTheNamesBeforeIt() {
        String image = "registry.example.org/physics/simulation/tool@sha256:" + "0123456789abcdef".repeat(4);
        String message = "rpc error: code = NotFound desc = failed to pull and unpack image \"" + image
                + "\": failed to resolve reference \"" + image + "\": " + image + ": not found";
        assertThat(Waits.of(waits("ErrImagePull", message).build()))
                .hasSize(Waits.MOST)
                .startsWith(
                        "ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"registry.")
                .endsWith("89abcdef: not found");
    }

    private static List<String> told(Steady steady, String why, Instant now) {
        Observation seen = new Observation(
                new AttemptId(1, 2),
                new Binding("n/j", "uid", "alice"),
                TaskSet.of(0),
                new Sighting.Pending(0, why),
                "Pending");
        return steady.steady("uid", List.of(seen), now).stream()
                .map(each -> ((Sighting.Pending) each.seen()).why())
                .toList();
    }

    @Test
    void wordsThatChangeAtEachTryAreNotToldAtEach() {
        Steady steady = new Steady();
        assertThat(told(steady, "Unschedulable: 1 of 9", NOW)).containsExactly("Unschedulable: 1 of 9");
        assertThat(told(steady, "Unschedulable: 2 of 9", NOW.plusSeconds(60))).containsExactly("Unschedulable: 1 of 9");
        assertThat(told(steady, "ErrImagePull: no such image", NOW.plusSeconds(61)))
                .containsExactly("ErrImagePull: no such image");
        assertThat(told(steady, "ImagePullBackOff: back-off", NOW.plusSeconds(90)))
                .as("the same trouble, and the first word of it says more")
                .containsExactly("ErrImagePull: no such image");
        Instant later = NOW.plusSeconds(61).plus(Steady.WORDS);
        assertThat(told(steady, "ImagePullBackOff: still", later)).containsExactly("ImagePullBackOff: still");
        assertThat(told(steady, "", later)).containsExactly("");
        assertThat(told(steady, "ErrImagePull: again", later.plus(Duration.ofSeconds(1))))
                .containsExactly("ErrImagePull: again");
    }
}
