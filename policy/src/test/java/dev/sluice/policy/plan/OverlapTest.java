package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Partitions that have nodes in common, as most SLURM clusters do: no node is given away twice. */
class OverlapTest {
    private final Scene scene = new Scene();

    private static Amount cpus(int count) {
        return Amount.of(count, (long) count << 30);
    }

    private static PartitionCapacity partition(String name, int cpus) {
        return new PartitionCapacity(name, cpus(cpus), cpus(0), cpus(cpus), 7 * 24 * 60);
    }

    private static ClusterView.Block block(int cpus, String... partitions) {
        return new ClusterView.Block(new TreeSet<>(Set.of(partitions)), cpus(cpus));
    }

    /** Of 8 CPUs, which one partition has all of, and the other so many. */
    private void nested(int small) {
        scene.cluster(new ClusterView(
                        new ClusterName("hpc"), Health.UP, List.of(partition("all", 8), partition("short", small)))
                .withBlocks(List.of(block(8 - small, "all"), block(small, "all", "short"))));
    }

    private Scene.Job job(int id, String partition) {
        return scene.job(id, "a").asks(ask -> ask.withRouting(Routing.ANYWHERE.withPartitions(List.of(partition))));
    }

    @Test
    void whatOnePartitionGivesAwayTheOtherHasNoMore() {
        nested(8);
        job(1, "short").cpus(6).minutes(60).waits();
        job(2, "all").cpus(4).minutes(60).waits();
        job(3, "all").cpus(2).minutes(30).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc", "start 3 on hpc");
    }

    @Test
    void whatRunsInOnePartitionIsHeldInTheOtherUntilItEnds() {
        nested(8);
        job(91, "short").cpus(6).minutes(60).runs("hpc", "short", 10);
        job(1, "all").cpus(4).waits();
        assertThat(scene.plan()).containsExactly("reserve hpc for 1 in 50 min");
    }

    /** Half of the nodes of the larger one are the smaller one's, so half of what runs there is taken to be on them. */
    @Test
    void ofWhatRunsInTheLargerOneItsPartCounts() {
        nested(4);
        job(91, "all").cpus(4).minutes(60).runs("hpc", "all", 10);
        job(1, "short").cpus(3).waits();
        job(2, "short").cpus(2).minutes(10).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "reserve hpc for 1 in 50 min");
    }

    @Test
    void allThatRunsInTheSmallerOneCountsInTheLarger() {
        nested(4);
        job(91, "short").cpus(4).minutes(60).runs("hpc", "short", 10);
        job(1, "all").cpus(5).waits();
        job(2, "all").cpus(4).minutes(10).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "reserve hpc for 1 in 50 min");
    }

    @Test
    void roomThatIsKeptInOneIsNotGivenAwayInTheOther() {
        nested(8);
        job(91, "all").cpus(6).minutes(60).runs("hpc", "all", 10);
        job(1, "all").cpus(8).waits();
        job(2, "short").cpus(2).minutes(51).waits();
        job(3, "short").cpus(2).minutes(50).waits();
        assertThat(scene.plan()).containsExactly("start 3 on hpc", "reserve hpc for 1 in 50 min");
    }

    @Test
    void partitionsWithoutCommonNodesHaveNothingToDoWithEachOther() {
        scene.cluster(
                new ClusterView(new ClusterName("hpc"), Health.UP, List.of(partition("one", 4), partition("two", 4)))
                        .withBlocks(List.of(block(4, "one"), block(4, "two"))));
        job(91, "one").cpus(4).runs("hpc", "one", 10);
        job(1, "two").cpus(4).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc");
    }

    /** What a trial tries and takes back leaves the other partition as it was. */
    @Test
    void anExplanationChangesNothing() {
        nested(8);
        job(91, "all").cpus(6).minutes(60).runs("hpc", "all", 10);
        job(1, "all").cpus(8).waits();
        job(3, "short").cpus(2).minutes(50).waits();
        Planner planner = scene.planner();
        List<String> before = scene.lines(planner.plan(Scene.NOW, 1000));
        assertThat(planner.explain(new JobId(1), Scene.NOW).waits().getFirst().expected())
                .hasValueSatisfying(expected ->
                        assertThat(Duration.between(Scene.NOW, expected.at())).isEqualTo(Duration.ofMinutes(50)));
        assertThat(scene.lines(planner.plan(Scene.NOW, 1000))).isEqualTo(before);
    }
}
