package dev.sluice.gateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.http.Reloading;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProjectMetersTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private static Reloading.Source source(String name, Optional<Instant> taken, String... problems) {
        return new Reloading.Source(name, Optional.of(NOW), taken, 3, List.of(problems));
    }

    private static Reloading telling(List<Reloading.Source> sources) {
        return new Reloading() {
            @Override
            public Outcome reload() {
                return NOTHING.reload();
            }

            @Override
            public List<Source> sources() {
                return sources;
            }
        };
    }

    @Test
    void whoeverTellsNothingAnyMoreIsSeenInTheMetrics() {
        try (Meters meters = new Meters()) {
            Reloading projects = telling(List.of(
                    source("sync", Optional.of(NOW.minusSeconds(3600)), "it ended with exit code 1"),
                    source("accounts", Optional.of(NOW.minusSeconds(60)))));
            ProjectMeters.watch(meters, projects, InstantSource.fixed(NOW));
            assertThat(meters.scrape())
                    .contains(
                            "\nsluice_projects_tellers 2.0\n",
                            "\nsluice_projects_tellers_refused 1.0\n",
                            "\nsluice_projects_age_seconds 3600.0\n");
        }
    }

    @Test
    void withoutTellersThereIsNothingOld() {
        try (Meters meters = new Meters()) {
            ProjectMeters.watch(meters, Reloading.NOTHING, InstantSource.fixed(NOW));
            assertThat(meters.scrape())
                    .contains("\nsluice_projects_tellers 0.0\n", "\nsluice_projects_age_seconds 0.0\n");
        }
    }
}
