package dev.sluice.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Observe, claims, logs, capacity, accounts (DISPATCH.md, "Watching"). */
abstract class WatchingContract extends GoingOutContract {
    @Test
    void theFirstLookIsComplete() {
        Parked parked = park(new Does.Exits(0));
        Parked running = run(new Does.RunsOn());
        Instant before = site.now();
        Sweep.Seen sweep = sweep();
        assertThat(sweep.scope()).isEqualTo(Scope.COMPLETE);
        assertThat(sweep.asOf()).isBetween(before, site.now());
        assertThat(of(parked.attempt(), sweep)).hasSize(1);
        assertThat(of(running.attempt(), sweep)).singleElement().satisfies(seen -> {
            assertThat(seen.seen()).isInstanceOf(Sighting.Running.class);
            assertThat(seen.raw()).isNotEmpty();
        });
    }

    @Test
    void everyObservationIsOfOurRealmAndNoTaskIsThereTwice() {
        Parked parked = park(array(site.sample(new Does.Exits(0)), 5));
        release(parked, parked.tasks());
        Cursor cursor = Cursor.START;
        for (int i = 0; i < 5; i++) {
            Sweep.Seen sweep = sweep(cursor, A_LITTLE);
            Map<String, TaskSet> met = new HashMap<>();
            for (Observation seen : sweep.observations()) {
                assertThat(seen.attempt().realm())
                        .isEqualTo(parked.attempt().id().realm());
                assertThat(seen.tasks().isEmpty()).isFalse();
                String object = seen.binding().toString();
                TaskSet before = met.getOrDefault(object, TaskSet.EMPTY);
                assertThat(before.intersects(seen.tasks())).isFalse();
                met.put(object, before.union(seen.tasks()));
            }
            cursor = sweep.next();
        }
    }

    @Test
    void tasksThatStandAlikeAreOneObservation() {
        Parked parked = park(array(site.sample(new Does.Exits(0)), 100));
        assertThat(seen(parked.attempt()))
                .singleElement()
                .satisfies(seen -> assertThat(seen.tasks()).isEqualTo(parked.tasks()));
    }

    @Test
    void aLookThatGoesOnShowsWhatChanged() {
        Parked parked = park(new Does.RunsOn());
        Cursor cursor = sweep().next();
        release(parked);
        Instant deadline = site.now().plus(site.patience());
        List<Sighting> met = new ArrayList<>();
        while (met.stream().noneMatch(Sighting.Running.class::isInstance)) {
            Sweep.Seen sweep = sweep(cursor, A_LITTLE);
            of(parked.attempt(), sweep).forEach(seen -> met.add(seen.seen()));
            cursor = sweep.next();
            assertThat(site.now()).isBefore(deadline);
        }
    }

    @Test
    void aLookWithoutNewsWaitsNoLongerThanAsked() {
        park(new Does.Exits(0));
        Cursor cursor = sweep().next();
        Instant before = site.now();
        sweep(cursor, A_LITTLE);
        assertThat(site.now()).isBefore(before.plus(A_LITTLE).plus(site.patience()));
    }

    @Test
    void everyEndIsSeenBehindItsCursor() {
        Cursor cursor = sweep().next();
        Parked array = park(array(site.sample(new Does.Exits(0)), 6));
        Parked plain = park(new Does.Exits(1));
        release(array);
        release(plain);
        Instant deadline = site.now().plus(site.patience());
        TaskSet missing = array.tasks();
        boolean plainEnded = false;
        while (!missing.isEmpty() || !plainEnded) {
            Sweep.Seen sweep = sweep(cursor, A_LITTLE);
            for (Observation seen : sweep.observations()) {
                boolean ended = seen.seen() instanceof Sighting.Ended;
                plainEnded |= ended && seen.attempt().equals(plain.attempt().id());
                if (ended && seen.attempt().equals(array.attempt().id())) {
                    missing = missing.minus(seen.tasks());
                }
            }
            cursor = sweep.next();
            assertThat(site.now()).as("ends missing: %s", missing).isBefore(deadline);
        }
    }

    @Test
    void endsCarryTheirExitCodes() {
        assertThat(endOf(new Does.Exits(0))).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
        for (int code : new int[] {1, 2, 126, 127, 128, 137, 255}) {
            assertThat(endOf(new Does.Exits(code))).satisfies(end -> assertFailed(end, code, 0));
        }
    }

    private static void assertFailed(AttemptEnd end, int exitCode, int signal) {
        assertThat(end)
                .isInstanceOfSatisfying(
                        AttemptEnd.Finished.class,
                        finished -> assertThat(finished.verdict())
                                .isInstanceOfSatisfying(Verdict.Failed.class, failed -> {
                                    assertThat(failed.exitCode()).isEqualTo(exitCode);
                                    assertThat(failed.signal()).isEqualTo(signal);
                                }));
    }

    @Test
    void endsBySignalsAreToldFromExitCodes() {
        for (int signal : new int[] {6, 9, 15}) {
            AttemptEnd end = endOf(new Does.KillsItself(signal));
            if (has(Site.Trait.TELLS_SIGNALS)) {
                assertFailed(end, 0, signal);
            } else {
                assertFailed(end, 128 + signal, 0);
            }
        }
    }

    @Test
    void eachTaskOfAnArrayHasItsOwnEnd() {
        Parked parked = park(array(site.sample(new Does.ExitsWithItsIndex()), 4));
        release(parked);
        for (Observation seen : await(parked, Sighting.Ended.class::isInstance)) {
            AttemptEnd end = ((Sighting.Ended) seen.seen()).end();
            if (seen.tasks().contains(0)) {
                assertThat(end).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            } else {
                assertFailed(end, seen.tasks().first(), 0);
            }
            assertThat(seen.tasks().size()).isOne();
        }
    }

    @Test
    void anEndHasItsTimes() {
        Parked parked = park(new Does.Exits(0));
        Instant before = site.now().minusSeconds(2);
        release(parked);
        Sighting.Ended end = awaitEnd(parked);
        assertThat(end.started()).isBetween(before, end.at());
        assertThat(end.at()).isBefore(site.now().plusSeconds(2));
        assertThat(end.run()).isZero();
    }

    @Test
    void aClaimThatWeTakeIsOursAndItsRunNeverStarts() {
        Parked parked = park(new Does.Exits(0));
        Claim claim = bridge.claim(parked.attempt(), parked.binding(), parked.tasks(), 0);
        if (!seesClaims()) {
            assertThat(claim).isInstanceOf(Claim.Cannot.class);
            return;
        }
        Claim ours = new Claim.Taken(parked.tasks(), TaskSet.EMPTY);
        assertThat(claim).isEqualTo(ours);
        assertThat(bridge.claim(parked.attempt(), parked.binding(), parked.tasks(), 0))
                .isEqualTo(ours);
        release(parked);
        assertThat(awaitEnd(parked).end()).isInstanceOf(AttemptEnd.Interrupted.class);
        assertThat(starts(parked)).isZero();
    }

    @Test
    void aClaimIsLostOnceItsRunHasStarted() {
        Parked parked = run(array(site.sample(new Does.RunsOn()), 2));
        boolean seen = seesClaims();
        assertThat(seen(parked.attempt()))
                .allSatisfy(o -> assertThat(((Sighting.Running) o.seen()).claim())
                        .isEqualTo(seen ? Claimed.CLAIMED : Claimed.UNKNOWN));
        Claim claim = bridge.claim(parked.attempt(), parked.binding(), parked.tasks(), 0);
        assertThat(claim).isEqualTo(seen ? new Claim.Taken(TaskSet.EMPTY, parked.tasks()) : new Claim.Cannot());
        assertThat(starts(parked)).isOne();
    }

    @Test
    void eachRunHasAClaimOfItsOwn() {
        Parked parked = run(new Does.RunsOn());
        Claim next = bridge.claim(parked.attempt(), parked.binding(), parked.tasks(), 1);
        assertThat(next).isEqualTo(seesClaims() ? new Claim.Taken(parked.tasks(), TaskSet.EMPTY) : new Claim.Cannot());
    }

    @Test
    void aLogIsReadFromAnOffset() {
        String line = "twelve bytes";
        Parked parked = park(new Does.Prints(line));
        release(parked);
        awaitEnd(parked);
        if (!has(Site.Trait.LOGS)) {
            assertThat(log(parked, 0)).isInstanceOf(LogReading.Cannot.class);
            return;
        }
        LogReading.Chunk whole = chunk(parked, 0);
        assertThat(whole.bytes().toLatin1()).isEqualTo(line + "\n");
        assertThat(whole.next()).isEqualTo(line.length() + 1);
        assertThat(whole.end()).isTrue();
        assertThat(chunk(parked, 7).bytes().toLatin1()).isEqualTo("bytes\n");
        assertThat(chunk(parked, whole.next()).bytes().isEmpty()).isTrue();
        assertThat(chunk(parked, 1000).bytes().isEmpty()).isTrue();
    }

    @Test
    void whatHasNotStartedHasNoLog() {
        Parked parked = park(new Does.Prints("never"));
        assertThat(log(parked, 0)).isInstanceOf(has(Site.Trait.LOGS) ? LogReading.None.class : LogReading.Cannot.class);
    }

    private LogReading log(Parked parked, long offset) {
        return bridge.log(parked.attempt(), parked.binding(), 0, LogReading.Stream.OUTPUT, offset);
    }

    private LogReading.Chunk chunk(Parked parked, long offset) {
        LogReading reading = log(parked, offset);
        assertThat(reading).isInstanceOf(LogReading.Chunk.class);
        return (LogReading.Chunk) reading;
    }

    @Test
    void capacityIsWhatThereIs() {
        assertThat(bridge.capacity()).isInstanceOfSatisfying(CapacityReading.Capacity.class, capacity -> {
            assertThat(capacity.partitions()).isNotEmpty().allSatisfy(partition -> {
                assertThat(partition.name()).isNotEmpty();
                assertThat(partition.total().cpus()).isPositive();
                assertThat(partition.total().memory()).isPositive();
                assertThat(partition.largest().cpus())
                        .isBetween(1L, partition.total().cpus());
                assertThat(partition.others().cpus())
                        .isBetween(0L, partition.total().cpus());
                assertThat(partition.maxMinutes()).isPositive();
            });
        });
    }

    @Test
    void accountsAreWhatTheClusterSays() {
        Accounts accounts = bridge.accounts();
        assertThat(accounts).isInstanceOf(has(Site.Trait.ACCOUNTS) ? Accounts.Known.class : Accounts.None.class);
        if (accounts instanceof Accounts.Known known) {
            List<String> names =
                    known.accounts().stream().map(Accounts.NativeAccount::name).toList();
            assertThat(names).doesNotHaveDuplicates();
            assertThat(known.accounts())
                    .allSatisfy(account -> account.parent()
                            .ifPresent(parent -> assertThat(names).contains(parent)));
            assertThat(known.associations()).allSatisfy(one -> assertThat(names).contains(one.account()));
        }
    }

    @Test
    void othersJobsAreNeitherSeenNorTouched() {
        List<String> foreign = new ArrayList<>();
        site.others().ifPresent(others -> foreign.add(others.submit()));
        Parked parked = park(new Does.Exits(0));
        assertThat(sweep().observations())
                .noneMatch(seen -> foreign.contains(seen.binding().nativeId()));
        release(parked);
        awaitEnd(parked);
        bridge.stop(parked.attempt().id(), parked.binding(), parked.tasks(), NO_WAIT, fence());
        site.others().ifPresent(others -> assertThat(foreign).allMatch(others::untouched));
    }
}
