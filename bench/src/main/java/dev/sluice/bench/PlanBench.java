package dev.sluice.bench;

import java.lang.ref.Reference;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The planner alone with a million jobs queued: jobs ordered and placed a second, milliseconds a plan, bytes of heap a job. */
final class PlanBench {
    private static final int LEAST_DECISIONS = 300_000;

    private PlanBench() {}

    static void run(Report report) throws RunnerException {
        report.line("plan.heap.queued-job", bytes(), "B");
        var options = new OptionsBuilder()
                .include(PlanBenchmark.class.getName())
                .verbosity(VerboseMode.SILENT)
                .build();
        Map<String, Double> scores = new HashMap<>();
        for (RunResult result : new Runner(options).run()) {
            scores.put(
                    result.getPrimaryResult().getLabel(),
                    result.getPrimaryResult().getScore());
        }
        double order = scores.getOrDefault("order", 0.0);
        double peer = scores.getOrDefault("peerPriorityQueue", 0.0);
        report.line("plan.order", order, "jobs/s", new Report.Goal.AtLeast(LEAST_DECISIONS));
        report.line("plan.peer-priority-queue", peer, "jobs/s");
        report.line("plan.order/peer", order / peer, "ratio");
        for (String label : new String[] {"few", "turn", "idle", "capacity"}) {
            report.line("plan." + label, 1_000 / scores.getOrDefault(label, 0.0), "ms");
        }
    }

    /** What a job that waits costs beyond the project, the user and the ask that it names. */
    private static double bytes() {
        Federation federation = new Federation();
        federation.see(1);
        long before = EngineBench.used();
        federation.submit(PlanBenchmark.QUEUED);
        long after = EngineBench.used();
        Reference.reachabilityFence(federation);
        return (after - before) / (double) PlanBenchmark.QUEUED;
    }
}
