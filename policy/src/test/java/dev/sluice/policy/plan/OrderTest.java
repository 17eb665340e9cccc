package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.Quota;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Needs;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Who goes first: each situation with its whole plan. Lower job ids are older. */
class OrderTest {
    private final Scene scene = new Scene();

    @Test
    void oneProjectOfOneUserGoesByClassThenByAge() {
        scene.owned("hpc", 3);
        scene.job(1, "a").waits();
        scene.job(2, "a").of(5).waits();
        scene.job(3, "a").waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "start 1 on hpc", "start 3 on hpc");
    }

    @Test
    void twoEqualProjectsTakeTurnsHoweverManyJobsOneHas() {
        scene.owned("hpc", 4);
        for (int id = 1; id <= 8; id++) {
            scene.job(id, "a").waits();
        }
        scene.job(21, "b").waits();
        scene.job(22, "b").waits();
        assertThat(scene.plan())
                .startsWith("start 1 on hpc", "start 21 on hpc", "start 2 on hpc", "start 22 on hpc")
                .noneMatch(line -> line.contains("start 3"));
    }

    @Test
    void weightsOneToTwoDivideWhatIsFreeOneToTwo() {
        scene.owned("hpc", 9).project("a", 1).project("b", 2);
        for (int id = 1; id <= 9; id++) {
            scene.job(id, "a").waits();
            scene.job(100 + id, "b").waits();
        }
        List<String> starts =
                scene.plan().stream().filter(line -> line.startsWith("start")).toList();
        assertThat(starts)
                .filteredOn(line -> line.length() == "start 1 on hpc".length())
                .hasSize(3);
        assertThat(starts).hasSize(9);
    }

    @Test
    void whatRunsCountsOfWhoeverHasIt() {
        scene.owned("hpc", 4);
        scene.job(90, "a").cpus(3).runs("hpc", 1);
        scene.job(1, "a").waits();
        scene.job(2, "b").waits();
        assertThat(scene.plan()).startsWith("start 2 on hpc");
    }

    @Test
    void aJobGoesWhereItsEnvironmentModulesAre() {
        Ask loads = Ask.DEFAULTS.withLimit(Duration.ofHours(1)).withNeeds(Needs.of(List.of("gcc/12"), List.of()));
        scene.cluster(Scene.view("hpc", 4, 0).withModules(AvailableModules.of(List.of("gcc/13.1"))))
                .cluster(Scene.view("k8s", 4, 0).withModules(AvailableModules.NONE))
                .cluster(Scene.view("old", 4, 0).withModules(AvailableModules.of(List.of("gcc/12.2"))));
        scene.job(1, "a").asks(ask -> loads).waits();
        assertThat(scene.plan()).containsExactly("start 1 on old");
        Scene silent = new Scene().cluster(Scene.view("hpc", 4, 0));
        silent.job(1, "a").asks(ask -> loads).waits();
        assertThat(silent.plan()).containsExactly("start 1 on hpc");
        Scene without = new Scene().cluster(Scene.view("k8s", 4, 0).withModules(AvailableModules.NONE));
        without.job(1, "a")
                .asks(ask -> ask.withNeeds(Needs.NONE.withModules(List.of())))
                .waits();
        assertThat(without.plan()).containsExactly("start 1 on k8s");
    }

    @Test
    void whatWasUsedCountsAndFades() {
        scene.owned("hpc", 1);
        scene.used("a", "alice", 1, Duration.ofHours(5), Duration.ofHours(1));
        scene.used("b", "bob", 1, Duration.ofHours(6), Duration.ofDays(30));
        scene.job(1, "a").waits();
        scene.job(2, "b").by("bob").waits();
        assertThat(scene.plan()).startsWith("start 2 on hpc");
    }

    @Test
    void useIsChargedOnceOverAllClusters() {
        scene.owned("hpc", 1).owned("k8s", 10);
        scene.used("a", "alice", 10, Duration.ofHours(5), Duration.ofHours(1));
        scene.used("b", "bob", 11, Duration.ofHours(5), Duration.ofHours(1));
        scene.job(1, "b").by("bob").waits();
        scene.job(2, "a").waits();
        assertThat(scene.plan()).containsExactly("start 2 on k8s", "start 1 on k8s");
    }

    @Test
    void aHigherBandGoesBeforeAllSharesAndAClassOfTheSameBandDoesNot() {
        scene.owned("hpc", 1).with(settings -> settings.withBands(List.of(1000)));
        scene.used("a", "alice", 100, Duration.ofHours(5), Duration.ofHours(1));
        scene.job(1, "b").of(999).waits();
        scene.job(2, "a").of(1000).waits();
        assertThat(scene.plan()).startsWith("start 2 on hpc");
        Scene oneBand = new Scene().owned("hpc", 1);
        oneBand.used("a", "alice", 100, Duration.ofHours(5), Duration.ofHours(1));
        oneBand.job(1, "b").of(0).waits();
        oneBand.job(2, "a").of(1000).waits();
        assertThat(oneBand.plan()).startsWith("start 1 on hpc");
    }

    @Test
    void whoIsWithinAGuaranteeGoesBeforeWhoBorrowsWhateverWasUsed() {
        scene.owned("hpc", 2).guaranteed("a", 1);
        scene.used("a", "alice", 100, Duration.ofHours(5), Duration.ofHours(1));
        scene.job(1, "b").waits();
        scene.job(2, "a").waits();
        scene.job(3, "a").waits();
        assertThat(scene.plan()).startsWith("start 2 on hpc", "start 1 on hpc");
    }

    @Test
    void theTreeIsWalkedFromTheTopSoThatManyChildrenDoNotMakeALargerShare() {
        scene.owned("hpc", 4);
        scene.job(1, "physics/x").waits();
        scene.job(2, "physics/y").waits();
        scene.job(3, "physics/z").waits();
        scene.job(4, "biology").waits();
        scene.job(5, "biology").waits();
        assertThat(scene.plan()).startsWith("start 4 on hpc", "start 1 on hpc", "start 5 on hpc", "start 2 on hpc");
    }

    @Test
    void whatAProjectRunsItselfIsOneAmongThoseBelowIt() {
        scene.owned("hpc", 4);
        for (int id = 1; id <= 4; id++) {
            scene.job(id, "physics").waits();
            scene.job(10 + id, "physics/x").waits();
        }
        assertThat(scene.plan()).startsWith("start 1 on hpc", "start 11 on hpc", "start 2 on hpc", "start 12 on hpc");
    }

    @Test
    void usersOfOneProjectTakeTurnsByWhatTheyUsed() {
        scene.owned("hpc", 3);
        scene.used("a", "alice", 1, Duration.ofMinutes(5), Duration.ofHours(1));
        for (int id = 1; id <= 3; id++) {
            scene.job(id, "a").waits();
            scene.job(10 + id, "a").by("bob").waits();
        }
        assertThat(scene.plan()).startsWith("start 11 on hpc", "start 1 on hpc", "start 12 on hpc");
    }

    @Test
    void aProjectIsBoundByItsBorrowingLimitAndByThatOfTheOneAboveIt() {
        Quota some = new Quota(1, OptionalLong.of(1), OptionalInt.empty());
        scene.owned("hpc", 10)
                .project(Project.of(new ProjectPath("a"), 1)
                        .withQuota(Scene.CPUS, new Quota(3, OptionalLong.of(0), OptionalInt.empty())))
                .project(Project.of(new ProjectPath("a/x"), 1).withQuota(Scene.CPUS, some));
        for (int id = 1; id <= 5; id++) {
            scene.job(id, "a/x").waits();
            scene.job(10 + id, "a/y").waits();
        }
        assertThat(scene.plan()).containsExactlyInAnyOrder("start 1 on hpc", "start 2 on hpc", "start 11 on hpc");
    }

    @Test
    void capsBindAProjectAndEachOfItsUsers() {
        Caps caps = new Caps(OptionalInt.empty(), OptionalInt.of(3), OptionalInt.empty(), OptionalInt.of(2));
        scene.owned("hpc", 10).project(Project.of(new ProjectPath("a"), 1).withCaps(caps));
        for (int id = 1; id <= 3; id++) {
            scene.job(id, "a").waits();
            scene.job(10 + id, "a").by("bob").waits();
        }
        assertThat(scene.plan()).containsExactly("start 1 on hpc", "start 11 on hpc", "start 2 on hpc");
    }

    @Test
    void aUsersCapBindsHimAlone() {
        Caps caps = new Caps(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(2));
        scene.owned("hpc", 10).project(Project.of(new ProjectPath("a"), 1).withCaps(caps));
        scene.job(90, "a").runs("hpc", 10);
        scene.job(1, "a").waits();
        scene.job(2, "a").waits();
        scene.job(3, "a").by("bob").waits();
        assertThat(scene.plan()).containsExactlyInAnyOrder("start 1 on hpc", "start 3 on hpc");
    }

    private void limited(long cpus) {
        scene.project(Project.of(new ProjectPath("a"), 1)
                .withQuota(Scene.CPUS, new Quota(cpus, OptionalLong.of(0), OptionalInt.empty())));
    }

    @Test
    void asManyTasksStartAsGoIntoALimit() {
        limited(5);
        scene.owned("hpc", 10).job(1, "a").cpus(2).tasks(4).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-1] on hpc");
    }

    @Test
    void whoHasMoreThanHisLimitAllowsGetsNothingAndNothingIsKeptForHim() {
        limited(5);
        scene.owned("hpc", 6);
        scene.job(90, "a").cpus(6).runs("hpc", 10);
        scene.job(1, "a").waits();
        assertThat(scene.plan()).isEmpty();
    }

    @Test
    void whatThoseBelowAProjectHaveAndUsedIsNotItsOwn() {
        scene.owned("hpc", 10);
        scene.job(91, "p/x").cpus(6).runs("hpc", 10);
        scene.job(92, "p").cpus(3).runs("hpc", 10);
        scene.job(1, "p/x").waits();
        scene.job(2, "p").waits();
        assertThat(scene.plan()).startsWith("start 2 on hpc");
        Scene before = new Scene().owned("hpc", 1);
        before.used("p/x", "alice", 6, Duration.ofHours(9), Duration.ofHours(1));
        before.used("p", "alice", 3, Duration.ofHours(9), Duration.ofHours(1));
        before.job(1, "p/x").waits();
        before.job(2, "p").waits();
        assertThat(before.plan()).startsWith("start 2 on hpc");
    }

    @Test
    void aProjectRunsWhereItMay() {
        scene.owned("hpc", 10).owned("k8s", 1);
        TreeSet<ClusterName> only = new TreeSet<>();
        only.add(new ClusterName("k8s"));
        scene.project(Project.of(new ProjectPath("a"), 1).withClusters(only));
        scene.job(1, "a").waits();
        scene.job(2, "a").waits();
        assertThat(scene.plan()).containsExactly("start 1 on k8s", "reserve k8s for 2 in 60 min");
    }

    @Test
    void anArrayStaysTogetherWhereItBeganAndGoesOnElsewhereWhenThatIsFull() {
        scene.owned("hpc", 4).owned("k8s", 3);
        scene.job(1, "a").tasks(6).waits();
        assertThat(scene.plan()).containsExactly("start 1[0-3] on hpc", "start 1[4-5] on k8s");
    }

    @Test
    void anArrayTakesTurnsWithOthersAndIsOneMoveAllTheSame() {
        scene.owned("hpc", 10);
        scene.job(1, "a").tasks(20).waits();
        scene.job(2, "b").tasks(20).waits();
        assertThat(scene.plan()).startsWith("start 1[0-4] on hpc", "start 2[0-4] on hpc");
    }
}
