package dev.sluice.gateway.store;

import dev.sluice.engine.Event;
import dev.sluice.engine.JobHead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The statements that take a job away for good, within a transaction of the writer's session. */
final class Purging {
    private static final String[] TABLES = {
        "DELETE FROM specs WHERE job = ?",
        "DELETE FROM slices WHERE job = ?",
        "DELETE FROM attempts WHERE job = ?",
        "DELETE FROM runs WHERE job = ?",
        "DELETE FROM jobs WHERE id = ?"
    };

    private final Session session;
    private final Words words;

    Purging(Session session, Words words) {
        this.session = session;
        this.words = words;
    }

    /** Takes a job away. Where the event of its acceptance is still in the sequence, that gets a body of its own. */
    void remove(int job) throws SQLException {
        complete(job);
        for (String table : TABLES) {
            session.row(table).put(job).write();
        }
    }

    private void complete(int job) throws SQLException {
        PreparedStatement query =
                session.statement("SELECT " + HeadRow.COLUMNS + ", was, name, accepted, s.body, e.body"
                        + " FROM jobs JOIN specs s ON s.job = id JOIN events e ON e.sequence = accepted WHERE id = ?");
        query.setInt(1, job);
        String whole;
        long sequence;
        int next = HeadRow.COLUMN_COUNT;
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return;
            }
            JobHead accepted = HeadRow.differing(new HeadRow(words).read(row, session), row.getString(next + 1));
            sequence = row.getLong(next + 3);
            whole = EventRow.whole(new Event.Accepted(
                    accepted,
                    HeadRow.spec(row.getString(next + 4), accepted, row.getString(next + 2)),
                    EventRow.waiting(row.getString(next + 5))));
        }
        session.row("UPDATE events SET kind = ?, body = ? WHERE sequence = ?")
                .put(EventRow.ACCEPTED_WHOLE)
                .put(whole)
                .put(sequence)
                .write();
    }
}
