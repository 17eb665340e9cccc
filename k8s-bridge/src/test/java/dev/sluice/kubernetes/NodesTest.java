package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.Supply;
import dev.sluice.job.AttemptId;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.Namespaces;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import dev.sluice.kubernetes.manifest.Placing.Pool;
import dev.sluice.kubernetes.manifest.Site;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What others' pods hold, by namespace, as the API server lists nodes and pods. */
class NodesTest extends OnScriptedServer {
    private static final long MIB = 1L << 20;

    private final KubernetesSettings settings = new KubernetesSettings(
            Site.plain(KUBE)
                    .withNamespaces(new Namespaces("sluice-%p"))
                    .withPlacing(new Placing(
                            new TreeMap<>(Map.of(
                                    "a", new Pool(new TreeMap<>(), List.of()),
                                    "b", new Pool(new TreeMap<>(), List.of()))),
                            new TreeMap<>(Map.of("a100", new GpuType("nvidia.com/gpu", new TreeMap<>(), List.of()))),
                            new TreeMap<>())),
            ID.realm(),
            new TreeMap<>(Map.of(ALICE, ACCOUNT)),
            false,
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofDays(7),
            Supply.Ownership.GUEST,
            List.of(),
            AvailableModules.UNKNOWN,
            clock);

    private static String list(String... items) {
        return "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" + String.join(",", items) + "]}";
    }

    private static String node() {
        return """
                {"metadata": {"name": "n1"}, "spec": {}, "status": {
                  "allocatable": {"cpu": "16", "memory": "64Gi", "nvidia.com/gpu": "4"},
                  "conditions": [{"type": "Ready", "status": "True"}]}}""";
    }

    /** @param where its node; empty for none */
    private static String pod(String namespace, String label, String where, String requests) {
        return """
                {"metadata": {"name": "p", "namespace": "%s", "labels": {%s}},
                 "spec": {%s "containers": [{"name": "c", "resources": {"requests": {%s}}}]}}""".formatted(namespace, label, where.isEmpty() ? "" : "\"nodeName\": \"" + where + "\",", requests);
    }

    private Capacity capacity(String... pods) {
        server.says(200, list(node())).says(200, list(pods));
        return (Capacity) new Nodes(settings, api).capacity();
    }

    private static String realm(long realm) {
        return "\"" + Keys.REALM + "\": \"" + Keys.realm(new AttemptId(realm, 0)) + "\"";
    }

    @Test
    void eachNamespacesPodsCountOnceHoweverManyPoolsTheirNodeIsIn() {
        Capacity capacity = capacity(
                pod("wet-lab", "", "n1", "\"cpu\": \"250m\", \"memory\": \"100Mi\""),
                pod("wet-lab", "", "n1", "\"cpu\": \"1\", \"memory\": \"28Mi\", \"nvidia.com/gpu\": \"2\""),
                pod("kube-system", "", "n1", "\"cpu\": \"10m\""),
                pod("idle", "", "n1", ""));
        assertThat(capacity.partitions()).hasSize(2);
        assertThat(capacity.natives())
                .containsExactly(
                        new NativeUse("kube-system", Amount.of(1, 0)),
                        new NativeUse("wet-lab", new Amount(2, 128 * MIB, new TreeMap<>(Map.of("a100", 2L)))));
    }

    @Test
    void oursAreNoNativesAndWhatHasNoNodeHoldsNothing() {
        Capacity capacity = capacity(
                pod("wet-lab", realm(ID.realm()), "n1", "\"cpu\": \"1\""),
                pod("wet-lab", realm(ID.realm() + 1), "n1", "\"cpu\": \"2\""),
                pod("wet-lab", "", "", "\"cpu\": \"4\""));
        assertThat(capacity.natives())
                .as("another Sluice's are natives here")
                .containsExactly(new NativeUse("wet-lab", Amount.of(2, 0)));
    }
}
