package dev.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Binding;
import dev.sluice.job.Phase;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LetGoTest {
    private static final Binding BINDING = new Binding("17", "1772323201", "alice");
    private static final Instant AT = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant FENCE = AT.plusSeconds(60);

    private static final Phase INTENDED = new Phase.Intended(1, FENCE);
    private static final Phase RELEASING = new Phase.Releasing(BINDING, 1, FENCE, AT);
    private static final Phase DOUBTED = new Phase.Releasing(BINDING, Phase.NOBODY, FENCE, AT);
    private static final Phase UNBLOCKED = new Phase.Releasing(BINDING, Phase.NOBODY, Instant.EPOCH, Instant.EPOCH);
    private static final Phase PENDING = new Phase.Pending(BINDING, 0, "");
    private static final Phase BLOCKED =
            new Phase.Parked(BINDING, Optional.of(new Phase.Blocked("held by a limit", FENCE)));

    private static boolean maybe(Phase... phases) {
        LetGo letGo = new LetGo(phases[0]);
        for (Phase phase : phases) {
            letGo.follows(phase);
        }
        return letGo.maybe();
    }

    @Test
    void whatIsToBeReleasedForTheFirstTimeWasNotLetGo() {
        assertThat(maybe(INTENDED, RELEASING)).isFalse();
        assertThat(maybe(INTENDED, BLOCKED, UNBLOCKED, RELEASING)).isFalse();
        assertThat(maybe(INTENDED, RELEASING, UNBLOCKED)).as("it was not there").isFalse();
        assertThat(maybe(INTENDED, RELEASING, INTENDED, BLOCKED, UNBLOCKED))
                .as("parked again")
                .isFalse();
    }

    @Test
    void whatWasReleasedOrMayHaveBeenWas() {
        assertThat(maybe(INTENDED, RELEASING, PENDING, RELEASING))
                .as("held since, by a late hold of ours")
                .isTrue();
        assertThat(maybe(INTENDED, RELEASING, DOUBTED)).isTrue();
        assertThat(maybe(INTENDED, RELEASING, DOUBTED, RELEASING)).isTrue();
        assertThat(maybe(INTENDED, RELEASING, BLOCKED))
                .as("refused: part of an array may have gone")
                .isTrue();
    }

    @Test
    void ofWhatAnotherLifeLeftOnTheClusterNobodyKnows() {
        assertThat(maybe(RELEASING)).isTrue();
        assertThat(maybe(BLOCKED, UNBLOCKED, RELEASING)).isTrue();
    }
}
