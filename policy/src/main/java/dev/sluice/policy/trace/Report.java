package dev.sluice.policy.trace;

import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import java.time.Instant;
import java.util.List;

/**
 * What a simulation came to.
 *
 * @param label the scenario's
 * @param began what second 0 was
 * @param seconds how long it went on, from the first job's submit time to the end of the last, or to where it was stopped
 * @param jobs of projects
 * @param nobodys how many jobs of the trace no project and no cluster takes: they were left out
 * @param waits of all projects' jobs together
 * @param clusters in the scenario's order
 * @param projects by path: those that have jobs in the trace
 * @param samples by time
 */
public record Report(
        String label,
        Instant began,
        long seconds,
        Counts jobs,
        long nobodys,
        Waits waits,
        List<ClusterUse> clusters,
        List<ProjectUse> projects,
        List<Sample> samples) {
    public Report {
        clusters = List.copyOf(clusters);
        projects = List.copyOf(projects);
        samples = List.copyOf(samples);
    }

    /**
     * How many jobs.
     *
     * @param done ran to their end or to their limit
     * @param limited of those, to their limit
     * @param refused fit on no cluster, and were never queued
     * @param left waiting or running when it stopped
     * @param preemptions how often a running job was taken back
     * @param givenUp were taken back once too often
     */
    public record Counts(long done, long limited, long refused, long left, long preemptions, long givenUp) {
        Counts plus(Counts other) {
            return new Counts(
                    done + other.done,
                    limited + other.limited,
                    refused + other.refused,
                    left + other.left,
                    preemptions + other.preemptions,
                    givenUp + other.givenUp);
        }
    }

    /**
     * How long jobs waited that ran to their end, in seconds; the run that counts is the last one.
     *
     * @param slowdown the mean of (wait + run) / run; a run of less than 1 s counts as one of 1 s
     * @param boundedSlowdown the mean of max(1, (wait + run) / max(run, 10 s)): Feitelson, "Metrics for parallel job scheduling
     *     and their convergence" (JSSPP 2001)
     */
    public record Waits(
            long jobs, double mean, double median, double p95, double max, double slowdown, double boundedSlowdown) {}

    /**
     * How full a cluster was.
     *
     * @param cpus that it has
     * @param ours part of its CPU time that projects' jobs held
     * @param natives part of its CPU time that others' jobs held
     * @param nativeJobs those of others; none of them is ever taken back
     * @param nativeWaits of those that ran to their end
     */
    public record ClusterUse(
            ClusterName name, long cpus, double ours, double natives, Counts nativeJobs, Waits nativeWaits) {}

    /**
     * What a project had.
     *
     * @param cpuSeconds that its jobs held, those among them that came to nothing
     * @param lostCpuSeconds of runs that were taken back
     * @param part of all CPU time that projects' jobs held, over the whole time
     * @param decayedPart the same at the end, where what is a half-life ago counts half
     * @param entitled what that would be by weight if all projects of the trace always wanted more
     */
    public record ProjectUse(
            ProjectPath project,
            Counts jobs,
            Waits waits,
            double cpuSeconds,
            double lostCpuSeconds,
            double part,
            double decayedPart,
            double entitled) {}

    /**
     * How it was at one instant, and between the one before and this.
     *
     * @param second since the start
     * @param clusters in the report's order
     * @param projects in the report's order
     */
    public record Sample(long second, List<ClusterPoint> clusters, List<ProjectPoint> projects) {
        public Sample {
            clusters = List.copyOf(clusters);
            projects = List.copyOf(projects);
        }
    }

    /** CPUs that were held, in the mean since the sample before. */
    public record ClusterPoint(double ours, double natives) {}

    /**
     * A project.
     *
     * @param cpus that it held, in the mean since the sample before
     * @param waiting its jobs that wait
     * @param part of what all projects used, where what is a half-life ago counts half; 0 before anything was
     * @param entitled what that would be, had all that was held always been shared out by weight among those who wanted it, each
     *     as much as it wanted; looked at once a sample
     */
    public record ProjectPoint(double cpus, long waiting, double part, double entitled) {}

    /** CPUs of all clusters. */
    public long cpus() {
        return clusters.stream().mapToLong(ClusterUse::cpus).sum();
    }

    /** The part of all clusters' CPU time that was held, by whomever. */
    public double utilisation() {
        double held = clusters.stream()
                .mapToDouble(each -> each.cpus() * (each.ours() + each.natives()))
                .sum();
        return held / cpus();
    }
}
