package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cluster.Sighting;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.job.Lifecycle.Stage;
import dev.sluice.job.Phase;
import dev.sluice.job.Verdict;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The table of both lifecycles has what can happen, and nothing that cannot. */
class LifecycleTest {
    @Test
    void everyTransitionIsVisited() {
        Set<String> visited = new TreeSet<>(FiveHundredSeeds.tally().transitions.keySet());
        int pairs = EveryPair.tell((from, to) -> visited.add(Stage.of(from) + " " + Stage.of(to)));
        assertThat(pairs).as("pairs of a state and something seen or answered").isGreaterThan(10_000);
        assertThat(Lifecycle.table().stream()
                        .filter(step -> !visited.contains(step.from() + " " + step.to()))
                        .toList())
                .as("what never happens is not in the table")
                .isEmpty();
    }

    /** What a person is told of a wait; told again it is no news, and takes no record. */
    @Test
    void whyTasksWaitOnTheirClusterIsKept() {
        Phase turn = new Phase.Pending(EveryPair.BINDING, 0, "");
        Phase quota = Phase.Pending.seen(EveryPair.BINDING, 0, "FailedCreate: quota");
        Sighting sawQuota = new Sighting.Pending(0, "FailedCreate: quota");
        assertThat(EveryPair.seen(turn, sawQuota).phase()).isEqualTo(quota);
        assertThat(EveryPair.seen(quota, sawQuota).phase()).isEqualTo(quota);
        assertThat(EveryPair.seen(quota, sawQuota).events())
                .isEqualTo(EveryPair.seen(turn, new Sighting.Pending(0)).events())
                .isLessThan(EveryPair.seen(turn, sawQuota).events());
        assertThat(EveryPair.seen(quota, new Sighting.Pending(0)).phase()).isEqualTo(turn);
        assertThat(EveryPair.seen(new Phase.Pending(EveryPair.BINDING, 0, "JobHeldAdmin"), sawQuota)
                        .phase())
                .isEqualTo(quota);
    }

    @Test
    void whatIsNotInTheTableIsADefect() {
        JobState ended = new JobState.Ended(Verdict.SUCCEEDED);
        assertThatThrownBy(() -> Lifecycle.check(ended, JobState.Waiting.FRESH))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no transition");
    }

    @Test
    void nothingFollowsOnTheEnd() {
        assertThat(Lifecycle.table()).noneMatch(step -> step.from() == Stage.ENDED);
        assertThat(Lifecycle.table().stream()
                        .map(Lifecycle.Transition::to)
                        .distinct()
                        .toList())
                .as("every stage is reached")
                .containsAll(List.of(Stage.values()));
    }
}
