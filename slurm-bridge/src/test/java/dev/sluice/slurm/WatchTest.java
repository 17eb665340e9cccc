package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ends that left the queue unseen: owed until accounting tells, however late, and never another's. */
@Timeout(30)
final class WatchTest extends Watching {
    @Test
    @Fault({"F17", "F18"})
    void anEndThatAccountingGetsLaterIsToldByALaterLook() {
        leave(Rows.running());
        assertThat(look()).isEmpty();

        door.recorded(Rows.running().comment(""));
        pass(Departed.AGAIN);
        assertThat(look()).as("accounting lags").isEmpty();

        door.recorded(Rows.ended("FAILED", 200).comment(""));
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(finished(200));
        pass(PATIENCE);
        assertThat(look()).isEmpty();
    }

    @Test
    @Fault("F18")
    void nothingIsLostWhileSlurmdbdIsAwayHoweverLong() {
        door.accounting = QueueDoor.Accounting.AWAY;
        leave(Rows.running());
        for (int i = 0; i < 20; i++) {
            pass(PATIENCE);
            assertThat(seen().ends()).isEqualTo(Sweep.Ends.HIDDEN);
            assertThat(find()).isInstanceOf(Search.Unknown.class);
        }

        door.accounting = QueueDoor.Accounting.ANSWERS;
        door.recorded(Rows.running().comment(""));
        beside.remove().run();
        pass(Departed.AGAIN);
        Sweep.Seen back = seen();
        assertThat(back.ends()).isEqualTo(Sweep.Ends.VISIBLE);
        assertThat(back.observations()).as("what it missed is yet to come in").isEmpty();
        assertThat(find()).isInstanceOf(Search.Unknown.class);

        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(finished(0));
    }

    @Test
    @Fault({"F18", "F48"})
    void afterItsPatienceWhatAccountingHasRunningIsLost() {
        leave(Rows.running());
        door.recorded(Rows.running().comment(""));
        assertThat(look()).isEmpty();
        assertThat(find()).isInstanceOf(Search.Unknown.class);

        pass(PATIENCE.minusSeconds(1));
        assertThat(look()).isEmpty();
        assertThat(find()).isInstanceOf(Search.Unknown.class);
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(new Sighting.Lost(0));
        assertThat(traces()).extracting(Search.Trace::seen).containsExactly(new Sighting.Lost(0));
        pass(Departed.AGAIN);
        assertThat(look()).isEmpty();
    }

    @Test
    @Fault("F48")
    void whatNobodyHasARecordOfIsSearchedForOnlyForItsPatience() {
        assertThat(find()).isInstanceOf(Search.Unknown.class);
        pass(PATIENCE.plusSeconds(1));
        look();
        assertThat(find()).isInstanceOf(Search.None.class);
        pass(Departed.AGAIN);
        assertThat(find()).as("it gets no second patience").isInstanceOf(Search.None.class);
    }

    @Test
    @Fault("F20")
    void recordsOfOtherJobsOfThatIdAreNoEnd() {
        leave(Rows.running());
        door.recorded(
                Rows.of("PENDING").comment("").submitted(Rows.SUBMITTED.minusSeconds(900)),
                Rows.ended("COMPLETED", 0).comment("").owner("bob"),
                Rows.ended("COMPLETED", 0).comment("").submitted(Rows.SUBMITTED.minusSeconds(900)),
                Rows.ended("COMPLETED", 0).comment("").submitted(Rows.SUBMITTED.plusSeconds(900)),
                Rows.ended("COMPLETED", 0).comment(AttemptId.random(Rows.REALM, new Random(2)) + ""));
        assertThat(look()).isEmpty();

        door.recorded.add(Rows.ended("FAILED", 3).comment("").row());
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(finished(3));
    }

    @Test
    @Fault({"F17", "F26"})
    void aTaskThatLeftAnArrayIsOwedThoughOthersOfItAreThere() {
        Rows left = task(3, 15);
        Rows stays = task(4, 16);
        door.queued(left, stays);
        look();
        door.queued(stays);
        door.recorded(left.comment(""), stays.comment(""));
        assertThat(look()).isEmpty();

        door.recorded(
                Rows.ended("FAILED", 9).comment("").own(12, 15).indices(of(3)),
                Rows.ended("COMPLETED", 0).comment("").own(12, 16).indices(of(4)));
        pass(Departed.AGAIN);
        List<Observation> news = seen().observations();
        assertThat(news).extracting(Observation::tasks).containsExactly(TaskSet.of(3));
        assertThat(news).extracting(Observation::seen).containsExactly(finished(9));
    }

    @Test
    @Fault({"F21", "F26"})
    void tasksOfAnArrayAreEachFoundByTheirOwnSubmitTime() {
        Rows requeued = task(3, 15).submitted(Rows.ENDED.plusSeconds(2)).run(1);
        door.queued(requeued, task(4, 16));
        door.recorded();
        look();
        door.queued();
        door.recorded(
                Rows.ended("COMPLETED", 0)
                        .comment("")
                        .own(12, 15)
                        .indices(of(3))
                        .submitted(Rows.ENDED.plusSeconds(2))
                        .run(1),
                Rows.ended("FAILED", 9).comment("").own(12, 16).indices(of(4)));
        assertThat(seen().observations())
                .extracting(each -> each.tasks() + " " + ((Sighting.Ended) each.seen()).run())
                .containsExactlyInAnyOrder("3 1", "4 0");
    }

    @Test
    @Fault("F26")
    void whatSlurmCutOutOfALineHasNotLeftTheQueue() {
        door.queued(task(3, 15), Rows.running().indices(of(4)));
        look();
        door.queued(task(3, 15), Rows.running().indices(new Indices.Rest()));
        door.recorded(Rows.ended("COMPLETED", 0).comment("").own(12, 16).indices(of(4)));
        assertThat(look()).isEmpty();
        assertThat(door.questions).isEmpty();
    }

    @Test
    @Fault("F21")
    void aRunThatWasFollowedByAnotherIsNoEnd() {
        for (String broken : List.of("REQUEUED", "PREEMPTED", "NODE_FAIL")) {
            Rows first = Rows.of(broken).comment("").started(Rows.STARTED).endedAt(Rows.ENDED);
            leave(Rows.running());
            door.recorded(first, SECOND_RUN);
            assertThat(look()).as(broken).isEmpty();
            door.recorded(first, SECOND_RUN.state("COMPLETED").ended(0, 0, JobRow.Origin.EXACT));
            pass(Departed.AGAIN);
            Observation end = seen().observations().getFirst();
            assertThat(end.seen())
                    .isInstanceOfSatisfying(
                            Sighting.Ended.class,
                            ended -> assertThat(ended.run()).isOne());
            assertThat(end.past()).containsExactly(FIRST);
        }
    }

    @Test
    @Fault("F21")
    void withoutRestartCountsARequeueIsToldByItsTime() {
        Rows first = Rows.of("NODE_FAIL")
                .comment("")
                .started(Rows.STARTED)
                .ended(0, 1, JobRow.Origin.SACCT)
                .uncounted();
        Rows second = Rows.ended("COMPLETED", 0)
                .comment("")
                .submitted(Rows.ENDED.plusSeconds(2))
                .uncounted();
        leave(Rows.running());
        door.recorded(first, second);
        Observation end = seen().observations().getFirst();
        assertThat(end.seen())
                .isInstanceOfSatisfying(
                        Sighting.Ended.class, ended -> assertThat(ended.run()).isOne());
        assertThat(end.past()).containsExactly(FIRST);

        leave(Rows.running());
        door.recorded(first, second.submitted(Rows.ENDED.plus(Duration.ofDays(1))));
        assertThat(look())
                .as("another job got the id a day later")
                .satisfiesExactly(
                        one -> assertThat(((Sighting.Ended) one).end()).isEqualTo(new AttemptEnd.NodeLost()));
    }

    @Test
    @Fault("F20")
    void aJobThatGotTheIdOfOursIsNotItsNextRun() {
        leave(Rows.running());
        Rows ours = Rows.of("NODE_FAIL").comment("").started(Rows.STARTED).ended(0, 1, JobRow.Origin.EXACT);
        door.recorded(ours, SECOND_RUN.run(0));
        assertThat(look())
                .satisfiesExactly(
                        one -> assertThat(((Sighting.Ended) one).end()).isEqualTo(new AttemptEnd.NodeLost()));
    }

    @Test
    void whatCameBackIntoTheQueueIsOwedNoMore() {
        leave(Rows.running());
        look();
        door.queued(Rows.running());
        pass(Departed.AGAIN);
        assertThat(look()).hasOnlyElementsOfType(Sighting.Running.class);
        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        pass(Departed.AGAIN);
        assertThat(look()).isEmpty();
        assertThat(door.questions).hasSize(1);
    }

    @Test
    @Fault("F17")
    void anEndIsToldAgainToWhoDidNotHearIt() {
        leave(Rows.running());
        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        Cursor before = cursor;
        assertThat(look()).containsExactly(finished(0));
        cursor = before;
        Sweep.Seen whole = seen();
        assertThat(whole.scope()).isEqualTo(Sweep.Scope.COMPLETE);
        assertThat(whole.observations()).extracting(Observation::seen).containsExactly(finished(0));
        assertThat(look()).isEmpty();
    }

    @Test
    @Fault("F17")
    void aLookAtEverythingTellsTheEndsSinceTheLastLookToo() {
        leave(Rows.running());
        door.recorded(Rows.ended("COMPLETED", 0).comment(""));
        cursor = Cursor.START;
        assertThat(look()).containsExactly(finished(0));
    }

    @Test
    void anEndWhoseMarksCannotBeReadIsOwedOn() {
        leave(Rows.running());
        remains.away = true;
        door.recorded(Rows.ended("FAILED", 1).comment(""));
        assertThat(look()).isEmpty();
        remains.away = false;
        remains.launched(new Key(Rows.ATTEMPT, 0, 0), Rows.STARTED, Optional.of(Rows.STARTED));
        pass(Departed.AGAIN);
        assertThat(look()).containsExactly(finished(1));
    }

    @Test
    void aClusterWithoutAccountingIsAskedOnce() {
        door.accounting = QueueDoor.Accounting.NONE;
        leave(Rows.running());
        assertThat(seen().ends()).isEqualTo(Sweep.Ends.HIDDEN);
        pass(Departed.AGAIN);
        look();
        assertThat(door.questions).hasSize(1);
        assertThat(find()).isInstanceOf(Search.None.class);
    }

    @Test
    void manyAreAskedForInBatchesAndNoneTwiceBeforeItsTime() {
        Rows[] all = IntStream.range(0, 2 * Accounting.AT_ONCE + 1)
                .mapToObj(i -> Rows.running().id(100 + i).comment(AttemptId.random(Rows.REALM, new Random(i)) + ""))
                .toArray(Rows[]::new);
        door.queued(all);
        look();
        door.queued();
        for (int i = 0; i < 5; i++) {
            look();
        }
        assertThat(door.questions).extracting(Set::size).containsExactly(Accounting.AT_ONCE, Accounting.AT_ONCE, 1);
        assertThat(door.questions.stream().flatMap(Set::stream).distinct()).hasSize(all.length);
        pass(Departed.AGAIN);
        look();
        assertThat(door.questions.getLast()).isEqualTo(door.questions.getFirst());
    }

    @Test
    @Fault("F21")
    void theRunsBeforeARequeueAreToldWithTheRowAndAskedForOnce() {
        Rows second = SECOND_RUN.comment(Rows.ATTEMPT + "");
        door.queued(second);
        door.recorded(FIRST_RUN, SECOND_RUN);
        assertThat(seen().observations()).extracting(Observation::past).containsExactly(List.of(FIRST));
        cursor = Cursor.START;
        assertThat(seen().observations()).extracting(Observation::past).containsExactly(List.of(FIRST));
        assertThat(traces()).extracting(Search.Trace::past).containsExactly(List.of(FIRST));
        assertThat(door.questions).hasSize(1);
    }

    @Test
    @Fault("F21")
    void theRunBeforeIsToldThoughAccountingHasNotTheOneThatWaits() {
        door.queued(SECOND_RUN.comment(Rows.ATTEMPT + "").state("PENDING").reason("BeginTime"));
        door.recorded(FIRST_RUN.uncounted());
        assertThat(seen().observations()).extracting(Observation::past).containsExactly(List.of(FIRST));
    }

    @Test
    void aRequeueIsSeenThoughAccountingIsAwayAndItsPastIsAskedForAgainLater() {
        door.accounting = QueueDoor.Accounting.AWAY;
        door.queued(SECOND_RUN.comment(Rows.ATTEMPT + ""));
        assertThat(seen().observations()).extracting(Observation::past).containsExactly(List.of());
        look();
        assertThat(door.questions).hasSize(1);
        door.accounting = QueueDoor.Accounting.ANSWERS;
        door.recorded(FIRST_RUN, SECOND_RUN);
        probe();
        assertThat(seen().observations()).extracting(Observation::past).containsExactly(List.of(FIRST));
    }
}
