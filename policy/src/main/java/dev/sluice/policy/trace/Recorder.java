package dev.sluice.policy.trace;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.trace.Report.ClusterPoint;
import dev.sluice.policy.trace.Report.ClusterUse;
import dev.sluice.policy.trace.Report.Counts;
import dev.sluice.policy.trace.Report.ProjectPoint;
import dev.sluice.policy.trace.Report.ProjectUse;
import dev.sluice.policy.trace.Report.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;

/** Writes down how it goes, and sums it up. */
final class Recorder {
    /** With more samples than these, every other one is dropped and the next come half as often. */
    private static final int MOST_SAMPLES = 2_000;

    private final Scenario scenario;
    private final List<ProjectPath> projects;
    private final List<Tally> tallies;
    private final List<Pool> pools;
    private final Entitlement entitlement;
    /** Seconds over which a use at a constant rate adds up to what counts of it for ever: H / ln 2. */
    private final double mean;
    /** What each project would have used, decayed. */
    private final double[] due;

    private List<Mark> marks = new ArrayList<>();
    private long start;
    private long period;
    private long next;
    private long last;

    /**
     * How it is at one instant. What is held is a sum since the start, so that marks between two can be left out.
     *
     * @param clusters CPU seconds, as if they were CPUs
     * @param projects the same
     */
    private record Mark(long second, List<ClusterPoint> clusters, List<ProjectPoint> projects) {}

    Recorder(Scenario scenario, List<ProjectPath> projects, List<Tally> tallies, List<Pool> pools) {
        this.scenario = scenario;
        this.projects = projects;
        this.tallies = tallies;
        this.pools = pools;
        this.entitlement = new Entitlement(scenario.policy().projects());
        this.mean = scenario.policy().halfLife().meanSeconds();
        this.due = new double[projects.size()];
        this.period = scenario.sample().toSeconds();
    }

    void start(long second) {
        start = second;
        last = second;
        next = second + period;
    }

    /** Nothing changes before this second. */
    void upTo(long second) {
        while (next < second) {
            take(next);
            next += period;
        }
    }

    void end(long second) {
        upTo(second);
        if (second > last) {
            take(second);
        }
    }

    private void take(long second) {
        shareOut(second - last);
        last = second;
        double used =
                tallies.stream().mapToDouble(each -> each.cpus.decayed(second)).sum();
        double owed = DoubleStream.of(due).sum();
        List<ProjectPoint> points = new ArrayList<>();
        for (int i = 0; i < tallies.size(); i++) {
            Tally tally = tallies.get(i);
            points.add(new ProjectPoint(
                    tally.cpus.total(second),
                    tally.waiting,
                    part(tally.cpus.decayed(second), used),
                    part(due[i], owed)));
        }
        marks.add(new Mark(
                second - start,
                pools.stream()
                        .map(pool -> new ClusterPoint(pool.ours.total(second), pool.natives.total(second)))
                        .toList(),
                points));
        if (marks.size() > MOST_SAMPLES) {
            thin();
        }
    }

    /** What is held now counts as what was held since the last mark. */
    private void shareOut(double seconds) {
        double held = 0;
        SortedMap<ProjectPath, Double> wants = new TreeMap<>();
        for (int i = 0; i < tallies.size(); i++) {
            Tally tally = tallies.get(i);
            held += tally.cpus.held();
            wants.put(projects.get(i), (double) tally.cpus.held() + tally.waitingCpus);
        }
        SortedMap<ProjectPath, Double> parts = entitlement.of(held, wants);
        for (int i = 0; i < due.length; i++) {
            double rate = parts.getOrDefault(projects.get(i), 0.0);
            due[i] = due[i] * StrictMath.exp(-seconds / mean) - rate * mean * StrictMath.expm1(-seconds / mean);
        }
    }

    private void thin() {
        List<Mark> kept = new ArrayList<>();
        for (int i = 1; i < marks.size(); i += 2) {
            kept.add(marks.get(i));
        }
        marks = kept;
        period *= 2;
        next = last + period;
    }

    /** With means instead of sums. */
    private List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        Mark before = new Mark(
                0,
                Collections.nCopies(pools.size(), new ClusterPoint(0, 0)),
                Collections.nCopies(projects.size(), new ProjectPoint(0, 0, 0, 0)));
        for (Mark mark : marks) {
            double seconds = mark.second() - before.second();
            List<ClusterPoint> clusters = new ArrayList<>();
            for (int i = 0; i < pools.size(); i++) {
                ClusterPoint sum = mark.clusters().get(i);
                ClusterPoint earlier = before.clusters().get(i);
                clusters.add(new ClusterPoint(
                        (sum.ours() - earlier.ours()) / seconds, (sum.natives() - earlier.natives()) / seconds));
            }
            List<ProjectPoint> points = new ArrayList<>();
            for (int i = 0; i < projects.size(); i++) {
                ProjectPoint sum = mark.projects().get(i);
                double cpus = (sum.cpus() - before.projects().get(i).cpus()) / seconds;
                points.add(new ProjectPoint(cpus, sum.waiting(), sum.part(), sum.entitled()));
            }
            samples.add(new Sample(mark.second(), clusters, points));
            before = mark;
        }
        return samples;
    }

    private static double part(double some, double all) {
        return all > 0 ? some / all : 0;
    }

    /** @param began what the first second was */
    Report report(Instant began, long end, long nobodys, Map<Pool, Tally> natives) {
        long seconds = end - start;
        double total =
                tallies.stream().mapToDouble(each -> each.cpus.total(end)).sum();
        double decayed =
                tallies.stream().mapToDouble(each -> each.cpus.decayed(end)).sum();
        SortedMap<ProjectPath, Double> endless = new TreeMap<>();
        projects.forEach(project -> endless.put(project, Double.POSITIVE_INFINITY));
        SortedMap<ProjectPath, Double> entitled = entitlement.of(1, endless);
        Tally together = new Tally(scenario.policy().halfLife());
        Counts counts = new Counts(0, 0, 0, 0, 0, 0);
        List<ProjectUse> uses = new ArrayList<>();
        for (int i = 0; i < projects.size(); i++) {
            Tally tally = tallies.get(i);
            together.addAll(tally);
            counts = counts.plus(tally.counts());
            uses.add(new ProjectUse(
                    projects.get(i),
                    tally.counts(),
                    tally.waits(),
                    tally.cpus.total(end),
                    tally.lostCpuSeconds,
                    part(tally.cpus.total(end), total),
                    part(tally.cpus.decayed(end), decayed),
                    entitled.getOrDefault(projects.get(i), 0.0)));
        }
        List<ClusterUse> clusters = new ArrayList<>();
        for (Pool pool : pools) {
            double whole = (double) pool.total.cpus() * seconds;
            Tally theirs =
                    natives.getOrDefault(pool, new Tally(scenario.policy().halfLife()));
            clusters.add(new ClusterUse(
                    pool.model.name(),
                    pool.total.cpus(),
                    part(pool.ours.total(end), whole),
                    part(pool.natives.total(end), whole),
                    theirs.counts(),
                    theirs.waits()));
        }
        return new Report(
                scenario.label(), began, seconds, counts, nobodys, together.waits(), clusters, uses, samples());
    }
}
