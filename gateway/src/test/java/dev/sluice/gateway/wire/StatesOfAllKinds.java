package dev.sluice.gateway.wire;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.engine.Event;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusal;
import dev.sluice.job.Refusals;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Every way in which tasks can stand, for tests. */
final class StatesOfAllKinds {
    static final Instant AT = Instant.parse("2026-03-01T10:00:00.5Z");
    static final Binding BINDING = new Binding("4711", "incarnation-not-shown", "owner-not-shown");
    private static final Refusal REFUSAL = Refusal.never("too-large", "no partition is as large");

    private StatesOfAllKinds() {}

    static List<Verdict> verdicts() {
        return List.of(
                new Verdict.Succeeded(),
                new Verdict.Failed(3, 0, ""),
                new Verdict.Failed(0, 9, "killed by its own"),
                new Verdict.TimedOut(),
                new Verdict.OutOfMemory(),
                new Verdict.NodeLost(),
                new Verdict.Preempted(),
                new Verdict.Interrupted("maintenance"),
                new Verdict.Cancelled(Verdict.Outcome.SEEN),
                new Verdict.Cancelled(Verdict.Outcome.UNSEEN),
                new Verdict.Refused("no cluster takes it"),
                new Verdict.DependencyNeverSatisfied());
    }

    static List<AttemptEnd> ends() {
        return List.of(
                new AttemptEnd.Finished(new Verdict.Failed(1, 0, "")),
                new AttemptEnd.Stopped(),
                new AttemptEnd.Interrupted("maintenance"),
                new AttemptEnd.Preempted(),
                new AttemptEnd.NodeLost(),
                new AttemptEnd.NeverStarted(),
                new AttemptEnd.RefusedByCluster(REFUSAL),
                new AttemptEnd.Withdrawn(),
                new AttemptEnd.Settled(Verdict.SUCCEEDED, "seen in the log"));
    }

    private static List<Phase> phases() {
        List<Phase> phases = new ArrayList<>(List.of(
                new Phase.Intended(1, AT),
                new Phase.Parked(BINDING, Optional.empty()),
                new Phase.Parked(BINDING, Optional.of(new Phase.Blocked("too many at once", AT))),
                new Phase.Releasing(BINDING, 1, AT, AT),
                new Phase.Pending(BINDING, 0, ""),
                new Phase.Pending(BINDING, 0, "JobHeldAdmin"),
                Phase.Pending.seen(BINDING, 0, "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu."),
                new Phase.Running(BINDING, 0, AT),
                new Phase.Paused(BINDING, 0, AT),
                new Phase.Completing(BINDING, 0, AT)));
        for (Phase.Step step : Phase.Step.values()) {
            phases.add(new Phase.Withdrawing(BINDING, 0, step, 1, AT));
        }
        for (Phase.Certainty certainty : Phase.Certainty.values()) {
            phases.add(new Phase.Missing(BINDING, 0, Optional.of(AT), AT, certainty));
        }
        return phases;
    }

    static Attempt attempt(Optional<String> partition) {
        return new Attempt(
                new AttemptId(7, 99),
                new JobId(1_000_000_000),
                new UserName("ada"),
                new ClusterName("hpc"),
                partition,
                TaskSet.range(0, 99),
                2,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
    }

    static List<JobState> all() {
        List<JobState> all = new ArrayList<>();
        all.add(JobState.Waiting.FRESH);
        for (Gate gate : Gate.values()) {
            all.add(JobState.Waiting.FRESH.shut(gate));
        }
        for (AttemptEnd end : ends()) {
            all.add(new JobState.Waiting(
                    Set.of(), 2, AT, Refusals.NONE.and(new ClusterName("k8s"), "no image"), Optional.of(end)));
        }
        all.add(new JobState.Waiting(EnumSet.allOf(Gate.class), 0, Instant.EPOCH, Refusals.NONE, Optional.empty()));
        for (Phase phase : phases()) {
            all.add(new JobState.Live(attempt(Optional.of("debug")), phase, Wish.RUN));
            all.add(new JobState.Live(attempt(Optional.empty()), phase, Wish.Stop.wanted(StopReason.CANCEL, AT)));
        }
        for (StopReason why : StopReason.values()) {
            all.add(new JobState.Live(
                    attempt(Optional.empty()), new Phase.Running(BINDING, 0, AT), Wish.Stop.wanted(why, AT)));
        }
        verdicts().forEach(verdict -> all.add(new JobState.Ended(verdict)));
        return all;
    }

    static Event.NativesCharged nativesCharged() {
        return new Event.NativesCharged(
                Trial.HPC,
                AT,
                AT.plusSeconds(60),
                List.of(new Event.NativeUse(new ProjectPath("physics"), Load.of(Amount.of(4, 1L << 30)))));
    }
}
