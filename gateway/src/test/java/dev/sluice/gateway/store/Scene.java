package dev.sluice.gateway.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.Transitions;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** An engine at work on a store, as the loop has it: each deed is one commit. */
final class Scene {
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    static final ClusterName HPC = new ClusterName("hpc");
    private static final UserName ADA = new UserName("ada");
    private static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);

    final SqliteStore store;
    final long epoch;
    private final Engine engine;
    private final SplittableRandom random;
    Instant now = START;

    Scene(SqliteStore store) throws StoreLost {
        this(store, 5);
    }

    Scene(SqliteStore store, long seed) throws StoreLost {
        this.store = store;
        this.random = new SplittableRandom(seed);
        this.epoch = store.lead();
        EngineSettings settings = EngineSettings.of(store.realm(), List.of(ClusterSettings.of(HPC)));
        this.engine = Engine.restore(store.load(), epoch, settings, now, Transitions.UNWATCHED);
    }

    static JobSpec.Builder plain(String name) {
        return JobSpec.builder(name, new ProjectPath("physics"), ADA, Work.Command.of("hostname"))
                .ask(Ask.DEFAULTS.withLimit(Duration.ofHours(1)));
    }

    Batch decide(Input input) {
        now = now.plusSeconds(1);
        return apply(engine.decide(input, now, random).events());
    }

    private Batch apply(List<Event> events) {
        List<Event.Recorded> recorded = new ArrayList<>();
        for (Event event : events) {
            engine.replay(event, now);
            if (event instanceof Event.Recorded kept) {
                recorded.add(kept);
            }
        }
        return new Batch(epoch, now, recorded, engine.takeTouched());
    }

    Batch submission(JobSpec spec) {
        return decide(new Input.Submit(
                new Input.Requester(spec.user(), Input.Role.USER),
                Optional.of(new Input.Token(new IdempotencyKey(random.nextLong(), random.nextLong()), 1)),
                List.of(Input.Submission.of(spec))));
    }

    static JobId job(Batch submission) {
        return ((Event.Accepted) submission.events().getFirst()).job();
    }

    JobId submit(JobSpec spec) throws StoreLost, StaleEpoch {
        Batch batch = submission(spec);
        store.commit(batch);
        return job(batch);
    }

    /** Commits what happened, each at its own time. */
    void happens(Event... events) throws StoreLost, StaleEpoch {
        for (Event event : events) {
            now = now.plusSeconds(1);
            store.commit(apply(List.of(event)));
        }
    }

    void cancel(JobId job) throws StoreLost, StaleEpoch {
        store.commit(decide(new Input.Cancel(OPERATOR, job, Optional.empty())));
    }

    void alter(JobId job, int priorityClass) throws StoreLost, StaleEpoch {
        store.commit(decide(new Input.Alter(
                OPERATOR, job, OptionalInt.of(priorityClass), Optional.of(Duration.ofMinutes(7)), Optional.empty())));
    }

    void drain() throws StoreLost, StaleEpoch {
        store.commit(decide(new Input.SetDrain(OPERATOR, HPC, Event.Drain.ON)));
    }

    /** Cancels a waiting job, and lets it leave the heap. */
    void archive(JobId job) throws StoreLost, StaleEpoch {
        cancel(job);
        happens(new Event.Forgotten(job));
    }

    /** An attempt of some tasks, placed. */
    JobState.Live place(JobId job, TaskSet tasks) throws StoreLost, StaleEpoch {
        Attempt attempt = new Attempt(
                AttemptId.random(7, random),
                job,
                ADA,
                HPC,
                Optional.empty(),
                tasks,
                1,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
        JobState.Live live =
                new JobState.Live(attempt, new Phase.Intended(epoch, now.plus(Duration.ofMinutes(1))), Wish.RUN);
        happens(new Event.Placed(job, tasks, live, "its turn"));
        return live;
    }

    Event.Moved runs(JobId job, TaskSet tasks, JobState.Live live, int run) {
        JobState.Live to = live.with(new Phase.Running(new Binding("17", "", "ada"), run, now));
        return new Event.Moved(job, tasks, to, Event.Cause.SEEN);
    }

    static Event.Closed ends(JobId job, TaskSet tasks, JobState.Live live) {
        return new Event.Closed(
                job,
                tasks,
                live.attempt().id(),
                new AttemptEnd.Finished(Verdict.SUCCEEDED),
                new JobState.Ended(Verdict.SUCCEEDED));
    }

    /** All rows in memory, in a form that can be compared. */
    List<String> rows() {
        return rows(engine.images());
    }

    static List<String> rows(Iterable<Image> images) {
        List<String> rows = new ArrayList<>();
        images.forEach(image -> rows.add(image.toString()));
        rows.sort(null);
        return rows;
    }
}
