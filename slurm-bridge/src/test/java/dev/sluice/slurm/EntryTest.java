package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.script.IndexMap;
import dev.sluice.testkit.Fault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which rows of a queue are ours, for which tasks, and as whom they run. */
final class EntryTest {
    private static final TaskSet TEN = TaskSet.range(0, 9);

    @Test
    void theKeyIsTheFirstWordOfTheComment() {
        Tag tag = new Tag(Rows.ATTEMPT, IndexMap.SAME);
        assertThat(tag.comment(Optional.of("nightly run 7"))).isEqualTo(Rows.ATTEMPT + " nightly run 7");
        assertThat(tag.comment(Optional.empty())).isEqualTo(Rows.ATTEMPT.toString());
        assertThat(Tag.of(tag.comment(Optional.of("nightly run 7")))).contains(tag);
        Tag shifted = new Tag(Rows.ATTEMPT, new IndexMap(10_000));
        assertThat(Tag.of(shifted.comment(Optional.of("a+b")))).contains(shifted);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "nightly",
                "00000000000000000000000000+",
                "00000000000000000000000000+x",
                "00000000000000000000000000+1+2",
                "00000000000000000000000000+-1",
                "00000000000000000000000000+9999999",
                "0000000000000000000000000",
                "000000000000000000000000000",
                "zzzzzzzzzzzzzzzzzzzzzzzzzz"
            })
    void whatBeginsOtherwiseIsNobodysOfOurs(String comment) {
        assertThat(Tag.of(comment)).isEmpty();
    }

    @Test
    void anotherInstallationsJobsAreNotOurs() {
        AttemptId other = AttemptId.random(Rows.REALM + 1, new Random(1));
        assertThat(ours(Rows.held().comment(other.toString()))).isEmpty();
    }

    @Test
    @Fault("F25")
    void aSiblingThatRunsElsewhereIsNotThere() {
        assertThat(ours(Rows.of("REVOKED"), Rows.of("CANCELLED", "REVOKED"))).isEmpty();
    }

    @Test
    @Fault("F26")
    void eachTaskAndTheRestAreEntriesOfTheirOwn() {
        List<Entry> all = ours(
                Rows.running().own(12, 13).indices(new Indices.Of(TaskSet.of(0))),
                Rows.held().indices(new Indices.Of(TaskSet.range(1, 9))));
        assertThat(all).extracting(Entry::tasks).containsExactly(TaskSet.of(0), TaskSet.range(1, 9));
        assertThat(all).extracting(Entry::binding).containsOnly(new Binding("12", seconds(), "alice"));
    }

    @Test
    @Fault("F26")
    void aSetThatSlurmCutShortIsAllThatNoOtherRowNames() {
        Rows one = Rows.running().own(12, 13).indices(new Indices.Of(TaskSet.of(3)));
        Rows rest = Rows.held().indices(new Indices.Rest());
        Rows stranger = Rows.running().id(14).indices(new Indices.Of(TaskSet.of(4)));
        assertThat(ours(rest, one, stranger).stream()
                        .filter(entry -> entry.row().jobId() == 12))
                .extracting(Entry::tasks)
                .containsExactly(TaskSet.of(3), TEN.minus(TaskSet.of(3)));
        // Of two that were cut nobody can tell which has what, nor of one whose attempt nobody remembers.
        assertThat(ours(rest, rest)).isEmpty();
        assertThat(Entry.ours(List.of(rest.row()), Rows.REALM, id -> Optional.empty()))
                .isEmpty();
    }

    @Test
    void theIndicesOfALargeArrayAreOurs() {
        Tag tag = new Tag(Rows.ATTEMPT, new IndexMap(20_000));
        List<Entry> all =
                ours(Rows.held().comment(tag.comment(Optional.empty())).indices(new Indices.Of(TaskSet.range(0, 4))));
        assertThat(all).extracting(Entry::tasks).containsExactly(TaskSet.range(20_000, 20_004));
    }

    @Test
    @Fault("F20")
    void aRecordIsOursByIdTimeAndOwnerAndNotAgainstItsComment() {
        Tag tag = new Tag(Rows.ATTEMPT, IndexMap.SAME);
        Binding binding = Entry.binding(Rows.held().row());
        Rows end = Rows.ended("COMPLETED", 0);
        assertThat(Runs.of(
                        List.of(
                                end.row(),
                                end.comment("").row(),
                                end.comment("somebody else's").row(),
                                end.owner("bob").row(),
                                end.submitted(Rows.STARTED).row(),
                                end.id(13).row()),
                        tag,
                        binding))
                .extracting(runs -> runs.last().row())
                .containsExactly(end.row(), end.comment("").row());
    }

    @Test
    @DisplayName("B22 a user without an account, root, or one that is banned has none")
    void owners() {
        Map<UserName, String> table =
                Map.of(user("ann"), "alice", user("eve"), "root", user("mallory"), "nightly", user("trent"), "-rf");
        Owners strict = new Owners(Owners.Unnamed.REFUSED, new TreeMap<>(table), Set.of("nightly"));
        Owners loose = new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(table), Set.of("nightly"));
        assertThat(strict.of(user("ann"))).contains(new Owner("alice"));
        assertThat(loose.of(user("bob"))).contains(new Owner("bob"));
        assertThat(strict.of(user("bob"))).isEmpty();
        for (Owners owners : List.of(strict, loose)) {
            for (String name : List.of("eve", "mallory", "trent", "nightly", "root")) {
                assertThat(owners.of(user(name))).as(name).isEmpty();
            }
        }
    }

    private static UserName user(String name) {
        return new UserName(name);
    }

    private static String seconds() {
        return Long.toString(Rows.SUBMITTED.getEpochSecond());
    }

    private static List<Entry> ours(Rows... rows) {
        List<JobRow> all = List.of(rows).stream().map(Rows::row).toList();
        return Entry.ours(all, Rows.REALM, id -> Optional.of(TEN));
    }
}
