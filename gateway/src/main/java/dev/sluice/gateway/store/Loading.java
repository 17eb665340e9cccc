package dev.sluice.gateway.store;

import dev.sluice.engine.Image;
import dev.sluice.engine.JobHead;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.gateway.store.codec.Unreadable;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One reading of all rows of the engine's state, row by row, in one snapshot: heads, each of a job that is no array with its
 * state, then the slices of arrays, then the rest. Its session is closed behind the last row.
 */
final class Loading implements Iterator<Image>, AutoCloseable {
    private static final Codec<Image> IMAGE = Codec.of(Image.class);

    private interface Source {
        String sql();

        void read(ResultSet row) throws SQLException;
    }

    private final Path database;
    private final Session session;
    private final HeadRow heads;
    private final Deque<Source> sources = new ArrayDeque<>();
    private final Deque<Image> ready = new ArrayDeque<>(2);
    private @Nullable Source source;
    private @Nullable ResultSet rows;

    Loading(Path database, Session session, Words words) throws SQLException {
        this.database = database;
        this.session = session;
        this.heads = new HeadRow(words);
        sources.add(source(
                "SELECT " + HeadRow.COLUMNS + ", status, state FROM jobs WHERE live = 1 ORDER BY id", this::job));
        sources.add(source(
                "SELECT s.job, s.tasks, s.state FROM slices s JOIN jobs j ON j.id = s.job WHERE j.live = 1"
                        + " ORDER BY s.job, s.lowest",
                this::slice));
        sources.add(source(
                "SELECT high, low, fingerprint, job, jobs, expires FROM uses ORDER BY number",
                row -> ready.add(Uses.read(row))));
        sources.add(source("SELECT body FROM rest ORDER BY key", row -> ready.add(IMAGE.read(row.getString(1)))));
        session.snapshot();
    }

    private interface Take {
        void from(ResultSet row) throws SQLException;
    }

    private static Source source(String sql, Take take) {
        return new Source() {
            @Override
            public String sql() {
                return sql;
            }

            @Override
            public void read(ResultSet row) throws SQLException {
                take.from(row);
            }
        };
    }

    private void job(ResultSet row) throws SQLException {
        JobHead head = heads.read(row, session);
        ready.add(new Image.OfJob(head));
        String status = row.getString(HeadRow.COLUMN_COUNT + 1);
        if (status == null || !status.isEmpty()) {
            ready.add(
                    new Image.OfSlice(head.id(), TaskSet.SOLE, StateRow.read(row.getString(HeadRow.COLUMN_COUNT + 2))));
        }
    }

    private void slice(ResultSet row) throws SQLException {
        ready.add(new Image.OfSlice(
                new JobId(row.getInt(1)), TaskSet.parse(row.getString(2)), StateRow.read(row.getString(3))));
    }

    @Override
    public boolean hasNext() {
        try {
            while (ready.isEmpty() && advance()) {
                // One row of a job may give two, and none gives none.
                continue;
            }
            return !ready.isEmpty();
        } catch (SQLException e) {
            close();
            throw new LoadingFailed(Loss.of(database, e));
        } catch (Unreadable e) {
            close();
            throw new LoadingFailed(Loss.of(database, e));
        }
    }

    /** Reads a row; false when there is no more. */
    private boolean advance() throws SQLException {
        ResultSet open = rows;
        Source from = source;
        if (open != null && from != null && open.next()) {
            from.read(open);
            return true;
        }
        if (open != null) {
            open.close();
            rows = null;
        }
        Source next = sources.poll();
        source = next;
        if (next == null) {
            close();
            return false;
        }
        PreparedStatement statement = session.statement(next.sql());
        rows = statement.executeQuery();
        return true;
    }

    @Override
    public Image next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    @Override
    public void close() {
        sources.clear();
        source = null;
        rows = null;
        session.close();
    }
}
