package dev.sluice.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.kubernetes.KubernetesBridge;
import dev.sluice.testkit.kubernetes.Form;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Kubernetes of a benchmark's own, whose nodes and pods are simulated, and a gateway that has it as its one cluster, with the rights of
 * the bridge's {@code rights.yaml}.
 */
final class KubernetesStage extends Stage {
    static final String NAMESPACE = "bench";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOBS = "/apis/batch/v1/namespaces/" + NAMESPACE + "/jobs";
    private static final String PODS = "/api/v1/namespaces/" + NAMESPACE + "/pods";
    private static final String SECRETS = "/api/v1/namespaces/" + NAMESPACE + "/secrets";
    private static final int CPUS = 500;

    /** What the gateway asks, and nobody else: the API server counts the calls of each flow. */
    private static final String FLOW = """
            apiVersion: flowcontrol.apiserver.k8s.io/v1
            kind: FlowSchema
            metadata: {name: sluice}
            spec:
              matchingPrecedence: 500
              priorityLevelConfiguration: {name: workload-high}
              rules:
              - subjects: [{kind: ServiceAccount, serviceAccount: {name: sluice, namespace: sluice-system}}]
                resourceRules: [{verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true}]
            """;

    private static final Pattern CALLS = Pattern.compile(
            "apiserver_flowcontrol_dispatched_requests_total\\{flow_schema=\"sluice\"[^}]*} ([0-9.e+]+)");

    private static final Pattern REQUESTS = Pattern.compile(
            "apiserver_request_total\\{.*?resource=\"([^\"]*)\".*?subresource=\"([^\"]*)\",verb=\"([^\"]*)\".*?} ([0-9.e+]+)");

    final KubernetesCluster cluster;
    final KubernetesClient raw;

    private KubernetesStage(KubernetesCluster cluster, Serving serving) throws IOException {
        super("k8s", serving);
        this.cluster = cluster;
        cluster.kubectl("-n", NAMESPACE, "create", "serviceaccount", "raw");
        cluster.kubectl(
                "create", "clusterrolebinding", "raw", "--clusterrole=cluster-admin", "--serviceaccount=bench:raw");
        raw = KubernetesClient.of(cluster.kubeconfigOf(NAMESPACE, "raw"));
    }

    /**
     * @param name of the benchmark
     * @param nodes each of {@link #CPUS} CPUs
     */
    static KubernetesStage open(String name, int nodes) throws IOException, InterruptedException {
        KubernetesCluster cluster = KubernetesCluster.start(Form.LIGHT, Map.of());
        cluster.kubectlWith(rights(), "apply", "-f", "-");
        cluster.kubectlWith(FLOW, "create", "-f", "-");
        cluster.kubectl("create", "namespace", NAMESPACE);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < nodes; i++) {
            all.append("""
                    ---
                    apiVersion: v1
                    kind: Node
                    metadata: {name: node-%1$d, labels: {kubernetes.io/hostname: node-%1$d}}
                    status:
                      capacity: {cpu: "%2$d", memory: 4Ti, pods: "2000", ephemeral-storage: 4Ti}
                      allocatable: {cpu: "%2$d", memory: 4Ti, pods: "2000", ephemeral-storage: 4Ti}
                    """.formatted(i, CPUS));
        }
        cluster.kubectlWith(all.toString(), "create", "-f", "-");
        cluster.kubectl("wait", "--for=condition=Ready", "--timeout=50s", "node", "--all");
        Path directory = Directories.make(name);
        Serving serving =
                serve(directory, """
                clusters:
                  k8s:
                    type: kubernetes
                    kubeconfig: '%s'
                    users: {%s: {account: bench, uid: 2001, gid: 2001}}
                    namespace: %s
                    image: localhost/busybox:1
                    image-groups: true
                """.formatted(cluster.kubeconfigOf("sluice-system", "sluice"), self(), NAMESPACE));
        KubernetesStage stage = new KubernetesStage(cluster, serving);
        stage.awaitReady();
        return stage;
    }

    private static String rights() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(KubernetesBridge.class.getResourceAsStream("rights.yaml"), "rights.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    void furnish(ObjectNode job) {
        // A script needs nothing else.
    }

    @Override
    String clusterSaid() {
        return cluster.kubectl("-n", NAMESPACE, "get", "events");
    }

    /** Deletes all Jobs, and waits until they, their pods and their Secrets are gone. */
    void clear() throws IOException, InterruptedException {
        raw.send("DELETE", JOBS, "{\"propagationPolicy\":\"Background\"}");
        await(() -> isEmpty(JOBS) && isEmpty(PODS) && isEmpty(SECRETS), "Jobs, pods and Secrets to be gone");
    }

    private boolean isEmpty(String path) throws IOException, InterruptedException {
        return JSON.readTree(raw.send("GET", path + "?limit=1", ""))
                .path("items")
                .isEmpty();
    }

    /** How many Jobs are there that are not suspended. */
    int released() throws IOException, InterruptedException {
        int count = 0;
        for (JsonNode job : JSON.readTree(raw.send("GET", JOBS, "")).path("items")) {
            count += job.path("spec").path("suspend").asBoolean() ? 0 : 1;
        }
        return count;
    }

    /** One of the Jobs that are there, and its Secret, as they were made. */
    record Example(ObjectNode job, ObjectNode secret) {}

    Example example() throws IOException, InterruptedException {
        ObjectNode job = (ObjectNode) JSON.readTree(raw.send("GET", JOBS + "?limit=1", ""))
                .path("items")
                .path(0);
        String name = job.path("metadata").path("name").asText();
        ObjectNode secret = (ObjectNode) JSON.readTree(raw.send("GET", SECRETS + "/" + name, ""));
        return new Example(job, secret);
    }

    /** CPU time of everything in the cluster's container, in microseconds: of cgroup v2 or, where that is not mounted, v1. */
    long clusterCpuMicros() {
        return Long.parseLong(cluster.onNode(
                        "sh",
                        "-c",
                        "awk '/^usage_usec/ { print $2 }' /sys/fs/cgroup/cpu.stat 2>/dev/null"
                                + " || awk '{ printf \"%d\", $1 / 1000 }' /sys/fs/cgroup/cpuacct/cpuacct.usage")
                .strip());
    }

    /** How many calls of the gateway the API server has dispatched so far, its watches included. */
    long calls() {
        Matcher calls = CALLS.matcher(metrics());
        long sum = 0;
        while (calls.find()) {
            sum += (long) Double.parseDouble(calls.group(1));
        }
        return sum;
    }

    /** Requests of everybody so far, by verb and resource. */
    Map<String, Long> requests() {
        Map<String, Long> all = new TreeMap<>();
        Matcher requests = REQUESTS.matcher(metrics());
        while (requests.find()) {
            String sub = requests.group(2).isEmpty() ? "" : "/" + requests.group(2);
            all.merge(
                    requests.group(3) + " " + requests.group(1) + sub,
                    (long) Double.parseDouble(requests.group(4)),
                    Long::sum);
        }
        return all;
    }

    private String metrics() {
        return cluster.kubectl("get", "--raw", "/metrics");
    }

    @Override
    void closeCluster() {
        raw.close();
        cluster.close();
    }
}
