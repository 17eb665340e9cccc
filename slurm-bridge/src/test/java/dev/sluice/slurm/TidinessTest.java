package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.slurm.door.Owner;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Old marks go with an owner's new jobs, seldom, and never younger ones. */
@Timeout(60)
final class TidinessTest {
    private static final Owner ALICE = new Owner("alice");
    private static final Owner BOB = new Owner("bob");
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final HandMadeRemains remains = new HandMadeRemains();
    private Instant now = NOW;
    private final Tidiness tidiness = new Tidiness(Optional.of(remains), RETENTION, () -> now);

    @Test
    void eachOwnersAreRemovedTwiceADayAtTheMost() throws InterruptedException {
        tidiness.visit(ALICE);
        assertThat(next()).isEqualTo("alice 2026-10-30T12:00:00Z");
        tidiness.visit(ALICE);
        now = NOW.plus(Duration.ofHours(12));
        tidiness.visit(ALICE);
        tidiness.visit(BOB);
        assertThat(next()).isEqualTo("bob 2026-10-31T00:00:00Z");
        now = now.plusSeconds(1);
        tidiness.visit(ALICE);
        assertThat(next()).isEqualTo("alice 2026-10-31T00:00:01Z");
        assertThat(remains.forgotten.poll(200, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void whereThereAreNoMarksNothingIsDone() {
        new Tidiness(Optional.empty(), RETENTION, () -> now).visit(ALICE);
        assertThat(remains.forgotten).isEmpty();
    }

    private String next() throws InterruptedException {
        return Optional.ofNullable(remains.forgotten.poll(30, TimeUnit.SECONDS)).orElse("nothing");
    }
}
