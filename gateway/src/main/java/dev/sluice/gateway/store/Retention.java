package dev.sluice.gateway.store;

import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes away what was kept long enough, in transactions of a few milliseconds, so that commits between them hardly wait.
 *
 * <p>A job goes with all that is told of it: its rows, and the event of its acceptance, which holds its spec. Since the sequence
 * of events has no gap, all events before that one go first.
 */
final class Retention {
    private static final int JOBS_AT_ONCE = 100;
    private static final int EVENTS_AT_ONCE = 2_000;

    private final Path database;
    private final Writer writer;
    private final Readers readers;
    private final Words words;

    Retention(Path database, Writer writer, Readers readers, Words words) {
        this.database = database;
        this.writer = writer;
        this.readers = readers;
        this.words = words;
    }

    Purged purge(Instant now, StoreSettings settings) throws StoreLost {
        long jobs = 0;
        long events = eventsBefore(Times.bound(now.minus(settings.keepEvents())));
        Optional<Archive> archive = settings.archive().map(Archive::new);
        long old = Times.bound(now.minus(settings.keepEnded()));
        long archived = readers.read(session ->
                session.number("SELECT count(*) FROM jobs WHERE live = 0").orElse(0L));
        long tooMany = archived - settings.keepEndedJobs();
        int last = 0;
        while (true) {
            List<Doomed> doomed = doomed(last, old, tooMany - jobs);
            if (doomed.isEmpty()) {
                return new Purged(jobs, events);
            }
            last = doomed.getLast().job();
            long accepted = doomed.stream().mapToLong(Doomed::accepted).max().orElse(0);
            events += eventsTo(accepted);
            remove(doomed, archive, now);
            jobs += doomed.size();
        }
    }

    private record Doomed(int job, long accepted) {}

    /** The next jobs by id that are too old, or as many as are too many. */
    private List<Doomed> doomed(int after, long old, long tooMany) throws StoreLost {
        return readers.read(session -> {
            PreparedStatement query = session.statement("SELECT id, accepted FROM jobs"
                    + " WHERE id > ? AND live = 0 AND (? > 0 OR coalesce(changed, submitted) < ?) ORDER BY id LIMIT ?");
            query.setInt(1, after);
            query.setLong(2, tooMany);
            query.setLong(3, old);
            query.setLong(4, tooMany > 0 ? Math.min(tooMany, JOBS_AT_ONCE) : JOBS_AT_ONCE);
            List<Doomed> doomed = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    doomed.add(new Doomed(row.getInt(1), row.getLong(2)));
                }
            }
            return doomed;
        });
    }

    private void remove(List<Doomed> doomed, Optional<Archive> archive, Instant now) throws StoreLost {
        try {
            if (archive.isPresent()) {
                List<Archive.Line> lines = lines(doomed);
                Path file = archive.get().file(now);
                long vouched = vouched(archive.get(), file);
                long length = archive.get().append(file, vouched, lines);
                take(doomed, file, length);
            } else {
                take(doomed, database, NO_FILE);
            }
        } catch (IOException e) {
            throw new StoreLost(
                    "archive of purged jobs: expected to write to it, found %s; nothing was purged. Free space there, or name another directory with store.archive"
                            .formatted(Loss.plain(e)),
                    e);
        }
    }

    private static final long NO_FILE = -1;

    private List<Archive.Line> lines(List<Doomed> doomed) throws StoreLost {
        return readers.read(session -> {
            Reading reading = new Reading(session, words);
            List<Archive.Line> lines = new ArrayList<>();
            for (Doomed job : doomed) {
                Optional<JobRecord> record = reading.job(new JobId(job.job()));
                Optional<JobSpec> spec = reading.spec(new JobId(job.job()));
                if (record.isPresent() && spec.isPresent()) {
                    lines.add(new Archive.Line(record.get(), spec.get()));
                }
            }
            return lines;
        });
    }

    /**
     * Up to where the file was written by purges that finished. What lies behind is of one that did not: its jobs are still
     * here. A file that is shorter was moved away and begins anew; one that is not known is taken as it is.
     */
    private long vouched(Archive archive, Path file) throws StoreLost, IOException {
        long length = archive.length(file);
        Optional<Long> known = readers.read(session -> {
            PreparedStatement query = session.statement("SELECT length FROM archives WHERE file = ?");
            query.setString(1, file.toString());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.<Long>empty();
            }
        });
        if (known.isPresent() && known.get() <= length) {
            return known.get();
        }
        write(session -> vouch(session, file, length));
        return length;
    }

    private static int vouch(Session session, Path file, long length) throws SQLException {
        return session.row("INSERT INTO archives (file, length) VALUES (?, ?)"
                        + " ON CONFLICT DO UPDATE SET length = excluded.length")
                .put(file.toString())
                .put(length)
                .write();
    }

    private void take(List<Doomed> doomed, Path file, long length) throws StoreLost {
        write(session -> {
            Purging purging = new Purging(session, words);
            for (Doomed job : doomed) {
                purging.remove(job.job());
            }
            return length == NO_FILE ? 0 : vouch(session, file, length);
        });
    }

    private int write(Writer.Work<Integer, RuntimeException> work) throws StoreLost {
        return writer.write(work);
    }

    // Events

    /** Takes away events from the front while they are older; the newest stays, so that the numbers go on. */
    private long eventsBefore(long at) throws StoreLost {
        long gone = 0;
        while (true) {
            long first = number("SELECT min(sequence) FROM events");
            long cut = readers.read(session -> session.number(
                            "SELECT max(sequence) FROM (SELECT sequence, at FROM events ORDER BY sequence LIMIT ?)"
                                    + " WHERE at < ?",
                            EVENTS_AT_ONCE,
                            at)
                    .orElse(0L));
            long some = cut < first ? 0 : cutTo(cut);
            if (some == 0) {
                return gone;
            }
            gone += some;
        }
    }

    private long eventsTo(long sequence) throws StoreLost {
        long gone = 0;
        long first = number("SELECT min(sequence) FROM events");
        while (first > 0 && first <= sequence) {
            long some = cutTo(Math.min(sequence, first + EVENTS_AT_ONCE - 1));
            if (some == 0) {
                return gone;
            }
            gone += some;
            first = number("SELECT min(sequence) FROM events");
        }
        return gone;
    }

    private long cutTo(long sequence) throws StoreLost {
        return write(session -> session.row(
                        "DELETE FROM events WHERE sequence <= ? AND sequence < (SELECT max(sequence) FROM events)")
                .put(sequence)
                .write());
    }

    private long number(String sql) throws StoreLost {
        return readers.read(session -> session.number(sql).orElse(0L));
    }
}
