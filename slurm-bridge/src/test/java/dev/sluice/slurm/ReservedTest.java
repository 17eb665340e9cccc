package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Reservation;
import dev.sluice.slurm.door.JobRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Of two nodes with 8 CPUs and 16 GiB, one of them in a second partition too, what a reservation sets aside. */
final class ReservedTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final long GIB = 1L << 30;

    private static Node node(String name, int cpusHeld, long gibHeld, String state, String... partitions) {
        return new Node(
                name,
                List.of(state),
                8,
                cpusHeld,
                16 * GIB,
                gibHeld * GIB,
                new TreeMap<>(Map.of("a100", 4L)),
                new TreeMap<>(Map.of("a100", cpusHeld > 0 ? 1L : 0L)),
                new TreeMap<>(),
                new TreeSet<>(),
                new TreeSet<>(Set.of(partitions)),
                Optional.empty());
    }

    private static Amount amount(long cpus, long gib, long gpus) {
        return new Amount(cpus, gib * GIB, new TreeMap<>(Map.of("a100", gpus)));
    }

    private static SortedMap<String, Amount> amounts(int inMinutes, String tres, List<Node> nodes, Rows... ours) {
        Instant start = NOW.plus(Duration.ofMinutes(inMinutes));
        Reservation reservation = new Reservation(
                "course",
                start,
                start.plus(Duration.ofHours(2)),
                "n[1-2]",
                List.of("n1", "n2"),
                List.of(),
                List.of(),
                tres);
        List<JobRow> rows = Stream.of(ours).map(Rows::row).toList();
        Inventory inventory = new Inventory(nodes, List.of(), List.of(reservation));
        return new Reserved(inventory, rows, NOW).amounts(reservation);
    }

    private static final List<Node> NODES =
            List.of(node("n1", 3, 4, "MIXED", "debug"), node("n2", 0, 0, "IDLE", "debug", "long"));

    @Test
    void onceItHasBegunWhatNobodyHolds() {
        Rows ours = Rows.running().holds("debug", "n1", "cpu=2,mem=4G,node=1,gres/gpu:a100=1", "chem");
        assertThat(amounts(-1, "cpu=16", NODES, ours))
                .isEqualTo(Map.of("debug", amount(13, 28, 7), "long", amount(8, 16, 4)));
    }

    @Test
    void beforeThatWhatOthersLeave() {
        Rows ours = Rows.running().holds("debug", "n1", "cpu=2,mem=4G,node=1,gres/gpu:a100=1", "chem");
        assertThat(amounts(1, "cpu=16", NODES, ours))
                .isEqualTo(Map.of("debug", amount(15, 32, 8), "long", amount(8, 16, 4)));
    }

    @Test
    void ofAJobOnTwoNodesHalfIsOnEach() {
        List<Node> one = List.of(node("n1", 3, 4, "MIXED", "debug"));
        Rows ours = Rows.running().holds("debug", "n[1,7]", "cpu=4,mem=4G,node=2,gres/gpu:a100=2", "chem");
        assertThat(amounts(1, "", one, ours)).isEqualTo(Map.of("debug", amount(7, 14, 4)));
    }

    @Test
    void aNodeThatIsAwayIsNobodysAnyway() {
        List<Node> down = List.of(NODES.get(0), node("n2", 0, 0, "DOWN", "debug", "long"));
        assertThat(amounts(-1, "cpu=16", down)).isEqualTo(Map.of("debug", amount(5, 12, 3)));
    }

    /** scontrol(1), CoreCnt: of single cores, whose nodes' memory and GPUs stay everybody's. */
    @Test
    void ofSingleCoresTheirCpusAlone() {
        assertThat(amounts(1, "cpu=6", NODES)).isEqualTo(Map.of("debug", Amount.of(6, 0), "long", Amount.of(6, 0)));
    }
}
