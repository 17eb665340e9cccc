package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.NodeGroup;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.PartitionState;
import dev.sluice.cluster.Supply.Purpose;
import dev.sluice.cluster.Sweep;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What each door tells of a cluster of four nodes: n1 runs a job that is not ours, n2 is free, n3 is drained and on n4 its people
 * work. Others' jobs wait for nodes, for their holder, for another job, for their begin and for others of their array.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CapacityTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Map<Generation, SlurmCluster> clusters = new EnumMap<>(Generation.class);

    enum Way {
        SSH_22(Generation.V22_05, Sites::ssh),
        SSH_24(Generation.V24_11, Sites::ssh),
        REST_24(Generation.V24_11, Sites::rest),
        SSH_26(Generation.V26_05, Sites::ssh),
        REST_26(Generation.V26_05, Sites::rest);

        private final Generation generation;
        private final Function<SlurmCluster, Site> site;

        Way(Generation generation, Function<SlurmCluster, Site> site) {
            this.generation = generation;
            this.site = site;
        }
    }

    @BeforeAll
    void open() {
        for (Generation generation : Generation.values()) {
            SlurmCluster cluster = SlurmCluster.start(generation, Setting.nodes(4));
            clusters.put(generation, cluster);
            scene(cluster);
        }
    }

    @AfterAll
    void close() {
        clusters.values().forEach(SlurmCluster::close);
    }

    private static void scene(SlurmCluster cluster) {
        cluster.exec("root", "scontrol", "update", "NodeName=n3", "State=DRAIN", "Reason=a bad disk")
                .text();
        reserve(cluster, "works", "Nodes=n4", "StartTime=now", "Duration=600", "Flags=MAINT,IGNORE_JOBS");
        reserve(cluster, "course", "Nodes=n2", "StartTime=now+10days", "Duration=60");
        reserve(cluster, "service", "Nodes=n[1-2]", "StartTime=now+20days", "Duration=120", "Flags=MAINT,IGNORE_JOBS");
        String running = sbatch(cluster, "-n3", "-w", "n1");
        sbatch(cluster, "-N2", "-w", "n[1-2]", "--exclusive");
        sbatch(cluster, "--hold");
        sbatch(cluster, "--dependency=afterany:" + running);
        sbatch(cluster, "--begin=now+1hour");
    }

    private static void reserve(SlurmCluster cluster, String name, String... words) {
        String[] whole = new String[words.length + 5];
        System.arraycopy(words, 0, whole, 5, words.length);
        whole[0] = "scontrol";
        whole[1] = "create";
        whole[2] = "reservation";
        whole[3] = "ReservationName=" + name;
        whole[4] = "Users=alice";
        cluster.exec("root", whole).text();
    }

    private static String sbatch(SlurmCluster cluster, String... words) {
        String[] whole = new String[words.length + 6];
        System.arraycopy(words, 0, whole, 2, words.length);
        whole[0] = "sbatch";
        whole[1] = "--parsable";
        whole[words.length + 2] = "--time=60";
        whole[words.length + 3] = "--output=/dev/null";
        whole[words.length + 4] = "--wrap";
        whole[words.length + 5] = "sleep 3600";
        return cluster.exec("alice", whole).text();
    }

    /** Looks until it is as it soon will be: reservations and jobs begin within seconds. */
    private static Capacity settled(ClusterBridge bridge) {
        Instant latest = Instant.now().plus(PATIENCE);
        while (true) {
            // From the start each time: a reason alone may be missed by a lighter look.
            assertThat(bridge.observe(Cursor.START, Duration.ZERO)).isInstanceOf(Sweep.Seen.class);
            if (bridge.capacity() instanceof Capacity capacity) {
                Supply.Terms debug = partition(capacity, "debug").terms();
                boolean so = debug.nodes().equals(new NodeCounts(1, 1, 0, 2))
                        && debug.others().equals(Optional.of(new Others(1, 1)));
                if (so || Instant.now().isAfter(latest)) {
                    return capacity;
                }
            }
        }
    }

    private static PartitionCapacity partition(Capacity capacity, String name) {
        return capacity.partitions().stream()
                .filter(partition -> partition.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void aClusterIsToldAsItStands(Way way) {
        try (Site site = way.site.apply(clusters.get(way.generation))) {
            Capacity capacity = settled(site.bridge());

            PartitionCapacity debug = partition(capacity, "debug");
            assertThat(debug.terms().nodes()).isEqualTo(new NodeCounts(1, 1, 0, 2));
            assertThat(debug.terms().others()).contains(new Others(1, 1));
            assertThat(debug.total().cpus()).as("what can be used").isEqualTo(16);
            assertThat(debug.others().cpus()).as("what others use").isEqualTo(3);
            assertThat(capacity.natives())
                    .as("in each partition of its node, and once; 100 MiB for each CPU")
                    .containsExactly(new NativeUse("physics", Amount.of(3, 300L << 20)));
            assertThat(debug.maxMinutes()).isEqualTo(24 * 60);
            assertThat(debug.terms().defaultMinutes()).isEqualTo(10);
            assertThat(partition(capacity, "short").terms().defaultMinutes()).isEqualTo(2);
            assertThat(partition(capacity, "long").terms().defaultMinutes())
                    .as("its longest, where there is no default")
                    .isEqualTo(7 * 24 * 60);
            assertThat(partition(capacity, "down").terms().state()).isEqualTo(PartitionState.DOWN);
            assertThat(capacity.open())
                    .extracting(PartitionCapacity::name)
                    .contains("debug", "long", "short")
                    .doesNotContain("down");
            nodes(capacity.supply());
            reservations(capacity.supply());
        }
    }

    private static void nodes(Supply supply) {
        assertThat(supply.nodes())
                .extracting(NodeGroup::features, NodeGroup::counts)
                .containsExactlyInAnyOrder(
                        Tuple.tuple(new TreeSet<>(Set.of("lab")), new NodeCounts(0, 1, 0, 0)),
                        Tuple.tuple(new TreeSet<>(Set.of("lab", "fast")), new NodeCounts(1, 0, 0, 2)));
        assertThat(supply.nodes()).allSatisfy(group -> {
            assertThat(group.each().cpus()).isEqualTo(8);
            assertThat(group.each().memory()).isEqualTo(16_000L << 20);
            assertThat(group.each().gpus()).isEqualTo(new TreeMap<>(Map.of("a100", 4L)));
            assertThat(group.partitions()).contains("debug", "down", "gpu", "long", "short");
        });
    }

    private static void reservations(Supply supply) {
        assertThat(supply.reservations())
                .extracting(Supply.Reservation::name, Supply.Reservation::purpose, Supply.Reservation::nodes)
                .containsExactly(
                        Tuple.tuple("works", Purpose.MAINTENANCE, "n4"),
                        Tuple.tuple("course", Purpose.JOBS, "n2"),
                        Tuple.tuple("service", Purpose.MAINTENANCE, "n[1-2]"));
        assertThat(supply.reservations())
                .extracting(each ->
                        Duration.between(each.start(), each.end().orElseThrow()).toMinutes())
                .isEqualTo(List.of(600L, 60L, 120L));
        assertThat(supply.reservations())
                .extracting(Supply.Reservation::nodeCount)
                .containsExactly(1, 1, 2);
        assertThat(supply.reservations())
                .extracting(
                        reservation -> Optional.ofNullable(reservation.amounts().get("debug"))
                                .map(Amount::cpus)
                                .orElse(0L))
                .as("a node in maintenance is nobody's anyway; 3 of n1's CPUs are a native's")
                .containsExactly(0L, 8L, 13L);
    }
}
