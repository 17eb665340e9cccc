package dev.sluice.gateway.wire;

import dev.sluice.engine.Breaker;
import dev.sluice.engine.Event;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Status;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Budget;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Events in their public form ({@code Event}). Their names are stable; what the work is, its environment and keys of clients are
 * in none.
 */
public final class EventViews {
    private static final Keys<Event.Cause> CAUSES = Keys.ofValues(Event.Cause.class);
    private static final Keys<Event.Drain> DRAINS = Keys.ofValues(Event.Drain.class);
    private static final Keys<Budget> BUDGETS = Keys.ofValues(Budget.class);

    private EventViews() {}

    /** Who may be told of an event. */
    public sealed interface Audience {
        /** Who may see the job. */
        record OfJob(JobId job) implements Audience {}

        record Everybody() implements Audience {}

        record Administrators() implements Audience {}

        /** The gateway's own bookkeeping. */
        record Nobody() implements Audience {}
    }

    private static final Audience EVERYBODY = new Audience.Everybody();
    private static final Audience ADMINISTRATORS = new Audience.Administrators();
    private static final Audience NOBODY = new Audience.Nobody();

    public static Audience audience(Event.Recorded event) {
        return switch (event) {
            case Event.OfJob of -> new Audience.OfJob(of.job());
            case Event.DrainSet e -> EVERYBODY;
            case Event.BreakerSet e -> EVERYBODY;
            case Event.Alerted e -> ADMINISTRATORS;
            case Event.LeftBehind e -> ADMINISTRATORS;
            case Event.SweptUp e -> ADMINISTRATORS;
            case Event.BudgetSet e -> ADMINISTRATORS;
            case Event.NativesCharged e -> ADMINISTRATORS;
            case Event.KeyUsed e -> NOBODY;
            case Event.KeysExpired e -> NOBODY;
        };
    }

    /** The name of an event's type, for {@code event:} of a stream. */
    public static String type(Event.Recorded event) {
        return switch (event) {
            case Event.Accepted e -> "accepted";
            case Event.Altered e -> "altered";
            case Event.Labelled e -> "labelled";
            case Event.Waited e -> "waited";
            case Event.Placed e -> "placed";
            case Event.Moved e -> "moved";
            case Event.Adopted e -> "adopted";
            case Event.Closed e -> "closed";
            case Event.Ended e -> "ended";
            case Event.Charged e -> "charged";
            case Event.Settled e -> "settled";
            case Event.Forgotten e -> "forgotten";
            case Event.DrainSet e -> "drain-set";
            case Event.BreakerSet e -> "breaker-set";
            case Event.Alerted e -> "alerted";
            case Event.LeftBehind e -> "left-behind";
            case Event.SweptUp e -> "swept-up";
            case Event.BudgetSet e -> "budget-set";
            case Event.NativesCharged e -> "natives-charged";
            case Event.KeyUsed e -> "key-used";
            case Event.KeysExpired e -> "keys-expired";
        };
    }

    /** The event, on one line; empty when nobody is to be told of it. */
    public static Optional<byte[]> event(StoredEvent stored) {
        return audience(stored.event()) instanceof Audience.Nobody
                ? Optional.empty()
                : Optional.of(JsonWriter.bytes(out -> event(out, stored)));
    }

    /**
     * A page of events; those that nobody is to be told of are left out.
     *
     * @param next behind which sequence the next page begins
     */
    public static byte[] page(List<StoredEvent> events, long next) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("events");
            events.stream()
                    .filter(event -> !(audience(event.event()) instanceof Audience.Nobody))
                    .forEach(event -> event(out, event));
            out.endList().number("next", next).end();
        });
    }

    private static void event(JsonWriter out, StoredEvent stored) {
        out.begin()
                .number("sequence", stored.sequence())
                .time("at", stored.at())
                .text("type", type(stored.event()));
        if (stored.event() instanceof Event.OfJob of) {
            out.number("job", of.job().value());
        }
        if (stored.event() instanceof Event.OfTasks of) {
            out.text("tasks", of.tasks().toString());
            state(out, of.to());
        }
        details(out, stored.event());
        out.end();
    }

    private static void state(JsonWriter out, JobState state) {
        out.text("status", Status.of(state).text());
        switch (state) {
            case JobState.Waiting waiting -> TaskGroups.gates(out, waiting);
            case JobState.Live live -> {
                TaskGroups.attempt(out, live.attempt());
                out.text("native", TaskGroups.nativeId(live.phase()));
                TaskGroups.stopping(out, live.wish());
            }
            case JobState.Ended ended -> TaskGroups.exit(out, ended.verdict());
        }
    }

    private static void details(JsonWriter out, Event.Recorded event) {
        switch (event) {
            case Event.Accepted e -> {
                head(out, e.head());
                out.text("tasks", e.head().tasks().toString())
                        .text("status", Status.of(e.to()).text())
                        .text("name", e.spec().name())
                        .text("project", e.head().project())
                        .text("user", e.head().user());
                TaskGroups.gates(out, e.to());
                if (!e.spec().labels().values().isEmpty()) {
                    out.texts("labels", e.spec().labels().values());
                }
            }
            case Event.Altered e -> head(out, e.head());
            case Event.Labelled e -> out.texts("labels", e.labels().values());
            case Event.Waited e -> out.text("detail", Phrases.why(e.to()));
            case Event.Placed e -> out.text("detail", e.why());
            case Event.Moved e -> {
                out.text("cause", CAUSES.text(e.cause())).time("started", started(e.to()));
                out.text("detail", Phrases.why(e.to()));
            }
            case Event.Adopted e -> out.time("started", started(e.to()));
            case Event.Closed e -> closed(out, e);
            case Event.Ended e -> detail(out, Phrases.note(e.to().verdict()));
            case Event.Charged e ->
                out.text("tasks", e.tasks().toString())
                        .text("attempt", e.attempt())
                        .text("project", e.project())
                        .number("run", e.run())
                        .thousandths("cpuSeconds", e.cpuMillis())
                        .time("started", e.started())
                        .time("ended", e.ended());
            case Event.Settled e -> {
                out.text("tasks", e.tasks().toString()).text("by", e.by());
                out.text("detail", "counts as ended: " + Phrases.verdict(e.verdict()) + " (" + e.reason() + ")");
            }
            case Event.Forgotten e -> {}
            case Event.DrainSet e -> out.text("cluster", e.cluster()).text("state", DRAINS.text(e.drain()));
            case Event.BreakerSet e -> breaker(out, e);
            case Event.Alerted e -> {
                out.text("cluster", e.cluster());
                e.job().ifPresent(job -> out.number("job", job.value()));
                out.text("detail", e.what());
            }
            case Event.LeftBehind e ->
                out.text("cluster", e.leftover().cluster())
                        .text("tasks", e.leftover().tasks().toString())
                        .text("attempt", e.leftover().id())
                        .text("native", e.leftover().binding().map(binding -> binding.nativeId()))
                        .text("detail", e.leftover().why());
            case Event.SweptUp e -> {
                out.text("attempt", e.key().id());
                detailAs(out, "native", e.key().nativeId());
            }
            case Event.BudgetSet e ->
                out.text("project", e.project())
                        .text("state", BUDGETS.text(e.budget()))
                        .text("by", e.by());
            case Event.NativesCharged e -> natives(out, e);
            case Event.KeyUsed e -> {}
            case Event.KeysExpired e -> {}
        }
    }

    /** What an alteration may have altered. */
    private static void head(JsonWriter out, JobHead head) {
        out.number("priorityClass", head.priorityClass());
        SpecWriter.limit(out, head.ask().limit());
        out.text("image", head.image());
    }

    private static Optional<Instant> started(JobState.Live live) {
        return live.phase().startedAt();
    }

    /** The attempt's end; where the tasks ended with it, that was told as their state. */
    private static void closed(JsonWriter out, Event.Closed e) {
        if (!(e.to() instanceof JobState.Live)) {
            out.text("attempt", e.attempt());
        }
        if (e.end() instanceof AttemptEnd.Finished(Verdict verdict) && !(e.to() instanceof JobState.Ended)) {
            TaskGroups.exit(out, verdict);
        }
        out.text("detail", Phrases.end(e.end()));
    }

    private static void detail(JsonWriter out, String text) {
        detailAs(out, "detail", text);
    }

    private static void detailAs(JsonWriter out, String name, String text) {
        if (!text.isEmpty()) {
            out.text(name, text);
        }
    }

    private static void natives(JsonWriter out, Event.NativesCharged e) {
        out.text("cluster", e.cluster()).time("started", e.from()).time("ended", e.until());
        out.beginList("natives");
        for (Event.NativeUse use : e.uses()) {
            out.begin()
                    .text("project", use.project())
                    .number("cpus", use.held().cpus())
                    .number("memory", use.held().memory())
                    .number("gpus", use.held().gpus())
                    .end();
        }
        out.endList();
    }

    private static void breaker(JsonWriter out, Event.BreakerSet e) {
        out.text("cluster", e.cluster());
        switch (e.breaker()) {
            case Breaker.Closed closed -> out.text("state", "closed");
            case Breaker.Open open -> out.text("state", "open").time("until", open.until());
        }
    }
}
