package dev.sluice.bench;

import dev.sluice.testkit.kubernetes.Part;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Two thousand jobs from the first call to their last end on simulated nodes: what the gateway asks of the API server for each, as
 * that counts it, what it asks while all of them wait there, and what memory it takes. Nothing is asked per job but what parks and
 * releases it.
 */
final class KubernetesScaleBench {
    private static final int JOBS = 2_000;
    private static final int STILL_SECONDS = 20;

    private KubernetesScaleBench() {}

    static void run(Report report) throws IOException, InterruptedException {
        try (KubernetesStage stage = KubernetesStage.open("kube-scale", 8)) {
            stage.cluster.stop(Part.SCHEDULER);
            Map<String, Long> before = stage.requests();
            long calls = stage.calls();
            long cpu = stage.gateway.cpuMicros();
            Set<String> waiting = ConcurrentHashMap.newKeySet();
            Set<String> succeeded = ConcurrentHashMap.newKeySet();
            try (Stage.Following following = stage.follow((job, status) -> {
                if (status.equals("pending")) {
                    waiting.add(job);
                } else if (status.equals("succeeded")) {
                    succeeded.add(job);
                }
            })) {
                long began = System.nanoTime();
                stage.submit(JOBS, "#!/bin/sh\nexit 0\n", 0);
                stage.await(() -> waiting.size() >= JOBS, JOBS + " released jobs");
                report.line("kube-scale.released", JOBS / seconds(began), "jobs/s");
                long live = stage.calls();
                TimeUnit.SECONDS.sleep(STILL_SECONDS);
                report.line(
                        "kube-scale.calls.while-waiting",
                        (stage.calls() - live) / (double) STILL_SECONDS,
                        "calls/s",
                        new Report.Goal.AtMost(1));
                long started = System.nanoTime();
                stage.cluster.start(Part.SCHEDULER);
                stage.await(() -> succeeded.size() >= JOBS, JOBS + " ends");
                report.line("kube-scale.ended", JOBS / seconds(started), "jobs/s");
            }
            report.line(
                    "kube-scale.calls",
                    (stage.calls() - calls) / (double) JOBS,
                    "calls/job",
                    new Report.Goal.AtMost(3.5));
            stage.requests().forEach((what, count) -> {
                long more = count - before.getOrDefault(what, 0L);
                if (more >= JOBS / 10) {
                    report.line("kube-scale.everybody." + what.replace(' ', '-'), more / (double) JOBS, "calls/job");
                }
            });
            report.line("kube-scale.cpu", (stage.gateway.cpuMicros() - cpu) / (double) JOBS, "us/job");
            report.line("kube-scale.memory", stage.gateway.peakMemoryBytes() / 1e6, "MB");
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
