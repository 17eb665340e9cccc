package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Event;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
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

    private static StoreSettings keep(Duration ended, int jobs, Duration events) {
        return new StoreSettings(ended, jobs, events, Optional.empty());
    }

    private List<JobId> archived(int many) throws StoreLost, StaleEpoch {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            JobId job = scene.submit(Scene.plain("job-" + i).build());
            scene.archive(job);
            jobs.add(job);
        }
        return jobs;
    }

    private List<Boolean> there(List<JobId> jobs) throws StoreLost {
        List<Boolean> there = new ArrayList<>();
        for (JobId job : jobs) {
            assertThat(store.spec(job).isPresent()).isEqualTo(store.job(job).isPresent());
            there.add(store.job(job).isPresent());
        }
        return there;
    }

    private void sequenceIsWhole(long oldest, long newest) throws StoreLost {
        List<StoredEvent> events = store.events(0, Integer.MAX_VALUE);
        assertThat(store.oldest()).isEqualTo(oldest);
        assertThat(store.newest()).isEqualTo(newest);
        assertThat(events).hasSize((int) (newest - oldest + 1));
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).sequence()).isEqualTo(oldest + i);
        }
    }

    @Test
    void oldJobsGoAndYoungOnesStay() throws StoreLost, StaleEpoch {
        List<JobId> old = archived(3);
        Instant between = scene.now;
        List<JobId> young = archived(2);
        Duration age = Duration.ofDays(90);
        Purged purged = store.purge(between.plus(age).plusNanos(1), keep(age, 100, Duration.ofDays(9999)));
        assertThat(purged.jobs()).isEqualTo(3);
        assertThat(there(old)).containsOnly(false);
        assertThat(there(young)).containsOnly(true);
        // Submitted, key, cancelled, forgotten: the last purged job was the third, and its acceptance the ninth event.
        sequenceIsWhole(10, 20);
        assertThat(store.events(3, 1).getFirst().sequence())
                .as("who reads from before the oldest gets the oldest")
                .isEqualTo(10);
    }

    @Test
    void ofTooManyTheOldestGo() throws StoreLost, StaleEpoch {
        List<JobId> jobs = archived(7);
        JobId live = scene.submit(Scene.plain("live").build());
        store.purge(scene.now, keep(Duration.ofDays(90), 2, Duration.ofDays(90)));
        assertThat(there(jobs)).containsExactly(false, false, false, false, false, true, true);
        assertThat(store.job(live)).isPresent();
        assertThat(store.purge(scene.now, keep(Duration.ofDays(90), 2, Duration.ofDays(90))))
                .isEqualTo(new Purged(0, 0));
    }

    @Test
    void whatIsNotArchivedNeverGoes() throws StoreLost, StaleEpoch {
        JobId waiting = scene.submit(Scene.plain("waiting").build());
        JobId ended = scene.submit(Scene.plain("ended").build());
        scene.cancel(ended);
        List<String> rows = scene.rows();
        store.purge(scene.now.plus(Duration.ofDays(9999)), keep(Duration.ofHours(1), 0, Duration.ofDays(99_999)));
        assertThat(there(List.of(waiting, ended))).containsOnly(true);
        assertThat(Scene.rows(store.load())).isEqualTo(rows);
    }

    @Test
    void oldEventsGoFromTheFrontAndTheNumbersGoOn() throws StoreLost, StaleEpoch {
        JobId job = scene.submit(Scene.plain("long").build());
        Instant between = scene.now;
        scene.submit(Scene.plain("later").build());
        Duration age = Duration.ofDays(1);
        assertThat(store.purge(between.plus(age).plusNanos(1), keep(Duration.ofDays(99), 9, age)))
                .isEqualTo(new Purged(0, 2));
        sequenceIsWhole(3, 4);
        assertThat(store.job(job))
                .as("a job outlives the event of its acceptance")
                .isPresent();
        assertThat(store.spec(job)).isPresent();
        store.purge(scene.now.plus(Duration.ofDays(99)), keep(Duration.ofDays(99), 9, age));
        sequenceIsWhole(4, 4);
        scene.submit(Scene.plain("last").build());
        sequenceIsWhole(4, 6);
        store.close();
        open();
        scene = new Scene(store, 9);
        scene.submit(Scene.plain("after a restart").build());
        sequenceIsWhole(4, 8);
    }

    @Test
    void idsOfPurgedJobsAreNeverGivenAgain() throws StoreLost, StaleEpoch {
        JobId last = archived(3).getLast();
        store.purge(scene.now.plus(Duration.ofDays(999)), keep(Duration.ofHours(1), 0, Duration.ofHours(1)));
        store.close();
        open();
        assertThat(new Scene(store, 9).submit(Scene.plain("new").build())).isGreaterThan(last);
    }

    @Test
    void eventsOfOneJobAreItsOwn() throws StoreLost, StaleEpoch {
        List<JobId> jobs = archived(3);
        List<StoredEvent> all = store.events(0, 1000);
        for (JobId job : jobs) {
            List<StoredEvent> own = all.stream()
                    .filter(event ->
                            event.event() instanceof Event.OfJob of && of.job().equals(job))
                    .toList();
            assertThat(own).hasSize(3);
            assertThat(store.eventsOf(job, 0, 1000)).isEqualTo(own);
            assertThat(store.eventsOf(job, own.getFirst().sequence(), 1)).containsExactly(own.get(1));
        }
    }

    // The archive

    private StoreSettings archiving() {
        return new StoreSettings(Duration.ofHours(1), 0, Duration.ofDays(9999), Optional.of(home.resolve("archive")));
    }

    private List<JobId> lines(Path file) throws IOException {
        List<JobId> jobs = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Archive.Line read = Archive.read(line);
                assertThat(read.spec().name()).isEqualTo(read.job().name());
                jobs.add(read.job().head().id());
            }
        }
        return jobs;
    }

    @Test
    void jobsAreWrittenToTheArchiveBeforeTheyGo() throws StoreLost, StaleEpoch, IOException {
        List<JobId> jobs = archived(3);
        store.purge(Instant.parse("2026-03-31T23:00:00Z"), archiving());
        jobs.addAll(archived(2));
        store.purge(Instant.parse("2026-03-31T23:30:00Z"), archiving());
        Path march = home.resolve("archive/jobs-2026-03.ndjson.gz");
        assertThat(lines(march)).isEqualTo(jobs);
        List<JobId> april = archived(1);
        store.purge(Instant.parse("2026-04-01T00:00:00Z"), archiving());
        assertThat(lines(home.resolve("archive/jobs-2026-04.ndjson.gz"))).isEqualTo(april);
        assertThat(lines(march)).isEqualTo(jobs);
    }

    @Test
    void whatAnUnfinishedPurgeHasWrittenIsCutOff() throws StoreLost, StaleEpoch, IOException {
        Path march = home.resolve("archive/jobs-2026-03.ndjson.gz");
        List<JobId> jobs = archived(1);
        store.purge(scene.now, archiving());
        // A member that was cut off, longer than what is written over it.
        Files.write(march, Arrays.copyOf(new byte[] {31, -117, 8, 0, 1}, 50_000), StandardOpenOption.APPEND);
        jobs.addAll(archived(1));
        store.purge(scene.now, archiving());
        assertThat(lines(march)).isEqualTo(jobs);
        assertThat(Files.size(march)).isLessThan(50_000);
    }

    @Test
    void anArchiveThatWasMovedAwayBeginsAnew() throws StoreLost, StaleEpoch, IOException {
        Path march = home.resolve("archive/jobs-2026-03.ndjson.gz");
        archived(1);
        store.purge(scene.now, archiving());
        Files.delete(march);
        List<JobId> jobs = archived(1);
        store.purge(scene.now, archiving());
        assertThat(lines(march)).isEqualTo(jobs);
    }

    @Test
    void whatCannotBeArchivedIsNotPurged() throws StoreLost, StaleEpoch, IOException {
        List<JobId> jobs = archived(2);
        Files.writeString(home.resolve("archive"), "no directory");
        assertThatThrownBy(() -> store.purge(scene.now, archiving()))
                .isInstanceOf(StoreLost.class)
                .hasMessageContainingAll("archive of purged jobs", "nothing was purged");
        assertThat(there(jobs)).containsOnly(true);
        assertThat(scene.submit(Scene.plain("goes on").build())).isNotNull();
    }
}
