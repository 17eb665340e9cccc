package dev.sluice.gateway.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The values of one statement, bound in their order. */
final class Row {
    private final PreparedStatement statement;
    private int last;

    Row(PreparedStatement statement) {
        this.statement = statement;
    }

    Row put(long value) throws SQLException {
        statement.setLong(++last, value);
        return this;
    }

    Row put(@Nullable String value) throws SQLException {
        if (value == null) {
            statement.setNull(++last, Types.VARCHAR);
        } else {
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
        return statement.executeUpdate();
    }
}
