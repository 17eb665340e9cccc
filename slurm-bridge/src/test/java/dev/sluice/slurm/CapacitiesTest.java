package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Supply.NodeCounts;
import dev.sluice.cluster.Supply.NodeGroup;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.PartitionState;
import dev.sluice.job.ClusterName;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.slurm.ssh.RecordedCluster;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of a cluster: from recordings of three versions, and row by row. */
final class CapacitiesTest {
    private static final long DAY = 24 * 60;
    private static final long GIB = 1L << 30;
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private static Capacity capacity(Inventory inventory, Optional<List<JobRow>> rows) {
        return capacity(inventory, rows, Rows.REALM);
    }

    private static Capacity capacity(Inventory inventory, Optional<List<JobRow>> rows, long realm) {
        return capacity(inventory, rows, realm, Duration.ZERO);
    }

    /** @param age of the look at the queue */
    private static Capacity capacity(Inventory inventory, Optional<List<JobRow>> rows, long realm, Duration age) {
        SlurmSettings settings = new SlurmSettings(
                new ClusterName("slurm"),
                realm,
                new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(), Set.of()),
                new BatchFile.Habits(new BatchFile.Claims(Optional.empty()), BatchFile.LoginShell.NO, new TreeMap<>()),
                Optional.of("/home/%u"),
                10_001,
                Duration.ofSeconds(300),
                Duration.ofSeconds(300),
                Duration.ofSeconds(65),
                Urgency.NONE,
                Supply.Ownership.OWNED,
                List.of("/scratch", "/home"),
                AvailableModules.of(List.of("gcc/12.2")),
                Duration.ZERO,
                InstantSource.fixed(NOW));
        return (Capacity) Capacities.of(inventory, rows.map(all -> new Watch.Rows(NOW.minus(age), all)), settings);
    }

    private static PartitionCapacity partition(Capacity capacity, String name) {
        return capacity.partitions().stream()
                .filter(partition -> partition.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    // ---- recordings ----

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void partitionsTellTheirLimitsAndWhatIsFree(String version) {
        Capacity capacity = capacity(RecordedCluster.inventory(version), Optional.of(RecordedCluster.queue(version)));

        Supply.Terms debug = partition(capacity, "debug").terms();
        assertThat(debug.state()).isEqualTo(PartitionState.UP);
        assertThat(debug.defaultMinutes()).isEqualTo(10);
        assertThat(partition(capacity, "debug").maxMinutes()).isEqualTo(DAY);
        assertThat(debug.maxNodes()).isEmpty();
        assertThat(debug.nodes()).as("one runs something, one is drained").isEqualTo(new NodeCounts(0, 1, 0, 1));
        assertThat(partition(capacity, "debug").total())
                .as("what is drained is nothing to plan with")
                .isEqualTo(new Amount(8, 16_000L << 20, new TreeMap<>(Map.of("a100", 4L))));
        assertThat(partition(capacity, "long").terms().defaultMinutes())
                .as("MaxTime where there is no DefaultTime")
                .isEqualTo(7 * DAY);
        Supply.Terms down = partition(capacity, "down").terms();
        assertThat(down.state()).isEqualTo(PartitionState.DOWN);
        assertThat(down.defaultMinutes()).isEqualTo(Ask.UNLIMITED.toMinutes());
        assertThat(capacity.open())
                .extracting(PartitionCapacity::name)
                .as("where jobs are sent")
                .containsExactly("debug", "long");
        assertThat(capacity.defaultPartition()).contains("debug");
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void whatIsHeldInTheRecordedQueueIsNotAhead(String version) {
        List<JobRow> queue = RecordedCluster.queue(version);
        assertThat(queue)
                .filteredOn(row -> row.states().contains("PENDING"))
                .isNotEmpty()
                .allMatch(row -> row.reason().equals("JobHeldUser"));
        long running =
                queue.stream().filter(row -> row.states().contains("RUNNING")).count();

        assertThat(running).isPositive();
        Inventory inventory = RecordedCluster.inventory(version);
        Capacity ours = capacity(inventory, Optional.of(queue));
        assertThat(partition(ours, "debug").terms().others())
                .as("what runs has our key")
                .contains(new Others(0, 0));
        Capacity theirs = capacity(inventory, Optional.of(queue), Rows.REALM + 1);
        assertThat(partition(theirs, "debug").terms().others()).contains(new Others(running, 0));
        assertThat(partition(theirs, "long").terms().others()).contains(new Others(0, 0));
    }

    @ParameterizedTest
    @CsvSource({"22.05, 1795606397, 2", "24.11, 1795606390, 1", "26.05, 1795606404, 2"})
    void nodesByWhatTheyHaveAndWhatIsSetAside(String version, long start, int held) {
        Supply supply =
                capacity(RecordedCluster.inventory(version), Optional.empty()).supply();
        assertThat(supply.ownership()).contains(Supply.Ownership.OWNED);
        assertThat(supply.fileSystems()).containsExactly("/scratch", "/home");
        assertThat(supply.modules()).isEqualTo(AvailableModules.of(List.of("gcc/12.2")));
        assertThat(supply.nodes())
                .containsExactly(new NodeGroup(
                        new Amount(8, 16_000L << 20, new TreeMap<>(Map.of("a100", 4L))),
                        new TreeMap<>(),
                        new TreeSet<>(Set.of("lab")),
                        new TreeSet<>(Set.of("debug", "long", "down")),
                        new NodeCounts(0, 1, 0, 1)));
        Amount idle = new Amount(8 - held, (16_000L - 100 * held) << 20, new TreeMap<>(Map.of("a100", 4L)));
        assertThat(supply.reservations())
                .containsExactly(new Supply.Reservation(
                        "m1",
                        Instant.ofEpochSecond(start),
                        Optional.of(Instant.ofEpochSecond(start + 3600)),
                        "n[1-2]",
                        2,
                        Supply.Purpose.MAINTENANCE,
                        new TreeMap<>(Map.of("debug", idle, "long", idle, "down", idle))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"24.11-v0.0.40", "24.11-v0.0.42", "26.05-v0.0.45"})
    void slurmrestdTellsTheSame(String version) {
        Capacity capacity = capacity(dev.sluice.slurm.rest.RecordedCluster.inventory(version), Optional.of(List.of()));
        Supply.Terms debug = partition(capacity, "debug").terms();
        assertThat(debug.state()).isEqualTo(PartitionState.UP);
        assertThat(debug.defaultMinutes()).isEqualTo(10);
        assertThat(debug.nodes().all()).isEqualTo(2);
        assertThat(partition(capacity, "long").terms().defaultMinutes()).isEqualTo(7 * DAY);
        assertThat(partition(capacity, "down").terms().state()).isEqualTo(PartitionState.DOWN);
        assertThat(partition(capacity, "down").terms().defaultMinutes()).isEqualTo(Ask.UNLIMITED.toMinutes());
        assertThat(capacity.open()).extracting(PartitionCapacity::name).containsExactlyInAnyOrder("debug", "long");
        assertThat(capacity.supply().nodes())
                .extracting(NodeGroup::each)
                .containsOnly(new Amount(8, 16_000L << 20, new TreeMap<>(Map.of("a100", 4L))));
    }

    // ---- whose turn it is ----

    private static final Inventory TWO_PARTITIONS = new Inventory(
            List.of(),
            Stream.of("debug", "long")
                    .map(name -> new Inventory.Partition(
                            name,
                            false,
                            "UP",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(4),
                            List.of(),
                            List.of(),
                            List.of()))
                    .toList(),
            List.of());

    private static Others others(String partition, Rows... rows) {
        List<JobRow> all = Stream.of(rows).map(Rows::row).toList();
        return partition(capacity(TWO_PARTITIONS, Optional.of(all)), partition)
                .terms()
                .others()
                .orElseThrow();
    }

    private static Rows pending(String reason) {
        return Rows.of("PENDING").comment("").reason(reason).in("debug", "");
    }

    @ParameterizedTest
    @CsvSource({
        "None, 1",
        "Priority, 1",
        "Resources, 1",
        "ReqNodeNotAvail, 1",
        "QOSMaxJobsPerUserLimit, 1",
        "JobHeldUser, 0",
        "JobHeldAdmin, 0",
        "JobHoldMaxRequeue, 0",
        "launch failed requeued held, 0",
        "Dependency, 0",
        "DependencyNeverSatisfied, 0",
        "BeginTime, 0",
        "JobArrayTaskLimit, 0",
    })
    void onlyWhatWaitsForNodesIsAhead(String reason, long ahead) {
        assertThat(others("debug", pending(reason))).isEqualTo(new Others(0, ahead));
    }

    @Test
    void oursAreNotOthersAndAnotherInstallationsAre() {
        Rows ours = Rows.running().in("debug", "n1");
        Rows waiting = Rows.of("PENDING").reason("Priority").in("debug", "");
        Rows theirs = ours.comment("0000000000099a8y9c76zwt3g7 x");
        assertThat(others("debug", ours, waiting)).isEqualTo(new Others(0, 0));
        assertThat(others("debug", ours, theirs)).isEqualTo(new Others(1, 0));
    }

    @Test
    void tasksOfArraysCountOneByOneAndWhatNamesTwoPartitionsIsAheadInBoth() {
        Rows array = pending("Priority").indices(new Indices.Of(TaskSet.range(0, 9)));
        Rows either = pending("Resources").in("long,debug", "");
        assertThat(others("debug", array, either)).isEqualTo(new Others(0, 11));
        assertThat(others("long", array, either)).isEqualTo(new Others(0, 1));
    }

    @Test
    void whatHasEndedAndWhatASiblingRunsAreNothing() {
        Rows ended = Rows.ended("COMPLETED", 0).comment("").in("debug", "n1");
        Rows revoked = Rows.of("PENDING", "REVOKED").comment("").in("debug", "");
        assertThat(others("debug", ended, revoked)).isEqualTo(new Others(0, 0));
    }

    @Test
    void beforeTheFirstLookNobodyKnowsOfOthers() {
        Supply.Terms terms =
                partition(capacity(TWO_PARTITIONS, Optional.empty()), "debug").terms();
        assertThat(terms.others()).isEmpty();
        assertThat(terms.maxNodes()).hasValue(4);
    }

    // ---- whose use it is ----

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void whatNativesHoldIsToldByAccount(String version) {
        Inventory inventory = RecordedCluster.inventory(version);
        List<JobRow> queue = RecordedCluster.queue(version);
        assertThat(capacity(inventory, Optional.of(queue)).natives())
                .as("what runs has our key")
                .isEmpty();
        assertThat(capacity(inventory, Optional.of(queue), Rows.REALM + 1).natives())
                .as("what has ended or is held holds nothing")
                .containsExactly(new NativeUse(
                        "chem", new Amount(1, 100L << 20, new TreeMap<>(Map.of(Gpus.ANY_TYPE, 1L)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"24.11-v0.0.40", "24.11-v0.0.42", "26.05-v0.0.45"})
    void slurmrestdTellsOfNativesToo(String version) {
        Capacity capacity = capacity(
                dev.sluice.slurm.rest.RecordedCluster.inventory(version),
                Optional.of(dev.sluice.slurm.rest.RecordedCluster.array(version)));
        assertThat(capacity.natives())
                .as("two tasks of an array run, each with as much as it has by default")
                .containsExactly(new NativeUse("physics", Amount.of(2, 200L << 20)));
    }

    private static List<NativeUse> natives(Duration age, Rows... rows) {
        List<JobRow> all = Stream.of(rows).map(Rows::row).toList();
        return capacity(TWO_PARTITIONS, Optional.of(all), Rows.REALM, age).natives();
    }

    @Test
    void eachRowCountsOnceAndOnlyWhatIsOnNodesAndHasAnAccount() {
        Rows theirs = Rows.running().comment("").holds("debug", "n1", "cpu=2,mem=1G,node=1", "chem");
        Rows many = theirs.holds("long", "n[1-2]", "cpu=3,mem=512M,node=2,gres/gpu:a100=2,gres/gpu=2", "chem");
        Rows bio = theirs.holds("debug", "n2", "cpu=1,mem=1M,node=1", "bio");
        Rows nobodys = theirs.holds("debug", "n2", "cpu=1,mem=1M,node=1", "");
        Rows over = Rows.ended("COMPLETED", 0).comment("").holds("debug", "n1", "cpu=8,mem=1M,node=1", "chem");
        Rows waits = Rows.of("PENDING").comment("").holds("debug", "", "cpu=8,mem=1M,node=1", "chem");
        Rows ours = Rows.running().holds("debug", "n1", "cpu=8,mem=1M,node=1", "chem");
        assertThat(natives(Duration.ofMinutes(5), theirs, many, bio, nobodys, over, waits, ours))
                .containsExactly(
                        new NativeUse("bio", Amount.of(1, 1L << 20)),
                        new NativeUse("chem", new Amount(5, 3 * GIB / 2, new TreeMap<>(Map.of("a100", 2L)))));
    }

    @Test
    void aLookOfLongAgoTellsNothingOfWhatRunsNow() {
        Rows theirs = Rows.running().comment("").holds("debug", "n1", "cpu=2,mem=1G,node=1", "chem");
        assertThat(natives(Duration.ofMinutes(5).plusMillis(1), theirs)).isEmpty();
        assertThat(capacity(TWO_PARTITIONS, Optional.empty()).natives()).isEmpty();
    }

    // ---- nodes ----

    @ParameterizedTest
    @CsvSource({
        "IDLE, 0, 0, free",
        "MIXED, 3, 0, partly",
        "MIXED, 0, 1, partly",
        "ALLOCATED, 8, 0, full",
        "IDLE DRAIN, 0, 0, down",
        "MIXED DRAIN, 3, 0, down",
        "DOWN, 0, 0, down",
        "IDLE NOT_RESPONDING, 0, 0, down",
        "IDLE MAINTENANCE, 0, 0, down",
        "IDLE RESERVED, 0, 0, free",
    })
    void aNodeIsCountedOnce(String states, int cpus, long gib, String as) {
        Node node = new Node(
                "n1",
                List.of(states.split(" ")),
                8,
                cpus,
                64 * GIB,
                gib * GIB,
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeSet<>(),
                new TreeSet<>(Set.of("debug")),
                Optional.empty());
        NodeCounts counts = switch (as) {
            case "free" -> new NodeCounts(1, 0, 0, 0);
            case "partly" -> new NodeCounts(0, 1, 0, 0);
            case "full" -> new NodeCounts(0, 0, 1, 0);
            default -> new NodeCounts(0, 0, 0, 1);
        };
        Inventory inventory = new Inventory(List.of(node), TWO_PARTITIONS.partitions(), List.of());
        Capacity capacity = capacity(inventory, Optional.empty());
        assertThat(partition(capacity, "debug").terms().nodes()).isEqualTo(counts);
        assertThat(partition(capacity, "long").terms().nodes()).isEqualTo(NodeCounts.NONE);
        assertThat(capacity.supply().nodes()).extracting(NodeGroup::counts).containsExactly(counts);
    }
}
