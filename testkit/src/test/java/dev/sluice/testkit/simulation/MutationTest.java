package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation is worth its time: it notices every deliberate defect within the seeds that {@code make check} runs. */
class MutationTest {
    private static final long SEEDS = 500;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isCaught(Mutation mutation) {
        Optional<Seeds.Failure> caught = LongStream.rangeClosed(1, SEEDS)
                .mapToObj(seed -> Seeds.run(seed, mutation))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(caught).as(mutation.text()).isPresent();
        assertThat(caught.orElseThrow().cause())
                .as("noticed by an invariant, or by the engine's own checks")
                .isInstanceOfAny(Violation.class, IllegalStateException.class);
    }
}
