package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Batch;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import dev.sluice.spec.Environment;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong with a database: nothing that was acknowledged is lost, and the message says what to do. */
class StoreFailureTest {
    @TempDir
    Path home;

    private DataDirectory directory;
    private SqliteStore store;
    private Scene scene;

    @BeforeEach
    void open() throws StoreLost {
        directory = new DataDirectory(home.resolve("data"));
        store = SqliteStore.open(directory);
        scene = new Scene(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void pragma(String pragma) throws StoreLost {
        store.writer().<Integer, RuntimeException>write(session -> {
            session.execute("PRAGMA " + pragma);
            return 0;
        });
    }

    private Connection other() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.database());
    }

    private void other(String sql) throws SQLException {
        try (Connection other = other();
                Statement statement = other.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A commit fails with these words, and whoever leads again loses nothing and goes on. */
    private void failsAndRecovers(String... words) throws StoreLost, StaleEpoch {
        Batch batch = scene.submission(Scene.plain("lost")
                .environment(Environment.of(Map.of("A", "x".repeat(100_000))))
                .build());
        assertThatThrownBy(() -> store.commit(batch))
                .isInstanceOf(StoreLost.class)
                .message()
                .contains(words);
        assertThatThrownBy(() -> store.commit(batch))
                .as("nothing is taken until somebody leads again")
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("opened again with the next lead");
        Scene next = new Scene(store, 6);
        assertThat(store.job(Scene.job(batch))).isEmpty();
        JobId job = next.submit(Scene.plain("kept").build());
        assertThat(store.job(job)).isPresent();
        assertThat(Scene.rows(store.load())).isEqualTo(next.rows());
    }

    @Test
    @Fault("F10")
    void aFullDisk() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(Scene.plain("before").build());
        pragma("max_page_count = 1");
        failsAndRecovers("the disk is full", "Free space", directory.database().toString());
        assertThat(store.job(job)).isPresent();
    }

    @Test
    @Fault("F10")
    void aDatabaseThatCannotBeWritten() throws StoreLost, StaleEpoch {
        pragma("query_only = ON");
        failsAndRecovers("cannot be written", "write permission");
    }

    @Test
    @Fault("F10")
    void aDatabaseThatAnotherKeepsLocked() throws StoreLost, StaleEpoch, SQLException {
        pragma("busy_timeout = 20");
        try (Connection other = other();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            Batch batch = scene.submission(Scene.plain("lost").build());
            assertThatThrownBy(() -> store.commit(batch))
                    .isInstanceOf(StoreLost.class)
                    .hasMessageContaining("another process keeps it locked");
            assertThat(store.newest()).as("reading goes on").isZero();
        }
        assertThat(new Scene(store).submit(Scene.plain("kept").build())).isNotNull();
    }

    @Test
    @Fault("F10")
    void filesThatAreReplacedUnderneath() throws StoreLost, StaleEpoch, IOException {
        JobId job = scene.submit(Scene.plain("before").build());
        Path aside = home.resolve("aside");
        Files.move(directory.database(), aside);
        Batch batch = scene.submission(Scene.plain("lost").build());
        assertThatThrownBy(() -> store.commit(batch))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("was removed or replaced while in use");
        Files.move(aside, directory.database());
        assertThat(new Scene(store, 6).submit(Scene.plain("kept").build())).isGreaterThan(job);
        assertThat(store.job(job)).isPresent();
    }

    @Test
    @Fault("F10")
    void aLogThatIsRemovedUnderneath() throws StoreLost, StaleEpoch, IOException {
        JobId job = scene.submit(Scene.plain("before").build());
        Files.delete(directory.log());
        failsAndRecovers("was removed or replaced while in use", "sluice.db-wal");
        assertThat(store.job(job)).as("what was in the log was saved").isPresent();
    }

    @Test
    @Fault("F10")
    void aDatabaseThatIsCutOff() throws StoreLost, StaleEpoch, IOException {
        for (int i = 0; i < 50; i++) {
            scene.submit(Scene.plain("job").comment("x".repeat(900)).build());
        }
        store.close();
        try (RandomAccessFile file = new RandomAccessFile(directory.database().toFile(), "rw")) {
            file.setLength(file.length() / 2);
        }
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("it is damaged", "sluice restore");
    }

    @Test
    @Fault("F10")
    void aDatabaseWhoseBeginningIsOverwritten() throws IOException {
        store.close();
        try (RandomAccessFile file = new RandomAccessFile(directory.database().toFile(), "rw")) {
            file.write("what is this?".repeat(20).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("no SQLite database", "sluice restore");
    }

    @Test
    @Fault("F10")
    void aRowThatNobodyCanRead() throws StoreLost, StaleEpoch, SQLException {
        JobId job = scene.submit(Scene.plain("odd").build());
        other("UPDATE jobs SET state = '{\"type\":\"Elsewhere\"}', status = 'RUNNING' WHERE id = " + job);
        assertThatThrownBy(() -> store.job(job))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("a row cannot be read", "Elsewhere", "start the release that wrote it");
        assertThatThrownBy(() -> store.load().forEach(row -> assertThat(row).isNotNull()))
                .isInstanceOf(LoadingFailed.class)
                .hasMessageContaining("Elsewhere");
    }

    @Test
    @Fault("F9")
    void aLeaderWhomAnotherProcessDeposed() throws SQLException {
        Batch batch = scene.submission(Scene.plain("late").build());
        assertThatThrownBy(() -> {
                    other("UPDATE lead SET epoch = epoch + 1");
                    store.commit(batch);
                })
                .isInstanceOf(StaleEpoch.class);
    }

    @Test
    void whatAnotherReleaseOrProgramMade() throws SQLException {
        store.close();
        other("PRAGMA user_version = 99");
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("expected version 1", "found 99", "or a newer one");
        other("PRAGMA application_id = 7");
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("found another program's");
    }

    @Test
    void aSecondGatewayIsToldWhoHasTheDirectory() throws StoreLost, StaleEpoch {
        assertThatThrownBy(() -> SqliteStore.open(directory))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("a gateway uses it already", "this process", "--data");
        scene.submit(Scene.plain("goes on").build());
        store.close();
        store = SqliteStore.open(directory);
        assertThat(store.newest()).isEqualTo(2);
    }

    @Test
    void nobodyElseReadsIt() throws IOException {
        assertThat(mode(directory.path()))
                .as("jobs of other accounts pass through it, and see nothing of it")
                .isEqualTo("rwx--x--x");
        for (Path file : List.of(directory.database(), directory.log(), directory.lock())) {
            assertThat(mode(file)).as(file.toString()).isEqualTo("rw-------");
        }
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** No kill of a process tells whether a commit was synced: only a power failure does. So it is asked for. */
    @Test
    void everyCommitIsSynced() throws StoreLost {
        Optional<Long> full =
                store.writer().<Optional<Long>, RuntimeException>write(session -> session.number("PRAGMA synchronous"));
        assertThat(full).contains(2L);
        Optional<String> log = store.writer()
                .<Optional<String>, RuntimeException>write(session -> session.text("PRAGMA journal_mode"));
        assertThat(log).contains("wal");
    }

    @Test
    void theRealmIsDrawnOnce() throws StoreLost {
        long realm = store.realm();
        store.close();
        store = SqliteStore.open(directory);
        assertThat(store.realm()).isEqualTo(realm).isNotZero();
    }
}
