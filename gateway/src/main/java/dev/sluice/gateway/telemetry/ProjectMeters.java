package dev.sluice.gateway.telemetry;

import dev.sluice.gateway.http.Reloading;
import io.micrometer.core.instrument.Gauge;
import java.time.Duration;
import java.time.InstantSource;

/** The meters of those who tell of projects. */
public final class ProjectMeters {
    private ProjectMeters() {}

    /** Shows how they stand from now on. */
    public static void watch(Meters meters, Reloading projects, InstantSource clock) {
        Gauge.builder("sluice.projects.tellers", projects, p -> p.sources().size())
                .description("Those who are asked for projects")
                .register(meters.registry());
        Gauge.builder("sluice.projects.tellers.refused", projects, ProjectMeters::refused)
                .description("Those of them whose last answer was none, or was not taken")
                .register(meters.registry());
        Gauge.builder("sluice.projects.age", projects, p -> age(p, clock))
                .description("Seconds since the answer was taken that is the oldest of those that hold")
                .baseUnit("seconds")
                .register(meters.registry());
    }

    private static long refused(Reloading projects) {
        return projects.sources().stream()
                .filter(source -> !source.problems().isEmpty())
                .count();
    }

    private static double age(Reloading projects, InstantSource clock) {
        return projects.sources().stream()
                .mapToDouble(source -> source.taken()
                        .map(taken -> Duration.between(taken, clock.instant()).toMillis() / 1000.0)
                        .orElse(0.0))
                .max()
                .orElse(0);
    }
}
