package dev.sluice.gateway.store;

import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Rules;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The table of values that many jobs share, each with a number that rows name it by.
 *
 * <p>A number stands for one value for ever. Reading is thread-safe; numbering is for the one who writes, and what he numbered
 * counts once his transaction is committed.
 */
final class Words {
    /** What a word is. */
    enum Kind {
        USER(UserName.class),
        PROJECT(ProjectPath.class),
        CLUSTER(ClusterName.class),
        ASK(Ask.class),
        RULES(Rules.class);

        private final Function<Object, String> writing;
        private final Function<String, Object> reading;

        <T> Kind(Class<T> type) {
            Codec<T> codec = Codec.of(type);
            writing = value -> codec.write(type.cast(value));
            reading = codec::read;
        }
    }

    /** Kept values; past it the table in memory begins anew. */
    private static final int MOST = 200_000;

    /** From committed rows only. */
    private final Map<Integer, Object> values = new ConcurrentHashMap<>();

    /** The writer's. */
    private final Map<Object, Integer> numbers = new HashMap<>();

    /** The number of a value; a new one is written to the session's transaction. */
    int number(Session session, Kind kind, Object value) throws SQLException {
        Integer known = numbers.get(value);
        if (known != null) {
            return known;
        }
        String text = kind.writing.apply(value);
        int number = findText(session, kind, text);
        if (number == NONE) {
            session.row("INSERT INTO words (kind, text) VALUES (?, ?)")
                    .put(kind.name())
                    .put(text)
                    .write();
            number = findText(session, kind, text);
        }
        if (numbers.size() >= MOST) {
            numbers.clear();
        }
        numbers.put(value, number);
        return number;
    }

    static final int NONE = -1;

    /** The number of a value that is on disk; {@link #NONE} when it has none. */
    static int find(Session session, Kind kind, Object value) throws SQLException {
        return findText(session, kind, kind.writing.apply(value));
    }

    private static int findText(Session session, Kind kind, String text) throws SQLException {
        PreparedStatement query = session.statement("SELECT id FROM words WHERE kind = ? AND text = ?");
        query.setString(1, kind.name());
        query.setString(2, text);
        try (ResultSet row = query.executeQuery()) {
            return row.next() ? row.getInt(1) : NONE;
        }
    }

    /** The value of a number that a committed row names. */
    <T> T value(Session session, int number, Class<T> type) throws SQLException {
        Object known = values.get(number);
        if (known == null) {
            known = read(session, number);
            if (values.size() >= MOST) {
                values.clear();
            }
            values.put(number, known);
        }
        return type.cast(known);
    }

    private static Object read(Session session, int number) throws SQLException {
        PreparedStatement query = session.statement("SELECT kind, text FROM words WHERE id = ?");
        query.setInt(1, number);
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no word has the number " + number);
            }
            return Kind.valueOf(row.getString(1)).reading.apply(row.getString(2));
        }
    }

    /** Forgets what was numbered in a transaction that may not have been committed, or that another has changed. */
    void forgetNumbers() {
        numbers.clear();
    }
}
