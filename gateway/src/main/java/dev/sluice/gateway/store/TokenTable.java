package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.gateway.store.codec.Unreadable;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of API tokens: a hash of each, never the token. Blocking, for any thread.
 *
 * <p>It is used by the gateway and by command lines beside it at the same time: its transactions are short, and each waits for
 * another's. Rows are only added; a token that is revoked stays, so that it can be told from one that never was.
 */
public final class TokenTable implements AutoCloseable {
    /** How exactly it is kept when a token was used last: more often it is not written. */
    public static final Duration USE_IS_KEPT_TO = Duration.ofHours(1);

    private static final int HASH_BYTES = 32;
    private static final Codec<Scope> SCOPE = Codec.of(Scope.class);
    private static final String ALL =
            "SELECT id, hash, user, role, projects, description, created, expires, used, revoked FROM tokens";

    /** Projects in their stored form. */
    public record Scope(SortedSet<ProjectPath> projects) {
        public Scope {
            projects = Collections.unmodifiableSortedSet(new TreeSet<>(projects));
        }
    }

    /**
     * One token.
     *
     * @param id what it is listed and revoked by; no secret
     * @param hash the SHA-256 of the token, 32 bytes
     * @param role what its holder is at the most with it; empty for all that he is
     * @param projects where it is good; empty for wherever he is
     * @param expires it is good for nothing from then on; empty for never
     * @param used when it was used last, to {@link #USE_IS_KEPT_TO}
     */
    public record Token(
            String id,
            Bytes hash,
            UserName user,
            Optional<String> role,
            Optional<Scope> projects,
            String description,
            Instant created,
            Optional<Instant> expires,
            Optional<Instant> used,
            Optional<Instant> revoked) {
        public Token {
            if (hash.size() != HASH_BYTES) {
                throw new InvalidValue("token hash", HASH_BYTES + " bytes", hash.size() + " bytes");
            }
        }
    }

    private interface Work<T> {
        T on(Session session) throws SQLException;
    }

    private final DataDirectory directory;
    private @Nullable Session session;

    private TokenTable(DataDirectory directory) {
        this.directory = directory;
    }

    /**
     * Opens the table of a data directory, whether a gateway runs on it or not. Where there is no database yet it is made.
     *
     * @throws StoreLost also when the database is of another release, and a gateway has to bring it to this one first
     */
    public static TokenTable open(DataDirectory directory) throws StoreLost {
        directory.create();
        TokenTable table = new TokenTable(directory);
        try (Session session = Session.writing(directory.database())) {
            if (Schema.check(directory.database(), session) == Schema.VERSION) {
                return table;
            }
        } catch (SQLException e) {
            throw Loss.of(directory.database(), e);
        }
        try (DataLock lock = DataLock.take(directory)) {
            Schema.migrate(directory.database());
        }
        return table;
    }

    /** A number that is another one after every token that was added or revoked, whoever did it. */
    public long version() throws StoreLost {
        // Neither is ever undone.
        return read(
                on -> on.number("SELECT count(*) + count(revoked) FROM tokens").orElse(0L));
    }

    /** All of them by their age, the expired and the revoked too. */
    public List<Token> list() throws StoreLost {
        return read(on -> {
            List<Token> tokens = new ArrayList<>();
            try (ResultSet row = on.statement(ALL + " ORDER BY created, id").executeQuery()) {
                while (row.next()) {
                    tokens.add(token(row));
                }
            }
            return tokens;
        });
    }

    public Optional<Token> find(Bytes hash) throws StoreLost {
        return read(on -> {
            PreparedStatement query = on.statement(ALL + " WHERE hash = ?");
            query.setString(1, hex(hash));
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(token(row)) : Optional.empty();
            }
        });
    }

    private static String hex(Bytes hash) {
        return HexFormat.of().formatHex(hash.toArray());
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(
                row.getString(1),
                Bytes.of(HexFormat.of().parseHex(row.getString(2))),
                new UserName(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                Optional.ofNullable(row.getString(5)).map(SCOPE::read),
                row.getString(6),
                Times.instant(row.getLong(7)),
                time(row, 8),
                time(row, 9),
                time(row, 10));
    }

    private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
        long nanos = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Times.instant(nanos));
    }

    /** Keeps a new one; on return it is on disk. Neither its id nor its hash is there yet. */
    public void add(Token token) throws StoreLost {
        write(on -> on.row("INSERT INTO tokens"
                        + " (id, hash, user, role, projects, description, created, expires, used, revoked)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .put(token.id())
                .put(hex(token.hash()))
                .put(token.user().value())
                .put(token.role().orElse(null))
                .put(token.projects().map(SCOPE::write).orElse(null))
                .put(token.description())
                .put(Times.nanos(token.created()))
                .put(nanos(token.expires()))
                .put(nanos(token.used()))
                .put(nanos(token.revoked()))
                .write());
    }

    private static @Nullable Long nanos(Optional<Instant> time) {
        return time.isPresent() ? Times.bound(time.get()) : null;
    }

    /** Revokes one for good; false when there is none with this id. A second time changes nothing. */
    public boolean revoke(String id, Instant at) throws StoreLost {
        return write(on -> on.row("UPDATE tokens SET revoked = coalesce(revoked, ?) WHERE id = ?")
                        .put(Times.nanos(at))
                        .put(id)
                        .write())
                > 0;
    }

    /** It was used. Written at most once in {@link #USE_IS_KEPT_TO}. */
    public void used(String id, Instant at) throws StoreLost {
        long now = Times.nanos(at);
        boolean fresh = read(on -> {
            PreparedStatement query = on.statement("SELECT used FROM tokens WHERE id = ? AND used > ?");
            query.setString(1, id);
            query.setLong(2, now - USE_IS_KEPT_TO.toNanos());
            try (ResultSet row = query.executeQuery()) {
                return row.next();
            }
        });
        if (!fresh) {
            write(on -> on.row("UPDATE tokens SET used = ? WHERE id = ?")
                    .put(now)
                    .put(id)
                    .write());
        }
    }

    private <T> T read(Work<T> work) throws StoreLost {
        return run(work);
    }

    private int write(Work<Integer> work) throws StoreLost {
        return run(on -> {
            on.begin();
            boolean done = false;
            try {
                int rows = work.on(on);
                on.end();
                done = true;
                return rows;
            } finally {
                if (!done) {
                    on.rollback();
                }
            }
        });
    }

    private synchronized <T> T run(Work<T> work) throws StoreLost {
        boolean sound = false;
        Session on = session;
        try {
            if (on == null) {
                on = Session.writing(directory.database());
                session = on;
            }
            T result = work.on(on);
            sound = true;
            return result;
        } catch (SQLException e) {
            throw Loss.of(directory.database(), e);
        } catch (Unreadable e) {
            throw Loss.of(directory.database(), e);
        } finally {
            if (!sound) {
                close();
            }
        }
    }

    @Override
    public synchronized void close() {
        Session open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
