package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.store.Restore.Existing;
import dev.sluice.job.JobId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    @TempDir
    Path home;

    private DataDirectory directory;
    private DataDirectory fresh;
    private Path backup;
    private SqliteStore store;
    private Scene scene;

    @BeforeEach
    void open() throws StoreLost {
        directory = new DataDirectory(home.resolve("data"));
        fresh = new DataDirectory(home.resolve("fresh"));
        backup = home.resolve("backup.db");
        store = SqliteStore.open(directory);
        scene = new Scene(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void fill(int jobs) throws StoreLost, StaleEpoch {
        for (int i = 0; i < jobs; i++) {
            scene.submit(Scene.plain("job-" + i).comment("z".repeat(900)).build());
        }
    }

    @Test
    void aLiveDatabaseIsCopiedAndRestoredElsewhere() throws StoreLost, StaleEpoch, IOException {
        fill(30);
        List<String> rows = scene.rows();
        long realm = store.realm();
        List<Long> progress = new ArrayList<>();
        Backup.to(directory.database(), backup, (done, whole) -> progress.add(done * 100 / Math.max(1, whole)));
        JobId after = scene.submit(Scene.plain("after the backup").build());
        assertThat(progress).isNotEmpty().endsWith(100L);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");
        store.close();

        Restore.Restored restored = Restore.from(backup, fresh, Existing.REFUSED, 1000, scene.now);
        assertThat(restored.aside()).isEqualTo(Optional.empty());
        store = SqliteStore.open(fresh);
        assertThat(store.realm())
                .as("its own objects on the clusters stay its own")
                .isEqualTo(realm);
        List<String> kept = new ArrayList<>(Scene.rows(store.load()));
        kept.removeIf(row -> row.startsWith("OfIds"));
        rows.removeIf(row -> row.startsWith("OfIds"));
        assertThat(kept).isEqualTo(rows);
        JobId next = new Scene(store, 9).submit(Scene.plain("after the restore").build());
        assertThat(next.value()).isEqualTo(restored.nextId()).isEqualTo(after.value() + 1000);
    }

    @Test
    void whileAGatewayRunsNothingIsRestored() throws StoreLost, StaleEpoch {
        fill(1);
        Backup.to(directory.database(), backup, Backup.Progress.UNWATCHED);
        assertThatThrownBy(() -> Restore.from(backup, directory, Existing.MOVED_ASIDE, 0, scene.now))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("a gateway uses it already");
        fill(1);
    }

    @Test
    void aDatabaseThatIsThereStaysUnlessItIsToBeMovedAside() throws StoreLost, StaleEpoch, IOException {
        fill(2);
        Backup.to(directory.database(), backup, Backup.Progress.UNWATCHED);
        fill(3);
        long newest = store.newest();
        store.close();
        assertThatThrownBy(() -> Restore.from(backup, directory, Existing.REFUSED, 0, scene.now))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("expected no database, found sluice.db");
        Restore.Restored restored = Restore.from(backup, directory, Existing.MOVED_ASIDE, 0, scene.now);
        store = SqliteStore.open(directory);
        assertThat(store.newest()).isEqualTo(4);
        Path aside = restored.aside().orElseThrow();
        Files.createDirectories(fresh.path());
        Files.copy(aside, fresh.database());
        store.close();
        store = SqliteStore.open(fresh);
        assertThat(store.newest()).as("what was moved aside is whole").isEqualTo(newest);
    }

    @Test
    void aDamagedBackupIsNoBackup() throws StoreLost, StaleEpoch, IOException {
        fill(60);
        Backup.to(directory.database(), backup, Backup.Progress.UNWATCHED);
        try (RandomAccessFile file = new RandomAccessFile(backup.toFile(), "rw")) {
            for (long page = 8; (page + 1) * 4096 < file.length(); page++) {
                file.seek(page * 4096);
                file.write(new byte[512]);
            }
        }
        assertThatThrownBy(() -> Restore.from(backup, fresh, Existing.REFUSED, 0, scene.now))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("damaged");
        assertThat(fresh.database()).doesNotExist();
    }

    @Test
    void aBackupNeverOverwritesAFileAndNeedsADatabase() throws StoreLost, IOException {
        Files.writeString(backup, "something");
        assertThatThrownBy(() -> Backup.to(directory.database(), backup, Backup.Progress.UNWATCHED))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("not there yet");
        assertThat(backup).hasContent("something");
        assertThatThrownBy(() -> Backup.to(fresh.database(), home.resolve("b"), Backup.Progress.UNWATCHED))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("expected a database to back up, found none");
        assertThatThrownBy(() -> Restore.from(backup, fresh, Existing.REFUSED, 0, scene.now))
                .isInstanceOf(StoreLost.class);
        assertThatThrownBy(() -> Restore.from(home.resolve("none"), fresh, Existing.REFUSED, 0, scene.now))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("expected a file, found none");
        assertThatThrownBy(() -> Backup.to(directory.database(), home.resolve("no/dir/b"), Backup.Progress.UNWATCHED))
                .isInstanceOf(StoreLost.class)
                .hasMessageContaining("expected to write it");
    }
}
