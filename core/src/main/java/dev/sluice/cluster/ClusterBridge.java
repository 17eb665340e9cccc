package dev.sluice.cluster;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The port to one cluster, as docs of dispatch describe it: park, release, watch, stop.
 *
 * <p>Calls block, and may come from any thread at once. What a cluster does or fails to do is an outcome, never an
 * exception; an interrupt after the first byte was sent is {@code Unknown}. An implementation never touches an object
 * without our realm's key, and verifies key, owner and incarnation on every read before it acts on what it read.
 */
public interface ClusterBridge extends AutoCloseable {
    /** Everything in the spec that this cluster cannot honour; empty: it can run it. Pure. */
    List<Refusal> cannot(JobSpec spec);

    /**
     * Puts an attempt on the cluster so that it cannot run. May be repeated for the same attempt.
     *
     * @param fence no request may act on the cluster after it; when it has passed already, nothing is sent and the
     *     outcome is {@link Parking.Unknown}
     */
    Parking park(Attempt attempt, JobSpec spec, Instant fence);

    /**
     * Lets parked attempts run: one request where the cluster has one for many.
     *
     * @return as many outcomes, in the same order
     */
    List<Release> release(List<Grant> grants);

    /**
     * Looks for everything that carries the attempts' keys, in the queue and in the record of what ended; there by known bindings
     * too.
     *
     * @return as many outcomes, in the same order
     */
    List<Search> find(List<Sought> all);

    /**
     * Ends tasks of one object, after it was read and verified, and reads again what became of it.
     *
     * @param grace between the polite signal and the last one
     * @param fence no request may act on the cluster after it
     */
    Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence);

    /** Changes tasks of one object, after it was read and verified. */
    Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence);

    /** Looks at all objects of ours, or waits up to {@code wait} for a change since the cursor. */
    Sweep observe(Cursor after, Duration wait);

    CapacityReading capacity();

    /** @param offset bytes from the beginning */
    LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset);

    /** Takes the claim of a run of these tasks for ever, as the user, with the steps of a launch. */
    Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run);

    Accounts accounts();

    /** Which of the optional abilities the bridge has, once it is known; absent: nothing is known yet. */
    Optional<Ability> ability();

    @Override
    void close();

    /**
     * What a bridge can do on its cluster.
     *
     * @param claims whether it can see and take claims
     * @param fence how long after sending a request of ours may still act
     */
    record Ability(boolean claims, Duration fence) {}
}
