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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many jobs a second are parked and released: through the gateway, from the moment that the cluster is opened for jobs that
 * wait in its store until its events tell the last release, which squeue has to bear out; and by a raw client of the same
 * slurmrestd that makes the same two calls at its best width, while the gateway is stopped. Nothing starts meanwhile: the nodes
 * are reserved for others.
 */
final class SlurmDispatchBench {
    private static final int JOBS = 2_000;
    /** Short, so that one measurement's ended jobs are not in the next one's queue. */
    private static final Duration MIN_JOB_AGE = Duration.ofSeconds(15);

    /** Batches before the measured ones: a gateway runs for months, and the first minute of a JVM's life is its compilers'. */
    private static final int WARM_UP = 6;

    private static final int REPETITIONS = 3;
    private static final int[] WIDTHS = {8, 16, 32};
    private static final String SCRIPT = "#!/bin/sh\nexit 0\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SlurmDispatchBench() {}

    static void run(Report report) throws IOException, InterruptedException, ExecutionException {
        try (SlurmStage stage = SlurmStage.open(
                "slurm-dispatch",
                "min-job-age: %ds\nsweep: 5s\npoll: 5s\n".formatted(MIN_JOB_AGE.toSeconds()),
                new Setting("LAB_CPUS", "4000"),
                new Setting("LAB_MEMORY_MB", "8000000"),
                Setting.minJobAge(MIN_JOB_AGE))) {
            stage.cluster.reserve("bench", 600);
            stage.drain("drain");
            List<Double> ours = new ArrayList<>();
            List<Double> raw = new ArrayList<>();
            List<Double> submits = new ArrayList<>();
            List<Double> cpu = new ArrayList<>();
            for (int i = 0; i < WARM_UP; i++) {
                stage.submit(JOBS, SCRIPT, i * JOBS);
                Pace pace = ours(stage);
                Report.note("warm-up " + (i + 1) + ": " + pace);
            }
            for (int i = 0; i < REPETITIONS; i++) {
                stage.gateway.freeze();
                double best = 0;
                double single = 0;
                for (int width : WIDTHS) {
                    best = Math.max(best, raw(stage, width, Calls.BOTH));
                    single = Math.max(single, raw(stage, width, Calls.SUBMIT));
                }
                raw.add(best);
                submits.add(single);
                stage.clear();
                stage.gateway.thaw();
                stage.submit(JOBS, SCRIPT, (WARM_UP + i) * JOBS);
                Pace pace = ours(stage);
                ours.add(pace.rate());
                cpu.add(pace.cpuMicros());
                Report.note("raw " + Math.round(best) + " jobs/s, gateway " + pace);
            }
            report.line("slurm-dispatch.raw", median(raw), "jobs/s");
            report.line("slurm-dispatch.raw.submit-only", median(submits), "jobs/s");
            report.line("slurm-dispatch.gateway", median(ours), "jobs/s");
            report.line("slurm-dispatch.cpu", median(cpu), "us/job");
            report.line("slurm-dispatch.ratio", median(ours) / median(raw), "ratio", new Report.Goal.AtLeast(0.95));
            report.line("slurm-dispatch.ratio-to-submits", median(ours) / median(submits), "ratio");
        }
    }

    /** @param cpuMicros of the gateway, for a job */
    private record Pace(double rate, double cpuMicros) {
        @Override
        public String toString() {
            return Math.round(rate) + " jobs/s, " + Math.round(cpuMicros) + " us of CPU a job";
        }
    }

    private static Pace ours(SlurmStage stage) throws IOException, InterruptedException {
        Set<String> released = ConcurrentHashMap.newKeySet();
        AtomicLong last = new AtomicLong();
        Pace pace;
        try (SlurmStage.Following following = stage.follow((job, status) -> {
            if (status.equals("pending") && released.add(job)) {
                last.set(System.nanoTime());
            }
        })) {
            long before = stage.gateway.cpuMicros();
            long began = System.nanoTime();
            stage.drain("resume");
            stage.await(() -> released.size() >= JOBS, JOBS + " releases");
            pace = new Pace(JOBS * 1e9 / (last.get() - began), (stage.gateway.cpuMicros() - before) / (double) JOBS);
        }
        if (stage.released() < JOBS) {
            throw new IOException("squeue does not show " + JOBS + " released jobs");
        }
        stage.drain("drain");
        stage.clear();
        stage.await(() -> stage.live() == 0, "the gateway to have seen all ends");
        return pace;
    }

    private enum Calls {
        SUBMIT,
        BOTH
    }

    private static double raw(SlurmStage stage, int width, Calls calls)
            throws IOException, InterruptedException, ExecutionException {
        stage.clear();
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

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
