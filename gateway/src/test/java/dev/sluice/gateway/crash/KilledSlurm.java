package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Result;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The test of the first promise on real SLURM: slurmctld is killed with signal 9 every few seconds, slurmrestd and the gateway now
 * and then, while two users submit, start and cancel jobs beside native ones of theirs. Every launch writes a line of its own. In
 * the end each job has passed the gate exactly once, or ended as interrupted, or is unknown; and no native job was touched.
 *
 * <p>Then, where it is asked for, the same load is sent by bare {@code sbatch}: what SLURM alone loses and launches twice.
 */
public final class KilledSlurm {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> USERS = List.of("alice", "bob");
    private static final String STARTS = "/scratch/starts";
    private static final String NATIVES = "/scratch/natives";
    private static final Duration SETTLE = Duration.ofMinutes(6);

    /** Longer than a request of ours may still act (65 s), accounting may lag and a sweep may wait (10 s each). */
    private static final Duration STILL = Duration.ofSeconds(90);

    /** Nodes that a crash drained ("launch failed requeued held") are resumed by an administrator, here as often as this. */
    private static final Duration HEALS = Duration.ofSeconds(30);

    /** A job takes four seconds at the most. SLURM ends so what it takes for running because a crash lost its end. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Set<String> OVER = Set.of(
            "succeeded", "failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost", "out-of-memory");

    /** How the gateway speaks to the cluster. */
    public enum By {
        REST,
        SSH,
        BOTH
    }

    /**
     * What is asked of one round.
     *
     * @param bareJobs how many jobs bare {@code sbatch} sends afterwards, to compare; none when 0
     */
    public record Plan(Generation generation, By by, int jobs, int bareJobs, long seed) {}

    /**
     * What came of a round.
     *
     * @param statuses how many jobs ended how
     * @param unknown jobs of which nobody can say how they ended
     * @param kills how often slurmctld was killed
     */
    public record Tally(
            Plan plan,
            int kills,
            Map<String, Integer> statuses,
            List<String> unknown,
            List<String> complaints,
            Optional<Bare> bare) {
        @Override
        public String toString() {
            return "%s by %s, seed %d: slurmctld killed %d times; %s; unknown %d %s; %d complaints; bare sbatch: %s"
                    .formatted(
                            plan.generation().version(),
                            plan.by(),
                            plan.seed(),
                            kills,
                            statuses,
                            unknown.size(),
                            unknown,
                            complaints.size(),
                            bare.map(Bare::toString).orElse("not tried"));
        }
    }

    private record Job(int id, boolean cancelled) {}

    private final Plan plan;
    private final SplittableRandom random;
    private final SlurmCluster cluster;
    private final GatewayProcess gateway;
    private final Map<String, String> tokens = new HashMap<>();
    private final Map<String, Job> accepted = new ConcurrentHashMap<>();
    private final List<String> natives = new ArrayList<>();
    private final CountDownLatch submitted = new CountDownLatch(USERS.size());
    private int kills;

    private KilledSlurm(Plan plan, SlurmCluster cluster, Path directory) throws IOException {
        this.plan = plan;
        this.cluster = cluster;
        random = new SplittableRandom(plan.seed());
        Path config = directory.resolve("sluice.yaml");
        Files.writeString(config, config(directory));
        gateway = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
        for (String user : USERS) {
            tokens.put(user, gateway.run("token", "create", "--user", user).strip());
        }
    }

    /** One round on a cluster of its own. */
    public static Tally round(Plan plan, Path directory) throws IOException, InterruptedException {
        try (SlurmCluster cluster = SlurmCluster.start(plan.generation())) {
            KilledSlurm round = new KilledSlurm(plan, cluster, directory);
            try (GatewayProcess gateway = round.gateway) {
                gateway.start();
                gateway.awaitReady();
                return round.run();
            }
        }
    }

    /** {@code KilledSlurm ROUNDS [SEED]}: rounds over all generations and doors; exits 1 when a promise is broken. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        boolean kept = true;
        for (int i = 0; i < rounds; i++) {
            Plan plan = plans(seed + i).get(i % plans(seed).size());
            System.out.printf("round %d of %d: %s%n", i + 1, rounds, plan);
            Tally tally = round(plan, Files.createTempDirectory("sluice-slurm-crash"));
            System.out.println(tally);
            tally.complaints().forEach(System.out::println);
            kept &= tally.complaints().isEmpty();
        }
        System.exit(kept ? 0 : 1);
    }

    private static List<Plan> plans(long seed) {
        return List.of(
                new Plan(Generation.V26_05, By.BOTH, 200, 100, seed),
                new Plan(Generation.V22_05, By.SSH, 200, 100, seed),
                new Plan(Generation.V24_11, By.REST, 200, 100, seed),
                new Plan(Generation.V24_11, By.SSH, 200, 100, seed),
                new Plan(Generation.V26_05, By.REST, 200, 100, seed));
    }

    private String config(Path directory) throws IOException {
        Path hosts = directory.resolve("known_hosts");
        Files.writeString(hosts, cluster.knownHost() + "\n");
        StringBuilder yaml = new StringBuilder("clusters:\n  slurm:\n    type: slurm\n");
        if (plan.by() != By.SSH) {
            yaml.append("    rest: {address: '%s', observer: sluice, token: {type: key-file, file: %s}}\n"
                    .formatted(cluster.rest(), cluster.tokenKey()));
        }
        if (plan.by() != By.REST) {
            // A controller that is killed keeps no request: what munge would let act later is gone with it.
            yaml.append(
                    "    ssh: {host: %s, port: %d, known-hosts: %s, observer: sluice, login: {type: user-ca, key: %s}, limits: {call: 35s, munge-life: 30s}}\n"
                            .formatted(cluster.sshHost(), cluster.sshPort(), hosts, cluster.userCa()));
        }
        yaml.append("    insecure-identity: true\n    login-environment: false\n    max-array-size: 10001\n");
        yaml.append("    poll: 2s\n    sweep: 10s\n    accounting-patience: 10s\n");
        return yaml.toString();
    }

    private Tally run() throws IOException, InterruptedException {
        for (String file : List.of(STARTS, NATIVES)) {
            cluster.exec("root", "install", "-m", "666", "/dev/null", file).text();
        }
        for (String user : USERS) {
            SplittableRandom own = random.split();
            Thread.ofPlatform().daemon().name(user).start(() -> submit(user, own));
        }
        while (submitted.getCount() > 0) {
            killSomething();
        }
        cluster.heal();
        List<String> complaints = new ArrayList<>();
        Map<String, Integer> statuses = new TreeMap<>();
        List<String> unknown = new ArrayList<>();
        settle(statuses, unknown, complaints);
        if (accepted.size() != plan.jobs()) {
            complaints.add("%d of %d jobs were accepted".formatted(accepted.size(), plan.jobs()));
        }
        checkNatives(complaints);
        Optional<Bare> bare =
                plan.bareJobs() > 0 ? Optional.of(Bare.of(cluster, plan.bareJobs(), random)) : Optional.empty();
        return new Tally(plan, kills, statuses, unknown, complaints, bare);
    }

    /** Something dies, and comes back after a moment; mostly the controller. */
    private void killSomething() throws IOException, InterruptedException {
        submitted.await(1_500 + random.nextInt(3_500), TimeUnit.MILLISECONDS);
        int which = random.nextInt(8);
        if (which == 0) {
            gateway.kill();
            gateway.start();
            gateway.awaitReady();
        } else if (which == 1 && plan.by() != By.SSH) {
            cluster.kill(Service.REST);
        } else {
            killController();
        }
    }

    private void killController() throws InterruptedException {
        kills++;
        cluster.kill(Service.CONTROLLER);
        submitted.await(300 + random.nextInt(1_500), TimeUnit.MILLISECONDS);
        cluster.start(Service.CONTROLLER);
    }

    /** Submits jobs one after the other, each until it is answered, native ones between, and cancels some. */
    private void submit(String user, SplittableRandom own) {
        try {
            for (int i = 0; i < plan.jobs() / USERS.size(); i++) {
                String key = user + "-" + i;
                int id = -1;
                // Drawn once: the same key with another script would be another job's, and be refused.
                int seconds = own.nextInt(4);
                while (id < 0) {
                    id = send(user, key, seconds);
                }
                boolean cancelled = own.nextInt(10) == 0;
                accepted.put(key, new Job(id, cancelled));
                if (cancelled) {
                    pause(own.nextInt(3_000));
                    cancel(user, id);
                }
                if (i % 8 == 0) {
                    submitNative(user);
                }
                pause(200 + own.nextInt(500));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            submitted.countDown();
        }
    }

    private static void pause(int millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
    }

    private void submitNative(String user) {
        Result result = cluster.exec(
                Duration.ofSeconds(40),
                user,
                "sbatch",
                "--parsable",
                "--output=/dev/null",
                "--wrap",
                "echo $SLURM_JOB_ID >>" + NATIVES + "; sleep 2");
        if (result.succeeded()) {
            synchronized (natives) {
                natives.add(result.stdout().strip());
            }
        }
    }

    /** The job's id; -1 while there is no answer. */
    private int send(String user, String key, int seconds) throws InterruptedException {
        String script =
                "#!/bin/sh\necho \"$SLURM_JOB_ID %s $SLUICE_RUN\" >>%s\nsleep %d\n".formatted(key, STARTS, seconds);
        ObjectNode job =
                JSON.createObjectNode().put("name", key).put("script", script).put("limitSeconds", LIMIT.toSeconds());
        job.putObject("files").put("output", "/dev/null");
        // One granted run each: what SLURM launches again is not ours to hide behind a second try.
        job.putObject("rules").put("requeue", false);
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/v1/jobs"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(job.toString()));
        try {
            HttpResponse<String> answer = ask(user, request);
            if (answer.statusCode() == 201) {
                return JSON.readTree(answer.body()).get("id").asInt();
            }
            if (answer.statusCode() != 503 && answer.statusCode() != 429) {
                throw new IllegalStateException("unexpected answer " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException unanswered) {
            // Nobody knows whether it was taken: once more, with the same key.
        }
        pause(100);
        return -1;
    }

    private HttpResponse<String> ask(String user, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return gateway.client()
                .send(
                        request.timeout(Duration.ofSeconds(5))
                                .header("Authorization", "Bearer " + tokens.get(user))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private void cancel(String user, int id) throws InterruptedException {
        for (int tries = 0; tries < 100; tries++) {
            try {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(gateway.uri("/v1/jobs/" + id)).DELETE();
                if (ask(user, request).statusCode() < 500) {
                    return;
                }
            } catch (IOException unanswered) {
                // Once more: to cancel twice is to cancel.
            }
            pause(100);
        }
    }

    private void settle(Map<String, Integer> statuses, List<String> unknown, List<String> complaints)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        Map<String, JsonNode> ended = new HashMap<>();
        Map<String, Job> open = new TreeMap<>(accepted);
        Map<String, String> last = new HashMap<>();
        long changed = System.nanoTime();
        long healed = changed;
        while (!open.isEmpty() && System.nanoTime() < deadline && !(isStill(changed) && isUnknown(last, open))) {
            for (Map.Entry<String, Job> job : List.copyOf(open.entrySet())) {
                String key = job.getKey();
                JsonNode view = view(key, job.getValue().id());
                String status = view.path("status").asText();
                if (!status.equals(last.put(key, status))) {
                    changed = System.nanoTime();
                }
                if (OVER.contains(status)) {
                    ended.put(key, view);
                    open.remove(key);
                }
            }
            if (System.nanoTime() - Math.max(changed, healed) > HEALS.toNanos()) {
                cluster.heal();
                healed = System.nanoTime();
            }
            pause(500);
        }
        Map<String, List<String>> starts = starts();
        accepted.forEach((key, job) -> {
            JsonNode view = ended.get(key);
            List<String> runs = starts.getOrDefault(job.id() + " " + key, List.of());
            if (view == null) {
                JsonNode now = open.containsKey(key) ? quietly(key, job.id()) : JSON.nullNode();
                String status = now.path("status").asText();
                statuses.merge(status, 1, Integer::sum);
                if (status.equals("unknown")) {
                    unknown.add(Integer.toString(job.id()));
                } else {
                    complaints.add("job %d (%s) has not ended: %s".formatted(job.id(), key, now));
                }
            } else {
                String status = view.path("status").asText();
                statuses.merge(status, 1, Integer::sum);
                check(key, job, status, runs, view, complaints);
            }
            if (runs.size() > 1) {
                complaints.add("job %d (%s) passed the gate %d times: %s".formatted(job.id(), key, runs.size(), runs));
            }
        });
        Set<String> ours = ConcurrentHashMap.newKeySet();
        accepted.forEach((key, job) -> ours.add(job.id() + " " + key));
        starts.keySet().stream()
                .filter(start -> !ours.contains(start))
                .forEach(start -> complaints.add("\"" + start + "\" was started, and nobody's"));
    }

    private static boolean isStill(long changed) {
        return System.nanoTime() - changed > STILL.toNanos();
    }

    /** Whether nobody can say how the open ones ended, and SLURM has nothing of ours, which has a comment, that could start. */
    private boolean isUnknown(Map<String, String> last, Map<String, Job> open) {
        return open.keySet().stream().allMatch(key -> "unknown".equals(last.get(key)))
                && cluster.exec("root", "squeue", "-h", "-u", String.join(",", USERS), "-o", "%k")
                        .text()
                        .lines()
                        .allMatch("(null)"::equals);
    }

    private JsonNode quietly(String key, int id) {
        try {
            return view(key, id);
        } catch (IOException e) {
            return JSON.nullNode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return JSON.nullNode();
        }
    }

    private JsonNode view(String key, int id) throws IOException, InterruptedException {
        String user = key.substring(0, key.indexOf('-'));
        HttpResponse<String> answer = ask(user, HttpRequest.newBuilder(gateway.uri("/v1/jobs/" + id)));
        return JSON.readTree(answer.body());
    }

    private void check(String key, Job job, String status, List<String> runs, JsonNode view, List<String> complaints) {
        boolean good = switch (status) {
            // SLURM lost its end with its controller, and let its clock run out.
            case "succeeded", "timed-out" -> runs.size() == 1;
            // 22.05 says so itself of a job that its node does not report after the crash.
            case "interrupted", "node-lost" -> true;
            // A slurmd that finds a job running twice cancels it; that it was not its owner only the claim can tell.
            case "cancelled" -> job.cancelled() || plan.by() == By.REST;
            // By REST alone nobody can tell an abort of SLURM's from an exit code of the job's own.
            case "failed" -> plan.by() == By.REST && view.toString().contains("without SSH");
            default -> false;
        };
        if (!good) {
            complaints.add(
                    "job %d (%s) ended as %s with %d starts: %s".formatted(job.id(), key, status, runs.size(), view));
        }
    }

    private Map<String, List<String>> starts() {
        Map<String, List<String>> starts = new HashMap<>();
        for (String line : cluster.exec("root", "cat", STARTS).text().lines().toList()) {
            String[] words = line.split(" ", 3);
            starts.computeIfAbsent(words[0] + " " + words[1], start -> new ArrayList<>())
                    .add(words[2]);
        }
        return starts;
    }

    /** A native job that was lost is SLURM's doing; one that was cancelled would be ours. */
    private void checkNatives(List<String> complaints) {
        if (natives.isEmpty()) {
            complaints.add("no native job was acknowledged at all");
            return;
        }
        String states = cluster.exec(
                        "root",
                        "sacct",
                        "-n",
                        "-X",
                        "-D",
                        "-P",
                        "-S",
                        "1970-01-02",
                        "-j",
                        String.join(",", natives),
                        "--format=JobID,State,Comment")
                .text();
        Set<String> ids = Set.copyOf(natives);
        for (String line : states.lines().toList()) {
            String[] fields = line.split("\\|", -1);
            // An id that was given out twice may be ours the second time: ours have a comment.
            if (ids.contains(fields[0]) && fields[1].startsWith("CANCELLED") && fields[2].isEmpty()) {
                complaints.add("a native job was cancelled: " + line);
            }
        }
    }
}
