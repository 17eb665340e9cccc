package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testkit.slurm.Setting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many jobs a second are parked and released: through the gateway, from the moment that the cluster is opened for jobs that
 * wait in its store, and by a raw client of the same slurmrestd that makes the same two calls at its best width. Nothing starts
 * meanwhile: the nodes are reserved for others.
 */
final class SlurmDispatchBench {
    private static final int JOBS = 400;
    private static final int REPETITIONS = 3;
    private static final int[] WIDTHS = {8, 16, 32};
    private static final String SCRIPT = "#!/bin/sh\nexit 0\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SlurmDispatchBench() {}

    static void run(Report report) throws IOException, InterruptedException, ExecutionException {
        try (SlurmStage stage = SlurmStage.open(
                "slurm-dispatch", new Setting("LAB_CPUS", "2000"), new Setting("LAB_MEMORY_MB", "4000000"))) {
            stage.cluster.reserve("bench", 600);
            stage.drain("drain");
            List<Double> ours = new ArrayList<>();
            List<Double> raw = new ArrayList<>();
            List<Double> submits = new ArrayList<>();
            List<Double> cpu = new ArrayList<>();
            for (int i = 0; i < REPETITIONS; i++) {
                double best = 0;
                double single = 0;
                for (int width : WIDTHS) {
                    best = Math.max(best, raw(stage, width, Calls.BOTH));
                    single = Math.max(single, raw(stage, width, Calls.SUBMIT));
                }
                raw.add(best);
                submits.add(single);
                clear(stage);
                stage.submit(JOBS, SCRIPT, i * JOBS);
                long before = stage.gateway.cpuMicros();
                long began = System.nanoTime();
                stage.drain("resume");
                stage.await(() -> stage.released() >= JOBS, JOBS + " releases");
                ours.add(JOBS * 1e9 / (System.nanoTime() - began));
                cpu.add((stage.gateway.cpuMicros() - before) / (double) JOBS);
                stage.drain("drain");
                clear(stage);
            }
            report.line("slurm-dispatch.raw", median(raw), "jobs/s");
            report.line("slurm-dispatch.raw.submit-only", median(submits), "jobs/s");
            report.line("slurm-dispatch.gateway", median(ours), "jobs/s");
            report.line("slurm-dispatch.cpu", median(cpu), "us/job");
            report.line("slurm-dispatch.ratio", median(ours) / median(raw), "ratio", new Report.Goal.AtLeast(0.95));
            report.line("slurm-dispatch.ratio-to-submits", median(ours) / median(submits), "ratio");
        }
    }

    private enum Calls {
        SUBMIT,
        BOTH
    }

    private static double raw(SlurmStage stage, int width, Calls calls)
            throws InterruptedException, ExecutionException {
        clear(stage);
        String token = stage.cluster.token(SlurmStage.USER, Duration.ofMinutes(10));
        String base = stage.cluster.rest() + "/slurm/v0.0.42/";
        var body = JSON.createObjectNode().put("script", SCRIPT);
        var job = body.putObject("job");
        job.put("name", "raw").put("hold", true).put("requeue", false).put("current_working_directory", "/home/alice");
        job.put("standard_output", "/dev/null").put("comment", "raw");
        job.putArray("environment").add("RAW=1");
        job.putObject("time_limit").put("set", true).put("infinite", false).put("number", 10);
        AtomicInteger left = new AtomicInteger(JOBS);
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                ExecutorService lanes = Executors.newFixedThreadPool(width)) {
            long began = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int lane = 0; lane < width; lane++) {
                all.add(lanes.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        int id = JSON.readTree(post(client, base + "job/submit", token, body.toString()))
                                .path("job_id")
                                .asInt();
                        if (calls == Calls.BOTH) {
                            post(client, base + "job/" + id, token, "{\"hold\":false}");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> lane : all) {
                lane.get();
            }
            return JOBS * 1e9 / (System.nanoTime() - began);
        }
    }

    private static String post(HttpClient client, String uri, String token, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(uri))
                        .header("X-SLURM-USER-NAME", SlurmStage.USER)
                        .header("X-SLURM-USER-TOKEN", token)
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    /** Nobody's jobs are in the queue, and few of the ended ones. */
    private static void clear(SlurmStage stage) {
        stage.cluster.exec("root", "scancel", "-u", SlurmStage.USER);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
