package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.gateway.crash.CrashRound.Findings;
import dev.sluice.kubernetes.KubernetesBridge;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import dev.sluice.testkit.kubernetes.Part;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The test of the first promise on a real Kubernetes: etcd, the API server, the controller manager, the scheduler, the kubelet, the
 * container runtime and the gateway die, hang or stay away for seconds, one every few seconds, while two users submit, start and cancel
 * jobs and arrays beside native Jobs and pods of theirs. Every launch writes a line of its own onto the node's disk. In the end each task
 * has started exactly once, or ended as interrupted, or is unknown; and no native Job or pod was touched.
 */
public final class KilledKubernetes implements ClusterUnderTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MARKS = "/var/lib/sluice-crash";
    private static final String STARTS = MARKS + "/starts";
    private static final String NAMESPACE = "crash";
    private static final int PAUSE_MILLIS = 1_000;

    /** Of one round. */
    static final int JOBS = 60;

    /** A job takes four seconds at the most, and waits on its node for longer than that only while parts of it are dead. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    /** What may happen; each once before any happens again. */
    enum Blow {
        ETCD,
        API_SERVER,
        /** It takes connections and says nothing for seconds. */
        API_SERVER_HANGS,
        CONTROLLER_MANAGER,
        SCHEDULER,
        KUBELET,
        /** Containers start and end meanwhile, and nobody tells. */
        KUBELET_AWAY,
        CONTAINERD,
        GATEWAY,
        /** Both at once. */
        GATEWAY_AND_API_SERVER
    }

    /** What is asked of one round. */
    public record Plan(int jobs, long seed) {}

    /** What came of a round. */
    public record Tally(Plan plan, Map<Blow, Integer> blows, Findings findings) {
        List<String> complaints() {
            return findings.complaints();
        }

        @Override
        public String toString() {
            return "Kubernetes, seed %d: %s; %s".formatted(plan.seed(), blows, findings);
        }
    }

    private record Native(String kind, String name, String uid) {}

    private final Plan plan;
    private final SplittableRandom random;
    private final KubernetesCluster cluster;
    private final GatewayProcess gateway;
    private final Deque<Blow> next = new ArrayDeque<>();
    private final Map<Blow, Integer> blows = new EnumMap<>(Blow.class);
    private final List<Native> natives = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger nativeNames = new AtomicInteger();

    private KilledKubernetes(Plan plan, KubernetesCluster cluster, Path directory) throws IOException {
        this.plan = plan;
        this.cluster = cluster;
        random = new SplittableRandom(plan.seed());
        cluster.onNode("mkdir", "-m", "1777", MARKS);
        cluster.onNode("install", "-m", "666", "/dev/null", STARTS);
        cluster.kubectlWith(rights(), "apply", "-f", "-");
        cluster.kubectl("create", "namespace", NAMESPACE);
        Path config = Files.writeString(directory.resolve("sluice.yaml"), """
                clusters:
                  k8s:
                    type: kubernetes
                    kubeconfig: '%s'
                    users: {alice: {uid: 2001, gid: 2001}, bob: {uid: 2002, gid: 2002}}
                    namespace: %s
                    image: localhost/busybox:1
                    image-groups: true
                    volumes: {marks: {type: host-path, path: %s}}
                    poll: 2s
                    sweep: 10s
                """.formatted(
                        cluster.kubeconfigOf("sluice-system", "sluice"), NAMESPACE, MARKS));
        gateway = new GatewayProcess(directory.resolve("data"), List.of("--config", config.toString()));
    }

    /** What a site's administrator gives the gateway. */
    private static String rights() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(KubernetesBridge.class.getResourceAsStream("rights.yaml"), "rights.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** One round on a cluster of its own. */
    public static Tally round(Plan plan, Path directory) throws IOException, InterruptedException {
        try (KubernetesCluster cluster = KubernetesCluster.start(Form.FULL, Map.of("LAB_CPUS", "32"))) {
            KilledKubernetes round = new KilledKubernetes(plan, cluster, directory);
            try (GatewayProcess gateway = round.gateway) {
                People people = new People(gateway, round, plan.jobs(), PAUSE_MILLIS);
                gateway.start();
                gateway.awaitReady();
                return new Tally(plan, round.blows, CrashRound.run(round, people, plan.jobs(), round.random));
            }
        }
    }

    /** {@code KilledKubernetes ROUNDS [SEED]}; exits 1 when a promise is broken. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : System.nanoTime();
        boolean kept = true;
        for (int i = 0; i < rounds; i++) {
            Path directory = Files.createTempDirectory("sluice-kubernetes-crash");
            System.out.printf("round %d of %d, in %s%n", i + 1, rounds, directory);
            Tally tally = round(new Plan(JOBS, seed + i), directory);
            System.out.println(tally);
            tally.complaints().forEach(System.out::println);
            kept &= tally.complaints().isEmpty();
        }
        System.exit(kept ? 0 : 1);
    }

    @Override
    public People.Order order(String key, SplittableRandom own) {
        String script = "#!/bin/sh\necho \"$SLURM_JOB_ID %s $SLUICE_RUN\" >>/marks/starts\nsleep %d\n"
                .formatted(key, own.nextInt(4));
        ObjectNode job =
                JSON.createObjectNode().put("name", key).put("script", script).put("limitSeconds", LIMIT.toSeconds());
        job.putObject("files")
                .putArray("mounts")
                .addObject()
                .put("volume", "marks")
                .put("path", "/marks");
        // One granted run each: what is launched again is not to hide behind a second try.
        job.putObject("rules").put("requeue", false);
        boolean isArray = own.nextInt(6) == 0;
        if (isArray) {
            job.put("array", "0-2");
        }
        return new People.Order(job, isArray ? 3 : 1);
    }

    @Override
    public void submitNative(String user) {
        int number = nativeNames.getAndIncrement();
        String name = "native-" + user + "-" + number;
        String container = "{name: c, image: \"localhost/busybox:1\", command: [sh, -c, \"sleep %d\"]}";
        String kind = number % 4 == 3 ? "pod" : "job";
        String body = switch (number % 4) {
            case 0 -> job("{}", false, container.formatted(2));
            case 1 -> job("{}", true, container.formatted(2));
            // As another installation's, which is parked.
            case 2 ->
                job(
                        "{app.kubernetes.io/managed-by: sluice, sluice.dev/realm: \"0000000000000\"}",
                        true,
                        container.formatted(2));
            default ->
                "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [%s]}\n"
                        .formatted(container.formatted(1_000_000));
        };
        try {
            String uid = cluster.kubectlWith(
                    body.replace("NAME", name),
                    "-n",
                    NAMESPACE,
                    "create",
                    "--request-timeout=10s",
                    "-o",
                    "jsonpath={.metadata.uid}",
                    "-f",
                    "-");
            natives.add(new Native(kind, name, uid));
        } catch (AssertionError down) {
            // Whether it is there nobody knows, and nobody asks.
            return;
        }
    }

    private static String job(String labels, boolean suspended, String container) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: NAME, labels: %s}
                spec: {suspend: %s, template: {spec: {restartPolicy: Never, containers: [%s]}}}
                """.formatted(labels, suspended, container);
    }

    @Override
    public void killSomething(People people) throws IOException, InterruptedException {
        people.watch(1_500 + random.nextInt(3_500));
        if (next.isEmpty()) {
            List<Blow> all = new ArrayList<>(List.of(Blow.values()));
            Collections.shuffle(all, new Random(random.nextLong()));
            next.addAll(all);
        }
        Blow blow = next.remove();
        blows.merge(blow, 1, Integer::sum);
        switch (blow) {
            case ETCD -> cluster.kill(Part.ETCD);
            case API_SERVER -> cluster.kill(Part.API_SERVER);
            case API_SERVER_HANGS -> {
                cluster.freeze(Part.API_SERVER);
                people.watch(1_000 + random.nextInt(15_000));
                cluster.thaw(Part.API_SERVER);
            }
            case CONTROLLER_MANAGER -> away(Part.CONTROLLER_MANAGER, people);
            case SCHEDULER -> away(Part.SCHEDULER, people);
            case KUBELET -> cluster.kill(Part.KUBELET);
            case KUBELET_AWAY -> away(Part.KUBELET, people);
            case CONTAINERD -> cluster.kill(Part.CONTAINERD);
            case GATEWAY -> {
                gateway.kill();
                gateway.start();
                gateway.awaitReady();
            }
            case GATEWAY_AND_API_SERVER -> {
                cluster.kill(Part.API_SERVER);
                gateway.kill();
                gateway.start();
                gateway.awaitReady();
            }
        }
    }

    @Override
    public boolean isSpared() {
        return blows.size() < Blow.values().length;
    }

    private void away(Part part, People people) throws InterruptedException {
        cluster.stop(part);
        people.watch(500 + random.nextInt(8_000));
        cluster.start(part);
    }

    @Override
    public void heal() {
        cluster.heal();
    }

    /** Jobs that have not ended. */
    @Override
    public boolean isIdle() {
        return cluster.kubectl(
                        "-n",
                        NAMESPACE,
                        "get",
                        "jobs",
                        "-l",
                        "sluice.dev/attempt",
                        "-o",
                        "jsonpath={range .items[*]}{.status.conditions[?(@.status==\"True\")].type}{\"\\n\"}{end}")
                .lines()
                .allMatch(conditions -> conditions.contains("Complete") || conditions.contains("Failed"));
    }

    @Override
    public List<String> launches() {
        return cluster.onNode("cat", STARTS).lines().toList();
    }

    @Override
    public boolean isGood(End end) {
        int starts = end.starts().size();
        // Its reason is a part of it.
        boolean isSaid = !end.group().path("why").asText().isEmpty();
        boolean isTold = starts == 0 || end.group().has("started");
        return switch (end.status()) {
            case "succeeded" -> starts == 1;
            case "cancelled" -> end.job().cancelled() && isTold;
            case "interrupted", "node-lost" -> isSaid;
            default -> false;
        };
    }

    @Override
    public void checkNatives(List<String> complaints) {
        Set<String> there = new HashSet<>();
        for (String kind : List.of("job", "pod")) {
            cluster.kubectl(
                            "-n",
                            NAMESPACE,
                            "get",
                            kind,
                            "-o",
                            "jsonpath={range .items[*]}{.metadata.uid} {.metadata.generation}"
                                    + "{.metadata.deletionTimestamp}{\"\\n\"}{end}")
                    .lines()
                    .forEach(there::add);
        }
        // A Job's generation counts changes of what it is asked to be; a pod's, where there is one, too.
        for (Native each : natives) {
            if (!there.contains(each.uid() + " 1") && !there.contains(each.uid() + " ")) {
                complaints.add("a native " + each.kind() + " was touched: " + each.name());
            }
        }
        if (natives.size() < People.NAMES.size()) {
            complaints.add("next to no native Jobs were made: " + natives);
        }
    }
}
