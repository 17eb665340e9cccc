package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.QueueDoor.Accounting;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two doors to one cluster: which of them is asked, and when again the first. */
final class FallbackTest {
    private static final Owner ALICE = new Owner("alice");
    private static final List<Target> TARGETS = List.of(Target.of(12), Target.of(13));
    private static final Duration SPARED = Duration.ofSeconds(20);

    private final QueueDoor first = new QueueDoor().queued(Rows.running());
    private final QueueDoor second =
            new QueueDoor().queued(Rows.running(), Rows.held().id(13));
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - SPARED.toNanos());
    private final Fallback doors = new Fallback(first, second, nanos::get);

    @Test
    void theFirstIsAskedAsLongAsItAnswers() {
        assertThat(rows(doors.queue())).isEqualTo(1);
        assertThat(rows(doors.queue(Set.of(12L, 13L)))).isEqualTo(1);
    }

    @Test
    void whatTheFirstCannotTellTheSecondIsAskedAndForAWhileAtOnce() {
        first.silent = true;
        assertThat(rows(doors.queue())).isEqualTo(2);
        first.silent = false;
        nanos.addAndGet(SPARED.toNanos() - 1);
        assertThat(rows(doors.queue())).as("the first is spared").isEqualTo(2);
        assertThat(rows(doors.queue(Set.of(12L, 13L)))).isEqualTo(2);
        nanos.addAndGet(1);
        assertThat(rows(doors.queue())).as("and asked again").isEqualTo(1);
    }

    @Test
    void aRefusalIsAnAnswer() {
        first.accounting = Accounting.NONE;
        assertThat(doors.records(Set.of(12L))).isInstanceOf(Answer.Refused.class);
        assertThat(second.questions).isEmpty();
        assertThat(rows(doors.queue())).isEqualTo(1);
    }

    @Test
    void aReleaseInDoubtIsNotRepeatedAndTheNextGoesByTheSecond() {
        first.refusing.put(13L, Answer.unknown("the connection broke"));
        assertThat(doors.release(ALICE, TARGETS, Instant.EPOCH))
                .satisfiesExactly(
                        one -> assertThat(one).isEqualTo(Answer.said(Door.Done.DONE)),
                        other -> assertThat(other).isInstanceOf(Answer.Unknown.class));
        assertThat(second.acts).isEmpty();
        doors.release(ALICE, TARGETS, Instant.EPOCH);
        assertThat(second.acts).containsExactly("release 12", "release 13");
        assertThat(first.acts).hasSize(2);
    }

    @Test
    void aRefusedReleaseSparesNobody() {
        first.refusing.put(13L, new Answer.Refused<>(Refusal.never(Door.ENDED, "it has ended")));
        doors.release(ALICE, TARGETS, Instant.EPOCH);
        doors.release(ALICE, TARGETS, Instant.EPOCH);
        assertThat(second.acts).isEmpty();
    }

    @Test
    void whatChangesAJobGoesByTheFirstAsLongAsItAnswers() {
        assertThat(doors.hold(ALICE, Target.of(12), Instant.EPOCH)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(doors.limit(ALICE, Target.of(12), Duration.ofHours(1), Instant.EPOCH))
                .isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(doors.cancel(ALICE, Target.of(12), Instant.EPOCH)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(first.acts).containsExactly("hold 12", "limit 12", "cancel 12");
        assertThat(second.acts).isEmpty();
    }

    @Test
    void aChangeInDoubtIsNotRepeatedAndTheNextGoesByTheSecond() {
        first.refusing.put(12L, Answer.unknown("the connection broke"));
        assertThat(doors.cancel(ALICE, Target.of(12), Instant.EPOCH)).isInstanceOf(Answer.Unknown.class);
        assertThat(second.acts).isEmpty();
        doors.cancel(ALICE, Target.of(12), Instant.EPOCH);
        doors.hold(ALICE, Target.of(12), Instant.EPOCH);
        doors.limit(ALICE, Target.of(12), Duration.ofHours(1), Instant.EPOCH);
        assertThat(second.acts).containsExactly("cancel 12", "hold 12", "limit 12");
        assertThat(first.acts).hasSize(1);
    }

    /** SSH acts for no system account, nor for one that may not log in; slurmrestd has submitted as it. */
    @Test
    void aChangeThatTheFirstMayNotMakeAsThatAccountGoesByTheSecondAtOnce() {
        first.refusing.put(12L, new Answer.Refused<>(Refusal.never("forbidden-account", "user id 900")));
        assertThat(doors.cancel(ALICE, Target.of(12), Instant.EPOCH)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(second.acts).containsExactly("cancel 12");
        assertThat(rows(doors.queue())).as("the first is not spared").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {Door.ABSENT, Door.ENDED})
    void whatIsGoneIsGoneByBothDoors(String code) {
        first.refusing.put(12L, new Answer.Refused<>(Refusal.never(code, "it is gone")));
        assertThat(doors.cancel(ALICE, Target.of(12), Instant.EPOCH)).isInstanceOf(Answer.Refused.class);
        assertThat(second.acts).isEmpty();
    }

    @Test
    void bothAreClosed() {
        doors.close();
        assertThat(first.closed).isTrue();
        assertThat(second.closed).isTrue();
    }

    private static int rows(Answer<? extends List<?>> answer) {
        assertThat(answer).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<? extends List<?>>) answer).value().size();
    }
}
