package dev.sluice.bench;

import dev.sluice.testkit.slurm.Setting;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long after a job has started and ended on the cluster a follower of our events has it: the job writes both moments into a
 * file, by the same machine's clock. The state of SLURM's own that lies between, its prolog and epilog, is in the figure.
 */
final class SlurmLagBench {
    private static final int JOBS = 60;
    private static final String FILE = "/scratch/lag";

    private SlurmLagBench() {}

    static void run(Report report) throws IOException, InterruptedException {
        try (SlurmStage stage = SlurmStage.open("slurm-lag", new Setting("LAB_CPUS", "64"))) {
            stage.cluster
                    .exec("root", "install", "-m", "666", "/dev/null", FILE)
                    .text();
            Map<String, Instant> running = new ConcurrentHashMap<>();
            Map<String, Instant> ended = new ConcurrentHashMap<>();
            SlurmStage.Following following = stage.follow((job, status) -> {
                if (status.equals("running")) {
                    running.putIfAbsent(job, Instant.now());
                }
                if (status.equals("succeeded") || status.equals("failed")) {
                    ended.putIfAbsent(job, Instant.now());
                }
            });
            String script =
                    "#!/bin/sh\nb=$(date +%s%N)\nsleep 3\necho \"$SLURM_JOB_ID $b $(date +%s%N)\" >>" + FILE + "\n";
            for (int i = 0; i < JOBS; i++) {
                stage.submit(1, script, i);
                TimeUnit.MILLISECONDS.sleep(300);
            }
            stage.await(() -> ended.size() >= JOBS, "the ends of " + JOBS + " jobs");
            following.close();
            List<Double> starts = new ArrayList<>();
            List<Double> ends = new ArrayList<>();
            for (String line :
                    stage.cluster.exec("root", "cat", FILE).text().lines().toList()) {
                String[] words = line.split(" ");
                lag(running.get(words[0]), words[1], starts);
                lag(ended.get(words[0]), words[2], ends);
            }
            report.line("slurm-lag.start.p50", quantile(starts, 0.5), "ms");
            report.line("slurm-lag.start.p99", quantile(starts, 0.99), "ms");
            report.line("slurm-lag.end.p50", quantile(ends, 0.5), "ms");
            report.line("slurm-lag.end.p99", quantile(ends, 0.99), "ms");
            report.line("slurm-lag.jobs", ends.size(), "jobs", new Report.Goal.AtLeast(JOBS));
        }
    }

    private static void lag(@Nullable Instant told, String nanos, List<Double> into) {
        if (told != null) {
            into.add(told.toEpochMilli() - Long.parseLong(nanos) / 1e6);
        }
    }

    private static double quantile(List<Double> values, double q) {
        double[] sorted = values.stream().mapToDouble(d -> d).sorted().toArray();
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
    }
}
