package dev.sluice.policy.trace;

import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.trace.Report.Counts;
import dev.sluice.policy.trace.Report.Waits;

/** What is counted of one project's jobs, or of one cluster's native ones. */
final class Tally {
    /** Shorter runs count as if they were so long, in seconds (Feitelson's bound of the bounded slowdown). */
    private static final long BOUND = 10;

    final Meter cpus;
    final Figures waits = new Figures();
    final Figures slowdowns = new Figures();
    final Figures bounded = new Figures();
    /** Jobs that are submitted and not over. */
    long unfinished;

    long waiting;
    /** Those that waiting jobs ask for. */
    long waitingCpus;

    long limited;
    long refused;
    long preemptions;
    long givenUp;
    double lostCpuSeconds;

    Tally(HalfLife halfLife) {
        this.cpus = new Meter(halfLife);
    }

    /** A job ran from then on to its end. */
    void done(TraceJob job, long started, long ended) {
        double run = ended - started;
        double wait = started - job.submit();
        waits.add(wait);
        slowdowns.add((wait + run) / Math.max(run, 1));
        bounded.add(Math.max(1, (wait + run) / Math.max(run, BOUND)));
        unfinished--;
    }

    void addAll(Tally other) {
        waits.addAll(other.waits);
        slowdowns.addAll(other.slowdowns);
        bounded.addAll(other.bounded);
    }

    Counts counts() {
        return new Counts(waits.size(), limited, refused, unfinished, preemptions, givenUp);
    }

    Waits waits() {
        return new Waits(
                waits.size(),
                waits.mean(),
                waits.quantile(50),
                waits.quantile(95),
                waits.quantile(100),
                slowdowns.mean(),
                bounded.mean());
    }
}
