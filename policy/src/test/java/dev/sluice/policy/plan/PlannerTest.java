package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Resources;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whose turn it is, told one situation a line; and the law that planning step by step is planning from scratch. */
class PlannerTest {
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final UserName ALICE = new UserName("alice");

    private final Planner planner = Planner.of(Snapshot.EMPTY, PolicySettings.DEFAULTS);

    private static ClusterView cluster(String name, int cpus, Health health) {
        Amount total = Amount.of(cpus, cpus * (4L << 30));
        return new ClusterView(
                new ClusterName(name),
                health,
                List.of(new PartitionCapacity(name, total, Amount.of(0, 0), total, 100_000)));
    }

    private static Ask ask(int cpus) {
        return Ask.DEFAULTS.withResources(Resources.DEFAULTS.withTasks(cpus)).withLimit(Duration.ofHours(1));
    }

    private static Candidate job(int id, int cpus, int priorityClass, int second) {
        return new Candidate(
                new JobId(id),
                TaskSet.SOLE,
                ask(cpus),
                new ProjectPath("physics"),
                ALICE,
                priorityClass,
                NOW.plusSeconds(second),
                Refusals.NONE);
    }

    private List<Integer> starts(int budget) {
        return planner.plan(NOW, budget).moves().stream()
                .filter(Move.Start.class::isInstance)
                .map(move -> ((Move.Start) move).job().value())
                .toList();
    }

    @Test
    void aHigherClassGoesFirstThenTheOlderThenTheLowerId() {
        planner.see(cluster("hpc", 8, Health.UP));
        planner.queue(job(1, 1, 0, 0));
        planner.queue(job(2, 1, 100, 9));
        planner.queue(job(4, 1, 100, 5));
        planner.queue(job(3, 1, 100, 5));
        assertThat(starts(10)).containsExactly(3, 4, 2, 1);
        assertThat(starts(2)).as("no more than the budget").containsExactly(3, 4);
    }

    @Test
    void whatDoesNotFitLetsTheNextGo() {
        planner.see(cluster("hpc", 4, Health.UP));
        planner.queue(job(1, 3, 0, 0));
        planner.queue(job(2, 3, 0, 1));
        planner.queue(job(3, 1, 0, 2));
        assertThat(starts(10)).containsExactly(1, 3);
    }

    /** Its partition gives it what it allows. */
    @Test
    void whoAsksForNoLimitFitsAPartitionOfMinutesAndAnHourDoesNot() {
        Amount total = Amount.of(4, 4L << 32);
        planner.see(new ClusterView(
                new ClusterName("hpc"),
                Health.UP,
                List.of(new PartitionCapacity("short", total, Amount.of(0, 0), total, 5))));
        Candidate hour = job(1, 1, 0, 0);
        planner.queue(hour);
        planner.queue(new Candidate(
                new JobId(2),
                TaskSet.SOLE,
                hour.ask().withLimit(Optional.empty()),
                hour.project(),
                ALICE,
                0,
                NOW,
                Refusals.NONE));
        assertThat(starts(10)).containsExactly(2);
    }

    @Test
    void nothingGoesToWhatIsDownOrDrained() {
        planner.see(cluster("down", 64, Health.DOWN));
        planner.see(cluster("drained", 64, Health.DRAINED));
        planner.queue(job(1, 1, 0, 0));
        assertThat(starts(10)).isEmpty();
        assertThat(planner.explain(new JobId(1), NOW).waits())
                .singleElement()
                .satisfies(wait -> assertThat(wait.places())
                        .hasSize(2)
                        .allSatisfy(place -> assertThat(place.reasons()).isNotEmpty()));
    }

    /** Jobs of one shape, refused by one cluster: each with the words it got itself. */
    @Test
    void whatAClusterSaidOfAJobIsToldOfThatJob() {
        planner.see(cluster("hpc", 64, Health.UP));
        ClusterName hpc = new ClusterName("hpc");
        for (int id = 1; id <= 2; id++) {
            Candidate job = job(id, 1, 0, 0);
            planner.queue(new Candidate(
                    job.job(),
                    job.tasks(),
                    job.ask(),
                    job.project(),
                    job.user(),
                    job.priorityClass(),
                    job.submitted(),
                    Refusals.NONE.and(hpc, "no account for job " + id)));
        }
        assertThat(starts(10)).isEmpty();
        for (int id = 1; id <= 2; id++) {
            assertThat(planner.explain(new JobId(id), NOW)
                            .waits()
                            .getFirst()
                            .places()
                            .getFirst()
                            .reasons())
                    .containsExactly(new Reason.RefusedByCluster("no account for job " + id));
        }
    }

    @Test
    void aClosedProjectStartsNothingBelowItEither() {
        planner.see(cluster("hpc", 64, Health.UP));
        planner.queue(job(1, 1, 0, 0));
        planner.budget(new ProjectPath("physics"), Budget.CLOSED);
        assertThat(starts(10)).isEmpty();
        planner.budget(new ProjectPath("physics"), Budget.OPEN);
        assertThat(starts(10)).containsExactly(1);
    }

    @Test
    void whatRunsTakesItsRoomUntilItIsReleased() {
        planner.see(cluster("hpc", 4, Health.UP));
        AttemptId attempt = AttemptId.random(1, new SplittableRandom(1));
        planner.charge(charge(attempt, 9, 4));
        planner.queue(job(1, 1, 0, 0));
        assertThat(starts(10)).isEmpty();
        planner.release(attempt, TaskSet.SOLE);
        assertThat(starts(10)).containsExactly(1);
    }

    private static Charge charge(AttemptId attempt, int id, int cpus) {
        return Charge.placed(
                attempt,
                new JobId(id),
                new ClusterName("hpc"),
                Optional.empty(),
                TaskSet.SOLE,
                ask(cpus),
                new ProjectPath("physics"),
                ALICE,
                0,
                true,
                Refusals.NONE,
                NOW);
    }

    @Test
    void planningStepByStepIsPlanningFromScratch() {
        SplittableRandom random = new SplittableRandom(7);
        List<AttemptId> live = new ArrayList<>();
        int placed = 0;
        for (int step = 0; step < 3_000; step++) {
            int id = 1 + random.nextInt(60);
            switch (random.nextInt(7)) {
                case 0, 1 -> planner.queue(job(id, 1 + random.nextInt(8), random.nextInt(3), random.nextInt(100)));
                case 2 -> planner.leave(new JobId(id), TaskSet.SOLE);
                case 3 -> {
                    AttemptId attempt = AttemptId.random(1, random);
                    planner.charge(charge(attempt, id, 1 + random.nextInt(4)));
                    live.add(attempt);
                }
                case 4 -> {
                    if (!live.isEmpty()) {
                        planner.release(live.remove(random.nextInt(live.size())), TaskSet.SOLE);
                    }
                }
                case 5 ->
                    planner.see(cluster(
                            random.nextBoolean() ? "hpc" : "k8s",
                            random.nextInt(65),
                            Health.values()[random.nextInt(3)]));
                default ->
                    planner.budget(new ProjectPath("physics"), random.nextInt(4) == 0 ? Budget.CLOSED : Budget.OPEN);
            }
            Plan plan = planner.plan(NOW, 20);
            assertThat(plan)
                    .isEqualTo(Planner.of(planner.snapshot(), PolicySettings.DEFAULTS)
                            .plan(NOW, 20));
            placed += plan.moves().size();
        }
        assertThat(placed).as("plans that place something").isGreaterThan(1_000);
    }
}
