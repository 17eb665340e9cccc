package dev.sluice.testkit.simulation;

import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.engine.Transitions;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Planner;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fault;
import dev.sluice.testkit.fake.FaultCounts;
import dev.sluice.testkit.fake.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what was promised with what truly happened. It folds the committed events into a state of its own, and reads the
 * clusters' ledger.
 */
final class Auditor {
    private static final int PAGE = 1000;

    private record Run(AttemptId attempt, int task, int run) {}

    private record Share(AttemptId attempt, int task) {}

    /** What a release of ours was for. */
    private record Grant(AttemptId attempt, int task, String nativeId) {}

    private record Task(JobId job, int task) {}

    private final EngineSettings settings;
    private final List<FakeSettings> clusters;
    private final Ledger ledger;
    private final FaultCounts faults;
    private final Engine folded;
    private final Map<Share, Event.Closed> closed = new HashMap<>();
    private final Set<Grant> granted = new HashSet<>();
    private final Set<Binding> bound = new HashSet<>();
    private final Set<Run> launched = new HashSet<>();
    private final Set<Run> charged = new HashSet<>();
    /** Until when natives have been charged. */
    private final Map<ClusterName, Instant> nativesUntil = new HashMap<>();

    private final Set<Task> cancelled = new HashSet<>();
    private long position;
    private int launchesSeen;
    private long settled;

    Auditor(
            EngineSettings settings,
            List<FakeSettings> clusters,
            Instant start,
            Ledger ledger,
            FaultCounts faults,
            Transitions transitions) {
        this.settings = settings;
        this.clusters = clusters;
        this.ledger = ledger;
        this.faults = faults;
        this.folded = Engine.restore(List.of(), 1, settings, start, transitions);
    }

    /** The state that the committed events make. */
    Engine folded() {
        return folded;
    }

    long settled() {
        return settled;
    }

    /** A cancel of these tasks was acknowledged: none of them may be placed from now on. */
    void acknowledgedCancel(JobId job, TaskSet tasks) {
        tasks.stream().forEach(task -> cancelled.add(new Task(job, task)));
    }

    /** Takes in what has come on disk since the last call. */
    void catchUp(JobStore store) {
        try {
            List<StoredEvent> page = store.events(position, PAGE);
            while (!page.isEmpty()) {
                for (StoredEvent stored : page) {
                    if (stored.sequence() != ++position) {
                        throw new Violation("the sequence of events has a gap before " + stored.sequence());
                    }
                    committed(stored.at(), stored.event());
                }
                page = store.events(position, PAGE);
            }
        } catch (StoreLost lost) {
            throw new IllegalStateException("reading the store failed", lost);
        }
        folded.takeTouched();
    }

    private void committed(Instant at, Event.Recorded event) {
        switch (event) {
            case Event.Closed end -> closing(end);
            case Event.Moved moved -> grant(moved.tasks(), moved.to());
            case Event.Adopted adopted -> grant(adopted.tasks(), adopted.to());
            case Event.Placed placed -> placed(placed);
            case Event.Charged charge -> charged(charge);
            case Event.NativesCharged natives -> charged(natives);
            case Event.Settled settle -> settled += settle.tasks().size();
            case Event.Accepted e -> {}
            case Event.Altered e -> {}
            case Event.Labelled e -> {}
            case Event.Waited e -> {}
            case Event.Ended e -> {}
            case Event.Forgotten e -> {}
            case Event.Alerted e -> {}
            case Event.LeftBehind e -> {}
            case Event.SweptUp e -> {}
            case Event.KeyUsed e -> {}
            case Event.KeysExpired e -> {}
            case Event.DrainSet e -> {}
            case Event.BreakerSet e -> {}
            case Event.BudgetSet e -> {}
        }
        folded.replay(event, at);
    }

    private void grant(TaskSet tasks, JobState.Live to) {
        if (to.phase() instanceof Phase.Releasing releasing) {
            bound.add(releasing.binding());
            String nativeId = releasing.binding().nativeId();
            tasks.stream().forEach(task -> granted.add(new Grant(to.attempt().id(), task, nativeId)));
        }
    }

    private void placed(Event.Placed placed) {
        placed.tasks().stream().forEach(task -> {
            if (cancelled.contains(new Task(placed.job(), task))) {
                throw new Violation("cancel is not final: task %s_%d is placed after its cancel was acknowledged"
                        .formatted(placed.job(), task));
            }
        });
    }

    private void charged(Event.Charged charge) {
        charge.tasks().stream().forEach(task -> {
            if (!charged.add(new Run(charge.attempt(), task, charge.run()))) {
                throw new Violation("charged twice: run %d of %s_%d by attempt %s"
                        .formatted(charge.run(), charge.job(), task, charge.attempt()));
            }
        });
    }

    private void charged(Event.NativesCharged natives) {
        Instant before = nativesUntil.getOrDefault(natives.cluster(), Instant.MIN);
        if (natives.from().isBefore(before)) {
            throw new Violation("natives of %s charged twice: from %s, and before until %s"
                    .formatted(natives.cluster(), natives.from(), before));
        }
        nativesUntil.put(natives.cluster(), natives.until());
    }

    private void closing(Event.Closed end) {
        end.tasks().stream().forEach(task -> {
            closed.put(new Share(end.attempt(), task), end);
            Run run = new Run(end.attempt(), task, run(end, task));
            if (!end.end().ran() && launched.contains(run) && !byOthers(end.attempt(), task) && !blind(end)) {
                throw new Violation("attempt %s of %s_%d is closed as %s, and its user code had started"
                        .formatted(end.attempt(), end.job(), task, end.end()));
            }
            if (end.end() instanceof AttemptEnd.Finished finished
                    && finished.verdict() instanceof Verdict.Succeeded
                    && ledger.completions(end.job(), task) == 0) {
                throw new Violation(
                        "task %s_%d succeeded, and its user code never came to its end".formatted(end.job(), task));
            }
        });
    }

    /** The run that the attempt had come to before it is closed. */
    private int run(Event.Closed end, int task) {
        for (Slice slice : folded.slices(end.job())) {
            if (slice.tasks().contains(task)
                    && slice.state() instanceof JobState.Live live
                    && live.phase() instanceof Phase.Released released) {
                return released.run();
            }
        }
        return 0;
    }

    /** Looks at what truly happened since the last call. */
    void watch() {
        if (!ledger.touches().isEmpty()) {
            throw new Violation(
                    "a foreign object was touched: " + ledger.touches().getFirst());
        }
        List<Ledger.Launch> launches = ledger.launches();
        while (launchesSeen < launches.size()) {
            launched(launches.get(launchesSeen++));
        }
    }

    private void launched(Ledger.Launch launch) {
        Run run = new Run(launch.attempt(), launch.task(), launch.run());
        if (ledger.pastGate(launch.attempt(), launch.task(), launch.run()) > 1
                && !byOthers(launch.attempt(), launch.task())) {
            throw new Violation("two launches passed the gate of one run: " + launch);
        }
        launched.add(run);
        Grant grant =
                new Grant(launch.attempt(), launch.task(), launch.binding().nativeId());
        if (!granted.contains(grant)) {
            if (!byOthers(launch.attempt(), launch.task())) {
                throw new Violation("user code started that nobody had released: " + launch);
            }
            return;
        }
        if (launch.run() == 0 && !bound.contains(launch.binding()) && byOthers(launch.attempt(), launch.task())) {
            return; // a late twin got the id of the one that was granted and forgotten, and its owner let it go
        }
        Event.Closed end = closed.get(new Share(launch.attempt(), launch.task()));
        if (end != null && isOver(end, launch.run())) {
            throw new Violation(
                    "user code started after its attempt was closed as %s: %s".formatted(end.end(), launch));
        }
        for (Slice slice : folded.slices(launch.job())) {
            if (slice.tasks().contains(launch.task())
                    && slice.state() instanceof JobState.Live live
                    && live.phase().pastParked()
                    && !live.attempt().id().equals(launch.attempt())
                    && end == null) {
                throw new Violation("user code of %s started while the task belongs to attempt %s"
                        .formatted(launch, live.attempt().id()));
            }
        }
    }

    /** Whether that run of the attempt may not start any more after this end of it. */
    private boolean isOver(Event.Closed end, int run) {
        return switch (end.end()) {
            case AttemptEnd.NeverStarted e -> true;
            case AttemptEnd.Withdrawn e -> true;
            case AttemptEnd.RefusedByCluster e -> true;
            // Somebody may requeue on the cluster what we closed, where the cluster forgot the end or keeps it.
            case AttemptEnd.Finished e -> !requeuedThere(run) && !shutOut(e);
            // Whoever settles or consents answers for it; what a cluster lost may be started by it again.
            case AttemptEnd.Settled e -> false;
            case AttemptEnd.Interrupted e -> false;
            case AttemptEnd.Preempted e -> false;
            case AttemptEnd.NodeLost e -> false;
            case AttemptEnd.Stopped e ->
                end.to() instanceof JobState.Ended ended
                        && ended.verdict().equals(Verdict.CANCELLED)
                        && !requeuedThere(run);
        };
    }

    /** Whether an owner or an administrator let it go: what it starts then was granted by him. */
    private boolean byOthers(AttemptId attempt, int task) {
        return ledger.wasReleasedByOthers(attempt, task);
    }

    /** Where no claim can be asked, a start that a controller forgot is known to nobody. */
    private boolean blind(Event.Closed end) {
        return end.end() instanceof AttemptEnd.Withdrawn
                && faults.of(Fault.START_FORGOTTEN) > 0
                && clusters.stream().anyMatch(cluster -> cluster.claims() == FakeSettings.Claims.UNSEEN);
    }

    /** The gate let nothing start, and where only its exit code is seen that is a failure; it may be started again. */
    private boolean shutOut(AttemptEnd.Finished end) {
        return end.verdict() instanceof Verdict.Failed failed
                && failed.note().contains("nothing was started")
                && faults.of(Fault.CONTROLLER_CRASH) > 0;
    }

    private boolean requeuedThere(int run) {
        return run > 0 && faults.of(Fault.REQUEUED_THERE) > 0;
    }

    /** Images are memory are folded events. */
    void compare(Engine engine, Iterable<Image> stored) {
        List<String> memory = lines(engine.images());
        differ("memory", memory, "folded events", lines(folded.images()));
        differ("memory", memory, "rows of the store", lines(stored));
    }

    /** The incremental plan is the plan from scratch. */
    void comparePlans(Engine engine, Instant now) {
        Planner planner = engine.planner();
        Planner scratch = Planner.of(planner.snapshot(), settings.policy());
        if (!planner.plan(now, 1000).equals(scratch.plan(now, 1000))) {
            throw new Violation("the incremental plan %s is not the plan from scratch %s"
                    .formatted(planner.plan(now, 1000), scratch.plan(now, 1000)));
        }
    }

    private static void differ(String left, List<String> a, String right, List<String> b) {
        if (a.equals(b)) {
            return;
        }
        List<String> onlyA =
                a.stream().filter(line -> !b.contains(line)).limit(3).toList();
        List<String> onlyB =
                b.stream().filter(line -> !a.contains(line)).limit(3).toList();
        throw new Violation("%s and %s differ: %s against %s".formatted(left, right, onlyA, onlyB));
    }

    private static List<String> lines(Iterable<Image> images) {
        List<String> lines = new ArrayList<>();
        images.forEach(image -> lines.add(image.toString()));
        lines.sort(Comparator.naturalOrder());
        return lines;
    }
}
