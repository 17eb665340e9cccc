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
import dev.sluice.spec.Routing;
import dev.sluice.testkit.SpecGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** An empty store(). */
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
    void aRowThatIsGoneIsGone() throws StoreLost, StaleEpoch {
        Work work = new Work();
        JobId job = work.submit(spec());
        int with = rows(store().load()).size();
        store().commit(new Batch(
                work.epoch, work.now, List.of(), List.of(new Image.Row(new Image.Key.OfJob(job), Optional.empty()))));
        assertThat(rows(store().load())).hasSize(with - 1);
    }
}
