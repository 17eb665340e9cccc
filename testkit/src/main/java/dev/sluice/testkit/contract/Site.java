package dev.sluice.testkit.contract;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * One cluster, real or fake, with a bridge to it: what {@link ClusterBridgeContract} is held against. A test has it for itself,
 * as far as objects of the bridge's realm go.
 */
public interface Site extends AutoCloseable {
    /** What sites may differ in. Each selects an expectation; none leaves a test out. */
    enum Trait {
        /** Two parks of an attempt make one object. */
        ONE_OBJECT_A_KEY,
        /** Some tasks of an array can be released without the others. Without: refused. */
        RELEASES_SINGLE_TASKS,
        /** A hold of what has started is taken, and bites at its next requeue. Without: refused. */
        HOLDS_WHAT_STARTED,
        /** An end by a signal is told as one. Without: as an exit code of 128 and more. */
        TELLS_SIGNALS,
        /** Logs can be read. Without: {@code Cannot}. */
        LOGS,
        /** The time limit of a parked job can be changed. Without: refused. */
        ALTERS_LIMITS,
        /** It says who may charge which account. */
        ACCOUNTS
    }

    ClusterBridge bridge();

    Set<Trait> traits();

    /** The time that the bridge goes by. */
    Instant now();

    /** How long something may take here that is to happen at once: a start, an end, a row in accounting. */
    Duration patience();

    /** A job that this site can run at once. */
    JobSpec sample(Does what);

    /** A job that the site takes and cannot start while the test lasts, for want of room. */
    JobSpec waits();

    /** A job that the site can never run. */
    JobSpec impossible();

    /** A new attempt of a new job, in the bridge's realm. */
    Attempt attempt(JobSpec spec, TaskSet tasks);

    /** A binding of the form that this site gives, of no object that it ever had. */
    Binding nobody();

    /** How often user code of this task of this attempt has begun: by marks that the jobs leave, not by what the bridge says. */
    int starts(Attempt attempt, int task);

    /** Somebody with other rights than the bridge's; empty where the test can be nobody else. */
    Optional<Others> others();

    @Override
    void close();

    /** Who acts behind the bridge's back. */
    interface Others {
        /** Cancels an object of ours. */
        void cancel(Binding binding);

        /** Holds an object of ours so that its owner cannot release it. */
        void hold(Binding binding);

        /** Puts a held job of the same account, without a key of ours, next to ours; its native id. */
        String submit();

        /** Whether a job of theirs stands as it was submitted. */
        boolean untouched(String nativeId);
    }
}
