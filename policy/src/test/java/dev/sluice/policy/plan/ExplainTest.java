package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.plan.Explanation.Basis;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Needs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Why a job waits, when it starts, and what would change that: each change that is told lets it start when it is made. */
class ExplainTest {
    private static final ClusterName HPC = new ClusterName("hpc");

    private final Scene scene = new Scene();

    private static Explanation.Wait wait(Scene scene, int job) {
        return scene.planner().explain(new JobId(job), Scene.NOW).waits().getFirst();
    }

    private static List<String> reasons(Explanation.Wait wait) {
        return wait.places().stream()
                .flatMap(place -> place.reasons().stream().map(reason -> place.cluster() + ": " + reason.text()))
                .toList();
    }

    private static List<String> changes(Explanation.Wait wait) {
        return wait.changes().stream().map(Change::text).toList();
    }

    /** The same scene with the job asking otherwise, and whether it starts. */
    private static void starts(Scene changed) {
        assertThat(changed.plan()).anyMatch(line -> line.startsWith("start 1 "));
    }

    @Test
    void whoIsAheadIsToldByProjectInTheOrderOfTurns() {
        scene.owned("hpc", 1).project("a", 1).project("b", 3);
        scene.job(91, "c").runs("hpc", 5);
        for (int id = 2; id <= 7; id++) {
            scene.job(id, "b").waits();
        }
        scene.job(10, "a").waits();
        scene.job(11, "a").waits();
        Explanation.Wait wait = wait(scene, 11);
        assertThat(wait.ahead())
                .containsExactly(
                        new Explanation.Ahead(Optional.of(new ProjectPath("a")), 1),
                        new Explanation.Ahead(Optional.of(new ProjectPath("b")), 3));
        assertThat(wait.seenBy(project -> project.value().equals("a")).ahead())
                .containsExactly(
                        new Explanation.Ahead(Optional.of(new ProjectPath("a")), 1),
                        new Explanation.Ahead(Optional.empty(), 3));
    }

    @Test
    void whatIsKeptForOthersIsToldAndTheShorterLimitWithWhichItWouldNotBeInTheWay() {
        backfill(60);
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait))
                .containsExactly(
                        "hpc: what is free is kept for a job whose turn comes before, and is needed in 40 minutes");
        assertThat(changes(wait)).containsExactly("with a time limit of at most 40 minutes, on hpc");
        assertThat(wait.expected().orElseThrow().basis()).isEqualTo(Basis.KEPT);
        Scene changed = new ExplainTest().backfill(40);
        starts(changed);
    }

    private Scene backfill(int minutes) {
        scene.owned("hpc", 10).used("a", "alice", 5, Duration.ofHours(9), Duration.ofHours(1));
        scene.job(91, "c").cpus(8).minutes(60).runs("hpc", 20);
        scene.job(9, "b").cpus(10).waits();
        scene.job(1, "a").minutes(minutes).waits();
        return scene;
    }

    @Test
    void forWhomRoomIsKeptTheTimeIsToldAndWithLessHeWouldStartNow() {
        tooLarge(6);
        Explanation.Wait wait = wait(scene, 1);
        assertThat(wait.expected())
                .contains(new Explanation.Expected(
                        Scene.NOW.plus(Duration.ofMinutes(40)), HPC, Optional.empty(), Basis.KEPT));
        assertThat(changes(wait)).containsExactly("with at most 5 CPUs, on hpc");
        starts(new ExplainTest().tooLarge(5));
    }

    private Scene tooLarge(int cpus) {
        scene.owned("hpc", 10);
        scene.job(91, "c").cpus(5).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(cpus).waits();
        return scene;
    }

    @Test
    void elsewhereAndOnADrainedClusterIsTried() {
        bound(ask -> ask.withRouting(ask.routing().withAllowed(Set.of(HPC))), Health.DRAINED);
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait))
                .containsExactly(
                        "hpc: the cluster is drained by an operator", "k8s: the job allows other clusters only");
        assertThat(changes(wait)).containsExactly("if it might go to k8s", "if an operator let new work onto hpc");
        starts(new ExplainTest().bound(ask -> ask, Health.DRAINED));
        starts(new ExplainTest().bound(ask -> ask.withRouting(ask.routing().withAllowed(Set.of(HPC))), Health.UP));
    }

    private Scene bound(UnaryOperator<Ask> ask, Health health) {
        ClusterView view = Scene.view("hpc", 4, 0);
        scene.cluster(new ClusterView(view.name(), health, view.partitions())).owned("k8s", 4);
        scene.job(1, "a").asks(ask).waits();
        return scene;
    }

    @Test
    void aClosedBudgetIsToldAndOpeningItIsTried() {
        scene.owned("hpc", 4);
        scene.job(1, "a/x").waits();
        Planner planner = scene.planner();
        planner.budget(new ProjectPath("a"), Budget.CLOSED);
        Explanation.Wait wait = planner.explain(new JobId(1), Scene.NOW).waits().getFirst();
        assertThat(wait.everywhere()).containsExactly(new Reason.BudgetClosed(new ProjectPath("a")));
        assertThat(wait.expected()).isEmpty();
        assertThat(changes(wait)).containsExactly("if an operator opened the budget of project a, on hpc");
        planner.budget(new ProjectPath("a"), Budget.OPEN);
        assertThat(scene.lines(planner.plan(Scene.NOW, 10))).containsExactly("start 1 on hpc");
    }

    @Test
    void anArrayAtItsOwnLimitIsToldSoAndMoreAtOnceIsTried() {
        scene.owned("hpc", 4);
        scene.job(1, "a").tasks(3).waits();
        Planner planner = scene.planner();
        planner.room(new JobId(1), 0);
        Explanation.Wait wait = planner.explain(new JobId(1), Scene.NOW).waits().getFirst();
        assertThat(wait.everywhere()).containsExactly(new Reason.AtOnce());
        assertThat(changes(wait)).containsExactly("with more tasks of the array at once, on hpc");
        planner.room(new JobId(1), 1);
        assertThat(scene.lines(planner.plan(Scene.NOW, 10))).containsExactly("start 1 on hpc");
    }

    @Test
    void whatNothingWouldChangeIsNotPretended() {
        scene.owned("hpc", 4);
        scene.job(91, "b").cpus(4).runs("hpc", 10);
        scene.job(1, "a").waits();
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait)).containsExactly("hpc: it needs 1 CPU, free: 0 CPUs");
        assertThat(wait.changes()).isEmpty();
    }

    @Test
    void limitsOfTheProjectAreTold() {
        Caps one = new Caps(OptionalInt.empty(), OptionalInt.of(1), OptionalInt.empty(), OptionalInt.empty());
        TreeSet<ClusterName> hpc = new TreeSet<>(Set.of(HPC));
        scene.owned("hpc", 4)
                .owned("k8s", 4)
                .project(Project.of(new ProjectPath("a"), 1).withCaps(one).withClusters(hpc));
        scene.job(91, "a").runs("hpc", 10);
        scene.job(1, "a").waits();
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait))
                .containsExactly(
                        "hpc: project a, one above it or its user has as much as it may have at once",
                        "k8s: project a may not use the cluster");
        assertThat(wait.expected()).isEmpty();
    }

    @Test
    void missingModulesAreToldAndThatItWouldStartWithoutThem() {
        modules(List.of("gcc/13", "cuda"));
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait))
                .containsExactly(
                        "hpc: it needs environment modules cuda, gcc/13, the cluster has gcc/12.2, gcc/14.1",
                        "k8s: it needs environment modules cuda, gcc/13, the cluster has none of that name");
        assertThat(changes(wait)).containsExactly("if it needed no environment modules, on hpc");
        assertThat(scene.plan()).isEmpty();
        starts(new ExplainTest().modules(List.of()));
    }

    private Scene modules(List<String> needed) {
        scene.cluster(Scene.view("hpc", 4, 0)
                        .withModules(AvailableModules.of(List.of("gcc/12.2", "gcc/14.1", "openmpi"))))
                .cluster(Scene.view("k8s", 4, 0).withModules(AvailableModules.NONE));
        scene.job(1, "a")
                .asks(ask -> ask.withNeeds(Needs.NONE.withModules(needed)))
                .waits();
        return scene;
    }

    @Test
    void modulesThatAreThereAreNoChange() {
        scene.cluster(Scene.view("hpc", 4, 0).withModules(AvailableModules.of(List.of("gcc"))));
        scene.job(91, "b").cpus(4).runs("hpc", 10);
        scene.job(1, "a")
                .asks(ask -> ask.withNeeds(Needs.of(List.of("gcc"), List.of())))
                .waits();
        assertThat(changes(wait(scene, 1))).isEmpty();
        Scene choosy = new Scene().owned("hpc", 4).cluster(Scene.view("k8s", 4, 0));
        choosy.with(settings -> settings.withOverflowAfter(Duration.ofMinutes(1000)));
        choosy.job(91, "b").cpus(4).runs("hpc", 10);
        choosy.job(1, "a")
                .asks(ask -> ask.withRouting(ask.routing().withPreferred(Set.of(HPC)))
                        .withNeeds(Needs.of(List.of("gcc"), List.of())))
                .waits();
        assertThat(changes(wait(choosy, 1))).containsExactly("if it might go to k8s");
    }

    @Test
    void ofManyMissingModulesAFewAreTold() {
        List<String> many = IntStream.range(10, 30).mapToObj(i -> "m" + i).toList();
        Reason.Modules reason = Reason.Modules.of(Needs.of(many, List.of()), AvailableModules.NONE)
                .orElseThrow();
        assertThat(reason.text())
                .isEqualTo(
                        "it needs environment modules m10, m11, m12, m13, m14, m15, m16, m17 and 12 more, the cluster"
                                + " has none of that name");
    }

    @Test
    void fileSystemsMaintenanceAndPreferenceAreTold() {
        scene.cluster(Scene.view("hpc", 4, 0).withFileSystems(List.of("/home")))
                .cluster(Scene.view("k8s", 4, 0).withMaintenance(Scene.NOW.plus(Duration.ofMinutes(30))));
        scene.job(1, "a")
                .asks(ask ->
                        new Ask(ask.resources(), ask.limit(), ask.routing(), Needs.of(List.of(), List.of("/scratch"))))
                .waits();
        Explanation.Wait wait = wait(scene, 1);
        assertThat(reasons(wait))
                .containsExactly(
                        "hpc: it works with /scratch, the cluster mounts /home",
                        "k8s: the cluster is taken out of service at 2026-03-01T00:30:00Z, before the job's time"
                                + " limit is over");
        assertThat(changes(wait)).containsExactly("with a time limit of at most 30 minutes, on k8s");
        assertThat(scene.plan()).isEmpty();

        Scene choosy = new Scene().owned("hpc", 4).owned("k8s", 4);
        choosy.with(settings -> settings.withOverflowAfter(Duration.ofMinutes(1000)));
        choosy.job(91, "b").cpus(4).runs("hpc", 10);
        choosy.job(1, "a")
                .asks(ask -> ask.withRouting(ask.routing().withPreferred(Set.of(HPC))))
                .waits();
        assertThat(reasons(wait(choosy, 1)))
                .containsExactly(
                        "hpc: it needs 1 CPU, free: 0 CPUs",
                        "k8s: the job prefers other clusters, and waits for them alone until 2026-03-01T00:01:00Z");
        assertThat(changes(wait(choosy, 1))).containsExactly("if it might go to k8s");
        choosy.with(settings -> settings.withOverflowAfter(Duration.ofMinutes(998)));
        assertThat(choosy.plan()).containsExactly("start 1 on k8s");
    }

    @Test
    void inTheWayOfOneThatStartsIsNothingAndNothingIsToBeChanged() {
        scene.owned("hpc", 10).job(1, "a").cpus(6).waits();
        Explanation.Wait wait = wait(scene, 1);
        assertThat(wait.expected()).contains(new Explanation.Expected(Scene.NOW, HPC, Optional.empty(), Basis.NOW));
        assertThat(reasons(wait)).isEmpty();
        assertThat(changes(wait)).isEmpty();
    }

    /** What the plan keeps free for it is not ours to promise. */
    @Test
    void noTimeIsToldWhereOthersMayTakeTheRoomThatIsKept() {
        scene.kubernetes("k8s", 10, 0, 0);
        scene.job(91, "c").cpus(5).minutes(60).runs("k8s", 20);
        scene.job(1, "a").cpus(6).waits();
        assertThat(scene.plan()).containsExactly("reserve k8s for 1 in 40 min");
        assertThat(wait(scene, 1).expected()).isEmpty();
    }

    @Test
    void ofTwoPartsOfAnArrayEachIsToldItsOwn() {
        scene.owned("hpc", 1).job(1, "a").tasks(2).waits();
        Planner planner = scene.planner();
        Candidate both = planner.snapshot().queued().getFirst();
        planner.leave(both.job(), both.tasks());
        planner.queue(both.withTasks(TaskSet.range(0, 0)));
        planner.queue(both.withTasks(TaskSet.range(1, 1)));
        List<Explanation.Wait> waits = planner.explain(new JobId(1), Scene.NOW).waits();
        assertThat(waits)
                .extracting(ExplainTest::reasons)
                .containsExactly(List.of(), List.of("hpc: it needs 1 CPU, free: 0 CPUs"));
        assertThat(waits)
                .extracting(each -> each.expected().map(Explanation.Expected::basis))
                .containsExactly(Optional.of(Basis.NOW), Optional.of(Basis.KEPT));
    }

    /** Four tasks at once let the other project have its turns first. */
    @Test
    void anArrayIsAheadAsOneThatTakesAllItAsksFor() {
        scene.owned("hpc", 1);
        scene.job(91, "c").runs("hpc", 5);
        scene.job(1, "a").tasks(4).waits();
        scene.job(2, "b").waits();
        scene.job(3, "b").waits();
        scene.job(4, "b").waits();
        scene.job(5, "a").waits();
        assertThat(wait(scene, 5).ahead())
                .containsExactly(
                        new Explanation.Ahead(Optional.of(new ProjectPath("a")), 1),
                        new Explanation.Ahead(Optional.of(new ProjectPath("b")), 3));
    }

    @Test
    void nobodyOfAProjectWhoseBudgetIsClosedIsAhead() {
        scene.owned("hpc", 1);
        scene.job(1, "a").waits();
        scene.job(2, "b").waits();
        scene.job(3, "c").waits();
        Planner planner = scene.planner();
        planner.budget(new ProjectPath("a"), Budget.CLOSED);
        assertThat(planner.explain(new JobId(3), Scene.NOW).waits().getFirst().ahead())
                .containsExactly(new Explanation.Ahead(Optional.of(new ProjectPath("b")), 1));
    }

    /** Half of the cluster now, and nothing before: a sixteenth of a half, and a third of that for the weight. */
    @Test
    void sharesAreToldOfEachProjectAboveAndOfTheUser() {
        scene.owned("hpc", 10).project("a", 3);
        scene.job(91, "a/x").cpus(5).runs("hpc", 0);
        scene.job(92, "a/x").by("bob").cpus(5).runs("hpc", 0);
        scene.job(1, "a/x").waits();
        List<Explanation.Share> shares = wait(scene, 1).shares();
        assertThat(shares)
                .extracting(share -> share.project() + " "
                        + share.user().map(UserName::value).orElse("all") + " " + share.weight())
                .containsExactly("a all 3", "a/x all 1", "a/x alice 1");
        assertThat(shares.get(0).share()).isCloseTo(1 / 16.0 / 3, within(1e-6));
        assertThat(shares.get(1).share()).isCloseTo(1 / 16.0, within(1e-6));
        assertThat(shares.get(2).share()).isCloseTo(1 / 32.0, within(1e-6));
    }

    @Test
    void aClusterThatHasAsManyOfOurTasksAsItTakesIsToldSo() {
        scene.cluster(Scene.view("hpc", 4, 0).withMostTasks(2));
        scene.job(91, "b").runs("hpc", 10);
        scene.job(92, "b").runs("hpc", 10);
        scene.job(1, "a").waits();
        assertThat(reasons(wait(scene, 1)))
                .containsExactly("hpc: the cluster takes 2 tasks of ours at once and has them");
        ClusterView view = Scene.view("hpc", 4, 0);
        Scene drained =
                new Scene().cluster(new ClusterView(view.name(), Health.DRAINED, view.partitions()).withMostTasks(0));
        drained.job(1, "a").waits();
        assertThat(reasons(wait(drained, 1))).containsExactly("hpc: the cluster is drained by an operator");
    }

    @Test
    void whereMoreIsTakenThanThereIsNothingIsFree() {
        scene.guest("hpc", 4, 6).job(1, "a").waits();
        assertThat(wait(scene, 1).places().getFirst().reasons())
                .containsExactly(new Reason.NotFree(Dimension.Plain.CPUS, 1, 0));
    }

    @Test
    void aMaintenanceThatIsFarEnoughIsNotTold() {
        scene.cluster(Scene.view("hpc", 4, 0).withMaintenance(Scene.NOW.plus(Duration.ofMinutes(60))));
        scene.job(91, "b").cpus(4).runs("hpc", 10);
        scene.job(1, "a").minutes(60).waits();
        assertThat(reasons(wait(scene, 1))).containsExactly("hpc: it needs 1 CPU, free: 0 CPUs");
    }

    private static Project promised(String path, long cpus) {
        return Project.of(new ProjectPath(path), 1)
                .withQuota(Scene.CPUS, Quota.guaranteed(cpus))
                .withQuota(Resource.everywhere(Dimension.Plain.MEMORY), Quota.guaranteed(cpus << 30));
    }

    /** What runs now counts a sixteenth: one of four that are guaranteed, and three where two are. */
    @Test
    void ofAGuaranteeTheShareTellsHowMuchIsInUseAndThenHowMuchIsTakenBesides() {
        scene.owned("hpc", 64).project(promised("a", 4)).project(promised("b", 2));
        scene.job(91, "a").cpus(16).runs("hpc", 0);
        scene.job(92, "b").cpus(48).runs("hpc", 0);
        scene.job(1, "a").waits();
        scene.job(2, "b").waits();
        assertThat(wait(scene, 1).shares().getFirst().share()).isCloseTo(-3 / 4.0, within(1e-6));
        assertThat(wait(scene, 2).shares().getFirst().share()).isCloseTo((3 - 2) / 64.0, within(1e-6));
    }

    @Test
    void aUsersLimitIsToldHimAlone() {
        Caps one = new Caps(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(1));
        scene.owned("hpc", 1).project(Project.of(new ProjectPath("a"), 1).withCaps(one));
        scene.job(91, "a").runs("hpc", 10);
        scene.job(1, "a").waits();
        scene.job(2, "a").by("bob").waits();
        assertThat(reasons(wait(scene, 1)))
                .containsExactly(
                        "hpc: project a, one above it or its user has as much as it may have at once",
                        "hpc: it needs 1 CPU, free: 0 CPUs");
        assertThat(reasons(wait(scene, 2))).containsExactly("hpc: it needs 1 CPU, free: 0 CPUs");
    }

    /** What it takes to its limit is its own start. */
    @Test
    void aJobThatStartsIsToldOfNoLimit() {
        Caps one = new Caps(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(1));
        scene.owned("hpc", 4).project(Project.of(new ProjectPath("a"), 1).withCaps(one));
        scene.job(1, "a").waits();
        scene.job(2, "a").by("bob").tasks(2).waits();
        assertThat(reasons(wait(scene, 1))).isEmpty();
        assertThat(reasons(wait(scene, 2)))
                .as("its second task may not start")
                .containsExactly("hpc: project a, one above it or its user has as much as it may have at once");
    }

    @Test
    void whereThereIsNoClusterNobodyHasAnyOfIt() {
        scene.job(1, "a").waits();
        assertThat(wait(scene, 1).shares().getLast().share()).isZero();
    }

    // ---- when it starts, where no room is kept for it

    private void unkept() {
        scene.with(settings -> settings.withReservations(0));
    }

    private static Optional<Explanation.Expected> ends(String cluster, int minutes) {
        return Optional.of(new Explanation.Expected(
                Scene.NOW.plus(Duration.ofMinutes(minutes)), new ClusterName(cluster), Optional.empty(), Basis.ENDS));
    }

    @Test
    void whoComesAfterTheOneForWhomRoomIsKeptIsToldWhenThatEnds() {
        tooLarge(6);
        scene.job(2, "a").cpus(6).waits();
        assertThat(wait(scene, 2).expected()).isEqualTo(ends("hpc", 100));
    }

    @Test
    void theEarliestEndOfAllPlacesIsTold() {
        unkept();
        scene.owned("aix", 4).owned("hpc", 4).owned("k8s", 4);
        scene.job(91, "b").cpus(4).minutes(60).runs("aix", 20);
        scene.job(92, "b").cpus(4).minutes(60).runs("hpc", 40);
        scene.job(93, "b").cpus(4).minutes(60).runs("k8s", 30);
        scene.job(1, "a").waits();
        assertThat(wait(scene, 1).expected()).isEqualTo(ends("hpc", 20));
    }

    @Test
    void noEndIsToldOfAClusterThatOthersUseNorOfOneThatTheProjectMayNot() {
        unkept();
        TreeSet<ClusterName> allowed = new TreeSet<>(Set.of(HPC, new ClusterName("k8s")));
        scene.owned("aix", 4)
                .guest("hpc", 10, 0)
                .owned("k8s", 4)
                .project(Project.of(new ProjectPath("a"), 1).withClusters(allowed));
        scene.job(91, "b").cpus(10).minutes(60).runs("hpc", 40);
        scene.job(92, "b").cpus(4).minutes(60).runs("k8s", 30);
        scene.job(1, "a").waits();
        assertThat(wait(scene, 1).expected()).isEqualTo(ends("k8s", 30));
    }

    @Test
    void aJobThatDoesNotExistIsExplainedAlikeAndLeavesNothing() {
        scene.owned("hpc", 10);
        scene.job(91, "c").cpus(5).minutes(60).runs("hpc", 20);
        scene.job(1, "a").cpus(6).waits();
        Planner planner = scene.planner();
        Candidate candidate = planner.snapshot().queued().getFirst();
        Explanation.Wait waiting =
                planner.explain(new JobId(1), Scene.NOW).waits().getFirst();
        planner.leave(new JobId(1), candidate.tasks());
        Snapshot before = planner.snapshot();
        Planner.Trial trial = planner.attempt(candidate, Planner.NO_LIMIT, Scene.NOW);
        assertThat(trial.starts()).isEmpty();
        assertThat(trial.explanation().waits()).containsExactly(waiting);
        assertThat(planner.snapshot()).isEqualTo(before);
    }
}
