package dev.sluice.gateway.store;

import dev.sluice.engine.Event;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What of one batch goes to the outbox: starts and ends of tasks whose job names a webhook. */
final class Notices {
    /** One start of some tasks: their attempt and its run. */
    private record Start(TaskSet tasks, AttemptId attempt, int run) {}

    private final Session session;
    private final long at;
    private final Map<JobId, String> accepted = new HashMap<>();
    private final Set<Start> told = new HashSet<>();

    Notices(Session session, long at) {
        this.session = session;
        this.at = at;
    }

    /** A job with a webhook that the batch accepts. */
    void expect(JobId job, String url) {
        accepted.put(job, url);
    }

    void consider(Event.OfTasks event, long sequence, String kind, @Nullable String body) throws SQLException {
        boolean ends = event.to() instanceof JobState.Ended;
        boolean runs = event.to() instanceof JobState.Live live && live.phase() instanceof Phase.Running;
        if (!ends && !runs || body == null) {
            return;
        }
        String url = url(event.job());
        if (url != null && (ends || starts(event))) {
            session.row("INSERT INTO outbox (id, job, url, at, kind, body, tries, due) VALUES (?, ?, ?, ?, ?, ?, 0, ?)")
                    .put(sequence)
                    .put(event.job().value())
                    .put(url)
                    .put(at)
                    .put(kind)
                    .put(body)
                    .put(at)
                    .write();
        }
    }

    private @Nullable String url(JobId job) throws SQLException {
        String known = accepted.get(job);
        if (known != null) {
            return known;
        }
        PreparedStatement query = session.statement("SELECT webhook FROM jobs WHERE id = ?");
        query.setInt(1, job.value());
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? row.getString(1) : null;
        }
    }

    /** Whether they had not been running in this run before: a wish to stop moves what runs too. */
    private boolean starts(Event.OfTasks event) throws SQLException {
        return event.to() instanceof JobState.Live live
                && live.phase() instanceof Phase.Running running
                && told.add(new Start(event.tasks(), live.attempt().id(), running.run()))
                && !ran(event, live.attempt().id(), running.run());
    }

    /** Whether the rows of before this batch say that they ran. Live tasks of arrays have rows of their own, by the lowest. */
    private boolean ran(Event.OfTasks event, AttemptId attempt, int run) throws SQLException {
        PreparedStatement query = session.statement("SELECT state FROM jobs WHERE id = ? AND tasks IS NULL"
                + " UNION ALL SELECT state FROM slices WHERE job = ? AND lowest = ?");
        query.setInt(1, event.job().value());
        query.setInt(2, event.job().value());
        query.setInt(3, event.tasks().first());
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                String state = row.getString(1);
                boolean ran = state != null
                        && !state.isEmpty()
                        && StateRow.read(state) instanceof JobState.Live live
                        && live.attempt().id().equals(attempt)
                        && live.phase() instanceof Phase.Released released
                        && live.phase().startedAt().isPresent()
                        && released.run() == run;
                if (ran) {
                    return true;
                }
            }
            return false;
        }
    }
}
