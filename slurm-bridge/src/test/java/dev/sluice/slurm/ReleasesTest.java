package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Release;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.script.IndexMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many grants at once: each has its own answer, in its place, and only what is held by us and meant is let go. */
final class ReleasesTest {
    private static final Instant NOW = Rows.SUBMITTED.plusSeconds(3600);

    private final QueueDoor door = new QueueDoor();
    private final SlurmSettings settings = Samples.settings(() -> NOW, Duration.ofSeconds(300), Duration.ZERO);
    private final Known known = new Known();
    private final Releases releases = new Releases(
            settings,
            Doors.rest(door),
            new Standing(settings, door, new Together<>(door::queue), Samples.launches(Optional.empty()), known));

    @Test
    void everyGrantHasItsOwnAnswer() {
        door.queued(
                held(100),
                held(101).owner("bob"),
                held(102),
                held(103),
                held(104),
                held(105).reason("JobHeldAdmin"),
                held(106).state("RUNNING").reason(""));
        door.recorded(Rows.ended("COMPLETED", 0).id(107).comment(""));
        Refusal no = Refusal.later("limit", "too many jobs");
        door.refusing.put(102L, new Answer.Refused<>(no));
        door.refusing.put(103L, Answer.unknown("the connection broke"));
        door.refusing.put(104L, new Answer.Refused<>(Refusal.never(Door.ENDED, "it has ended")));
        List<Grant> grants = new ArrayList<>();
        for (int id : new int[] {107, 106, 105, 104, 103, 102, 101, 100}) {
            grants.add(grant(id, id == 101 ? "bob" : "alice"));
        }
        grants.add(new Grant(attempt(100), new Binding("no-number", "0", "alice"), TaskSet.SOLE, NOW));
        grants.add(new Grant(attempt(100), binding(100, "alice"), TaskSet.SOLE, NOW.minusMillis(1)));

        assertThat(releases.release(grants))
                .containsExactly(
                        new Release.Absent(),
                        new Release.Released(),
                        new Release.Refused(Refusal.later("held", "held by others on slurm: JobHeldAdmin")),
                        new Release.Absent(),
                        new Release.Unknown(new Doubt("the connection broke")),
                        new Release.Refused(no),
                        new Release.Released(),
                        new Release.Released(),
                        new Release.Absent(),
                        new Release.TooLate());
        assertThat(door.acts)
                .as("one request for each owner, both at once")
                .containsOnlyOnce("release 101")
                .filteredOn(act -> !act.equals("release 101"))
                .containsExactly("release 104", "release 103", "release 102", "release 100");
        assertThat(door.fence).isEqualTo(NOW.plus(Samples.LIFE));
    }

    @Test
    void noMoreAreLetGoBehindOneReadThanTheDoorSendsAtOnce() {
        door.queued(held(100), held(101), held(102));
        door.meanwhile = () -> door.acts.add("read");
        door.releasesAtOnce = 2;
        assertThat(releases.release(List.of(grant(100, "alice"), grant(101, "alice"), grant(102, "alice"))))
                .hasSize(3)
                .containsOnly(new Release.Released());
        assertThat(door.acts).containsExactly("read", "release 100", "release 101", "read", "release 102");
    }

    @Test
    void whatIsHeldGoesFirstAndAllThatIsAbsentIsOneQuestion() {
        HandMadeRemains remains = new HandMadeRemains();
        Releases looking = releases(settings, remains);
        door.queued(
                held(100),
                held(101).state("RUNNING").reason(""),
                held(102).state("RUNNING").reason(""));
        AtomicInteger reads = new AtomicInteger();
        door.meanwhile = reads::incrementAndGet;
        door.effect = rows -> {
            assertThat(door.questions).as("nothing stands between").isEmpty();
            assertThat(remains.looks).isZero();
            return rows;
        };
        door.recorded(Rows.ended("COMPLETED", 0).id(103).comment(""));
        List<Grant> grants = IntStream.of(105, 104, 103, 102, 101, 100)
                .mapToObj(id -> grant(id, "alice"))
                .toList();

        assertThat(looking.release(grants))
                .containsExactly(
                        new Release.Absent(),
                        new Release.Absent(),
                        new Release.Absent(),
                        new Release.Released(),
                        new Release.Released(),
                        new Release.Released());
        assertThat(door.acts).containsExactly("release 100");
        assertThat(door.questions).containsExactly(Set.of(103L, 104L, 105L));
        assertThat(remains.looks).isOne();
        assertThat(reads).hasValue(1);

        door.accounting = QueueDoor.Accounting.AWAY;
        door.effect = rows -> rows;
        List<Release> away = looking.release(grants);
        assertThat(away.subList(0, 3)).hasOnlyElementsOfType(Release.Unknown.class);
        assertThat(away.getLast()).isEqualTo(new Release.Released());
    }

    @Test
    void aGrantThatEndsWhileTheQueueIsReadIsNotActedOn() {
        AtomicReference<Instant> now = new AtomicReference<>(NOW);
        Releases slow =
                releases(Samples.settings(now::get, Duration.ofSeconds(300), Duration.ZERO), new HandMadeRemains());
        door.queued(held(100), held(101));
        door.meanwhile = () -> now.set(NOW.plusSeconds(61));
        Grant longer = new Grant(attempt(101), binding(101, "alice"), TaskSet.SOLE, NOW.plusSeconds(62));

        assertThat(slow.release(List.of(grant(100, "alice"), longer)))
                .containsExactly(new Release.TooLate(), new Release.Released());
        assertThat(door.acts).containsExactly("release 101");
    }

    private Releases releases(SlurmSettings with, HandMadeRemains remains) {
        Launches launches = Samples.launches(Optional.of(remains));
        return new Releases(
                with,
                new Doors(door, door, Optional.of(remains)),
                new Standing(with, door, new Together<>(door::queue), launches, known));
    }

    @Test
    void ofAnArrayOnlyWhatIsMeantAndHeldByUsGoesByItsOwnIndices() {
        IndexMap map = new IndexMap(1000);
        Rows row = Rows.held().comment(new Tag(Rows.ATTEMPT, map) + "");
        door.queued(
                row.own(12, 13)
                        .indices(new Indices.Of(TaskSet.of(0)))
                        .state("RUNNING")
                        .reason(""),
                row.own(12, 14).indices(new Indices.Of(TaskSet.of(1))).reason("JobHeldAdmin"),
                row.indices(new Indices.Of(TaskSet.range(2, 9))));
        Grant grant = new Grant(
                Samples.attempt(TaskSet.range(1000, 1009)),
                Entry.binding(row.row()),
                TaskSet.range(1000, 1005),
                NOW.plusSeconds(60));
        assertThat(releases.release(List.of(grant))).containsExactly(new Release.Released());
        assertThat(door.acts).containsExactly("release 12_[2-5]");
    }

    @Test
    void allOfAnArrayGoesByItsId() {
        Rows row = Rows.held().indices(new Indices.Of(TaskSet.range(0, 9)));
        door.queued(row);
        TaskSet all = TaskSet.range(0, 9);
        Grant grant = new Grant(Samples.attempt(all), Entry.binding(row.row()), all, NOW.plusSeconds(60));
        assertThat(releases.release(List.of(grant))).containsExactly(new Release.Released());
        assertThat(door.acts).containsExactly("release 12");
    }

    @Test
    void aSilentClusterLeavesEachInDoubtAndNothingIsSent() {
        door.queued(held(100), held(101));
        door.silent = true;
        List<Grant> grants =
                IntStream.of(100, 101).mapToObj(id -> grant(id, "alice")).toList();
        assertThat(releases.release(grants)).hasSize(2).hasOnlyElementsOfType(Release.Unknown.class);
        assertThat(door.acts).isEmpty();
        assertThat(releases.release(List.of())).isEmpty();
    }

    private static AttemptId key(int id) {
        return AttemptId.random(Rows.REALM, new Random(id));
    }

    private static Rows held(int id) {
        return Rows.held().id(id).comment(key(id) + "");
    }

    private static Binding binding(int id, String owner) {
        return Entry.binding(Rows.held().id(id).owner(owner).row());
    }

    private static Attempt attempt(int id) {
        Attempt any = Samples.attempt(TaskSet.SOLE);
        return new Attempt(
                key(id),
                any.job(),
                any.user(),
                any.cluster(),
                any.partition(),
                any.tasks(),
                any.tries(),
                any.limit(),
                any.refusedBy());
    }

    private static Grant grant(int id, String owner) {
        return new Grant(attempt(id), binding(id, owner), TaskSet.SOLE, NOW.plusSeconds(60));
    }
}
