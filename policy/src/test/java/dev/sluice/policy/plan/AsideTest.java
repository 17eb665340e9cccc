package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply.Purpose;
import dev.sluice.cluster.Supply.Reservation;
import dev.sluice.job.JobId;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a cluster sets aside for a time is for jobs that name it, or for nobody, and everybody else's until then. */
class AsideTest {
    private final Scene scene = new Scene();

    private static Instant in(int minutes) {
        return Scene.NOW.plus(Duration.ofMinutes(minutes));
    }

    private static Reservation course(int cpus, int from, Optional<Integer> until) {
        return new Reservation(
                "course",
                in(from),
                until.map(AsideTest::in),
                "n[1-2]",
                2,
                Purpose.JOBS,
                new TreeMap<>(Map.of("hpc", Amount.of(cpus, (long) cpus << 30))));
    }

    /** A cluster of 8 CPUs of which so many are set aside from then on until then, in minutes from now. */
    private void hpc(int cpus, int from, int until) {
        scene.cluster(Scene.view("hpc", 8, 0).withReservations(List.of(course(cpus, from, Optional.of(until)))));
    }

    private Scene.Job named(int id) {
        return scene.job(id, "a").asks(ask -> ask.withRouting(Routing.ANYWHERE.withReservation("course")));
    }

    private List<String> reasons(int job) {
        Explanation.Wait wait =
                scene.planner().explain(new JobId(job), Scene.NOW).waits().getFirst();
        return wait.places().stream()
                .flatMap(place -> place.reasons().stream())
                .map(Reason::text)
                .toList();
    }

    private Explanation.Wait wait(int job) {
        return scene.planner().explain(new JobId(job), Scene.NOW).waits().getFirst();
    }

    @Test
    void whatIsSetAsideSoonIsForThoseThatAreOverByThen() {
        hpc(6, 60, 120);
        scene.job(1, "a").cpus(4).minutes(61).waits();
        scene.job(2, "a").cpus(4).minutes(60).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "reserve hpc for 1 in 120 min");
    }

    @Test
    void whatIsSetAsideNowIsNotFree() {
        hpc(6, -10, 50);
        scene.job(1, "a").cpus(4).minutes(10).waits();
        scene.job(2, "a").cpus(2).minutes(500).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc", "reserve hpc for 1 in 50 min");
    }

    @Test
    void whatIsSetAsideForEverIsNobodysAfterThat() {
        scene.cluster(Scene.view("hpc", 8, 0).withReservations(List.of(course(8, 60, Optional.empty()))));
        scene.job(1, "a").minutes(61).waits();
        scene.job(2, "a").minutes(60).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc");
    }

    @Test
    void whatIsOverIsFreeAgain() {
        hpc(8, -60, 0);
        scene.job(1, "a").cpus(8).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc");
    }

    @Test
    void whatIsOverIsNothingToThoseThatNameIt() {
        hpc(2, -60, 0);
        named(1).cpus(4).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc");
    }

    @Test
    void jobsThatNameItHaveItAndNoMore() {
        hpc(6, -10, 50);
        scene.job(91, "b").cpus(2).runs("hpc", 10);
        named(1).cpus(4).waits();
        named(2).cpus(4).waits();
        named(3).cpus(2).waits();
        assertThat(scene.plan())
                .as("nothing is kept of the rest for them")
                .containsExactly("start 1 on hpc", "start 3 on hpc");
    }

    @Test
    void whatWaitsInTheClustersQueueForItCounts() {
        hpc(6, -10, 50);
        named(91).cpus(4).queues("hpc", 1);
        named(1).cpus(4).waits();
        named(2).cpus(2).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc");
    }

    @Test
    void beforeItBeginsJobsThatNameItWaitAndAreToldWhen() {
        hpc(6, 60, 120);
        named(1).cpus(4).waits();
        assertThat(scene.plan()).isEmpty();
        assertThat(reasons(1))
                .containsExactly("reservation course, which the job names, begins at 2026-03-01T01:00:00Z");
        assertThat(wait(1).expected()).map(Explanation.Expected::at).contains(in(60));
    }

    @Test
    void aMaintenanceOfTheWholeClusterKeepsThemOutToo() {
        scene.cluster(Scene.view("hpc", 8, 0)
                .withReservations(List.of(course(6, -10, Optional.of(50))))
                .withMaintenance(in(30)));
        named(1).cpus(4).minutes(31).waits();
        named(2).cpus(4).minutes(30).waits();
        assertThat(scene.plan()).containsExactly("start 2 on hpc");
        assertThat(reasons(1)).first().asString().contains("out of service");
        assertThat(wait(1).changes()).map(Change::text).noneMatch(text -> text.contains("31"));
    }

    /** Where nobody knows such a reservation the cluster has the word. */
    @Test
    void aReservationThatIsNotKnownKeepsNothingFromAJob() {
        scene.owned("hpc", 8);
        named(1).cpus(4).waits();
        assertThat(scene.plan()).containsExactly("start 1 on hpc");
    }

    @Test
    void othersAreToldWhatKeepsThemOut() {
        hpc(6, 60, 120);
        scene.job(1, "a").cpus(4).minutes(61).waits();
        assertThat(reasons(1))
                .containsExactly("what would be free is set aside for reservation course from 2026-03-01T01:00:00Z"
                        + " until 2026-03-01T02:00:00Z");
        assertThat(wait(1).changes())
                .map(Change::text)
                .as("it starts with the longest limit that is over by then")
                .anyMatch(text -> text.contains("60"));
    }

    @Test
    void whatIsFullIsFullAndNotSetAside() {
        hpc(2, 60, 120);
        scene.job(91, "b").cpus(6).runs("hpc", 10);
        scene.job(1, "a").cpus(4).minutes(90).waits();
        assertThat(reasons(1)).containsExactly("it needs 4 CPUs, free: 2 CPUs");
    }

    /** Four of eight are another's for longer, and four are set aside by then: what it took back the job could not have. */
    @Test
    void nothingIsTakenBackForAJobThatWouldRunIntoIt() {
        hpc(4, 30, 120);
        borrowers(4, 4);
        scene.job(1, "a").cpus(4).minutes(31).waits();
        assertThat(scene.plan()).noneMatch(line -> line.startsWith("reclaim"));
    }

    @Test
    void whatIsPromisedIsTakenBackForAJobThatIsOverByThen() {
        hpc(4, 30, 120);
        borrowers(4, 4);
        scene.job(1, "a").cpus(4).minutes(30).waits();
        assertThat(scene.plan()).containsExactly("reclaim 92 for 1");
    }

    @Test
    void whatIsPromisedIsTakenBackWhereEnoughIsNotSetAside() {
        hpc(4, 30, 120);
        borrowers(8);
        scene.job(1, "a").cpus(4).minutes(600).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91 for 1");
    }

    /** What is on its way out counts as gone, and so does what ends by itself before. */
    @Test
    void whatEndsBeforeItIsInNobodysWay() {
        hpc(4, 30, 120);
        scene.guaranteed("a", 4);
        scene.job(91, "b").cpus(4).minutes(30).runs("hpc", 10);
        scene.job(92, "b").cpus(4).minutes(600).runs("hpc", 5);
        scene.job(1, "a").cpus(4).minutes(60).waits();
        assertThat(scene.plan()).containsExactly("reclaim 92 for 1");
    }

    @Test
    void nothingIsTakenBackForAJobThatWouldRunIntoAMaintenance() {
        scene.cluster(Scene.view("hpc", 8, 0).withMaintenance(in(30)));
        borrowers(8);
        scene.job(1, "a").cpus(4).minutes(31).waits();
        assertThat(scene.plan()).isEmpty();
        scene.job(2, "a").cpus(4).minutes(30).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91 for 2");
    }

    /** Of one project for ten hours, beside one that is promised four CPUs. */
    private void borrowers(int... cpus) {
        scene.guaranteed("a", 4);
        for (int i = 0; i < cpus.length; i++) {
            scene.job(91 + i, "b").cpus(cpus[i]).minutes(600).runs("hpc", 10 - i);
        }
    }

    @Test
    void nothingIsTakenBackForAJobThatHasAReservation() {
        scene.guaranteed("a", 4);
        hpc(2, -10, 120);
        scene.job(91, "b").cpus(6).minutes(600).runs("hpc", 10);
        named(1).cpus(4).waits();
        assertThat(scene.plan()).isEmpty();
    }

    /** Four CPUs are free, and not for everybody. */
    @Test
    void whatIsPromisedIsTakenBackThoughMoreIsSetAside() {
        scene.guaranteed("a", 4);
        hpc(4, -10, 120);
        scene.job(91, "b").cpus(4).minutes(600).runs("hpc", 10);
        scene.job(1, "a").cpus(4).minutes(60).waits();
        assertThat(scene.plan()).containsExactly("reclaim 91 for 1");
    }

    /** A reading in which nothing else is different. */
    @Test
    void aReservationThatComesAndGoesIsSeen() {
        ClusterView plain = Scene.view("hpc", 8, 0);
        scene.cluster(plain);
        scene.job(1, "a").cpus(4).minutes(61).waits();
        Planner planner = scene.planner();
        planner.see(plain.withReservations(List.of(course(6, 60, Optional.of(120)))));
        assertThat(scene.lines(planner.plan(Scene.NOW, 1000))).containsExactly("reserve hpc for 1 in 120 min");
        planner.see(plain);
        assertThat(scene.lines(planner.plan(Scene.NOW, 1000))).containsExactly("start 1 on hpc");
    }
}
