package dev.sluice.engine;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.Change;
import dev.sluice.engine.Event.Cause;
import dev.sluice.job.Attempt;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Time limits that were changed after their jobs had been sent out: what an object's cluster says of the new one. */
final class Limits {
    private final Book book;

    Limits(Book book) {
        this.book = book;
    }

    /** A refused limit counts as given, so that it is not asked for again and again; a person is told. */
    void altered(
            Tracked tracked,
            Input.DoneAlter done,
            Change.Limit change,
            List<Slice> slices,
            Instant now,
            List<Event> events) {
        boolean settled = switch (done.outcome()) {
            case Alteration.Altered a -> true;
            case Alteration.Refused refused -> {
                events.add(new Event.Alerted(
                        done.effect().cluster(),
                        Optional.of(tracked.job.id()),
                        tracked.attempt.id().toString(),
                        "the cluster refused the new time limit: "
                                + refused.refusal().message()));
                yield true;
            }
            case Alteration.Absent a -> {
                // Not asked for again before a look has said what became of it.
                Instant later =
                        now.plus(book.cluster(done.effect().cluster()).settings.sweep());
                events.add(new Event.Deferred(new AgendaKey.OfAttempt(tracked.attempt.id()), later));
                yield false;
            }
            case Alteration.Unknown u -> false;
        };
        for (Slice slice : slices) {
            JobState.Live live = (JobState.Live) slice.state();
            if (settled && live.phase() instanceof Phase.Released) {
                Attempt attempt = live.attempt().withLimit(change.limit());
                events.add(new Event.Moved(
                        tracked.job.id(),
                        slice.tasks(),
                        new JobState.Live(attempt, live.phase(), live.wish()),
                        Cause.LIMITED));
            }
        }
    }
}
