package dev.sluice.bench;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The engine alone: decisions a second beside a queue of the JDK's, and bytes of heap a queued job. */
final class EngineBench {
    private static final int FEW = 20_000;
    private static final int MANY = 120_000;
    private static final int MOST_BYTES = 400;

    private EngineBench() {}

    static void run(Report report) throws RunnerException {
        long plain = each(Full.Keys.NONE);
        report.line("engine.heap.queued-job", plain, "B", new Report.Goal.AtMost(MOST_BYTES));
        report.line("engine.heap.idempotency-key", each(Full.Keys.EACH) - plain, "B");
        var options = new OptionsBuilder()
                .include(EngineBenchmark.class.getName())
                .verbosity(VerboseMode.SILENT)
                .build();
        for (RunResult result : new Runner(options).run()) {
            String label = result.getPrimaryResult().getLabel();
            report.line("engine." + label, result.getPrimaryResult().getScore(), "1/s");
        }
    }

    private static long each(Full.Keys keys) {
        Full queue = new Full(FEW, 64, keys);
        long small = used();
        Reference.reachabilityFence(queue);
        queue = new Full(MANY, 64, keys);
        long large = used();
        Reference.reachabilityFence(queue);
        return (large - small) / (MANY - FEW);
    }

    /** Bytes in use once everything that can go has gone. */
    static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
