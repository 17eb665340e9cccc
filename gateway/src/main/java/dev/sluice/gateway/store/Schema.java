package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteDataSource;

/**
 * The tables, and their way from one release to the next: numbered SQL files, run by Flyway.
 *
 * <p>The file itself says whose it is ({@code application_id}) and which of the SQL files it has seen ({@code user_version}),
 * so that opening a current one costs two reads, and Flyway is not even loaded.
 */
final class Schema {
    /** The number of the last SQL file. */
    static final int VERSION = 1;

    /** "SLUC". */
    static final long APPLICATION = 0x534c5543;

    private Schema() {}

    /** Brings a database to this release's tables; makes them, and draws the realm, where there are none. */
    static void migrate(Path database) throws StoreLost {
        try {
            try (Session session = Session.writing(database)) {
                if (check(database, session) == VERSION) {
                    return;
                }
            }
            flyway(database);
            try (Session session = Session.writing(database)) {
                check(database, session);
                session.row("INSERT INTO lead (one, realm, epoch) VALUES (1, ?, 0) ON CONFLICT DO NOTHING")
                        .put(new SecureRandom().nextLong())
                        .write();
            }
        } catch (SQLException e) {
            throw Loss.of(database, e);
        }
    }

    /**
     * Its version; 0 for an empty one.
     *
     * @throws StoreLost when it is another program's, or of a newer release
     */
    static int check(Path database, Session session) throws SQLException, StoreLost {
        long application = session.number("PRAGMA application_id").orElse(0L);
        long version = session.number("PRAGMA user_version").orElse(0L);
        boolean empty = session.number("SELECT count(*) FROM sqlite_schema").orElse(0L) == 0;
        if (application != APPLICATION && !empty) {
            throw new StoreLost(
                    "database %s: expected one of Sluice, found another program's; name the right directory with --data"
                            .formatted(database));
        }
        if (version > VERSION) {
            throw new StoreLost(
                    "database %s: expected version %d of its tables or an older one, found %d; start the release that last used it, or a newer one"
                            .formatted(database, VERSION, version));
        }
        return (int) version;
    }

    private static void flyway(Path database) throws StoreLost {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database);
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:dev/sluice/gateway/store/migration")
                    .table("migrations")
                    .loggers(Silence.class.getName())
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new StoreLost(
                    "database %s: its tables could not be brought to version %d: %s; restore the newest backup with 'sluice restore'"
                            .formatted(database, VERSION, firstLine(e)),
                    e);
        }
    }

    private static String firstLine(FlywayException e) {
        return String.valueOf(e.getMessage()).strip().lines().findFirst().orElse("no reason given");
    }
}
