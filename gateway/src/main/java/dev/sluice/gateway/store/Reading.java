package dev.sluice.gateway.store;

import dev.sluice.engine.Event;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements that read, on one session within one snapshot. */
final class Reading {
    private static final Codec<JobRecord.Placing> PLACING = Codec.of(JobRecord.Placing.class);
    private static final Codec<JobRecord.Run> RUN = Codec.of(JobRecord.Run.class);
    private static final Codec<Binding> BINDING = Codec.of(Binding.class);

    private static final String JOB =
            "SELECT " + HeadRow.COLUMNS + ", was, name, labels, changed, status, state, size FROM jobs";

    private static final String SPEC =
            "SELECT " + HeadRow.COLUMNS + ", was, name, s.body FROM jobs JOIN specs s ON s.job = id WHERE id = ?";

    private static final int WAS = HeadRow.COLUMN_COUNT + 1;
    private static final int NAME = WAS + 1;
    private static final int LABELS = WAS + 2;
    private static final int CHANGED = WAS + 3;
    private static final int STATUS = WAS + 4;
    private static final int STATE = WAS + 5;
    private static final int SIZE = WAS + 6;

    private final Session session;
    private final HeadRow heads;

    Reading(Session session, Words words) {
        this.session = session;
        this.heads = new HeadRow(words);
    }

    // Specs

    Optional<JobSpec> spec(JobId id) throws SQLException {
        PreparedStatement query = session.statement(SPEC);
        query.setInt(1, id.value());
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? Optional.of(spec(row, accepted(row))) : Optional.empty();
        }
    }

    private JobHead accepted(ResultSet row) throws SQLException {
        return HeadRow.differing(heads.read(row, session), row.getString(WAS));
    }

    private static JobSpec spec(ResultSet row, JobHead accepted) throws SQLException {
        return HeadRow.spec(row.getString(NAME + 1), accepted, row.getString(NAME));
    }

    // Events

    long newest() throws SQLException {
        return session.number("SELECT max(sequence) FROM events").orElse(0L);
    }

    long oldest() throws SQLException {
        return session.number("SELECT min(sequence) FROM events").orElse(0L);
    }

    List<StoredEvent> events(long after, int most) throws SQLException {
        PreparedStatement query = session.statement(
                "SELECT sequence, at, job, kind, body FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?");
        query.setLong(1, after);
        query.setInt(2, most);
        return events(query);
    }

    List<StoredEvent> eventsOf(JobId job, long after, int most) throws SQLException {
        PreparedStatement query = session.statement("SELECT sequence, at, job, kind, body FROM events"
                + " WHERE job = ? AND kind <> 'Accepted' AND sequence > ?"
                + " UNION ALL SELECT sequence, at, job, kind, body FROM events"
                + " WHERE sequence = (SELECT accepted FROM jobs WHERE id = ?) AND kind = 'Accepted' AND sequence > ?"
                + " ORDER BY 1 LIMIT ?");
        query.setInt(1, job.value());
        query.setLong(2, after);
        query.setInt(3, job.value());
        query.setLong(4, after);
        query.setInt(5, most);
        return events(query);
    }

    private List<StoredEvent> events(PreparedStatement query) throws SQLException {
        List<StoredEvent> events = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                Instant at = Times.instant(row.getLong(2));
                String kind = row.getString(4);
                String body = row.getString(5);
                Event.Recorded event = kind.equals(EventRow.ACCEPTED)
                        ? accepted(new JobId(row.getInt(3)), body)
                        : EventRow.read(kind, body);
                events.add(new StoredEvent(row.getLong(1), at, event));
            }
        }
        return events;
    }

    private Event.Accepted accepted(JobId job, @Nullable String waiting) throws SQLException {
        PreparedStatement query = session.statement(SPEC);
        query.setInt(1, job.value());
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("an acceptance of job " + job + ", which is not there");
            }
            JobHead head = accepted(row);
            return new Event.Accepted(head, spec(row, head), EventRow.waiting(waiting));
        }
    }

    // Jobs

    Optional<JobRecord> job(JobId id) throws SQLException {
        PreparedStatement query =
                session.statement(JOB + " WHERE id <= ? AND name IS NOT NULL ORDER BY id DESC LIMIT 1");
        query.setInt(1, id.value());
        try (ResultSet row = query.executeQuery()) {
            if (!row.next() || id.value() - row.getInt(1) >= row.getInt(SIZE)) {
                return Optional.empty();
            }
            JobRecord brief = record(row);
            JobId job = brief.head().id();
            return Optional.of(new JobRecord(
                    brief.head(),
                    brief.name(),
                    brief.labels(),
                    brief.slices(),
                    attempts(job),
                    runs(job),
                    brief.changed()));
        }
    }

    List<JobRecord> jobs(JobQuery query) throws SQLException {
        Optional<JobSearch> search = JobSearch.of(query, session);
        if (search.isEmpty()) {
            return List.of();
        }
        List<JobRecord> jobs = new ArrayList<>();
        try (PreparedStatement statement = search.get().prepare(session, JOB);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                jobs.add(record(row));
            }
        }
        return jobs;
    }

    private JobRecord record(ResultSet row) throws SQLException {
        JobHead head = heads.read(row, session);
        long changed = row.getLong(CHANGED);
        Instant at = row.wasNull() ? head.submitted() : Times.instant(changed);
        String status = row.getString(STATUS);
        List<Slice> slices = status == null || !status.isEmpty()
                ? List.of(new Slice(TaskSet.SOLE, StateRow.read(row.getString(STATE))))
                : slices(head.id());
        return new JobRecord(
                head, row.getString(NAME), HeadRow.labels(row.getString(LABELS)), slices, List.of(), List.of(), at);
    }

    private List<Slice> slices(JobId job) throws SQLException {
        PreparedStatement query = session.statement("SELECT tasks, state FROM slices WHERE job = ? ORDER BY lowest");
        query.setInt(1, job.value());
        List<Slice> slices = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                slices.add(new Slice(TaskSet.parse(row.getString(1)), StateRow.read(row.getString(2))));
            }
        }
        return slices;
    }

    private List<JobRecord.Placing> attempts(JobId job) throws SQLException {
        PreparedStatement query = session.statement("SELECT body, binding FROM attempts WHERE job = ? ORDER BY placed");
        query.setInt(1, job.value());
        List<JobRecord.Placing> attempts = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                JobRecord.Placing placing = PLACING.read(row.getString(1));
                Optional<Binding> binding =
                        Optional.ofNullable(row.getString(2)).map(BINDING::read);
                attempts.add(new JobRecord.Placing(placing.attempt(), binding, placing.at(), placing.why()));
            }
        }
        return attempts;
    }

    private List<JobRecord.Run> runs(JobId job) throws SQLException {
        PreparedStatement query = session.statement("SELECT body FROM runs WHERE job = ? ORDER BY charged");
        query.setInt(1, job.value());
        List<JobRecord.Run> runs = new ArrayList<>();
        try (ResultSet row = query.executeQuery()) {
            while (row.next()) {
                runs.add(RUN.read(row.getString(1)));
            }
        }
        return runs;
    }
}
