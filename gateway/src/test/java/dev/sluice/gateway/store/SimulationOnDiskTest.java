package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.simulation.Seeds;
import dev.sluice.testkit.store.MemoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The simulation of testkit with its state on a real disk: one in fifty of the seeds that testkit runs in memory. */
class SimulationOnDiskTest {
    private static final Codec<Event.Recorded> EVENT = Codec.of(Event.Recorded.class);
    private static final Codec<Image> IMAGE = Codec.of(Image.class);

    @TempDir
    Path home;

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 10).map(i -> 50 * i);
    }

    /** A store on disk beside one in memory, which in the end have to say the same. */
    private static final class Beside implements JobStore {
        private final SqliteStore disk;
        private final MemoryStore memory = new MemoryStore(MemoryStore.Fencing.KEPT);

        Beside(SqliteStore disk) {
            this.disk = disk;
        }

        @Override
        public long lead() throws StoreLost {
            long epoch = disk.lead();
            assertThat(memory.lead()).isEqualTo(epoch);
            return epoch;
        }

        @Override
        public void commit(Batch batch) throws StoreLost, StaleEpoch {
            disk.commit(batch);
            memory.commit(batch);
            for (Event.Recorded event : batch.events()) {
                assertThat(EVENT.read(EVENT.write(event))).isEqualTo(event);
            }
            for (Image.Row row : batch.rows()) {
                row.image()
                        .ifPresent(image ->
                                assertThat(IMAGE.read(IMAGE.write(image))).isEqualTo(image));
            }
        }

        void compare() throws StoreLost {
            assertThat(Scene.rows(disk.load())).isEqualTo(Scene.rows(memory.load()));
            assertThat(disk.events(0, Integer.MAX_VALUE)).isEqualTo(memory.events(0, Integer.MAX_VALUE));
            JobQuery all = JobQuery.newest(new JobQuery.Scope.Everything(), JobQuery.MOST);
            List<JobRecord> jobs = memory.jobs(all);
            assertThat(disk.jobs(all)).isEqualTo(jobs).isNotEmpty();
            for (JobRecord job : jobs) {
                assertThat(disk.job(job.head().id()))
                        .isEqualTo(memory.job(job.head().id()));
                assertThat(disk.spec(job.head().id()))
                        .isEqualTo(memory.spec(job.head().id()));
            }
        }

        @Override
        public Iterable<Image> load() throws StoreLost {
            return disk.load();
        }

        @Override
        public Optional<JobSpec> spec(JobId id) throws StoreLost {
            return disk.spec(id);
        }

        @Override
        public List<StoredEvent> events(long after, int max) throws StoreLost {
            return disk.events(after, max);
        }

        @Override
        public long newest() throws StoreLost {
            return disk.newest();
        }

        @Override
        public Optional<JobRecord> job(JobId id) throws StoreLost {
            return disk.job(id);
        }

        @Override
        public List<JobRecord> jobs(JobQuery query) throws StoreLost {
            return disk.jobs(query);
        }

        @Override
        public void close() {
            disk.close();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    @Fault({"F1", "F9", "F57"})
    void everyPromiseIsKeptOnDisk(long seed) throws StoreLost {
        try (SqliteStore disk = SqliteStore.open(new DataDirectory(home.resolve("data")))) {
            Beside kept = new Beside(disk);
            assertThat(Seeds.run(seed, () -> kept)).isPositive();
            kept.compare();
        }
    }
}
