package dev.sluice.testkit.fake;

import dev.sluice.job.JobId;
import dev.sluice.job.Verdict;
import java.time.Duration;

/**
 * What the user's code of a task does once it runs: how long, and what comes of it.
 *
 * @param work at least a millisecond; a job's time limit cuts it short
 * @param prints what is in its log as soon as it runs
 */
public record Fate(Duration work, Verdict verdict, String prints) {
    public Fate(Duration work, Verdict verdict) {
        this(work, verdict, "");
    }

    public static Fate succeedsAfter(Duration work) {
        return new Fate(work, Verdict.SUCCEEDED);
    }

    public static Fate failsAfter(Duration work, int exitCode, int signal) {
        return new Fate(work, new Verdict.Failed(exitCode, signal, ""));
    }

    /** Deals out fates. The same question always has the same answer, so that a seed replays. */
    @FunctionalInterface
    public interface Fates {
        Fate of(JobId job, int task, int run);
    }
}
