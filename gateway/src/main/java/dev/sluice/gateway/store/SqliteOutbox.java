package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The outbox's table; each change is a short transaction of its own. */
final class SqliteOutbox implements Outbox {
    private final Writer writer;
    private final Readers readers;

    SqliteOutbox(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public List<Delivery> due(Instant now, int most) throws StoreLost {
        return readers.read(session -> {
            PreparedStatement query =
                    session.statement("SELECT id, job, url, tries, at, kind, body FROM outbox o WHERE due <= ?"
                            + " AND NOT EXISTS (SELECT 1 FROM outbox WHERE job = o.job AND id < o.id)"
                            + " ORDER BY due, id LIMIT ?");
            query.setLong(1, Times.bound(now));
            query.setInt(2, most);
            List<Delivery> due = new ArrayList<>();
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    StoredEvent event = new StoredEvent(
                            row.getLong(1),
                            Times.instant(row.getLong(5)),
                            EventRow.read(row.getString(6), row.getString(7)));
                    due.add(new Delivery(
                            row.getLong(1), new JobId(row.getInt(2)), row.getString(3), row.getInt(4), event));
                }
            }
            return due;
        });
    }

    @Override
    public Optional<Instant> next(Instant now) throws StoreLost {
        return readers.read(session -> session.number(
                        "SELECT min(due) FROM outbox o WHERE due > ?"
                                + " AND NOT EXISTS (SELECT 1 FROM outbox WHERE job = o.job AND id < o.id)",
                        Times.bound(now))
                .map(Times::instant));
    }

    @Override
    public void delivered(long id) throws StoreLost {
        remove(id);
    }

    @Override
    public void giveUp(long id) throws StoreLost {
        remove(id);
    }

    private void remove(long id) throws StoreLost {
        this.<Integer>write(session ->
                session.row("DELETE FROM outbox WHERE id = ?").put(id).write());
    }

    @Override
    public void defer(long id, int tries, Instant nextAt) throws StoreLost {
        this.<Integer>write(session -> session.row("UPDATE outbox SET tries = ?, due = ? WHERE id = ?")
                .put(tries)
                .put(Times.bound(nextAt))
                .put(id)
                .write());
    }

    private <T> void write(Writer.Work<T, RuntimeException> work) throws StoreLost {
        writer.write(work);
    }

    @Override
    public long size() throws StoreLost {
        return readers.read(
                session -> session.number("SELECT count(*) FROM outbox").orElse(0L));
    }
}
