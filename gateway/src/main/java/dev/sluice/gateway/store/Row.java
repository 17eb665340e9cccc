package dev.sluice.gateway.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The values of one statement, bound in their order. */
final class Row {
    /** What a row costs beside its texts, with its part of the pages of indexes. */
    private static final int OVERHEAD = 300;

    private final PreparedStatement statement;
    private final Session session;
    private int last;

    Row(PreparedStatement statement, Session session) {
        this.statement = statement;
        this.session = session;
    }

    Row put(long value) throws SQLException {
        statement.setLong(++last, value);
        return this;
    }

    Row put(@Nullable String value) throws SQLException {
        if (value == null) {
            statement.setNull(++last, Types.VARCHAR);
        } else {
            session.wrote(value.length());
            statement.setString(++last, value);
        }
        return this;
    }

    Row put(@Nullable Integer value) throws SQLException {
        if (value == null) {
            statement.setNull(++last, Types.INTEGER);
        } else {
            statement.setLong(++last, value);
        }
        return this;
    }

    Row put(@Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(++last, Types.INTEGER);
        } else {
            statement.setLong(++last, value);
        }
        return this;
    }

    /** How many rows it wrote. */
    int write() throws SQLException {
        session.wrote(OVERHEAD);
        return statement.executeUpdate();
    }
}
