package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.script.BatchFile;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** A watch and a search of one small cluster, by a clock that a test moves. */
abstract class Watching {
    static final Duration PATIENCE = Duration.ofMinutes(5);
    static final Binding BINDING = Entry.binding(Rows.running().row());
    static final Rows FIRST_RUN =
            Rows.of("REQUEUED").comment("").started(Rows.STARTED).endedAt(Rows.ENDED);
    static final Rows SECOND_RUN = Rows.running()
            .comment("")
            .submitted(Rows.ENDED.plusSeconds(2))
            .run(1)
            .started(Rows.ENDED.plusSeconds(60));
    static final PastRun FIRST = new PastRun(0, Rows.STARTED, Rows.ENDED);

    final QueueDoor door = new QueueDoor();
    final HandMadeRemains remains = new HandMadeRemains();
    final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofMinutes(2).toNanos());
    final AtomicLong ticks = new AtomicLong();
    final InstantSource clock = () -> Rows.ENDED.plusSeconds(3600).plusMillis(ticks.incrementAndGet());
    final SlurmSettings settings = Samples.settings(clock, Duration.ofSeconds(60), PATIENCE);
    final Queue queue = new Queue(door, Duration.ZERO, clock);
    final Known known = new Known();
    /** Asked beside the watch, and done with when a test says so. */
    final Deque<Runnable> beside = new ArrayDeque<>();

    final Accounting accounting = new Accounting(door, Accounting.PAUSE, nanos::get, beside::add);
    final Cancellers cancellers = new Cancellers(accounting, PATIENCE, nanos::get);
    final Gates gates = new Gates(Optional.of(remains), Samples.LIFE, BatchFile.Claims.RETENTION);
    final Launches launches = new Launches(Optional.of(remains), gates, cancellers, new Restarts(door::facts), known);
    final Departed departed = new Departed(accounting, PATIENCE, nanos::get);
    final PastRuns pastRuns = new PastRuns(accounting, nanos::get);
    final Watch watch = new Watch(settings, queue, launches, known, departed, pastRuns);
    final Doors doors = new Doors(door, door, Optional.of(remains));
    final Standing standing = new Standing(settings, door, new Together<>(door::queue), launches, known);
    final Stops stops = new Stops(settings, doors, standing);
    final Searches searches = new Searches(settings, doors, queue, stops, launches, known, departed, pastRuns);
    Cursor cursor = Cursor.START;

    void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Its pause is over, and it is found to answer again, or not. */
    void probe() {
        pass(Accounting.PAUSE);
        look();
        beside.remove().run();
        pass(Departed.AGAIN);
    }

    static Indices of(int... tasks) {
        return new Indices.Of(TaskSet.of(tasks));
    }

    static Rows task(int index, long own) {
        return Rows.running().own(12, own).indices(of(index));
    }

    static Sighting finished(int code) {
        Verdict verdict = code == 0 ? Verdict.SUCCEEDED : new Verdict.Failed(code, 0, "");
        return new Sighting.Ended(0, new AttemptEnd.Finished(verdict), Rows.STARTED, Rows.ENDED);
    }

    /** It is seen, and gone from the queue at the next look. */
    void leave(Rows row) {
        door.queued(row);
        assertThat(look()).hasSize(1);
        door.queued();
    }

    List<Sighting> look() {
        return seen().observations().stream().map(Observation::seen).toList();
    }

    Sweep.Seen seen() {
        try {
            Sweep.Seen seen = (Sweep.Seen) watch.observe(cursor, Duration.ZERO);
            cursor = seen.next();
            return seen;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    Search find() {
        return find(TaskSet.SOLE);
    }

    Search find(TaskSet tasks) {
        return searches.find(List.of(new Sought(Samples.attempt(tasks), tasks, Set.of(BINDING))))
                .getFirst();
    }

    List<Search.Trace> traces() {
        return ((Search.Found) find()).traces();
    }
}
