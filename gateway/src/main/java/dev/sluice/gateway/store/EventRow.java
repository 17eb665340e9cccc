package dev.sluice.gateway.store;

import dev.sluice.engine.Event;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.gateway.store.codec.Unreadable;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How an event lies in a row: its kind, which is the name of its record, and a body without that. */
final class EventRow {
    /** Its job and spec are in their tables, its body is how the tasks wait. */
    static final String ACCEPTED = "Accepted";

    /** An acceptance whose job is gone from the tables: its body is all of it. */
    static final String ACCEPTED_WHOLE = "AcceptedWhole";

    private static final Codec<JobState.Waiting> WAITING = Codec.of(JobState.Waiting.class);
    private static final Codec<Event.Accepted> WHOLE = Codec.of(Event.Accepted.class);

    private static final Map<Class<?>, Function<Event, String>> WRITING = new HashMap<>();
    private static final Map<String, Function<String, Event.Recorded>> READING = new HashMap<>();

    static {
        form(Event.Altered.class);
        form(Event.Waited.class);
        form(Event.Placed.class);
        form(Event.Moved.class);
        form(Event.Adopted.class);
        form(Event.Closed.class);
        form(Event.Ended.class);
        form(Event.Charged.class);
        form(Event.NativesCharged.class);
        form(Event.Labelled.class);
        form(Event.Forgotten.class);
        form(Event.Settled.class);
        form(Event.Alerted.class);
        form(Event.LeftBehind.class);
        form(Event.SweptUp.class);
        form(Event.KeyUsed.class);
        form(Event.KeysExpired.class);
        form(Event.DrainSet.class);
        form(Event.BreakerSet.class);
        form(Event.BudgetSet.class);
        READING.put(ACCEPTED_WHOLE, WHOLE::read);
    }

    private EventRow() {}

    private static <E extends Event.Recorded> void form(Class<E> type) {
        Codec<E> codec = Codec.of(type);
        WRITING.put(type, event -> codec.write(type.cast(event)));
        READING.put(type.getSimpleName(), codec::read);
    }

    static String kind(Event.Recorded event) {
        return event.getClass().getSimpleName();
    }

    /** The body; null for an acceptance as usual. */
    static @Nullable String body(Event.Recorded event) {
        if (event instanceof Event.Accepted accepted) {
            return accepted.to().equals(JobState.Waiting.FRESH) ? null : WAITING.write(accepted.to());
        }
        Function<Event, String> writing = WRITING.get(event.getClass());
        if (writing == null) {
            throw new IllegalStateException("events have no stored form: " + event.getClass());
        }
        return writing.apply(event);
    }

    static String whole(Event.Accepted event) {
        return WHOLE.write(event);
    }

    static JobState.Waiting waiting(@Nullable String body) {
        return body == null ? JobState.Waiting.FRESH : WAITING.read(body);
    }

    /** Reads any event but one of kind {@link #ACCEPTED}. */
    static Event.Recorded read(String kind, @Nullable String body) {
        Function<String, Event.Recorded> reading = READING.get(kind);
        if (reading == null || body == null) {
            throw new Unreadable("a stored event is of a kind that this release does not know: " + kind);
        }
        return reading.apply(body);
    }

    static @Nullable Integer job(Event.Recorded event) {
        return switch (event) {
            case Event.OfJob of -> of.job().value();
            case Event.Alerted alerted -> alerted.job().map(JobId::value).orElse(null);
            case Event.LeftBehind e -> null;
            case Event.SweptUp e -> null;
            case Event.KeyUsed e -> null;
            case Event.KeysExpired e -> null;
            case Event.DrainSet e -> null;
            case Event.BreakerSet e -> null;
            case Event.BudgetSet e -> null;
            case Event.NativesCharged e -> null;
        };
    }
}
