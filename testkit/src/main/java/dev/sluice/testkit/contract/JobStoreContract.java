package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Routing;
import dev.sluice.testkit.SpecGenerator;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link JobStore} keeps. A store's own test extends it, and says how to open one. */
public abstract class JobStoreContract {
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);
    private static final EngineSettings SETTINGS =
            EngineSettings.of(7, List.of(ClusterSettings.of(new ClusterName("hpc"))));

    private final SplittableRandom random = new SplittableRandom(1);
    private @Nullable JobStore open;

    /** An empty store. */
    protected abstract JobStore create() throws StoreLost;

    /** The same store, opened anew as after a crash: what was committed is there, and nothing else. */
    protected abstract JobStore reopen(JobStore open) throws StoreLost;

    @BeforeEach
    void open() throws StoreLost {
        open = create();
    }

    @AfterEach
    void close() {
        store().close();
    }

    private JobStore store() {
        return Objects.requireNonNull(open, "no store is open");
    }

    /** An engine at work on the store: what it decides is committed as the loop does. */
    private final class Work {
        private final long epoch;
        private final Engine engine;
        private Instant now = START;

        Work() throws StoreLost {
            epoch = store().lead();
            engine = Engine.restore(store().load(), epoch, SETTINGS, now, Transitions.UNWATCHED);
        }

        Batch decide(Input input) {
            now = now.plus(Duration.ofSeconds(1));
            List<Event.Recorded> recorded = new ArrayList<>();
            for (Event event : engine.decide(input, now, random).events()) {
                engine.replay(event, now);
                if (event instanceof Event.Recorded kept) {
                    recorded.add(kept);
                }
            }
            return new Batch(epoch, now, recorded, engine.takeTouched());
        }

        JobId submit(JobSpec spec) throws StoreLost, StaleEpoch {
            IdempotencyKey key = new IdempotencyKey(random.nextLong(), random.nextLong());
            Batch batch = decide(new Input.Submit(
                    new Input.Requester(spec.user(), Input.Role.USER),
                    Optional.of(new Input.Token(key, 1)),
                    List.of(Input.Submission.of(spec))));
            store().commit(batch);
            return batch.events().stream()
                    .filter(Event.Accepted.class::isInstance)
                    .map(event -> ((Event.Accepted) event).job())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Any job that needs no other and may run anywhere. */
    private JobSpec spec() {
        JobSpec spec = SpecGenerator.random(random);
        Ask ask = new Ask(
                spec.ask().resources(),
                spec.ask().limit(),
                Routing.ANYWHERE,
                spec.ask().needs());
        return spec.toBuilder().after(Dependencies.NONE).ask(ask).build();
    }

    private static Set<String> rows(Iterable<Image> images) {
        Set<String> rows = new HashSet<>();
        images.forEach(image -> rows.add(image.toString()));
        return rows;
    }

    @Test
    void everyLeadHasAGreaterEpoch() throws StoreLost {
        long first = store().lead();
        assertThat(first).isPositive();
        assertThat(store().lead()).isGreaterThan(first);
        open = reopen(store());
        assertThat(store().lead()).isGreaterThan(first + 1);
    }

    @Test
    void commitsOfAnOlderEpochAreRefusedAndLeaveNothing() throws StoreLost, StaleEpoch {
        Work old = new Work();
        Batch batch = old.decide(drain(Event.Drain.ON));
        store().lead();
        assertThatThrownBy(() -> store().commit(batch)).isInstanceOf(StaleEpoch.class);
        assertThat(store().events(0, 10)).isEmpty();
        assertThat(rows(store().load())).isEmpty();
    }

    private static Input drain(Event.Drain drain) {
        return new Input.SetDrain(OPERATOR, new ClusterName("hpc"), drain);
    }

    @Test
    void whatWasCommittedIsThereAfterACrash() throws StoreLost, StaleEpoch {
        Work work = new Work();
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            jobs.add(work.submit(spec()));
        }
        store().commit(work.decide(drain(Event.Drain.ON)));
        store().commit(work.decide(new Input.Cancel(OPERATOR, jobs.get(3), Optional.empty())));
        Set<String> before = rows(work.engine.images());
        open = reopen(store());
        assertThat(rows(store().load())).isEqualTo(before);
        assertThat(rows(new Work().engine.images()))
                .as("and an engine makes the same of it")
                .isEqualTo(before);
    }

    @Test
    void headsOfJobsComeBeforeTheirSlices() throws StoreLost, StaleEpoch {
        Work work = new Work();
        for (int i = 0; i < 20; i++) {
            work.submit(spec());
        }
        Set<JobId> heads = new HashSet<>();
        for (Image image : store().load()) {
            if (image instanceof Image.OfJob job) {
                heads.add(job.head().id());
            }
            if (image instanceof Image.OfSlice slice) {
                assertThat(heads).contains(slice.job());
            }
        }
        assertThat(heads).hasSize(20);
    }

    @Test
    void aSpecIsReadBackToTheByte() throws StoreLost, StaleEpoch {
        Work work = new Work();
        for (int i = 0; i < 200; i++) {
            JobSpec spec = spec();
            JobId job = work.submit(spec);
            assertThat(store().spec(job)).contains(spec);
        }
        assertThat(store().spec(new JobId(2_000_000_000))).isEmpty();
    }

    @Test
    void eventsAreInOrderWithoutAGapWhateverThePage() throws StoreLost, StaleEpoch {
        Work work = new Work();
        for (int i = 0; i < 30; i++) {
            work.submit(spec());
        }
        List<StoredEvent> all = store().events(0, Integer.MAX_VALUE);
        assertThat(all).hasSizeGreaterThanOrEqualTo(60);
        for (int page : new int[] {1, 7, 1000}) {
            List<StoredEvent> read = new ArrayList<>();
            List<StoredEvent> next = store().events(0, page);
            while (!next.isEmpty()) {
                assertThat(next).hasSizeLessThanOrEqualTo(page);
                read.addAll(next);
                next = store().events(read.getLast().sequence(), page);
            }
            assertThat(read).isEqualTo(all);
        }
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).sequence()).isEqualTo(i + 1L);
        }
    }

    @Test
    void anEmptyBatchOfEventsStillWritesItsRows() throws StoreLost, StaleEpoch {
        Work work = new Work();
        Batch batch = work.decide(drain(Event.Drain.ON));
        store().commit(new Batch(batch.epoch(), batch.at(), List.of(), batch.rows()));
        assertThat(rows(store().load())).hasSize(batch.rows().size());
        assertThat(store().events(0, 10)).isEmpty();
    }

    @Test
    void aJobWhoseRowsAreGoneIsGoneForGoodButForItsEvents() throws StoreLost, StaleEpoch {
        Work work = new Work();
        JobId job = work.submit(spec());
        List<StoredEvent> before = store().events(0, 10);
        int with = rows(store().load()).size();
        List<Image.Row> gone = rowsOf(work, job);
        store().commit(new Batch(work.epoch, work.now, List.of(), gone));
        assertThat(rows(store().load())).hasSize(with - gone.size());
        assertThat(store().job(job)).isEmpty();
        assertThat(store().spec(job)).isEmpty();
        assertThat(store().events(0, 10)).isEqualTo(before);
        open = reopen(store());
        assertThat(new Work().submit(spec())).as("its id is never given again").isGreaterThan(job);
    }

    private static List<Image.Row> rowsOf(Work work, JobId job) {
        List<Image.Row> rows = new ArrayList<>();
        rows.add(new Image.Row(new Image.Key.OfJob(job), Optional.empty()));
        work.engine
                .slices(job)
                .forEach(slice -> rows.add(
                        new Image.Row(new Image.Key.OfSlice(job, slice.tasks().first()), Optional.empty())));
        return rows;
    }

    @Test
    void anArchivedJobIsLoadedNoMoreAndStillKnown() throws StoreLost, StaleEpoch {
        Work work = new Work();
        JobId job = work.submit(spec());
        JobRecord before = store().job(job).orElseThrow();
        Optional<JobSpec> spec = store().spec(job);
        int with = rows(store().load()).size();
        List<Image.Row> gone = rowsOf(work, job);
        store().commit(new Batch(work.epoch, work.now, List.of(new Event.Forgotten(job)), gone));
        assertThat(rows(store().load())).hasSize(with - gone.size());
        assertThat(store().job(job)).contains(before);
        assertThat(store().spec(job)).isEqualTo(spec);
        assertThat(store().jobs(JobQuery.newest(new JobQuery.Scope.Everything(), 5)))
                .containsExactly(before.brief());
    }

    @Test
    void labelsAreTheNewestAndThoseOfTheAcceptanceStayInItsEvent() throws StoreLost, StaleEpoch {
        Work work = new Work();
        JobSpec spec = spec().toBuilder().labels(Labels.of(Map.of("team", "x"))).build();
        JobId job = work.submit(spec);
        Labels changed = Labels.of(Map.of("team", "y", "a", ""));
        store().commit(work.decide(
                new Input.Alter(OPERATOR, job, OptionalInt.of(77), Optional.empty(), Optional.of(changed))));
        assertThat(store().job(job).orElseThrow().labels()).isEqualTo(changed);
        assertThat(store().job(job).orElseThrow().head().priorityClass()).isEqualTo(77);
        assertThat(store().spec(job)).as("as it was accepted").contains(spec);
        Event.Accepted accepted =
                (Event.Accepted) store().events(0, 1).getFirst().event();
        assertThat(accepted.spec()).isEqualTo(spec);
        assertThat(accepted.head().priorityClass()).isEqualTo(spec.priorityClass());
    }

    @Test
    void idempotencyKeysComeBackInTheOrderOfTheirExpiry() throws StoreLost, StaleEpoch {
        Work work = new Work();
        for (int i = 0; i < 40; i++) {
            work.submit(spec());
        }
        List<Instant> expiries = new ArrayList<>();
        open = reopen(store());
        for (Image image : store().load()) {
            if (image instanceof Image.OfUse use) {
                expiries.add(use.use().expires());
            }
        }
        assertThat(expiries).hasSize(40).isSorted();
    }

    /** Whatever happens, the store says of it what the definition says that is kept in memory. */
    @Test
    void itIsTheStoreInMemory() throws StoreLost, StaleEpoch {
        MemoryStore model = new MemoryStore(MemoryStore.Fencing.KEPT);
        long epoch = store().lead();
        while (model.lead() < epoch) {
            assertThat(model.newest()).isZero();
        }
        Happenings happenings = new Happenings(random, epoch);
        for (int i = 0; i < 300; i++) {
            Batch batch = happenings.batch();
            model.commit(batch);
            store().commit(batch);
            assertThat(store().newest()).as("a reader that comes now sees it").isEqualTo(model.newest());
        }
        isTheSame(model, happenings);
        open = reopen(store());
        isTheSame(model, happenings);
    }

    private void isTheSame(MemoryStore model, Happenings happenings) throws StoreLost {
        assertThat(rows(store().load())).isEqualTo(rows(model.load()));
        assertThat(store().events(0, Integer.MAX_VALUE)).isEqualTo(model.events(0, Integer.MAX_VALUE));
        for (int id = JobId.FIRST - 1; id <= happenings.next(); id++) {
            JobId job = new JobId(id);
            assertThat(store().job(job)).isEqualTo(model.job(job));
            assertThat(store().spec(job)).isEqualTo(model.spec(job));
        }
        int found = 0;
        for (int i = 0; i < 1000; i++) {
            JobQuery query = happenings.query();
            List<JobRecord> jobs = model.jobs(query);
            found += jobs.size();
            assertThat(store().jobs(query)).as(query.toString()).isEqualTo(jobs);
        }
        assertThat(found).as("queries find something").isGreaterThan(300);
    }
}
