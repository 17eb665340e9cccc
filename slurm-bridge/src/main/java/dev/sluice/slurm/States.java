package dev.sluice.slurm;

import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.door.JobRow;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What SLURM's states mean: the base state, its flags and its reason (squeue(1), "JOB STATE CODES" and "JOB REASON CODES"), in
 * one table that also knows what to make of a word it has never seen (FAULTS.md, F22).
 */
final class States {
    private static final Set<String> OVER = Set.of(
            "COMPLETED",
            "CANCELLED",
            "FAILED",
            "TIMEOUT",
            "NODE_FAIL",
            "PREEMPTED",
            "BOOT_FAIL",
            "DEADLINE",
            "OUT_OF_MEMORY",
            "LAUNCH_FAILED",
            "RECONFIG_FAIL");

    /** Why what waits is not in the way of others: its turn has not come, however many nodes are free. */
    private static final Set<String> NOT_YET =
            Set.of("Dependency", "DependencyNeverSatisfied", "BeginTime", "JobArrayTaskLimit");

    private States() {}

    /** SLURM's own words, for people. */
    static String raw(JobRow row) {
        String states = String.join("+", row.states());
        return row.reason().isEmpty() || row.reason().equals("None") ? states : states + " (" + row.reason() + ")";
    }

    static int run(JobRow row) {
        return row.restarts().orElse(0);
    }

    /** A federation's sibling that runs elsewhere: nothing of it will come (FAULTS.md, F25). */
    static boolean isRevoked(JobRow row) {
        return row.states().contains("REVOKED");
    }

    /** Whether a run that ended so may have been followed by another of the same job. */
    static boolean mayRunAgain(JobRow row) {
        return row.states().contains("REQUEUED")
                || row.states().contains("PREEMPTED")
                || row.states().contains("NODE_FAIL");
    }

    static boolean isOver(JobRow row) {
        return OVER.contains(row.states().getFirst()) && !row.states().contains("COMPLETING");
    }

    /** Whether it waits for nodes and nothing else: neither held, nor for another job, its begin or others of its own array. */
    static boolean isAhead(JobRow row) {
        return row.states().getFirst().equals("PENDING")
                && !isRevoked(row)
                && pending(row) instanceof Sighting.Pending
                && !NOT_YET.contains(row.reason());
    }

    /**
     * How the row stands.
     *
     * @param claim what is known of the gate of this run
     * @param now stands for times that a row should have and has not
     */
    static Sighting of(JobRow row, Claimed claim, Instant now) {
        int run = run(row);
        Instant started = row.started().orElse(now);
        String base = row.states().getFirst();
        if (OVER.contains(base)) {
            return isOver(row) ? ended(row, now) : new Sighting.Completing(run, started);
        }
        if (row.states().contains("STOPPED")) {
            return new Sighting.Paused(run, started);
        }
        return switch (base) {
            case "PENDING" -> pending(row);
            case "RESV_DEL_HOLD" -> new Sighting.Held(run, Holder.LIMIT, raw(row));
            case "REQUEUE_HOLD", "SPECIAL_EXIT" -> new Sighting.Held(run, Holder.ADMINISTRATOR, raw(row));
            case "SUSPENDED" -> new Sighting.Paused(run, started);
            case "COMPLETING", "STAGE_OUT" -> new Sighting.Completing(run, started);
            case "RUNNING", "CONFIGURING", "RESIZING", "SIGNALING" -> new Sighting.Running(run, started, claim);
            default ->
                row.started().isPresent() && row.ended().isEmpty()
                        ? new Sighting.Running(run, started, claim)
                        : new Sighting.Pending(run);
        };
    }

    private static Sighting pending(JobRow row) {
        int run = run(row);
        if (row.states().contains("REQUEUE_HOLD") || row.states().contains("SPECIAL_EXIT")) {
            return new Sighting.Held(run, Holder.ADMINISTRATOR, raw(row));
        }
        if (row.states().contains("RESV_DEL_HOLD")) {
            return new Sighting.Held(run, Holder.LIMIT, raw(row));
        }
        return switch (row.reason()) {
            case "JobHeldUser" -> new Sighting.Held(run, Holder.US, row.reason());
            case "JobHeldAdmin" -> new Sighting.Held(run, Holder.ADMINISTRATOR, row.reason());
            case "JobHoldMaxRequeue" -> new Sighting.Held(run, Holder.LIMIT, row.reason());
            default ->
                row.reason().contains("requeued held")
                        ? new Sighting.Held(run, Holder.ADMINISTRATOR, row.reason())
                        : new Sighting.Pending(run);
        };
    }

    private static Sighting.Ended ended(JobRow row, Instant now) {
        Instant at = row.ended().orElse(now);
        // Times are whole seconds: what ran for less has begun all the same.
        Instant started = row.started()
                .map(start -> start.isBefore(at) ? start : at.minusMillis(1))
                .orElse(at);
        return new Sighting.Ended(run(row), end(row), started, at);
    }

    private static AttemptEnd end(JobRow row) {
        return switch (row.states().getFirst()) {
            case "COMPLETED" -> new AttemptEnd.Finished(Verdict.SUCCEEDED);
            case "CANCELLED" -> new AttemptEnd.Stopped();
            case "TIMEOUT", "DEADLINE" -> new AttemptEnd.Finished(new Verdict.TimedOut());
            case "OUT_OF_MEMORY" -> new AttemptEnd.Finished(new Verdict.OutOfMemory());
            case "PREEMPTED" -> new AttemptEnd.Preempted();
            case "NODE_FAIL" -> new AttemptEnd.NodeLost();
            case "BOOT_FAIL", "LAUNCH_FAILED", "RECONFIG_FAIL" ->
                new AttemptEnd.Interrupted("its nodes could not start it: " + raw(row));
            default -> new AttemptEnd.Finished(failed(row));
        };
    }

    private static Verdict failed(JobRow row) {
        Optional<JobRow.Exit> exit = row.exit();
        if (exit.isEmpty()) {
            return new Verdict.Failed(1, 0, "no exit code is recorded");
        }
        if (exit.get().origin() == JobRow.Origin.SACCT && exit.get().signal() == 0) {
            return new Verdict.Failed(
                    exit.get().code() == 0 ? 128 : exit.get().code(),
                    0,
                    "told by sacct, which prints exit codes of 128 and more less 128");
        }
        return new Verdict.Failed(exit.get().code(), exit.get().signal(), "");
    }
}
