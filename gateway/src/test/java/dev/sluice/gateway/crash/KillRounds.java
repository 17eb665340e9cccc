package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The test of the first promise on this machine: clients submit without a pause, the gateway is killed with signal 9 at moments
 * drawn from a seed and started again, and in the end each accepted job has appended one line to a file when it started: none
 * is missing, none is there twice, none is nobody's.
 *
 * <p>A client repeats a request with its key until it has an answer, as every client should.
 */
public final class KillRounds {
    /** Of which more are accepted, on the average, before a kill. */
    static final int JOBS_A_ROUND = 5;

    private static final Duration LOAD = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CLIENTS = 3;
    private static final Duration SETTLE = Duration.ofMinutes(4);

    private final SplittableRandom random;
    private final GatewayProcess gateway;
    private final Path starts;
    private final int rounds;
    private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();
    private final CountDownLatch enough = new CountDownLatch(1);

    private record Accepted(int id, int tasks) {}

    /** What came of it. */
    public record Tally(int rounds, int jobs, int tasks, List<String> complaints) {}

    public KillRounds(long seed, int rounds, Path directory) throws IOException {
        this.random = new SplittableRandom(seed);
        this.rounds = rounds;
        this.starts = directory.resolve("starts");
        Files.createFile(starts);
        // Jobs run as an account that is not ours when we are root.
        Files.setPosixFilePermissions(starts, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        this.gateway = new GatewayProcess(directory.resolve("data"));
    }

    /** {@code KillRounds ROUNDS [SEED]}: more rounds than the test has; exits 1 when a promise is broken. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        Path directory = Files.createTempDirectory("sluice-crash");
        System.out.printf("crash: %d rounds, seed %d, in %s%n", rounds, seed, directory);
        Tally tally = new KillRounds(seed, rounds, directory).run();
        System.out.printf(
                "crash: %d rounds, %d jobs of %d tasks accepted, %d complaints%n",
                tally.rounds(), tally.jobs(), tally.tasks(), tally.complaints().size());
        tally.complaints().forEach(System.out::println);
        System.exit(tally.complaints().isEmpty() ? 0 : 1);
    }

    public Tally run() throws IOException, InterruptedException {
        try (gateway) {
            gateway.start();
            gateway.awaitReady();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom own = random.split();
                String name = "client-" + i;
                clients.add(Thread.ofPlatform().daemon().name(name).start(() -> submit(name, own)));
            }
            for (int round = 1; round <= rounds; round++) {
                int before = accepted.size();
                enough.await(50 + random.nextInt(1_200), TimeUnit.MILLISECONDS);
                awaitJobs(JOBS_A_ROUND * round);
                gateway.kill();
                gateway.start();
                gateway.awaitReady();
                if (round % 10 == 0 || rounds < 10) {
                    System.out.printf(
                            "round %d of %d: %d jobs accepted, %d in it%n",
                            round, rounds, accepted.size(), accepted.size() - before);
                }
            }
            enough.countDown();
            for (Thread client : clients) {
                client.join();
            }
            return settle();
        }
    }

    /** Comes at once unless the machine is so busy that a gateway would be killed before it is under load. */
    private void awaitJobs(int count) throws InterruptedException {
        long deadline = System.nanoTime() + LOAD.toNanos();
        while (accepted.size() <= count && System.nanoTime() < deadline) {
            enough.await(20, TimeUnit.MILLISECONDS);
        }
    }

    /** Submits jobs one after the other, each until it is answered. */
    private void submit(String name, SplittableRandom own) {
        try {
            for (int i = 0; enough.getCount() > 0; i++) {
                String key = name + "-" + i;
                int tasks = own.nextInt(5) == 0 ? 2 + own.nextInt(3) : 1;
                String body = body(key, tasks);
                int id = -1;
                while (id < 0) {
                    id = send(key, body);
                }
                accepted.put(key, new Accepted(id, tasks));
                enough.await(20 + own.nextInt(60), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String body(String key, int tasks) throws IllegalStateException {
        String line = "echo \"$SLURM_JOB_ID ${SLURM_ARRAY_TASK_ID:-0} %s\" >> '%s'".formatted(key, starts);
        var job = JSON.createObjectNode().put("name", key).put("script", "#!/bin/sh\n" + line + "\n");
        if (tasks > 1) {
            job.put("array", "0-" + (tasks - 1));
        }
        return job.toString();
    }

    /** The job's id; -1 while there is no answer. */
    private int send(String key, String body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri("/v1/jobs"))
                .timeout(Duration.ofSeconds(5))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = gateway.client().send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 201) {
                return JSON.readTree(answer.body()).get("id").asInt();
            }
            if (answer.statusCode() != 503 && answer.statusCode() != 429) {
                throw new IllegalStateException("unexpected answer " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException unanswered) {
            // Nobody knows whether it was taken: once more, with the same key.
        }
        enough.await(50, TimeUnit.MILLISECONDS);
        return -1;
    }

    private Tally settle() throws IOException, InterruptedException {
        List<String> complaints = new ArrayList<>();
        long deadline = System.nanoTime() + SETTLE.toNanos();
        Map<String, Accepted> open = new TreeMap<>(accepted);
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            open.values().removeIf(job -> ended(job, complaints));
            new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
        open.forEach((key, job) -> complaints.add("job %d (%s) has not ended".formatted(job.id(), key)));
        check(complaints);
        int tasks = accepted.values().stream().mapToInt(Accepted::tasks).sum();
        return new Tally(rounds, accepted.size(), tasks, complaints);
    }

    /** Whether a job has ended; one that did not succeed is complained of. */
    private boolean ended(Accepted job, List<String> complaints) {
        try {
            HttpRequest request = HttpRequest.newBuilder(gateway.uri("/v1/jobs/" + job.id()))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            HttpResponse<String> answer = gateway.client().send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode view = JSON.readTree(answer.body());
            if (answer.statusCode() != 200) {
                complaints.add("accepted job " + job.id() + " is lost: " + answer.body());
                return true;
            }
            String status = view.get("status").asText();
            if (status.equals("succeeded")) {
                return true;
            }
            boolean over = List.of("failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost")
                    .contains(status);
            if (over) {
                complaints.add("job " + job.id() + " ended as " + status + ": " + answer.body());
            }
            return over;
        } catch (IOException unanswered) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Compares what was accepted with what has started. */
    private void check(List<String> complaints) throws IOException {
        Map<String, Integer> count = new HashMap<>();
        for (String line : Files.readAllLines(starts)) {
            count.merge(line, 1, Integer::sum);
        }
        TreeSet<String> expected = new TreeSet<>();
        accepted.forEach((key, job) -> {
            for (int task = 0; task < job.tasks(); task++) {
                expected.add("%d %d %s".formatted(job.id() + task, task, key));
            }
        });
        for (String line : expected) {
            int times = count.getOrDefault(line, 0);
            if (times != 1) {
                complaints.add("\"%s\" (id, task, key) started %d times".formatted(line, times));
            }
        }
        count.keySet().stream()
                .filter(line -> !expected.contains(line))
                .forEach(line -> complaints.add("\"" + line + "\" was started, and nobody's"));
        if (expected.isEmpty()) {
            complaints.add("no job was accepted at all");
        }
    }
}
