package dev.sluice.kubernetes;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Doubt;
import dev.sluice.kubernetes.Capacities.Load;
import dev.sluice.kubernetes.Capacities.Machine;
import dev.sluice.kubernetes.Capacities.Room;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Api.Listed;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaList;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Taint;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Reads nodes and what runs on them. */
final class Nodes {
    /** Pods that hold room: those that are over hold none. */
    private static final String HOLDING = "fieldSelector=status.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed";

    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private final KubernetesSettings settings;
    private final Api api;

    Nodes(KubernetesSettings settings, Api api) {
        this.settings = settings;
        this.api = api;
    }

    CapacityReading capacity() {
        Instant asOf = settings.clock().instant();
        Reply<Listed<Node>> nodes = api.list(Paths.NODES, "", NodeList.class, UnaryOperator.identity());
        if (!(nodes instanceof Reply.Said<Listed<Node>>(Listed<Node> there))) {
            return new CapacityReading.Unknown(nodes.doubt("its nodes"));
        }
        Reply<Listed<Pod>> pods = api.list(Paths.PODS, HOLDING, PodList.class, Nodes::trimmed);
        if (!(pods instanceof Reply.Said<Listed<Pod>>(Listed<Pod> running))) {
            return new CapacityReading.Unknown(pods.doubt("its pods"));
        }
        List<Machine> machines = there.items().stream().map(this::machine).toList();
        if (machines.isEmpty()) {
            return new CapacityReading.Unknown(new Doubt("it has no nodes"));
        }
        return bounded(Capacities.of(asOf, settings, machines, loads(running.items()), natives(running.items())));
    }

    /** Without the right to read them quotas bound nothing that is planned; they still keep jobs from pods. */
    private CapacityReading bounded(CapacityReading reading) {
        return settings.site()
                .namespaces()
                .shared()
                .map(namespace -> api.list(
                        Paths.quotas(namespace), "", ResourceQuotaList.class, UnaryOperator.<ResourceQuota>identity()))
                .map(reply -> reply instanceof Reply.Said<Listed<ResourceQuota>>(Listed<ResourceQuota> quotas)
                        ? new Quotas(quotas.items())
                                .within(reading, settings.site().placing().gpus())
                        : reading)
                .orElse(reading);
    }

    /** What is asked for is kept, and whose it is. */
    private static Pod trimmed(Pod pod) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withLabels(pod.getMetadata().getLabels())
                .endMetadata()
                .withNewSpec()
                .withNodeName(pod.getSpec().getNodeName())
                .withContainers(pod.getSpec().getContainers().stream()
                        .map(Nodes::trimmed)
                        .toList())
                .withOverhead(pod.getSpec().getOverhead())
                .endSpec()
                .build();
    }

    private static Container trimmed(Container container) {
        Container kept = new Container();
        kept.setResources(container.getResources());
        return kept;
    }

    private Machine machine(Node node) {
        List<Taint> taints = node.getSpec() == null ? List.of() : node.getSpec().getTaints();
        boolean ready = node.getStatus().getConditions().stream()
                .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
        boolean closed =
                node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        Map<String, String> labels = node.getMetadata().getLabels();
        return new Machine(
                node.getMetadata().getName(),
                labels == null ? new TreeMap<>() : new TreeMap<>(labels),
                taints.stream()
                        // Those that Kubernetes itself sets say what ready and closed say.
                        .filter(taint -> !taint.getKey().startsWith("node.kubernetes.io/"))
                        .filter(taint -> !"PreferNoSchedule".equals(taint.getEffect()))
                        .map(Taint::getKey)
                        .toList(),
                ready && !closed,
                room(node.getStatus().getAllocatable(), labels == null ? Map.of() : labels));
    }

    private Map<String, Load> loads(List<Pod> pods) {
        Map<String, Load> loads = new HashMap<>();
        for (Pod pod : pods) {
            String node = pod.getSpec().getNodeName();
            if (node != null) {
                Load before = loads.getOrDefault(node, Load.NONE);
                Room taken = taken(pod);
                loads.put(
                        node,
                        isOurs(pod)
                                ? new Load(before.ours().plus(taken), before.others(), before.otherPods())
                                : new Load(before.ours(), before.others().plus(taken), before.otherPods() + 1));
            }
        }
        return loads;
    }

    /** What pods of others request that are on a node, by namespace: of an amount less than a CPU that of all of them counts. */
    private SortedMap<String, Room> natives(List<Pod> pods) {
        SortedMap<String, Room> natives = new TreeMap<>();
        for (Pod pod : pods) {
            String namespace = pod.getMetadata().getNamespace();
            if (namespace != null && pod.getSpec().getNodeName() != null && !isOurs(pod)) {
                natives.merge(namespace, taken(pod), Room::plus);
            }
        }
        return natives;
    }

    private boolean isOurs(Pod pod) {
        Map<String, String> labels = pod.getMetadata().getLabels();
        return labels != null
                && Keys.realm(new dev.sluice.job.AttemptId(settings.realm(), 0)).equals(labels.get(Keys.REALM));
    }

    private Room taken(Pod pod) {
        Room taken = room(pod.getSpec().getOverhead(), Map.of());
        for (Container container : pod.getSpec().getContainers()) {
            ResourceRequirements resources = container.getResources();
            if (resources != null) {
                taken = taken.plus(room(resources.getRequests(), Map.of()));
            }
        }
        return taken;
    }

    /** @param labels of the node: of a resource that stands for several types of GPU, the node's labels tell which */
    private Room room(@Nullable Map<String, Quantity> quantities, Map<String, String> labels) {
        if (quantities == null) {
            return Room.NONE;
        }
        SortedMap<String, Long> gpus = new TreeMap<>();
        settings.site().placing().gpus().forEach((type, known) -> {
            long count = number(quantities.get(known.resource()), BigDecimal.ONE);
            if (count > 0 && labels.entrySet().containsAll(known.nodeSelector().entrySet())) {
                gpus.put(type, count);
            }
        });
        return new Room(
                number(quantities.get("cpu"), THOUSAND), number(quantities.get("memory"), BigDecimal.ONE), gpus);
    }

    private static long number(@Nullable Quantity quantity, BigDecimal times) {
        if (quantity == null) {
            return 0;
        }
        try {
            return quantity.getNumericalAmount()
                    .multiply(times)
                    .setScale(0, RoundingMode.CEILING)
                    .longValue();
        } catch (IllegalArgumentException e) {
            // A quantity of a later Kubernetes: nothing is planned with what cannot be read.
            return 0;
        }
    }
}
