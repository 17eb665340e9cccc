package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Supply;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a quota on the one namespace of all jobs leaves of a cluster of 100 CPUs, of which others have 30. */
class QuotasTest {
    private static final long GIB = 1L << 30;
    private static final SortedMap<String, GpuType> GPUS =
            new TreeMap<>(Map.of("a100", new GpuType("nvidia.com/gpu", new TreeMap<>(), List.of())));
    private static final Amount LARGEST = Amount.of(32, 128 * GIB);

    private static ResourceQuota quota(Map<String, String> hard) {
        Map<String, Quantity> amounts = new TreeMap<>();
        hard.forEach((name, amount) -> amounts.put(name, new Quantity(amount)));
        return new ResourceQuotaBuilder()
                .withNewSpec()
                .withHard(amounts)
                .endSpec()
                .build();
    }

    private static Amount amount(long cpus, long gib, long gpus) {
        return new Amount(cpus, gib * GIB, new TreeMap<>(Map.of("a100", gpus)));
    }

    private static PartitionCapacity within(ResourceQuota... quotas) {
        PartitionCapacity there = new PartitionCapacity("k8s", amount(100, 400, 8), amount(30, 100, 6), LARGEST, 60);
        Capacity capacity = new Capacity(Instant.EPOCH, List.of(there));
        return ((Capacity) new Quotas(List.of(quotas)).within(capacity, GPUS))
                .partitions()
                .getFirst();
    }

    @Test
    void withoutAQuotaAllIsThere() {
        assertThat(within().total()).isEqualTo(amount(100, 400, 8));
        assertThat(within().others()).isEqualTo(amount(30, 100, 6));
    }

    @Test
    void aQuotaBoundsWhatThereIsAndOthersFillFirstWhatItKeepsUsFrom() {
        PartitionCapacity wide = within(quota(Map.of("requests.cpu", "80", "memory", "1Ti")));
        assertThat(wide.total()).isEqualTo(amount(80, 400, 8));
        assertThat(wide.others()).isEqualTo(amount(10, 100, 6));
        PartitionCapacity narrow = within(quota(Map.of("cpu", "19500m", "requests.nvidia.com/gpu", "1")));
        assertThat(narrow.total()).isEqualTo(amount(19, 400, 1));
        assertThat(narrow.others()).isEqualTo(amount(0, 100, 0));
        assertThat(narrow.largest()).isEqualTo(LARGEST);
    }

    @Test
    void ofSeveralTheLeastHoldsAndOneWithAScopeBoundsNothing() {
        ResourceQuota scoped = new ResourceQuotaBuilder(quota(Map.of("cpu", "1")))
                .editSpec()
                .withScopes("BestEffort")
                .endSpec()
                .build();
        assertThat(within(quota(Map.of("cpu", "50")), quota(Map.of("requests.cpu", "40")), scoped)
                        .total()
                        .cpus())
                .isEqualTo(40);
    }

    @Test
    void whatNativesHoldIsToldAsItIs() {
        List<NativeUse> natives = List.of(new NativeUse("wet-lab", Amount.of(50, GIB)));
        Capacity there = new Capacity(Instant.EPOCH, List.of(), Optional.empty(), Supply.UNTOLD, natives);
        Quotas quotas = new Quotas(List.of(quota(Map.of("cpu", "1"))));
        assertThat(((Capacity) quotas.within(there, GPUS)).natives()).isEqualTo(natives);
    }

    @Test
    void whatIsUnknownStaysSo() {
        CapacityReading unknown = new CapacityReading.Unknown(new Doubt("away"));
        assertThat(new Quotas(List.of(quota(Map.of("cpu", "1")))).within(unknown, GPUS))
                .isSameAs(unknown);
    }
}
