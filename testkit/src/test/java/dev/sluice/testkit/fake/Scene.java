package dev.sluice.testkit.fake;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** A fake cluster with a clock, for tests of the model: each act takes place now. */
final class Scene {
    static final long REALM = 7;
    static final ClusterName NAME = new ClusterName("fake");
    static final Instant START = Instant.parse("2026-11-23T00:00:00Z");
    static final Duration LONG = Duration.ofMinutes(10);

    final FakeSettings settings;
    final FaultCounts faults = new FaultCounts();
    final Ledger ledger = new Ledger();
    final VirtualClock clock = new VirtualClock(START);
    final SplittableRandom random;
    final FakeCluster cluster;
    final Wire wire;
    Fate fate = Fate.succeedsAfter(LONG);
    private final List<Object> parked = new ArrayList<>();
    private int jobs;

    Scene(FakeSettings settings, long seed) {
        this.settings = settings;
        random = new SplittableRandom(seed);
        cluster = new FakeCluster(settings, (job, task, run) -> fate, START, random, ledger, faults);
        wire = new Wire(cluster, random.split());
    }

    static Scene slurm() {
        return new Scene(FakeSettings.slurm(NAME, REALM), 1);
    }

    static Scene kubernetes() {
        return new Scene(FakeSettings.kubernetes(NAME, REALM), 1);
    }

    Instant now() {
        return clock.instant();
    }

    Mischief mischief() {
        return cluster.mischief();
    }

    Scene pass(Duration time) {
        clock.advance(time);
        cluster.advanceTo(now());
        return this;
    }

    Scene seconds(long seconds) {
        return pass(Duration.ofSeconds(seconds));
    }

    static JobSpec spec() {
        return JobSpec.builder("work", new ProjectPath("physics"), new UserName("alice"), Work.Command.of("true"))
                .build();
    }

    static JobSpec array(int tasks) {
        return spec().toBuilder()
                .array(new ArraySpec(TaskSet.range(0, tasks - 1)))
                .build();
    }

    Attempt attempt(TaskSet tasks) {
        return new Attempt(
                AttemptId.random(REALM, random),
                new JobId(JobId.FIRST + jobs++),
                new UserName("alice"),
                NAME,
                Optional.empty(),
                tasks,
                1,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
    }

    /** One parked object. */
    record Object(Attempt attempt, Binding binding) {
        TaskSet tasks() {
            return attempt.tasks();
        }
    }

    Object park() {
        return park(spec());
    }

    Object park(JobSpec spec) {
        return park(attempt(spec.tasks()), spec);
    }

    Object park(Attempt attempt, JobSpec spec) {
        if (cluster.park(attempt, spec, now()) instanceof Parking.Parked answer) {
            Object object = new Object(attempt, answer.binding());
            parked.add(object);
            return object;
        }
        throw new AssertionError("not parked");
    }

    /** The one object that was parked. */
    Object only() {
        return parked.getFirst();
    }

    Release release(Object object) {
        return release(object, object.tasks());
    }

    Release release(Object object, TaskSet tasks) {
        return cluster.release(new Grant(object.attempt(), object.binding(), tasks, now().plusSeconds(1)), now());
    }

    Object run() {
        return run(spec());
    }

    /** Parked, released, and past its gate. */
    Object run(JobSpec spec) {
        Object object = park(spec);
        release(object);
        seconds(3);
        return object;
    }

    Sweep.Seen sweep() {
        return sweep(Cursor.START);
    }

    Sweep.Seen sweep(Cursor after) {
        if (cluster.observe(after, now()) instanceof Sweep.Seen seen) {
            return seen;
        }
        throw new AssertionError("nothing seen");
    }

    Sweep.Seen sweepAt(Instant time) {
        clock.advanceTo(time);
        return sweep();
    }

    List<Observation> of(Object object) {
        return sweep().observations().stream()
                .filter(o -> o.attempt().equals(object.attempt().id()))
                .toList();
    }

    /** How the one object stands; it looks alike in all its tasks. */
    Sighting seen(Object object) {
        List<Observation> all = of(object);
        if (all.size() != 1) {
            throw new AssertionError("not one sighting: " + all);
        }
        return all.getFirst().seen();
    }

    boolean absent(Object object) {
        return of(object).isEmpty();
    }

    Search find(Object object) {
        return cluster.find(object.attempt(), now());
    }

    int launches(Object object) {
        return ledger.launches(object.attempt().job(), object.tasks().first());
    }

    long count(Fault fault) {
        return faults.of(fault);
    }
}
