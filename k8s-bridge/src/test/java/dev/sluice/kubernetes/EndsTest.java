package dev.sluice.kubernetes;

import static dev.sluice.kubernetes.Statuses.failed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose doing a container's end is, by what its node says of it. */
class EndsTest {
    /** Recorded: containerd 1.7 was killed while it made the container, before its shim ran and behind that. */
    @Test
    @Fault("F30")
    void aStartThatTheRuntimesDeathBrokeOffIsNoFailureOfTheUsers() {
        for (String message : List.of(
                "failed to create containerd task: failed to create shim task: context canceled: unknown",
                "failed to create containerd task: failed to start shim: start failed: : signal: killed: unknown")) {
            assertThat(Ends.of(startFailed(message)))
                    .isEqualTo(new AttemptEnd.Interrupted(
                            "its node's container runtime went while it was started: " + message));
        }
    }

    @Test
    void aStartThatTheRuntimeRefusesIsTheUsers() {
        String message =
                "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed:"
                        + " unable to start container process: exec: \"nope\": executable file not found in $PATH: unknown";
        assertThat(Ends.of(startFailed(message)))
                .isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(128, 0, "it could not be started: " + message)));
    }

    /** The first lines of a pod say by its container's message that it began before; a program that ends so without it is the user's. */
    @Test
    @Fault("F32")
    void aSecondStartThatWasTurnedAwayIsAnInterruption() {
        assertThat(Ends.of(says(failed("Error", Keys.NOT_AGAIN), "sluice: its node started it a second time\n")))
                .isEqualTo(new AttemptEnd.Interrupted("its node started it a second time"));
        assertThat(Ends.of(says(failed("Error", Keys.NOT_AGAIN), "no sluice: at all")))
                .isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(Keys.NOT_AGAIN, 0, "")));
        assertThat(Ends.of(says(failed("Error", 1), "sluice: its node started it a second time\n")))
                .isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(1, 0, "")));
    }

    private static Pod startFailed(String message) {
        return says(failed("StartError", 128), message);
    }

    private static Pod says(PodBuilder pod, String message) {
        return pod.editStatus()
                .editFirstContainerStatus()
                .editState()
                .editTerminated()
                .withMessage(message)
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
