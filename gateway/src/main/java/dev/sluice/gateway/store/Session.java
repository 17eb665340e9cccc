package dev.sluice.gateway.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/** One connection to the database, with the statements that it has prepared. For one thread at a time. */
final class Session implements AutoCloseable {
    /** How long to wait for the lock of another process: a command line's transactions are far shorter. */
    private static final int BUSY_MS = 10_000;

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private long written;

    private Session(Connection connection) {
        this.connection = connection;
    }

    /** A connection whose commits are on disk when they return. */
    static Session writing(Path database) throws SQLException {
        SQLiteConfig config = common();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setCacheSize(-65_536);
        Session session = new Session(config.createConnection("jdbc:sqlite:" + database));
        // Checkpoints are another thread's: see Checkpoints.
        session.execute("PRAGMA wal_autocheckpoint = 0");
        return session;
    }

    static Session reading(Path database) throws SQLException {
        SQLiteConfig config = common();
        config.setReadOnly(true);
        config.setCacheSize(-16_384);
        return new Session(config.createConnection("jdbc:sqlite:" + database));
    }

    /** For a file that nobody else has open, and that keeps no log beside it. */
    static Session alone(Path database) throws SQLException {
        SQLiteConfig config = common();
        config.setJournalMode(SQLiteConfig.JournalMode.DELETE);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        return new Session(config.createConnection("jdbc:sqlite:" + database));
    }

    private static SQLiteConfig common() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MS);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        // Else each row that is written is followed by a query for its key.
        config.setGetGeneratedKeys(false);
        return config;
    }

    Connection connection() {
        return connection;
    }

    /** The statement for this text, prepared once; the next call for the same text gives the same one. */
    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = prepared.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            prepared.put(sql, known);
        }
        return known;
    }

    /** A row to be written: values are bound in their order. */
    Row row(String sql) throws SQLException {
        return new Row(statement(sql), this);
    }

    void wrote(long bytes) {
        written += bytes;
    }

    /** How many bytes, roughly, its rows have put into the log since the last call. */
    long takeWritten() {
        long bytes = written;
        written = 0;
        return bytes;
    }

    /** Runs a text that gives nothing and is rarely run. */
    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    void begin() throws SQLException {
        statement("BEGIN IMMEDIATE").execute();
    }

    /** Begins to read: until {@link #end} nothing changes for this session. */
    void snapshot() throws SQLException {
        statement("BEGIN").execute();
    }

    void end() throws SQLException {
        statement("COMMIT").execute();
    }

    /** Gives up what was begun, as far as the database still knows of it. */
    void rollback() {
        try {
            statement("ROLLBACK").execute();
        } catch (SQLException e) {
            // It has rolled back by itself, or is beyond that: the caller closes the session.
            return;
        }
    }

    /** The one number that a text gives; empty when it gives none, or null. */
    Optional<Long> number(String sql, long... parameters) throws SQLException {
        PreparedStatement statement = statement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setLong(i + 1, parameters[i]);
        }
        try (ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            long value = row.getLong(1);
            return row.wasNull() ? Optional.empty() : Optional.of(value);
        }
    }

    /** The one text that a text gives; empty when it gives none, or null. */
    Optional<String> text(String sql, String... parameters) throws SQLException {
        PreparedStatement statement = statement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.setString(i + 1, parameters[i]);
        }
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            // With all of its statements.
            connection.close();
        } catch (SQLException e) {
            // Nothing was begun, or it is given up.
            return;
        }
    }
}
