package dev.sluice.kubernetes;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What quotas leave of a cluster whose jobs all live in one namespace. Where each project has its own, no quota bounds the cluster: it
 * bounds its project, and a job that it keeps from a pod says so.
 */
final class Quotas {
    private final Map<String, BigDecimal> least = new HashMap<>();

    Quotas(List<ResourceQuota> all) {
        for (ResourceQuota quota : all) {
            // One with a scope counts some pods only.
            boolean isPlain = quota.getSpec() != null
                    && quota.getSpec().getScopes().isEmpty()
                    && quota.getSpec().getScopeSelector() == null;
            if (isPlain && quota.getSpec().getHard() != null) {
                quota.getSpec().getHard().forEach(this::bound);
            }
        }
    }

    private void bound(String resource, Quantity amount) {
        try {
            BigDecimal number = amount.getNumericalAmount();
            least.merge(resource.replaceFirst("^requests\\.", ""), number, BigDecimal::min);
        } catch (IllegalArgumentException e) {
            // A quantity of a later Kubernetes bounds nothing that can be read.
            return;
        }
    }

    CapacityReading within(CapacityReading reading, SortedMap<String, GpuType> gpus) {
        if (least.isEmpty() || !(reading instanceof Capacity capacity)) {
            return reading;
        }
        return new Capacity(
                capacity.asOf(),
                capacity.partitions().stream()
                        .map(partition -> within(partition, gpus))
                        .toList(),
                capacity.defaultPartition(),
                capacity.supply(),
                capacity.natives());
    }

    /** Others than our namespace fill first what the quota keeps us from. */
    private PartitionCapacity within(PartitionCapacity partition, SortedMap<String, GpuType> gpus) {
        Amount total = partition.total();
        Amount others = partition.others();
        SortedMap<String, Long> totalGpus = new TreeMap<>();
        SortedMap<String, Long> othersGpus = new TreeMap<>();
        total.gpus().forEach((type, count) -> {
            long most = Optional.ofNullable(gpus.get(type))
                    .map(known -> most(known.resource(), count))
                    .orElse(count);
            totalGpus.put(type, most);
            othersGpus.put(type, Math.max(0, others.gpus(type) - (count - most)));
        });
        long cpus = most("cpu", total.cpus());
        long memory = most("memory", total.memory());
        return new PartitionCapacity(
                partition.name(),
                new Amount(cpus, memory, totalGpus),
                new Amount(
                        Math.max(0, others.cpus() - (total.cpus() - cpus)),
                        Math.max(0, others.memory() - (total.memory() - memory)),
                        othersGpus),
                partition.largest(),
                partition.maxMinutes(),
                partition.terms());
    }

    private long most(String resource, long there) {
        BigDecimal bound = least.get(resource);
        return bound == null
                ? there
                : Math.min(
                        there,
                        bound.setScale(0, RoundingMode.FLOOR)
                                .min(BigDecimal.valueOf(Long.MAX_VALUE))
                                .longValue());
    }
}
