package dev.sluice.gateway.crash;

import dev.sluice.testkit.slurm.Result;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What SLURM alone makes of jobs that it has acknowledged to bare {@code sbatch}, while its controller is killed every few seconds.
 *
 * @param never how many of them never started
 * @param twice how many started twice and more
 */
public record Bare(int acknowledged, int never, int twice) {
    private static final String STARTS = "/scratch/bare";

    static Bare of(SlurmCluster cluster, int jobs, SplittableRandom random) throws InterruptedException {
        cluster.exec("root", "install", "-m", "666", "/dev/null", STARTS).text();
        List<String> acknowledged = new ArrayList<>();
        CountDownLatch sent = new CountDownLatch(1);
        Thread sender = Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < jobs; i++) {
                String name = "bare-" + i;
                Result result = cluster.exec(
                        Duration.ofSeconds(40),
                        "alice",
                        "sbatch",
                        "--parsable",
                        "--no-requeue",
                        "--output=/dev/null",
                        "--wrap",
                        "echo " + name + " >>" + STARTS + "; sleep 1");
                if (result.succeeded()) {
                    acknowledged.add(name);
                }
            }
            sent.countDown();
        });
        while (!sent.await(1_500 + random.nextInt(2_500), TimeUnit.MILLISECONDS)) {
            cluster.kill(Service.CONTROLLER);
            TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(700));
            cluster.start(Service.CONTROLLER);
        }
        sender.join();
        cluster.heal();
        for (int i = 0; i < 120; i++) {
            if (cluster.exec("root", "squeue", "-h", "-u", "alice").text().isEmpty()) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        Map<String, Integer> count = new HashMap<>();
        for (String line : cluster.exec("root", "cat", STARTS).text().lines().toList()) {
            count.merge(line, 1, Integer::sum);
        }
        int never = (int)
                acknowledged.stream().filter(name -> !count.containsKey(name)).count();
        int twice = (int) count.values().stream().filter(times -> times > 1).count();
        return new Bare(acknowledged.size(), never, twice);
    }

    @Override
    public String toString() {
        return "of %d acknowledged jobs %d never started, %d started twice and more"
                .formatted(acknowledged, never, twice);
    }
}
