package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Exit;
import dev.sluice.slurm.door.JobRow.Origin;
import dev.sluice.slurm.door.JobRow.Place;
import dev.sluice.testkit.Fault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** squeue on recordings: a job that exited with 255, an array of which two were killed, one that runs, one that is held. */
final class SqueueTest {
    private static List<JobRow> rows(String version, String name) {
        return ((Answer.Said<List<JobRow>>) Squeue.parse(Recordings.of(version, name), Recordings.SEPARATOR)).value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    @Fault({"F26", "F56"})
    void exitsIndicesAndTimesAreTheSameInAllVersions(String version) {
        List<JobRow> rows = rows(version, "squeue");
        assertThat(rows).hasSize(6);
        JobRow ended = rows.get(0);
        assertThat(ended.indices()).isEqualTo(new Indices.Sole());
        assertThat(ended.states()).containsExactly("FAILED");
        assertThat(ended.exit()).contains(new Exit(255, 0, Origin.EXACT));
        assertThat(ended.comment()).isEqualTo("0000000000007a8y9c76zwt3g7 plain");
        assertThat(ended.owner()).isEqualTo("alice");
        assertThat(ended.restarts()).isEqualTo(OptionalInt.of(0));
        assertThat(ended.started()).isPresent();
        assertThat(ended.ended()).isPresent();
        JobRow killed = rows.get(2);
        assertThat(killed.jobId()).isEqualTo(rows.get(1).jobId());
        assertThat(killed.ownId()).isNotEqualTo(killed.jobId());
        assertThat(killed.indices()).isEqualTo(new Indices.Of(TaskSet.of(1)));
        assertThat(killed.exit()).contains(new Exit(0, 9, Origin.EXACT));
        JobRow rest = only(rows, row -> row.jobId() == killed.jobId() && row.ownId() == killed.jobId());
        assertThat(rest.indices()).isEqualTo(new Indices.Of(TaskSet.range(2, 7)));
        assertThat(rest.states()).containsExactly("PENDING");
        assertThat(rest.reason()).isEqualTo("JobHeldUser");
        assertThat(rest.started()).isEmpty();
        assertThat(rest.exit()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    @Fault("F27")
    void aCommentForgesNoRowAndNeedNotBeUtf8(String version) {
        List<JobRow> rows = rows(version, "squeue");
        assertThat(rows.get(1).comment()).isEqualTo("0000000000007a8y9c76zwt3g7 a,b|c\n12SEP 13 N/A PENDING");
        JobRow running = rows.get(5);
        assertThat(running.states()).containsExactly("RUNNING");
        assertThat(running.comment()).startsWith("0000000000007a8y9c76zwt3g7 ").contains(" latin ");
        assertThat(running.ended()).as("the limit is no end").isEmpty();
        JobRow held = only(
                rows,
                row -> row.indices().equals(new Indices.Sole()) && row.states().contains("PENDING"));
        assertThat(held.comment()).as("(null)").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void ownerAndPlaceAreTold(String version) {
        List<JobRow> rows = rows(version, "squeue");
        assertThat(rows).allMatch(row -> row.ownerUid().equals(OptionalInt.of(2001)));
        assertThat(rows).allMatch(row -> row.place().partition().equals("debug"));
        assertThat(rows.get(0).place())
                .isEqualTo(new Place("debug", "n1", "cpu=1,mem=100M,node=1,billing=1", "physics"));
        assertThat(rows.get(5).place())
                .isEqualTo(new Place("debug", "n1", "cpu=1,mem=100M,node=1,billing=1,gres/gpu=1", "chem"));
        assertThat(rows)
                .filteredOn(row -> row.states().contains("PENDING"))
                .hasSize(2)
                .allMatch(row -> row.place().nodes().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void whatWasCancelledBeforeItsStartNeverStarted(String version) {
        assertThat(rows(version, "squeue-cancelled"))
                .filteredOn(row -> row.states().contains("CANCELLED"))
                .hasSize(3)
                .allMatch(row -> row.place().nodes().isEmpty())
                .allMatch(row -> row.started().isEmpty())
                .allMatch(row -> row.ended().isPresent());
        assertThat(rows(version, "squeue-cancelled"))
                .filteredOn(row -> row.states().contains("FAILED"))
                .hasSize(2)
                .allMatch(row -> row.place().nodes().equals("n1"))
                .allMatch(row -> row.started().isPresent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void jobsThatNobodyKnowsAreNone(String version) {
        assertThat(rows(version, "squeue-absent")).isEmpty();
        assertThat(rows(version, "squeue-cancelled"))
                .hasSizeGreaterThan(1)
                .allMatch(row ->
                        Set.of("CANCELLED", "FAILED").contains(row.states().getFirst()));
    }

    @Test
    @Fault("F22")
    void aStateThatNobodyKnowsIsKeptAsItIs() {
        Answer<List<JobRow>> answer = Squeue.parse(
                Recordings.ended(0, row("7", "N/A", "ON_HOLIDAY") + row("8", "N/A", "COMPLETING"), ""), "S");
        assertThat(((Answer.Said<List<JobRow>>) answer).value())
                .extracting(JobRow::states)
                .containsExactly(List.of("ON_HOLIDAY"), List.of("COMPLETING"));
        assertThat(((Answer.Said<List<JobRow>>) answer).value())
                .as("a cluster without accounting")
                .allMatch(row -> row.place().account().isEmpty());
    }

    @Test
    @Fault("F26")
    void setsOfTasksCutShortAndWithSteps() throws UnreadableOutput {
        assertThat(JobRows.indices("0,3-4,100-...")).isEqualTo(new Indices.Rest());
        assertThat(JobRows.indices("0-8:4,9%3")).isEqualTo(new Indices.Of(TaskSet.of(0, 4, 8, 9)));
        assertThat(JobRows.indices("N/A")).isEqualTo(new Indices.Sole());
    }

    @Test
    @Fault("F27")
    void aListCutShortIsNoList() {
        String whole = row("7", "N/A", "RUNNING") + row("8", "N/A", "RUNNING");
        for (int length = 1; length < whole.length(); length++) {
            boolean isWhole = length == row("7", "N/A", "RUNNING").length();
            assertThat(Squeue.parse(Recordings.ended(0, whole.substring(0, length), ""), "S") instanceof Answer.Said)
                    .as("cut at " + length)
                    .isEqualTo(isWhole);
        }
    }

    @Test
    @Fault("F27")
    void whatStandsBetweenTwoRecordsIsAnotherOutput() {
        String strange = row("7", "N/A", "RUNNING").strip() + "!" + row("8", "N/A", "RUNNING");
        assertThat(Squeue.parse(Recordings.ended(0, strange, ""), "S")).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aControllerThatDoesNotAnswerIsUnknown() {
        Outcome.Ended down = Recordings.ended(
                1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n");
        assertThat(Squeue.parse(down, "S")).isInstanceOf(Answer.Unknown.class);
        assertThat(Optional.of(Squeue.argv("S"))).get().asString().contains("Comment:0S");
    }

    private static String row(String id, String tasks, String state) {
        return String.join(
                        "S",
                        id,
                        id,
                        tasks,
                        state,
                        "0:0",
                        "0",
                        "None",
                        "bob",
                        "1795568691",
                        "N/A",
                        "N/A",
                        "debug",
                        "n1",
                        "cpu=1",
                        "2002",
                        "(null)",
                        "")
                + "S\n";
    }

    private static JobRow only(List<JobRow> rows, Predicate<JobRow> which) {
        List<JobRow> found = rows.stream().filter(which).toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }
}
