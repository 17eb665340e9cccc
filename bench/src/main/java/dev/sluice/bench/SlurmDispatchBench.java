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
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * How many jobs a second are parked and released: through the gateway, from the moment that the cluster is opened for jobs that
 * wait in its store until its events tell the last release, which squeue has to bear out; and by a raw client of the same
 * slurmrestd at its best width, beside a gateway that has nothing to do. The raw client makes the same two calls in the same version
 * of the interface, a submit of the same batch file and a release; beside it the same with the bare script of a line, which has no
 * gate. Nothing starts meanwhile: their account may run no job. The gateway goes on looking at the cluster while the raw client
 * is measured, as one that is in use does, and its CPU in that time is told. The daemons and their clients have CPUs of their own
 * ({@link Cpus}), the login node's with the clients; what either way costs on one machine, {@code ratio-of-cpu} tells: all CPU time of
 * the raw client's way for a job, its own and the cluster's, to all of the gateway's.
 */
final class SlurmDispatchBench {
    /** Some 15 s of them: three of slurmctld's rounds with accounting, and a queue as long as a busy site's. */
    private static final int JOBS = 6_000;

    /** Short, so that one measurement's ended jobs are not in the next one's queue. */
    private static final Duration MIN_JOB_AGE = Duration.ofSeconds(15);

    /** Batches before the measured ones: a gateway runs for months, and the first minutes of a JVM's life are its compilers'. */
    private static final int WARM_UP = 6;

    private static final int REPETITIONS = 3;
    private static final int[] WIDTHS = {8, 16, 32};
    /** Of the versions that SLURM 26.05 serves: what the gateway agrees on. */
    private static final String NEWEST = "v0.0.45";

    private static final String SCRIPT = "#!/bin/sh\nexit 0\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private SlurmDispatchBench() {}

    static void run(Report report) throws IOException, InterruptedException, ExecutionException {
        try (Cpus cpus = Cpus.apart();
                SlurmStage stage = SlurmStage.open(
                        "slurm-dispatch",
                        "min-job-age: %ds\nsweep: 5s\npoll: 5s\n".formatted(MIN_JOB_AGE.toSeconds()),
                        new Setting("LAB_CPUS", "4000"),
                        new Setting("LAB_MEMORY_MB", "8000000"),
                        Setting.minJobAge(MIN_JOB_AGE))) {
            // Users' sessions are on a login node, which is another machine at a site.
            cpus.give(stage.cluster.container(), program -> !program.startsWith("sshd"));
            stage.cluster.startNothingOf("physics");
            stage.drain("drain");
            String gated = "";
            for (int i = 0; i < WARM_UP; i++) {
                Report.note("warm-up " + (i + 1) + ": " + ours(stage, i));
                gated = gated.isEmpty() ? stage.batchScript() : gated;
                cancel(stage);
            }
            int width = bestWidth(stage, gated);
            List<Pace> gateway = new ArrayList<>();
            List<Pace> raw = new ArrayList<>();
            List<Pace> submits = new ArrayList<>();
            List<Pace> bare = new ArrayList<>();
            for (int i = 0; i < REPETITIONS; i++) {
                raw.add(raw(stage, width, Calls.BOTH, gated));
                Report.note("raw: " + raw.getLast());
                submits.add(raw(stage, width, Calls.SUBMIT, gated));
                Report.note("raw, submits alone: " + submits.getLast());
                bare.add(raw(stage, width, Calls.BOTH, SCRIPT));
                Report.note("raw, the bare script: " + bare.getLast());
                stage.clear();
                gateway.add(ours(stage, WARM_UP + i));
                Report.note("gateway: " + gateway.getLast());
                cancel(stage);
            }
            double ours = median(gateway, Pace::rate);
            report.line("slurm-dispatch.raw", median(raw, Pace::rate), "jobs/s");
            report.line("slurm-dispatch.raw.submit-only", median(submits, Pace::rate), "jobs/s");
            report.line("slurm-dispatch.raw.bare-script", median(bare, Pace::rate), "jobs/s");
            report.line("slurm-dispatch.gateway", ours, "jobs/s");
            report.line("slurm-dispatch.cpu", median(gateway, Pace::ownMicros), "us/job");
            report.line("slurm-dispatch.cpu.cluster", median(gateway, Pace::clusterMicros), "us/job");
            report.line("slurm-dispatch.raw.cpu", median(raw, Pace::ownMicros), "us/job");
            report.line("slurm-dispatch.raw.cpu.cluster", median(raw, Pace::clusterMicros), "us/job");
            report.line("slurm-dispatch.raw.cpu.gateway", median(raw, Pace::gatewayMicros), "us/job");
            report.line(
                    "slurm-dispatch.ratio-of-cpu",
                    (median(raw, Pace::ownMicros) + median(raw, Pace::clusterMicros))
                            / (median(gateway, Pace::ownMicros) + median(gateway, Pace::clusterMicros)),
                    "ratio");
            report.line("slurm-dispatch.ratio", ours / median(raw, Pace::rate), "ratio", new Report.Goal.AtLeast(0.95));
            report.line("slurm-dispatch.ratio-to-submits", ours / median(submits, Pace::rate), "ratio");
            report.line("slurm-dispatch.ratio-to-bare-script", ours / median(bare, Pace::rate), "ratio");
        }
    }

    private static void cancel(SlurmStage stage) throws IOException, InterruptedException {
        stage.cancel();
        stage.await(() -> stage.live() == 0, "the gateway to have seen all ends");
    }

    private static int bestWidth(SlurmStage stage, String script)
            throws IOException, InterruptedException, ExecutionException {
        // Once for the compilers of this JVM.
        raw(stage, WIDTHS[0], Calls.BOTH, script);
        int best = WIDTHS[0];
        double most = 0;
        for (int width : WIDTHS) {
            Pace pace = raw(stage, width, Calls.BOTH, script);
            Report.note("raw, " + width + " at once: " + pace);
            if (pace.rate() > most) {
                most = pace.rate();
                best = width;
            }
        }
        return best;
    }

    /**
     * @param rate jobs a second
     * @param ownMicros CPU of who sent them, for a job
     * @param gatewayMicros CPU of the gateway meanwhile, for a job
     * @param programs CPU of the cluster's programs, for a job, in microseconds by name
     */
    private record Pace(double rate, double ownMicros, double gatewayMicros, Map<String, Double> programs) {
        /** What began and ended at these readings of the clock and of everybody's CPU time, in ns and microseconds. */
        static Pace of(
                long nanos, long ownMicros, long gatewayMicros, Map<String, Long> before, Map<String, Long> after) {
            Map<String, Double> programs = new TreeMap<>();
            after.forEach((program, micros) ->
                    programs.put(program, (micros - before.getOrDefault(program, 0L)) / (double) JOBS));
            return new Pace(JOBS * 1e9 / nanos, ownMicros / (double) JOBS, gatewayMicros / (double) JOBS, programs);
        }

        double clusterMicros() {
            return programs.values().stream().mapToDouble(micros -> micros).sum();
        }

        @Override
        public String toString() {
            String most = programs.entrySet().stream()
                    .filter(program -> program.getValue() >= 20)
                    .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                    .map(program -> program.getKey() + " " + Math.round(program.getValue()))
                    .collect(Collectors.joining(", "));
            return Math.round(rate) + " jobs/s, " + Math.round(ownMicros) + " us of CPU a job, the cluster's "
                    + Math.round(clusterMicros()) + " (" + most + ")";
        }
    }

    /** Sends one batch through the gateway, and leaves the jobs there. */
    private static Pace ours(SlurmStage stage, int batch) throws IOException, InterruptedException {
        stage.submit(JOBS, SCRIPT, batch * JOBS);
        Set<String> released = ConcurrentHashMap.newKeySet();
        AtomicLong last = new AtomicLong();
        Pace pace;
        try (SlurmStage.Following following = stage.follow((job, status) -> {
            if (status.equals("pending") && released.add(job)) {
                last.set(System.nanoTime());
            }
        })) {
            Map<String, Long> cluster = stage.clusterCpuMicros();
            long own = stage.gateway.cpuMicros();
            long began = System.nanoTime();
            stage.drain("resume");
            stage.await(() -> released.size() >= JOBS, JOBS + " releases");
            long used = stage.gateway.cpuMicros() - own;
            pace = Pace.of(last.get() - began, used, used, cluster, stage.clusterCpuMicros());
        }
        if (stage.released() < JOBS) {
            throw new IOException("squeue does not show " + JOBS + " released jobs");
        }
        stage.drain("drain");
        return pace;
    }

    private enum Calls {
        SUBMIT,
        BOTH
    }

    private static Pace raw(SlurmStage stage, int width, Calls calls, String script)
            throws IOException, InterruptedException, ExecutionException {
        stage.clear();
        String token = stage.cluster.token(SlurmStage.USER, Duration.ofMinutes(10));
        String base = stage.cluster.rest() + "/slurm/" + NEWEST + "/";
        var body = JSON.createObjectNode();
        var job = body.putObject("job");
        job.put("name", "raw").put("hold", true).put("requeue", false).put("current_working_directory", "/home/alice");
        job.put("standard_output", "/dev/null").put("comment", "raw").put("tasks", 1);
        job.putArray("open_mode").add("APPEND");
        job.putArray("environment").add("PATH=/usr/local/bin:/usr/bin:/bin");
        job.putObject("time_limit").put("set", true).put("infinite", false).put("number", 10);
        job.put("oom_kill_step", 0xfffe);
        AtomicInteger left = new AtomicInteger(JOBS);
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                ExecutorService lanes = Executors.newFixedThreadPool(width)) {
            Map<String, Long> cluster = stage.clusterCpuMicros();
            long own = cpuMicros();
            long gateway = stage.gateway.cpuMicros();
            long began = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int lane = 0; lane < width; lane++) {
                all.add(lanes.submit(() -> {
                    for (int n = left.getAndDecrement(); n > 0; n = left.getAndDecrement()) {
                        // No two batch files are alike: SLURM's accounting keeps one copy of those that are.
                        String one = body.deepCopy()
                                .put("script", script + "# " + n + "\n")
                                .toString();
                        int id = JSON.readTree(post(client, base + "job/submit", token, one))
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
            return Pace.of(
                    System.nanoTime() - began,
                    cpuMicros() - own,
                    stage.gateway.cpuMicros() - gateway,
                    cluster,
                    stage.clusterCpuMicros());
        }
    }

    /** CPU time of this process, in microseconds. */
    private static long cpuMicros() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1_000;
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

    private static double median(List<Pace> paces, ToDoubleFunction<Pace> of) {
        return paces.stream().mapToDouble(of).sorted().toArray()[paces.size() / 2];
    }
}
