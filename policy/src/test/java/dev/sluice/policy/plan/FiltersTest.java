package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What rules a place out though it is empty: all that is told of it, and that nothing starts there; and what just fits. */
class FiltersTest {
    private static final ClusterName HPC = new ClusterName("hpc");

    private static final List<String> STARTS = List.of("starts");

    /** Of eight CPUs, two A100 and a day. */
    private static final ClusterView PLAIN = of(partition("hpc"));

    private static PartitionCapacity partition(String name) {
        Amount total = new Amount(8, 8L << 30, new TreeMap<>(Map.of("a100", 2L)));
        return new PartitionCapacity(name, total, Amount.of(0, 0), total, 24 * 60);
    }

    private static ClusterView of(PartitionCapacity... partitions) {
        return new ClusterView(HPC, Health.UP, List.of(partitions));
    }

    private static List<String> told(ClusterView view, int part, UnaryOperator<Ask> ask) {
        Scene scene = new Scene().cluster(view);
        scene.with(
                settings -> settings.withPlacement(settings.placement().with(HPC, ClusterTerms.PLAIN.withPart(part))));
        scene.job(1, "a").asks(ask).waits();
        Explanation.Wait wait =
                scene.planner().explain(new JobId(1), Scene.NOW).waits().getFirst();
        List<String> reasons = wait.places().stream()
                .flatMap(place -> place.reasons().stream()
                        .map(reason ->
                                place.partition().map(name -> name + ": ").orElse("") + reason.text()))
                .toList();
        boolean starts = !scene.plan().isEmpty();
        return starts && reasons.isEmpty() ? STARTS : reasons;
    }

    private static List<String> told(ClusterView view, UnaryOperator<Ask> ask) {
        return told(view, ClusterTerms.WHOLE, ask);
    }

    private static UnaryOperator<Ask> routed(UnaryOperator<Routing> change) {
        return ask -> ask.withRouting(change.apply(ask.routing()));
    }

    /** On however many nodes. */
    private static UnaryOperator<Ask> cpus(int count) {
        return ask -> ask.withResources(ask.resources().withTasks(count));
    }

    private static UnaryOperator<Ask> together(int cpus) {
        return ask -> ask.withResources(ask.resources().withCpusPerTask(cpus));
    }

    // ---- the whole cluster

    @Test
    void theJobsOwnWordOfClusters() {
        assertThat(told(PLAIN, routed(routing -> routing.withRefused(Set.of(HPC)))))
                .containsExactly("the job refuses this cluster");
        assertThat(told(PLAIN, routed(routing -> routing.withAllowed(Set.of(new ClusterName("k8s"))))))
                .containsExactly("the job allows other clusters only");
        assertThat(told(PLAIN, routed(routing -> routing.withAllowed(Set.of(HPC)))))
                .isEqualTo(STARTS);
    }

    @Test
    void aClusterThatDoesNotAnswerIsTheOnlyThingToldOfIt() {
        assertThat(told(new ClusterView(HPC, Health.DOWN, PLAIN.partitions()), ask -> ask))
                .containsExactly("the cluster does not answer");
    }

    @Test
    void onlyFileSystemsThatAreMissingAreTold() {
        ClusterView home = PLAIN.withFileSystems(List.of("/home", "/work"));
        assertThat(told(home, ask -> ask.withNeeds(Needs.of(List.of(), List.of("/home", "/scratch")))))
                .containsExactly("it works with /scratch, the cluster mounts /home, /work");
        assertThat(told(home, ask -> ask.withNeeds(Needs.of(List.of(), List.of("/home")))))
                .isEqualTo(STARTS);
        assertThat(told(PLAIN, ask -> ask.withNeeds(Needs.of(List.of(), List.of("/scratch")))))
                .as("of one of which nobody has said what it mounts")
                .isEqualTo(STARTS);
    }

    @Test
    void whatNobodyHasSaidOfModulesRulesNothingOut() {
        UnaryOperator<Ask> gcc = ask -> ask.withNeeds(Needs.of(List.of("gcc"), List.of()));
        assertThat(told(PLAIN, gcc)).isEqualTo(STARTS);
        assertThat(told(PLAIN.withModules(AvailableModules.of(List.of("gcc"))), gcc))
                .isEqualTo(STARTS);
        assertThat(told(PLAIN.withModules(AvailableModules.NONE), gcc))
                .containsExactly("it needs environment modules gcc, the cluster has none of that name");
    }

    // ---- which partition

    @Test
    void aClusterThatWasNotReadYetIsNotSaidToLackAPartition() {
        assertThat(told(of(), routed(routing -> routing.withPartitions(List.of("gpu")))))
                .containsExactly("the cluster's capacity was not read yet");
    }

    @Test
    void aJobGoesToThePartitionsThatItNamesElseToTheDefaultElseToAny() {
        ClusterView two = of(partition("cpu"), partition("gpu"));
        ClusterView defaulted = two.withDefaultPartition("gpu");
        assertThat(told(
                        defaulted,
                        routed(routing -> routing.withPartitions(List.of("cpu")))
                                .andThen(cpus(9))::apply))
                .containsExactly("cpu: it needs 9 CPUs, the partition has 8 CPUs");
        assertThat(told(defaulted, cpus(9))).containsExactly("gpu: it needs 9 CPUs, the partition has 8 CPUs");
        assertThat(told(two, cpus(9)))
                .containsExactly(
                        "cpu: it needs 9 CPUs, the partition has 8 CPUs",
                        "gpu: it needs 9 CPUs, the partition has 8 CPUs");
        assertThat(told(two, routed(routing -> routing.withPartitions(List.of("fat", "gpu")))))
                .isEqualTo(STARTS);
        assertThat(told(two, routed(routing -> routing.withPartitions(List.of("fat", "knl")))))
                .containsExactly("partition fat,knl is not among cpu,gpu");
        assertThat(told(two.withDefaultPartition("gone"), ask -> ask))
                .containsExactly("partition gone is not among cpu,gpu");
    }

    // ---- what a partition has

    @Test
    void aLimitMayBeAsLongAsThePartitionsAndNoSecondLonger() {
        assertThat(told(PLAIN, ask -> ask.withLimit(Duration.ofDays(1)))).isEqualTo(STARTS);
        assertThat(told(PLAIN, ask -> ask.withLimit(Duration.ofDays(1).plusSeconds(1))))
                .containsExactly("it asks for 1441 minutes, the partition gives at most 1440");
    }

    private static UnaryOperator<Ask> gpus(String type, int count) {
        return ask -> ask.withResources(
                ask.resources().withGpus(new Gpus(Gpus.Per.NODE, new TreeMap<>(Map.of(type, count)))));
    }

    /** How many of a type are missing is not told where there are none. */
    @Test
    void aTypeOfGpuThatIsNotThereIsToldAlone() {
        assertThat(told(PLAIN, gpus("a100", 2))).isEqualTo(STARTS);
        assertThat(told(PLAIN, gpus("h100", 1)))
                .containsExactly("it asks for GPUs of type h100, the partition has GPUs of type a100");
    }

    @Test
    void asMuchAsThePartitionHasFitsAndMoreIsTooLarge() {
        assertThat(told(PLAIN, cpus(8))).isEqualTo(STARTS);
        assertThat(told(PLAIN, cpus(9))).containsExactly("it needs 9 CPUs, the partition has 8 CPUs");
    }

    @Test
    void whatThePartitionHasAndOurPartHasNotIsToldAsThePart() {
        assertThat(told(PLAIN, 50, cpus(4))).isEqualTo(STARTS);
        assertThat(told(PLAIN, 50, cpus(5)))
                .containsExactly("it needs 5 CPUs, an administrator lets Sluice have 4 CPUs of the partition");
        assertThat(told(PLAIN, 50, cpus(8)))
                .containsExactly("it needs 8 CPUs, an administrator lets Sluice have 4 CPUs of the partition");
        assertThat(told(PLAIN, 50, cpus(9))).containsExactly("it needs 9 CPUs, the partition has 8 CPUs");
    }

    /** Two nodes of four CPUs. */
    @Test
    void whatOneNodeHasToHaveIsComparedWithTheLargest() {
        ClusterView pair = of(
                new PartitionCapacity("hpc", Amount.of(8, 8L << 30), Amount.of(0, 0), Amount.of(4, 4L << 30), 24 * 60));
        assertThat(told(pair, together(4))).isEqualTo(STARTS);
        assertThat(told(pair, together(5))).containsExactly("it needs a node with 5 CPUs, the largest has 4 CPUs");
        assertThat(told(pair, together(4).andThen(cpus(2))::apply)).isEqualTo(STARTS);
    }
}
