package dev.sluice.testkit.simulation;

import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Wish;
import java.util.List;
import java.util.stream.Collectors;

/** Says in a line what a gateway commits, calls and hears: what a replayed seed tells its reader. */
final class Narrator {
    private Narrator() {}

    static String of(Event.Recorded event) {
        return switch (event) {
            case Event.Accepted e ->
                "accepts %s of %s in %s"
                        .formatted(
                                tasks(e.job(), e.head().tasks()),
                                e.head().user(),
                                e.head().project());
            case Event.Moved e -> "%s: %s (%s)".formatted(tasks(e.job(), e.tasks()), state(e.to()), e.cause());
            case Event.Placed e ->
                "%s: placed on %s as %s, %s"
                        .formatted(
                                tasks(e.job(), e.tasks()),
                                e.to().attempt().cluster(),
                                e.to().attempt().id(),
                                e.why());
            case Event.Closed e ->
                "%s: attempt %s ends as %s, then %s"
                        .formatted(tasks(e.job(), e.tasks()), e.attempt(), e.end(), state(e.to()));
            case Event.Waited e -> "%s: %s".formatted(tasks(e.job(), e.tasks()), state(e.to()));
            case Event.Adopted e -> "%s: adopted, %s".formatted(tasks(e.job(), e.tasks()), state(e.to()));
            case Event.Ended e -> "%s: %s".formatted(tasks(e.job(), e.tasks()), state(e.to()));
            case Event.Charged e ->
                "%s: run %d of %s costs %d CPU ms"
                        .formatted(tasks(e.job(), e.tasks()), e.run(), e.attempt(), e.cpuMillis());
            case Event.NativesCharged e ->
                "natives of %s from %s to %s: %s".formatted(e.cluster(), e.from(), e.until(), e.uses());
            case Event.Altered e -> "job %s is altered".formatted(e.job());
            case Event.Labelled e -> "job %s is labelled".formatted(e.job());
            case Event.Forgotten e -> "job %s leaves the heap".formatted(e.job());
            case Event.Settled e ->
                "%s: settled by %s as %s, %s".formatted(tasks(e.job(), e.tasks()), e.by(), e.verdict(), e.reason());
            case Event.Alerted e -> "ALERT on %s: %s %s".formatted(e.cluster(), e.attempt(), e.what());
            case Event.LeftBehind e ->
                "to be swept on %s: %s%s, %s"
                        .formatted(
                                e.leftover().cluster(),
                                e.leftover().id(),
                                e.leftover()
                                        .binding()
                                        .map(binding -> ", " + object(binding))
                                        .orElse(""),
                                e.leftover().why());
            case Event.SweptUp e ->
                "swept up: %s %s".formatted(e.key().id(), e.key().nativeId());
            case Event.KeyUsed e ->
                "%s stands for %s".formatted(e.key(), e.use().jobs());
            case Event.KeysExpired e -> "%d keys expire".formatted(e.keys().size());
            case Event.DrainSet e -> "drain of %s is %s".formatted(e.cluster(), e.drain());
            case Event.BreakerSet e -> "breaker of %s: %s".formatted(e.cluster(), e.breaker());
            case Event.BudgetSet e -> "budget of %s: %s".formatted(e.project(), e.budget());
        };
    }

    static String of(Input.Command command) {
        if (command instanceof Input.Submit submit) {
            String key = submit.token().map(token -> " with " + token.key()).orElse("");
            return submit.jobs().stream()
                    .map(job ->
                            "%s of %s".formatted(job.spec().name(), job.spec().user()))
                    .collect(Collectors.joining(", ", "Submit: ", key));
        }
        return command.toString();
    }

    static String of(Effect effect) {
        String what = switch (effect) {
            case Effect.Park e -> "Park " + attempt(e.attempt());
            case Effect.Release e ->
                "Release "
                        + e.grants().stream()
                                .map(grant -> attempt(grant.attempt()) + " as " + object(grant.binding()))
                                .collect(Collectors.joining(", "));
            case Effect.Find e ->
                "Find "
                        + e.sought().stream()
                                .map(sought -> attempt(sought.attempt()))
                                .collect(Collectors.joining(", "));
            case Effect.Stop e -> "Stop %s as %s, tasks %s".formatted(e.attempt(), object(e.binding()), e.tasks());
            case Effect.Alter e -> "%s %s as %s".formatted(e.change(), e.attempt(), object(e.binding()));
            case Effect.Claim e -> "Claim %s, run %d".formatted(attempt(e.attempt()), e.run());
            case Effect.Observe e -> "Observe after " + e.after().text();
            case Effect.Measure e -> "Measure";
            case Effect.PinImage e -> "PinImage %s for job %s".formatted(e.reference(), e.job());
        };
        return effect instanceof Effect.OnCluster on
                ? "#%d on %s: %s".formatted(effect.flight(), on.cluster(), what)
                : "#%d: %s".formatted(effect.flight(), what);
    }

    static String of(Input.Done done) {
        Object outcome = switch (done) {
            case Input.DonePark d -> d.outcome();
            case Input.DoneRelease d -> d.outcomes();
            case Input.DoneFind d -> d.outcomes().stream().map(Narrator::search).collect(Collectors.joining(", "));
            case Input.DoneStop d -> d.outcome();
            case Input.DoneAlter d -> d.outcome();
            case Input.DoneClaim d -> d.outcome();
            case Input.DoneObserve d -> sweep(d.outcome());
            case Input.DoneMeasure d -> d.outcome();
            case Input.DonePin d -> d.outcome();
        };
        return "#%d %s: %s"
                .formatted(done.effect().flight(), done.effect().getClass().getSimpleName(), outcome);
    }

    private static String search(Search search) {
        return search instanceof Search.Found found
                ? found.traces().stream()
                        .map(trace -> sight(trace.binding(), trace.tasks(), trace.seen()))
                        .collect(Collectors.joining("; "))
                : search.toString();
    }

    private static String sweep(Sweep sweep) {
        return sweep instanceof Sweep.Seen seen
                ? "%s, ends %s: %s".formatted(seen.scope(), seen.ends(), observations(seen.observations()))
                : sweep.toString();
    }

    private static String observations(List<Observation> observations) {
        return observations.isEmpty()
                ? "nothing"
                : observations.stream()
                        .map(seen -> seen.attempt() + " " + sight(seen.binding(), seen.tasks(), seen.seen()))
                        .collect(Collectors.joining("; "));
    }

    private static String sight(Binding binding, TaskSet tasks, Sighting seen) {
        return "%s tasks %s %s".formatted(object(binding), tasks, seen);
    }

    private static String state(JobState state) {
        return switch (state) {
            case JobState.Waiting waiting -> "waits" + (waiting.gates().isEmpty() ? "" : " for " + waiting.gates());
            case JobState.Ended ended -> "has ended: " + ended.verdict();
            case JobState.Live live ->
                "%s%s%s"
                        .formatted(
                                Lifecycle.Stage.of(live.phase()),
                                live.phase() instanceof Phase.Bound bound ? " " + detail(bound) : "",
                                live.wish() instanceof Wish.Stop stop ? ", to stop: " + stop.why() : "");
        };
    }

    private static String detail(Phase.Bound phase) {
        String object = object(phase.binding());
        return switch (phase) {
            case Phase.Parked parked ->
                object + parked.blocked().map(blocked -> ", " + blocked.why()).orElse("");
            case Phase.Releasing releasing -> object;
            case Phase.Withdrawing withdrawing ->
                "%s, run %d, %s".formatted(object, withdrawing.run(), withdrawing.step());
            case Phase.Missing missing -> "%s, run %d, %s".formatted(object, missing.run(), missing.certainty());
            case Phase.Released released -> "%s, run %d".formatted(object, released.run());
        };
    }

    private static String object(Binding binding) {
        return "object %s (%s)".formatted(binding.nativeId(), binding.incarnation());
    }

    private static String attempt(Attempt attempt) {
        return "%s of %s".formatted(attempt.id(), tasks(attempt.job(), attempt.tasks()));
    }

    private static String tasks(JobId job, TaskSet tasks) {
        return tasks.equals(TaskSet.SOLE) ? "job " + job : "job %s[%s]".formatted(job, tasks);
    }
}
