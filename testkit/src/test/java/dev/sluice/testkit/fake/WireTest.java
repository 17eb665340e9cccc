package dev.sluice.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.testkit.fake.Mischief.Thaw;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of requests between gateway and cluster. */
final class WireTest {
    private static final Sender GATEWAY = new Sender(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Weather LOST = new Weather(20, 1, 0, 0, 0, 0, 0);
    private static final Weather UNANSWERED = new Weather(20, 0, 1, 0, 0, 0, 0);
    private static final Weather STALLING = new Weather(20, 0, 0, 1, 0, 0, 0);
    private static final Weather LATE = new Weather(20, 0, 0, 0, 1, 1, 0);
    private static final Weather DOUBLED = new Weather(20, 0, 0, 0, 0, 0, 1);

    private final Scene scene = Scene.slurm();
    private final Attempt attempt = scene.attempt(Scene.spec().tasks());

    private Call.Park park() {
        return new Call.Park(attempt, Scene.spec(), scene.now().plus(MINUTE));
    }

    private <R> Transit<R> send(Call<R> call) {
        return scene.wire.send(call, GATEWAY, scene.now());
    }

    /** Every arrival at its time, and again while it is put off; all that was answered. */
    private <R> List<Arrived.Answered<R>> deliver(Transit<R> transit) {
        List<Arrived.Answered<R>> answers = new ArrayList<>();
        for (Instant arrival : transit.arrivals().stream().sorted().toList()) {
            Arrived<R> arrived = arrive(transit, arrival);
            while (arrived instanceof Arrived.Deferred<R> deferred) {
                arrived = arrive(transit, deferred.until());
            }
            if (arrived instanceof Arrived.Answered<R> answered) {
                answers.add(answered);
            }
        }
        return answers;
    }

    private <R> Arrived<R> arrive(Transit<R> transit, Instant at) {
        scene.clock.advanceTo(at);
        return scene.wire.arrive(transit, scene.now());
    }

    private int objects() {
        return (int) scene.sweep().observations().stream()
                .filter(seen -> seen.attempt().equals(attempt.id()))
                .filter(seen -> seen.seen() instanceof Sighting.Held)
                .count();
    }

    @Test
    void inCalmWeatherACallGetsThereAndBack() {
        Instant sent = scene.now();
        assertThat(deliver(send(park()))).singleElement().satisfies(answer -> {
            assertThat(answer.outcome()).isInstanceOf(Parking.Parked.class);
            assertThat(answer.at()).isBetween(sent.plusMillis(2), sent.plusMillis(40));
        });
        assertThat(objects()).isOne();
    }

    @Test
    void aLostRequestNeverGetsThere() {
        scene.wire.weather(LOST);
        assertThat(send(park()).arrivals()).isEmpty();
        assertThat(scene.count(Fault.REQUEST_LOST)).isOne();
    }

    @Test
    void aLostAnswerLeavesAnObject() {
        scene.wire.weather(UNANSWERED);
        assertThat(deliver(send(park()))).isEmpty();
        assertThat(objects()).isOne();
        assertThat(scene.count(Fault.PARK_ANSWER_LOST)).isOne();
    }

    @Test
    void aStallTakesFiveSeconds() {
        scene.wire.weather(STALLING);
        Instant sent = scene.now();
        assertThat(deliver(send(park())).getFirst().at()).isAfter(sent.plusSeconds(5));
        assertThat(scene.count(Fault.STALLED)).isOne();
    }

    @Test
    void aLateParkIsThereBeforeItsFenceOrNever() {
        scene.wire.weather(LATE);
        int parked = 0;
        for (int i = 0; i < 50; i++) {
            Attempt late = scene.attempt(Scene.spec().tasks());
            Instant fence = scene.now().plus(MINUTE);
            Transit<Parking> transit = send(new Call.Park(late, Scene.spec(), fence));
            Instant arrival = transit.arrivals().getFirst();
            List<Arrived.Answered<Parking>> answers = deliver(transit);
            boolean there = answers.getFirst().outcome() instanceof Parking.Parked;
            assertThat(there).isEqualTo(!arrival.isAfter(fence.minus(FakeSettings.FENCE_SKEW)));
            parked += there ? 1 : 0;
        }
        assertThat(parked).isBetween(25, 49);
        assertThat(scene.count(Fault.FENCED_OFF)).isEqualTo(50 - parked);
        assertThat(scene.count(Fault.PARK_LATE)).isPositive();
    }

    @Test
    void aSkewWithinTheSettingNeverActsBehindTheFence() {
        for (int skew : new int[] {-5, 5}) {
            FakeSettings settings = FakeSettings.slurm(Scene.NAME, Scene.REALM).withSkew(Duration.ofSeconds(skew));
            Scene skewed = new Scene(settings, 1);
            Instant fence = skewed.now().plus(MINUTE);
            Call.Park call = new Call.Park(skewed.attempt(Scene.spec().tasks()), Scene.spec(), fence);
            Transit<Parking> transit = skewed.wire.send(call, GATEWAY, skewed.now());
            Arrived<Parking> behind = skewed.wire.arrive(transit, fence.plusMillis(1));
            assertThat(((Arrived.Answered<Parking>) behind).outcome()).isInstanceOf(Parking.Unknown.class);
            assertThat(skewed.sweepAt(fence.plusSeconds(1)).observations()).isEmpty();
        }
    }

    @Test
    void aParkGetsThereThoughItsSenderHasDied() {
        Transit<Parking> transit = send(park());
        scene.wire.died(GATEWAY);
        deliver(transit);
        assertThat(objects()).isOne();
        assertThat(scene.count(Fault.PARK_OF_THE_DEAD)).isOne();
    }

    @Test
    void aDoubledParkMakesTwoObjectsAndOneAnswer() {
        scene.wire.weather(DOUBLED);
        Transit<Parking> transit = send(park());
        assertThat(transit.arrivals()).hasSize(2);
        assertThat(deliver(transit)).hasSize(1);
        assertThat(objects()).isEqualTo(2);
        assertThat(scene.count(Fault.PARK_DOUBLED)).isOne();
        assertThat(scene.count(Fault.TWINS)).isOne();
    }

    @Test
    void onKubernetesADoubledParkMakesOne() {
        Scene there = Scene.kubernetes();
        Attempt twice = there.attempt(Scene.spec().tasks());
        there.wire.weather(DOUBLED);
        Call.Park call = new Call.Park(twice, Scene.spec(), there.now().plus(MINUTE));
        Transit<Parking> transit = there.wire.send(call, GATEWAY, there.now());
        transit.arrivals().stream().sorted().forEach(at -> there.wire.arrive(transit, at));
        assertThat(there.sweepAt(there.now().plus(MINUTE).plusSeconds(30)).observations())
                .hasSize(1);
        assertThat(there.count(Fault.ALREADY_EXISTS)).isOne();
    }

    @Test
    void anUnreachableClusterHearsNothing() {
        Transit<Parking> transit = send(park());
        scene.mischief().unreachable(scene.now(), MINUTE);
        assertThat(deliver(transit)).isEmpty();
        scene.pass(MINUTE);
        assertThat(objects()).isZero();
        assertThat(scene.count(Fault.UNREACHABLE)).isOne();
    }

    @Test
    void aFrozenControllerActsWhenItThaws() {
        scene.mischief().freeze(scene.now(), Duration.ofSeconds(30), Thaw.ANSWERS);
        Instant thaw = scene.now().plusSeconds(30);
        assertThat(deliver(send(park())).getFirst().at()).isAfter(thaw);
        assertThat(objects()).isOne();
        assertThat(scene.count(Fault.FROZEN)).isOne();
    }

    @Test
    void aFrozenControllerMayActAndTellNobodyOrDropAll() {
        scene.mischief().freeze(scene.now(), Duration.ofSeconds(30), Thaw.ACTS);
        assertThat(deliver(send(park()))).isEmpty();
        assertThat(objects()).isOne();
        scene.seconds(1).mischief().freeze(scene.now(), Duration.ofSeconds(30), Thaw.DROPS);
        assertThat(deliver(send(park()))).isEmpty();
        assertThat(scene.seconds(40).seconds(0).count(Fault.FROZEN)).isEqualTo(2);
        assertThat(objects()).isOne();
    }

    @Test
    void aFreezeBeyondTheFenceLeavesNothing() {
        scene.mischief().freeze(scene.now(), Duration.ofMinutes(2), Thaw.ANSWERS);
        assertThat(deliver(send(park())).getFirst().outcome()).isInstanceOf(Parking.Unknown.class);
        assertThat(objects()).isZero();
        assertThat(scene.count(Fault.FENCED_OFF)).isOne();
    }

    @Test
    void nothingStartsOrEndsWhileTheControllerIsFrozen() {
        scene.fate = Fate.succeedsAfter(Duration.ofSeconds(20));
        Scene.Object running = scene.run();
        Scene.Object waiting = scene.park();
        scene.release(waiting);
        scene.mischief().freeze(scene.now(), MINUTE, Thaw.DROPS);
        scene.seconds(59);
        assertThat(scene.seen(running)).isInstanceOf(Sighting.Running.class);
        assertThat(scene.launches(waiting)).isZero();
        scene.seconds(30);
        assertThat(scene.seen(running)).isInstanceOf(Sighting.Ended.class);
        assertThat(scene.launches(waiting)).isOne();
    }

    @Test
    void releasesDieWithTheirConnectionAndParksDoNot() {
        Scene.Object object = scene.park();
        scene.seconds(5);
        Grant grant = new Grant(
                object.attempt(), object.binding(), object.tasks(), scene.now().plusSeconds(1));
        Transit<List<Release>> release =
                send(new Call.Free(List.of(grant), scene.now().plus(MINUTE)));
        Transit<Parking> park = send(park());
        scene.mischief().crash(scene.now(), Duration.ofSeconds(1), Duration.ofSeconds(2));
        scene.seconds(3);
        assertThat(((Arrived.Answered<List<Release>>) arrive(release, scene.now())).outcome())
                .allMatch(Release.Unknown.class::isInstance);
        assertThat(((Arrived.Answered<Parking>) arrive(park, scene.now())).outcome())
                .isInstanceOf(Parking.Parked.class);
        assertThat(scene.pass(Scene.LONG).launches(object)).isZero();
        assertThat(scene.count(Fault.CONNECTION_RESET)).isOne();
    }

    @Test
    void aClusterThatIsDownRefusesConnections() {
        scene.mischief().crash(scene.now(), Duration.ofSeconds(1), MINUTE);
        assertThat(deliver(send(park())).getFirst().outcome()).isInstanceOf(Parking.Unknown.class);
        scene.pass(MINUTE);
        assertThat(objects()).isZero();
    }

    @Test
    void parksAreRefusedForAWhile() {
        scene.mischief().refuseParks(scene.now(), MINUTE);
        assertThat(deliver(send(park())).getFirst().outcome()).isInstanceOf(Parking.Refused.class);
        assertThat(objects()).isZero();
        assertThat(scene.count(Fault.PARK_REFUSED)).isOne();
        scene.pass(MINUTE);
        assertThat(deliver(send(park())).getFirst().outcome()).isInstanceOf(Parking.Parked.class);
    }

    @Test
    void aLookWaitsForAChangeOrItsPatience() {
        Scene.Object object = scene.park();
        Cursor cursor = scene.sweep().next();
        Instant sent = scene.now();
        Sweep idle = deliver(send(new Call.Observe(cursor, Duration.ofSeconds(10))))
                .getFirst()
                .outcome();
        assertThat(scene.now()).isEqualTo(sent.plusSeconds(10));
        assertThat(((Sweep.Seen) idle).observations()).isEmpty();
        scene.release(object);
        Instant again = scene.now();
        Sweep news = deliver(send(new Call.Observe(((Sweep.Seen) idle).next(), Duration.ofSeconds(10))))
                .getFirst()
                .outcome();
        assertThat(scene.now()).isBefore(again.plusSeconds(1));
        assertThat(((Sweep.Seen) news).observations()).isNotEmpty();
    }

    @Test
    void whatIsTooLateIsNotSent() {
        scene.wire.weather(LOST);
        Transit<Parking> transit = send(new Call.Park(attempt, Scene.spec(), scene.now()));
        assertThat(deliver(transit).getFirst().outcome()).isInstanceOf(Parking.Unknown.class);
        assertThat(scene.count(Fault.REQUEST_LOST)).isZero();
    }
}
