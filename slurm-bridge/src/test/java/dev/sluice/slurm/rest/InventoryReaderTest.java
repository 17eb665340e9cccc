package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Accounts;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a cluster has, as recorded. */
final class InventoryReaderTest {
    private static final long MIB = 1L << 20;

    private static final String RESERVATIONS = """
            {"reservations":[{"name":"m","start_time":{"set":true,"number":100},"end_time":{"set":true,"number":200},
              "node_list":"n[1-2]","partition":"debug","flags":["MAINT","IGNORE_JOBS"],
              "tres":"cpu=12"}]}""";

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    void nodesPartitionsAndReservations(String version) throws Exception {
        Inventory inventory = said(new InventoryReader(Optional.of("debug"))
                .inventory(
                        Answer.said(Recorded.of(version, "nodes").body()),
                        Answer.said(Recorded.of(version, "partitions").body()),
                        Answer.said(Wire.MAPPER.readTree(RESERVATIONS))));
        Inventory.Node node = inventory.nodes().getFirst();
        assertThat(node.name()).isEqualTo("n1");
        assertThat(node.cpus()).isEqualTo(8);
        assertThat(node.memory()).isEqualTo(16_000 * MIB);
        assertThat(node.gpus()).isEqualTo(Map.of("a100", 4L));
        assertThat(node.allocatedGpus().keySet()).isEqualTo(node.gpus().keySet());
        assertThat(node.features()).containsExactly("lab");
        assertThat(node.partitions()).containsExactly("debug", "down", "long");
        assertThat(node.reason()).isEmpty();
        assertThat(inventory.partitions())
                .extracting(Inventory.Partition::name, Inventory.Partition::isDefault, Inventory.Partition::state)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("debug", true, "UP"),
                        org.assertj.core.groups.Tuple.tuple("long", false, "UP"),
                        org.assertj.core.groups.Tuple.tuple("down", false, "DOWN"));
        Inventory.Partition debug = inventory.partitions().stream()
                .filter(Inventory.Partition::isDefault)
                .findFirst()
                .orElseThrow();
        assertThat(debug.maxTime()).contains(Duration.ofHours(24));
        assertThat(debug.defaultTime()).contains(Duration.ofMinutes(10));
        assertThat(debug.maxNodes()).isEmpty();
        assertThat(inventory.reservations())
                .containsExactly(new Inventory.Reservation(
                        "m",
                        Instant.ofEpochSecond(100),
                        Instant.ofEpochSecond(200),
                        "n[1-2]",
                        List.of("n1", "n2"),
                        List.of("debug"),
                        List.of("MAINT", "IGNORE_JOBS"),
                        "cpu=12"));
    }

    @Test
    void anUnknownPartOfTheInventoryMakesAllUnknown() {
        assertThat(new InventoryReader(Optional.empty())
                        .inventory(
                                Answer.said(
                                        Recorded.of("24.11-v0.0.42", "nodes").body()),
                                Answer.unknown("x"),
                                Answer.unknown("y")))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    void accountsWithTheirLimitsAndWhoMayChargeThem(String version) {
        Accounts.Known known = AccountsReader.read(
                Recorded.of(version, "associations").body(),
                Recorded.of(version, "coordinators").body());
        assertThat(known.associations())
                .contains(
                        new Accounts.Association("alice", "physics", List.of("normal", "high", "low", "tiny")),
                        new Accounts.Association("bob", "chem", List.of("normal", "low")))
                .hasSize(7)
                .noneMatch(association -> association.user().isEmpty());
        assertThat(known.accounts())
                .containsExactlyInAnyOrder(
                        new Accounts.NativeAccount(
                                "root", Optional.empty(), Optional.of(1), new TreeSet<>(), Accounts.Limits.NONE),
                        new Accounts.NativeAccount(
                                "chem", Optional.of("root"), Optional.empty(), new TreeSet<>(), Accounts.Limits.NONE),
                        new Accounts.NativeAccount(
                                "physics",
                                Optional.of("root"),
                                Optional.of(20),
                                new TreeSet<>(List.of("bob")),
                                new Accounts.Limits(
                                        Optional.of(100),
                                        Optional.of(1000),
                                        Optional.of(10),
                                        Optional.of(50),
                                        new TreeMap<>(Map.of("cpus", 64L, "memory", 128L << 30, "gpus", 8L)))),
                        new Accounts.NativeAccount(
                                "lattice",
                                Optional.of("physics"),
                                Optional.of(30),
                                new TreeSet<>(List.of("alice", "bob")),
                                new Accounts.Limits(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(10),
                                        Optional.of(50),
                                        new TreeMap<>())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpu:a100:4|{a100=4}|{}",
                "gpu:4|{*=4}|{}",
                "gpu|{*=1}|{}",
                "gpu:a100:2(S:0-1),gpu:h100:1(IDX:0,3),shard:8|{a100=2, h100=1}|{shard=8}",
                "gpu:a100:0(IDX:N/A)|{a100=0}|{}",
                "tmp:1G,nic:mlx5:2|{}|{nic:mlx5=2, tmp=1073741824}",
                "(null)|{}|{}",
                "N/A|{}|{}"
            })
    void genericResources(String text, String gpus, String others) {
        InventoryReader.Gres.Counts counts = InventoryReader.Gres.read(text);
        assertThat(counts.gpus()).hasToString(gpus);
        assertThat(counts.others()).hasToString(others);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "n[1-3,07],login|[n1, n2, n3, n07, login]",
                "a[08-11]-ib|[a08-ib, a09-ib, a10-ib, a11-ib]",
                "r[1-2]n[1-2]|[r1n1, r1n2, r2n1, r2n2]",
                "n[1-|[n[1-]",
                "n[x-y]|[n[x-y]]"
            })
    void namesOfNodes(String text, String names) {
        assertThat(Hosts.expand(text)).hasToString(names);
    }

    private static <T> T said(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<T>) answer).value();
    }
}
