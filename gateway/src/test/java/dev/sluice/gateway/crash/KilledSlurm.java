package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.CrashRound.Findings;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Result;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The test of the first promise on real SLURM: slurmctld is killed with signal 9 every few seconds, slurmrestd and the gateway now
 * and then, while two users submit, start and cancel jobs beside native ones of theirs. Every launch writes a line of its own. In
 * the end each job has passed the gate exactly once, or ended as interrupted, or is unknown; and no native job was touched.
 *
 * <p>Then, where it is asked for, the same load is sent by bare {@code sbatch}: what SLURM alone loses and launches twice.
 */
public final class KilledSlurm implements ClusterUnderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STARTS = "/scratch/starts";
    private static final String NATIVES = "/scratch/natives";
    private static final int PAUSE_MILLIS = 200;

    /** A job takes four seconds at the most. SLURM ends so what it takes for running because a crash lost its end. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

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
     * @param kills how often slurmctld was killed
     */
    public record Tally(Plan plan, int kills, Findings findings, Optional<Bare> bare) {
        List<String> complaints() {
            return findings.complaints();
        }

        @Override
        public String toString() {
            return "%s by %s, seed %d: slurmctld killed %d times; %s; bare sbatch: %s"
                    .formatted(
                            plan.generation().version(),
                            plan.by(),
                            plan.seed(),
                            kills,
                            findings,
                            bare.map(Bare::toString).orElse("not tried"));
        }
    }

    private final Plan plan;
    private final SplittableRandom random;
    private final SlurmCluster cluster;
    private final GatewayProcess gateway;
    private final List<String> natives = new ArrayList<>();
    private int kills;

    private KilledSlurm(Plan plan, SlurmCluster cluster, Path directory) throws IOException {
        this.plan = plan;
        this.cluster = cluster;
        random = new SplittableRandom(plan.seed());
        Path config = directory.resolve("sluice.yaml");
        Files.writeString(config, config(directory));
        gateway = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
    }

    /** One round on a cluster of its own. */
    public static Tally round(Plan plan, Path directory) throws IOException, InterruptedException {
        try (SlurmCluster cluster = SlurmCluster.start(plan.generation())) {
            KilledSlurm round = new KilledSlurm(plan, cluster, directory);
            try (GatewayProcess gateway = round.gateway) {
                People people = new People(gateway, round, plan.jobs(), PAUSE_MILLIS);
                gateway.start();
                gateway.awaitReady();
                return round.run(people);
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

    private Tally run(People people) throws IOException, InterruptedException {
        for (String file : List.of(STARTS, NATIVES)) {
            cluster.exec("root", "install", "-m", "666", "/dev/null", file).text();
        }
        Findings findings = CrashRound.run(this, people, plan.jobs(), random);
        Optional<Bare> bare =
                plan.bareJobs() > 0 ? Optional.of(Bare.of(cluster, plan.bareJobs(), random)) : Optional.empty();
        return new Tally(plan, kills, findings, bare);
    }

    /** Mostly the controller. */
    @Override
    public void killSomething(People people) throws IOException, InterruptedException {
        people.watch(1_500 + random.nextInt(3_500));
        int which = random.nextInt(8);
        if (which == 0) {
            gateway.kill();
            gateway.start();
            gateway.awaitReady();
        } else if (which == 1 && plan.by() != By.SSH) {
            cluster.kill(Service.REST);
        } else {
            kills++;
            cluster.kill(Service.CONTROLLER);
            people.watch(300 + random.nextInt(1_500));
            cluster.start(Service.CONTROLLER);
        }
    }

    @Override
    public void heal() {
        cluster.heal();
    }

    @Override
    public void submitNative(String user) {
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

    @Override
    public People.Order order(String key, SplittableRandom own) {
        String script = "#!/bin/sh\necho \"$SLURM_JOB_ID %s $SLUICE_RUN\" >>%s\nsleep %d\n"
                .formatted(key, STARTS, own.nextInt(4));
        ObjectNode job =
                JSON.createObjectNode().put("name", key).put("script", script).put("limitSeconds", LIMIT.toSeconds());
        job.putObject("files").put("output", "/dev/null");
        // One granted run each: what SLURM launches again is not ours to hide behind a second try.
        job.putObject("rules").put("requeue", false);
        return new People.Order(job, 1);
    }

    /** Ours have a comment. */
    @Override
    public boolean isIdle() {
        return cluster.exec("root", "squeue", "-h", "-u", String.join(",", People.NAMES), "-o", "%k")
                .text()
                .lines()
                .allMatch("(null)"::equals);
    }

    @Override
    public List<String> launches() {
        return cluster.exec("root", "cat", STARTS).text().lines().toList();
    }

    @Override
    public boolean isGood(End end) {
        return switch (end.status()) {
            // SLURM lost its end with its controller, and let its clock run out.
            case "succeeded", "timed-out" -> end.starts().size() == 1;
            // 22.05 says so itself of a job that its node does not report after the crash.
            case "interrupted", "node-lost" -> true;
            // A slurmd that finds a job running twice cancels it; that it was not its owner only the claim can tell.
            case "cancelled" -> end.job().cancelled() || plan.by() == By.REST;
            // By REST alone nobody can tell an abort of SLURM's from an exit code of the job's own.
            case "failed" -> plan.by() == By.REST && end.view().toString().contains("without SSH");
            default -> false;
        };
    }

    /** Its records, claims and what SLURM's parts logged of it. */
    @Override
    public String evidence(String key) {
        return cluster.exec("root", "bash", "-c", """
                records=$(sacct -n -X -D -P -S 1970-01-02 --name="$0" \
                    --format=JobIDRaw,State,Submit,Start,End,ExitCode,NodeList,Comment)
                echo "$records"
                echo "$records" | while IFS='|' read -r id state submit start end exit nodes comment; do
                    for claim in /home/*/.sluice/claims/"${comment%% *}".[0-9]*.[0-9]*; do
                        [ -f "$claim" ] && stat -c "%n, %w to %z" "$claim" && cat "$claim"
                    done
                    grep -hE "[Jj]ob(Id=|_id:| )?$id([^0-9]|$)" /var/log/slurm/*.log | tail -n 40
                done
                """, key).stdout();
    }

    /** A native job that was lost is SLURM's doing; one that was cancelled would be ours. */
    @Override
    public void checkNatives(List<String> complaints) {
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
