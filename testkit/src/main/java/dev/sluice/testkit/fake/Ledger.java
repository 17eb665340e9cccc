package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What truly happened on a fake cluster, whatever it tells anybody: what invariants are checked against. No crash of the
 * controller changes it. Several clusters may share one; for one thread.
 */
public final class Ledger {
    /** User code of a task began: the gate was passed, where there is one. */
    public record Launch(JobId job, AttemptId attempt, int task, int run, Binding binding, Instant at) {}

    /** A request of ours acted on what was not ours to act on. */
    public record Touch(String verb, String nativeId, String owner, String what, Instant at) {}

    /** One granted run of one task. */
    public record Run(AttemptId attempt, int task, int run) {}

    /** One task of a job. */
    public record Task(JobId job, int task) {}

    private final List<Launch> launches = new ArrayList<>();
    private final List<Touch> touches = new ArrayList<>();
    private final Map<Run, Integer> byRun = new HashMap<>();
    private final Map<Task, Integer> byTask = new HashMap<>();
    private final Map<Task, Integer> completed = new HashMap<>();

    private final Set<Share> releasedByOthers = new HashSet<>();

    /** One task's part in an attempt. */
    private record Share(AttemptId attempt, int task) {}

    /** An owner or an administrator let it go: what it starts was never granted. */
    void releasedByOthers(AttemptId attempt, int task) {
        releasedByOthers.add(new Share(attempt, task));
    }

    /** Whether somebody other than us ever let it go. */
    public boolean wasReleasedByOthers(AttemptId attempt, int task) {
        return releasedByOthers.contains(new Share(attempt, task));
    }

    void launched(Launch launch) {
        launches.add(launch);
        byRun.merge(new Run(launch.attempt(), launch.task(), launch.run()), 1, Integer::sum);
        byTask.merge(new Task(launch.job(), launch.task()), 1, Integer::sum);
    }

    void completed(JobId job, int task) {
        completed.merge(new Task(job, task), 1, Integer::sum);
    }

    void touched(Touch touch) {
        touches.add(touch);
    }

    /** All launches of user code, in their order; a view. */
    public List<Launch> launches() {
        return Collections.unmodifiableList(launches);
    }

    /** What was touched and must not have been; a view. */
    public List<Touch> touches() {
        return Collections.unmodifiableList(touches);
    }

    /** How many launches of this run passed the gate: never more than one, or the gate is broken. */
    public int pastGate(AttemptId attempt, int task, int run) {
        return byRun.getOrDefault(new Run(attempt, task, run), 0);
    }

    /** All runs and how many launches each had; a view. */
    public Map<Run, Integer> runs() {
        return Collections.unmodifiableMap(byRun);
    }

    /** How often user code of this task began, over all attempts. */
    public int launches(JobId job, int task) {
        return byTask.getOrDefault(new Task(job, task), 0);
    }

    /** How often user code of this task ran to an end of its own, over all attempts. */
    public int completions(JobId job, int task) {
        return completed.getOrDefault(new Task(job, task), 0);
    }
}
