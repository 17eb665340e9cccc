package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Routing;
import dev.sluice.testkit.SpecGenerator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database as the first release left it, and what is to be read from it for ever: {@code first-release.sql} is the database,
 * {@code first-release.txt} what it says. The text may be brought up to date ({@code -Dsluice.update=true}) only while that
 * release is not out.
 */
class FirstReleaseTest {
    private static final Path HERE = Path.of("src/test/resources/dev/sluice/gateway/store");
    private static final Codec<Image> IMAGE = Codec.of(Image.class);
    private static final Codec<Event.Recorded> EVENT = Codec.of(Event.Recorded.class);
    private static final Codec<JobRecord> RECORD = Codec.of(JobRecord.class);
    private static final Codec<JobSpec> SPEC = Codec.of(JobSpec.class);

    @TempDir
    Path home;

    @Test
    void itsDatabaseIsReadAsItWasMeant() throws SQLException, IOException, StoreLost {
        DataDirectory directory = new DataDirectory(home.resolve("old"));
        Files.createDirectories(directory.path());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.database());
                Statement statement = connection.createStatement()) {
            for (String line : Files.readAllLines(HERE.resolve("first-release.sql"))) {
                statement.execute(line);
            }
        }
        try (SqliteStore store = SqliteStore.open(directory);
                TokenTable tokens = TokenTable.open(directory)) {
            is("first-release.txt", says(store));
            assertThat(tokens.list()).hasSize(1);
            assertThat(new Scene(store, 9).epoch).isEqualTo(2);
        }
    }

    /** What is written today is what the first release wrote; where that changes, a new SQL file brings old rows along. */
    @Test
    void whatIsWrittenIsStillTheSame() throws StoreLost, StaleEpoch, SQLException, IOException {
        DataDirectory directory = new DataDirectory(home.resolve("new"));
        List<String> says;
        try (SqliteStore store = SqliteStore.open(directory);
                TokenTable tokens = TokenTable.open(directory)) {
            fill(store, tokens);
            says = says(store);
        }
        is("first-release.sql", dump(directory.database()));
        is("first-release.txt", says);
    }

    private static void is(String file, List<String> lines) throws IOException {
        if (Boolean.getBoolean("sluice.update")) {
            Files.createDirectories(HERE);
            Files.write(HERE.resolve(file), lines);
        }
        assertThat(lines).isEqualTo(Files.readAllLines(HERE.resolve(file)));
    }

    /** A little of everything. */
    private static void fill(SqliteStore store, TokenTable tokens) throws StoreLost, StaleEpoch {
        Scene scene = new Scene(store);
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 8; i++) {
            JobSpec spec = SpecGenerator.ofFirstRelease(random);
            scene.submit(spec.toBuilder()
                    .after(Dependencies.NONE)
                    .ask(spec.ask().withRouting(Routing.ANYWHERE))
                    .build());
        }
        JobId plain = scene.submit(Scene.plain("plain").build());
        JobId hooked = scene.submit(Scene.plain("hooked")
                .webhook(URI.create("https://hooks.example.org/a"))
                .labels(Labels.of(Map.of("team", "x")))
                .build());
        JobId array = scene.submit(Scene.plain("array")
                .array(new ArraySpec(TaskSet.range(1, 9), 2))
                .build());
        JobState.Live live = scene.place(hooked, TaskSet.SOLE);
        Event.Moved runs = scene.runs(hooked, TaskSet.SOLE, live, 0);
        scene.happens(
                runs,
                new Event.Charged(
                        hooked,
                        TaskSet.SOLE,
                        live.attempt().id(),
                        0,
                        Scene.plain("x").build().project(),
                        1500,
                        Scene.START,
                        Scene.START.plusMillis(1500),
                        Optional.empty()),
                Scene.ends(hooked, TaskSet.SOLE, live),
                new Event.Labelled(hooked, Labels.of(Map.of("team", "y"))));
        JobState.Live some = scene.place(array, TaskSet.range(1, 2));
        scene.happens(scene.runs(array, TaskSet.of(1), some, 0));
        scene.archive(plain);
        scene.alter(array, 70);
        scene.drain();
        byte[] hash = new byte[32];
        hash[0] = 1;
        tokens.add(new TokenTable.Token(
                "t1",
                Bytes.of(hash),
                new UserName("ada"),
                Optional.of("viewer"),
                Optional.empty(),
                "notebook",
                Scene.START,
                Optional.empty(),
                Optional.of(Scene.START),
                Optional.empty()));
    }

    private static List<String> says(SqliteStore store) throws StoreLost {
        List<String> lines = new ArrayList<>();
        for (Image image : store.load()) {
            lines.add("row " + IMAGE.write(image));
        }
        for (StoredEvent event : store.events(0, 1000)) {
            lines.add("event %d %s %s".formatted(event.sequence(), event.at(), EVENT.write(event.event())));
        }
        for (int id = JobId.FIRST; id < JobId.FIRST + 100; id++) {
            JobId job = new JobId(id);
            Optional<JobRecord> record = store.job(job);
            if (record.isPresent() && record.get().head().id().equals(job)) {
                lines.add("job " + RECORD.write(record.get()));
                lines.add("spec " + SPEC.write(store.spec(job).orElseThrow()));
            }
        }
        for (Outbox.Delivery delivery : store.outbox().due(Instant.parse("2100-01-01T00:00:00Z"), 10)) {
            lines.add("delivery %d %s %s"
                    .formatted(
                            delivery.id(),
                            delivery.url(),
                            EVENT.write(delivery.event().event())));
        }
        return lines;
    }

    /** A database as text, a statement a line. What differs by chance and clock is written the same. */
    private static List<String> dump(Path database) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = connection.createStatement();
                Statement rows = connection.createStatement()) {
            List<String> tables = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("SELECT type, name, sql FROM sqlite_schema"
                    + " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%' ORDER BY type DESC, name")) {
                while (row.next()) {
                    lines.add(row.getString(3)
                            .replaceAll("--[^\n]*", "")
                            .replaceAll("\\s+", " ")
                            .strip());
                    if (row.getString(1).equals("table")) {
                        tables.add(row.getString(2));
                    }
                }
            }
            for (String table : tables) {
                dump(table, rows, lines);
            }
            for (String pragma : List.of("application_id", "user_version")) {
                try (ResultSet row = statement.executeQuery("PRAGMA " + pragma)) {
                    lines.add("PRAGMA " + pragma + " = " + row.getLong(1));
                }
            }
        }
        return lines;
    }

    private static void dump(String table, Statement statement, List<String> lines) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT * FROM " + table + " ORDER BY 1, 2")) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String column = row.getMetaData().getColumnName(i);
                    Object value = row.getObject(i);
                    values.add(
                            switch (column) {
                                case "realm" -> "7";
                                case "installed_on" -> "'2026-03-01 00:00:00'";
                                case "execution_time" -> "0";
                                default ->
                                    value == null || value instanceof Number
                                            ? String.valueOf(value)
                                            : "'" + value.toString().replace("'", "''") + "'";
                            });
                }
                lines.add("INSERT INTO " + table + " VALUES (" + String.join(", ", values) + ")");
            }
        }
    }
}
