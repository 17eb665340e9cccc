package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.kubernetes.Part;
import java.io.IOException;
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
import java.util.function.ToDoubleFunction;

/**
 * How many jobs a second are parked and released: through the gateway, from the moment that the cluster is opened for jobs that wait in
 * its store until its events tell the last release, which the cluster has to bear out; and by a raw client at its best width, beside a
 * gateway that has nothing to do, as in {@link SlurmDispatchBench}. The raw client makes the same calls with the same bodies, text that
 * is ready before it begins: the suspended Job, its Secret, {@code suspend: false}. Beside it the Jobs alone, without the two calls
 * more. The Job controller makes pods of what was released, by either; the scheduler is stopped, so that nothing starts. The control
 * plane and its clients have CPUs of their own ({@link Cpus}); what either way costs on one machine, {@code ratio-of-cpu} tells: all CPU
 * time of the raw client's way for a job, its own and the cluster's, to all of the gateway's.
 */
final class KubernetesDispatchBench {
    private static final int JOBS = 250;

    /** Batches before the measured ones: a gateway runs for months, and the first minutes of a JVM's life are its compilers'. */
    private static final int WARM_UP = 20;

    private static final int REPETITIONS = 5;
    private static final int[] WIDTHS = {8, 16, 32};
    private static final String SCRIPT = "#!/bin/sh\nexit 0\n";
    private static final String JOBS_PATH = "/apis/batch/v1/namespaces/" + KubernetesStage.NAMESPACE + "/jobs";
    private static final String SECRETS_PATH = "/api/v1/namespaces/" + KubernetesStage.NAMESPACE + "/secrets";

    /** No installation's: the gateway's watches do not hear of the raw client's Jobs. */
    private static final String NO_REALM = "benchbenchben";

    private static final ObjectMapper JSON = new ObjectMapper();

    private KubernetesDispatchBench() {}

    static void run(Report report) throws IOException, InterruptedException, ExecutionException {
        try (Cpus cpus = Cpus.apart();
                KubernetesStage stage = KubernetesStage.open("kube-dispatch", 2)) {
            cpus.give(stage.cluster.container(), program -> true);
            stage.cluster.stop(Part.SCHEDULER);
            stage.drain("drain");
            for (int i = 0; i < WARM_UP - 1; i++) {
                Report.note("warm-up " + (i + 1) + ": " + ours(stage, i));
                clear(stage);
            }
            Report.note("warm-up " + WARM_UP + ": " + ours(stage, WARM_UP - 1));
            Bodies bodies = Bodies.like(stage.example());
            clear(stage);
            int best = bestWidth(stage, bodies);
            List<Pace> gateway = new ArrayList<>();
            List<Pace> raw = new ArrayList<>();
            List<Pace> creates = new ArrayList<>();
            for (int i = 0; i < REPETITIONS; i++) {
                raw.add(raw(stage, best, Calls.ALL, bodies));
                creates.add(raw(stage, best, Calls.CREATE, bodies));
                gateway.add(ours(stage, WARM_UP + i));
                Report.note("raw: " + raw.getLast() + "; Jobs alone: " + creates.getLast() + "; gateway: "
                        + gateway.getLast());
                clear(stage);
            }
            double ours = median(gateway, Pace::rate);
            report.line("kube-dispatch.raw", median(raw, Pace::rate), "jobs/s");
            report.line("kube-dispatch.raw.creates-only", median(creates, Pace::rate), "jobs/s");
            report.line("kube-dispatch.gateway", ours, "jobs/s");
            report.line("kube-dispatch.cpu", median(gateway, Pace::ownMicros), "us/job");
            report.line("kube-dispatch.cpu.cluster", median(gateway, Pace::clusterMicros), "us/job");
            report.line("kube-dispatch.raw.cpu", median(raw, Pace::ownMicros), "us/job");
            report.line("kube-dispatch.raw.cpu.cluster", median(raw, Pace::clusterMicros), "us/job");
            report.line("kube-dispatch.raw.cpu.gateway", median(raw, Pace::gatewayMicros), "us/job");
            report.line(
                    "kube-dispatch.ratio-of-cpu",
                    (median(raw, Pace::ownMicros) + median(raw, Pace::clusterMicros))
                            / (median(gateway, Pace::ownMicros) + median(gateway, Pace::clusterMicros)),
                    "ratio");
            report.line("kube-dispatch.ratio", ours / median(raw, Pace::rate), "ratio", new Report.Goal.AtLeast(0.95));
            report.line("kube-dispatch.ratio-to-creates", ours / median(creates, Pace::rate), "ratio");
        }
    }

    private static void clear(KubernetesStage stage) throws IOException, InterruptedException {
        stage.clear();
        stage.await(() -> stage.live() == 0, "the gateway to have seen all ends");
    }

    private static int bestWidth(KubernetesStage stage, Bodies bodies)
            throws IOException, InterruptedException, ExecutionException {
        int best = WIDTHS[0];
        double most = 0;
        // Once for the compilers of this JVM.
        raw(stage, WIDTHS[0], Calls.ALL, bodies);
        for (int width : WIDTHS) {
            Pace pace = raw(stage, width, Calls.ALL, bodies);
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
     * @param clusterMicros CPU of the cluster, for a job
     */
    private record Pace(double rate, double ownMicros, double gatewayMicros, double clusterMicros) {
        @Override
        public String toString() {
            return Math.round(rate) + " jobs/s, " + Math.round(ownMicros) + " us of CPU a job, the cluster's "
                    + Math.round(clusterMicros);
        }
    }

    /** Sends one batch through the gateway, and leaves the Jobs there. */
    private static Pace ours(KubernetesStage stage, int batch) throws IOException, InterruptedException {
        stage.submit(JOBS, SCRIPT, batch * JOBS);
        Set<String> released = ConcurrentHashMap.newKeySet();
        AtomicLong last = new AtomicLong();
        Pace pace;
        try (Stage.Following following = stage.follow((job, status) -> {
            if (status.equals("pending") && released.add(job)) {
                last.set(System.nanoTime());
            }
        })) {
            long cluster = stage.clusterCpuMicros();
            long own = stage.gateway.cpuMicros();
            long began = System.nanoTime();
            stage.drain("resume");
            stage.await(() -> released.size() >= JOBS, JOBS + " releases");
            double used = (stage.gateway.cpuMicros() - own) / (double) JOBS;
            pace = new Pace(
                    JOBS * 1e9 / (last.get() - began),
                    used,
                    used,
                    (stage.clusterCpuMicros() - cluster) / (double) JOBS);
        }
        int there = stage.released();
        if (there != JOBS) {
            throw new IOException("expected " + JOBS + " released Jobs on the cluster, found " + there);
        }
        stage.drain("drain");
        return pace;
    }

    private enum Calls {
        CREATE,
        ALL
    }

    /** What is sent for one job, up to its name and the uid of its Job. */
    private record Bodies(String name, String realm, String job, String secret) {
        /** What the server adds to a Job it would refuse, or ignore. */
        static Bodies like(KubernetesStage.Example example) {
            ObjectNode job = example.job();
            String uid = job.path("metadata").path("uid").asText();
            job.remove("status");
            strip((ObjectNode) job.path("metadata"));
            ObjectNode spec = (ObjectNode) job.path("spec");
            spec.remove("selector");
            spec.put("suspend", true);
            ObjectNode labels =
                    (ObjectNode) spec.path("template").path("metadata").path("labels");
            for (ObjectNode each :
                    List.of(labels, (ObjectNode) job.path("metadata").path("labels"))) {
                each.remove(List.of(
                        "controller-uid",
                        "job-name",
                        "batch.kubernetes.io/controller-uid",
                        "batch.kubernetes.io/job-name"));
            }
            String name = job.path("metadata").path("name").asText();
            strip((ObjectNode) example.secret().path("metadata"));
            return new Bodies(
                    name.substring(name.indexOf('-') + 1),
                    labels.path("sluice.dev/realm").asText(),
                    job.toString(),
                    example.secret().toString().replace(uid, "UID"));
        }

        private static void strip(ObjectNode meta) {
            meta.remove(List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"));
        }

        /** The name of the n-th. */
        String named(int n) {
            return NO_REALM + "%013d".formatted(n);
        }

        String with(String text, int n) {
            return text.replace(name, named(n)).replace(realm, NO_REALM);
        }
    }

    private static Pace raw(KubernetesStage stage, int width, Calls calls, Bodies bodies)
            throws IOException, InterruptedException, ExecutionException {
        List<String> jobs = new ArrayList<>();
        List<String> secrets = new ArrayList<>();
        for (int n = 0; n < JOBS; n++) {
            jobs.add(bodies.with(bodies.job(), n));
            secrets.add(bodies.with(bodies.secret(), n));
        }
        AtomicInteger next = new AtomicInteger();
        Pace pace;
        try (ExecutorService lanes = Executors.newFixedThreadPool(width)) {
            long cluster = stage.clusterCpuMicros();
            long own = cpuMicros();
            long gateway = stage.gateway.cpuMicros();
            long began = System.nanoTime();
            List<Future<?>> all = new ArrayList<>();
            for (int lane = 0; lane < width; lane++) {
                all.add(lanes.submit(() -> {
                    for (int n = next.getAndIncrement(); n < JOBS; n = next.getAndIncrement()) {
                        String made = stage.raw.send("POST", JOBS_PATH, jobs.get(n));
                        if (calls == Calls.ALL) {
                            String uid = JSON.readTree(made)
                                    .path("metadata")
                                    .path("uid")
                                    .asText();
                            stage.raw.send("POST", SECRETS_PATH, secrets.get(n).replace("UID", uid));
                            stage.raw.send(
                                    "PATCH",
                                    JOBS_PATH + "/sluice-" + bodies.named(n),
                                    "{\"metadata\":{\"uid\":\"" + uid + "\"},\"spec\":{\"suspend\":false}}");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> lane : all) {
                lane.get();
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            pace = new Pace(
                    JOBS / seconds,
                    (cpuMicros() - own) / (double) JOBS,
                    (stage.gateway.cpuMicros() - gateway) / (double) JOBS,
                    (stage.clusterCpuMicros() - cluster) / (double) JOBS);
        }
        stage.clear();
        return pace;
    }

    /** CPU time of this process, in microseconds. */
    private static long cpuMicros() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1_000;
    }

    private static double median(List<Pace> paces, ToDoubleFunction<Pace> of) {
        return paces.stream().mapToDouble(of).sorted().toArray()[paces.size() / 2];
    }
}
