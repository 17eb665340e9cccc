package dev.sluice.bench;

import dev.sluice.testkit.slurm.Setting;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What watching 5,000 live jobs costs slurmctld: RPCs a second by the observer's account, as sdiag counts them. */
final class SlurmRpcsBench {
    private static final int JOBS = 5_000;
    private static final int SECONDS = 60;

    private SlurmRpcsBench() {}

    static void run(Report report) throws IOException, InterruptedException {
        try (SlurmStage stage = SlurmStage.open(
                "slurm-rpcs", new Setting("LAB_CPUS", "3000"), new Setting("LAB_MEMORY_MB", "4000000"))) {
            stage.cluster.startNothingOf("physics");
            stage.submit(JOBS, "#!/bin/sh\nexit 0\n", 0);
            stage.await(() -> stage.released() >= JOBS, JOBS + " live jobs");
            stage.cluster.resetRpcs();
            long cpu = stage.gateway.cpuMicros();
            TimeUnit.SECONDS.sleep(SECONDS);
            Map<String, Long> byUser = stage.cluster.rpcsByUser();
            long observer = byUser.entrySet().stream()
                    .filter(entry -> entry.getKey().equals("sluice"))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
            report.line("slurm-rpcs.live", stage.released(), "jobs");
            report.line("slurm-rpcs.observer", observer / (double) SECONDS, "rpc/s", new Report.Goal.AtMost(1));
            report.line("slurm-rpcs.cpu", (stage.gateway.cpuMicros() - cpu) / 1e4 / SECONDS, "% of a core");
        }
    }
}
