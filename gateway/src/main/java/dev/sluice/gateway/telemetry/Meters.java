package dev.sluice.gateway.telemetry;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.loop.LoopListener;
import dev.sluice.job.JobState;
import dev.sluice.job.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Every meter of the gateway. Tags are bounded: clusters, kinds of calls, statuses, route templates; never a job or a user.
 * Thread-safe.
 */
public final class Meters implements LoopListener, AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collector = new JvmGcMetrics();
    private final Timer decide = Timer.builder("sluice.loop.decide")
            .description("Deciding and planning, a turn")
            .register(registry);
    private final Timer commit = Timer.builder("sluice.loop.commit")
            .description("The commit of a turn")
            .publishPercentileHistogram()
            .minimumExpectedValue(Duration.ofNanos(50_000))
            .maximumExpectedValue(Duration.ofSeconds(5))
            .register(registry);
    private final DistributionSummary inputs = DistributionSummary.builder("sluice.loop.inputs")
            .description("Commands and answers that a turn took in")
            .register(registry);
    private final Counter accepted = counter("sluice.jobs.accepted", "Jobs that were accepted");
    private final Counter placed = counter("sluice.attempts.placed", "Attempts that were placed");
    private final Counter alerts = counter("sluice.alerts", "Alerts that a person should look at");
    private final Counter refused = counter("sluice.commands.refused", "Commands for which there was no permit");

    public Meters() {
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collector.bindTo(registry);
        for (Status status : Status.values()) {
            if (status.ended()) {
                Counter.builder("sluice.tasks.ended")
                        .description("Tasks that ended for good")
                        .tag("status", status.text())
                        .register(registry);
            }
        }
    }

    private Counter counter(String name, String text) {
        return Counter.builder(name).description(text).register(registry);
    }

    /** Shows how a loop stands from now on. */
    public void watch(Loop loop) {
        Gauge.builder("sluice.loop.turning", loop, l -> l.standing() instanceof Loop.Standing.Turning ? 1 : 0)
                .description("1 while the gateway takes commands")
                .register(registry);
        Gauge.builder("sluice.loop.commands", loop, Loop::commands)
                .description("Commands under way")
                .register(registry);
        Gauge.builder("sluice.loop.calls", loop, Loop::calls)
                .description("Calls to clusters under way")
                .register(registry);
    }

    /** All of it in Prometheus' text form. */
    public String scrape() {
        return registry.scrape();
    }

    /** For the doors' own listeners, which the assembly binds. */
    public PrometheusMeterRegistry registry() {
        return registry;
    }

    @Override
    public void turned(int taken, Instant at, List<Event.Recorded> events, long decideNanos, long commitNanos) {
        if (taken == 0 && events.isEmpty()) {
            return;
        }
        decide.record(decideNanos, TimeUnit.NANOSECONDS);
        inputs.record(taken);
        if (!events.isEmpty()) {
            commit.record(commitNanos, TimeUnit.NANOSECONDS);
        }
        for (Event.Recorded event : events) {
            if (event instanceof Event.Accepted) {
                accepted.increment();
            } else if (event instanceof Event.Placed) {
                placed.increment();
            } else if (event instanceof Event.Alerted) {
                alerts.increment();
            } else if (event instanceof Event.OfTasks tasks && tasks.to() instanceof JobState.Ended to) {
                registry.counter("sluice.tasks.ended", "status", Status.of(to).text())
                        .increment(tasks.tasks().size());
            }
        }
    }

    @Override
    public void called(Effect effect, Input.Done done, long nanos) {
        String cluster = effect instanceof Effect.OnCluster on ? on.cluster().value() : "";
        String kind = effect.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        String answer = Event.Answer.of(done).name().toLowerCase(Locale.ROOT);
        registry.timer("sluice.calls", Tags.of("cluster", cluster, "call", kind, "answer", answer))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void refused() {
        refused.increment();
    }

    @Override
    public void close() {
        collector.close();
        registry.close();
    }
}
