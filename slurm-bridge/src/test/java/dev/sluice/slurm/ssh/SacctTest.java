package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Canceller;
import dev.sluice.slurm.door.JobRow.Exit;
import dev.sluice.slurm.door.JobRow.Origin;
import dev.sluice.slurm.door.JobRow.Place;
import dev.sluice.testkit.Fault;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** sacct on recordings of the same jobs as squeue's. */
final class SacctTest {
    private static List<JobRow> rows(Outcome.Ended ended, Sacct.Form form) {
        return ((Answer.Said<List<JobRow>>) Sacct.parse(ended, Recordings.SEPARATOR, form, SacctTest::by)).value();
    }

    private static Canceller by(int uid) {
        return uid == 0 ? Canceller.SLURM : Canceller.PERSON;
    }

    @ParameterizedTest
    @CsvSource({"22.05, 127, SACCT", "24.11, 127, SACCT", "26.05, 255, EXACT"})
    @Fault({"F56", "F26"})
    void exitsOf128AndMoreAreMarkedAsWhatSacctMakesOfThem(String version, int code, Origin origin) {
        List<JobRow> rows = rows(Recordings.of(version, "sacct"), Sacct.Form.WITHOUT_RESTARTS);
        assertThat(rows).hasSize(6);
        assertThat(rows.get(0).exit()).contains(new Exit(code, 0, origin));
        assertThat(rows.get(0).comment()).isEqualTo("0000000000007a8y9c76zwt3g7 plain");
        assertThat(rows.get(1).states()).containsExactly("RUNNING");
        assertThat(rows.get(1).ended()).isEmpty();
        assertThat(rows.get(3).exit()).contains(new Exit(0, 9, Origin.SACCT));
        assertThat(rows.get(3).indices()).isEqualTo(new Indices.Of(TaskSet.of(0)));
        assertThat(rows.get(4).comment()).endsWith("a,b|c\n12SEP 13 N/A PENDING");
        assertThat(rows.get(5).indices()).isEqualTo(new Indices.Of(TaskSet.range(2, 7)));
        assertThat(rows.get(5).ownId()).isEqualTo(rows.get(5).jobId());
        assertThat(rows.get(5).started()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void thePlaceIsToldAndTheOwnersUidIsNot(String version) {
        List<JobRow> rows = rows(Recordings.of(version, "sacct"), Sacct.Form.WITHOUT_RESTARTS);
        assertThat(rows).allMatch(row -> row.owner().equals("alice"));
        assertThat(rows).allMatch(row -> row.ownerUid().isEmpty());
        assertThat(rows)
                .extracting(JobRow::place)
                .containsExactly(
                        new Place("debug", "n1", "billing=1,cpu=1,mem=100M,node=1"),
                        new Place("debug", "n1", "billing=1,cpu=1,gres/gpu=1,mem=100M,node=1"),
                        new Place("debug", "", ""),
                        new Place("debug", "n1", "billing=1,cpu=1,mem=100M,node=1"),
                        new Place("debug", "n1", "billing=1,cpu=1,mem=100M,node=1"),
                        new Place("debug", "", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"24.11", "26.05"})
    void theRestartCountIsThereFromTheVersionsThatHaveIt(String version) {
        assertThat(rows(Recordings.of(version, "sacct-restarts"), Sacct.Form.WITH_RESTARTS))
                .hasSize(6)
                .allMatch(row -> row.restarts().equals(OptionalInt.of(0)));
    }

    @Test
    @Fault("F31")
    void anOlderVersionThatDoesNotKnowTheRestartCountSaysSo() {
        assertThat(Sacct.lacksRestarts(Recordings.of("22.05", "sacct-restarts")))
                .isTrue();
        assertThat(Sacct.lacksRestarts(Recordings.of("24.11", "sacct-restarts")))
                .isFalse();
    }

    @Test
    @Fault("F19")
    void theWindowBeginsAtTheEpochAndNotAtMidnight() {
        List<String> argv = Sacct.argv("S", List.of(5L, 7L), Sacct.Form.WITH_RESTARTS);
        assertThat(argv.get(argv.indexOf("-S") + 1)).isEqualTo("1970-01-02");
        assertThat(argv).contains("-D", "5,7");
    }

    /** As 24.11 told a job that was requeued while it ran. */
    @Test
    @Fault("F21")
    void aRunThatWasBrokenOffForAnotherIsOverAndNoEndOfTheJob() {
        String runs = """
                1;1;alice;REQUEUED;0:0;1795968614;1795968616;1795968620;None;debug;n1;cpu=1;;0;
                1;1;alice;RUNNING;0:0;1795968622;1795968639;Unknown;BeginTime;debug;n1;cpu=1;;1;
                """;
        List<JobRow> rows = ((Answer.Said<List<JobRow>>)
                        Sacct.parse(Recordings.ended(0, runs, ""), ";", Sacct.Form.WITH_RESTARTS, SacctTest::by))
                .value();
        assertThat(rows)
                .extracting(JobRow::states, JobRow::started, JobRow::ended, JobRow::exit, JobRow::restarts)
                .containsExactly(
                        tuple(
                                List.of("REQUEUED"),
                                Optional.of(Instant.ofEpochSecond(1795968616)),
                                Optional.of(Instant.ofEpochSecond(1795968620)),
                                Optional.empty(),
                                OptionalInt.of(0)),
                        tuple(
                                List.of("RUNNING"),
                                Optional.of(Instant.ofEpochSecond(1795968639)),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalInt.of(1)));
    }

    @Test
    void severalRecordsOfOneIdStaySeveral() {
        String stale = String.join(
                        "S",
                        "7",
                        "7",
                        "bob",
                        "PENDING",
                        "0:0",
                        "1",
                        "Unknown",
                        "Unknown",
                        "None",
                        "debug",
                        "None assigned",
                        "",
                        "")
                + "S\n";
        String cancelled = String.join(
                        "S",
                        "7",
                        "7",
                        "bob",
                        "CANCELLED by 2001",
                        "0:0",
                        "5",
                        "6",
                        "8",
                        "None",
                        "debug",
                        "None assigned",
                        "",
                        "k")
                + "S\n";
        List<JobRow> rows = ((Answer.Said<List<JobRow>>) Sacct.parse(
                        Recordings.ended(0, stale + cancelled, ""), "S", Sacct.Form.WITHOUT_RESTARTS, SacctTest::by))
                .value();
        assertThat(rows).extracting(JobRow::states).containsExactly(List.of("PENDING"), List.of("CANCELLED"));
        assertThat(rows.get(1).ended().map(end -> end.getEpochSecond())).isEqualTo(Optional.of(8L));
        assertThat(rows.get(1).started()).as("it never had a node").isEmpty();
    }

    /** As 22.05, 24.11 and 26.05 wrote it; what SLURM ends at nobody's request names nobody. */
    @ParameterizedTest
    @CsvSource({
        "CANCELLED by 0, SLURM",
        "CANCELLED, SLURM",
        "CANCELLED by 2001, PERSON",
        "CANCELLED by 4294967294, SLURM",
        "FAILED, UNTOLD",
        "RUNNING, UNTOLD"
    })
    @Fault("F49")
    void whoCancelledIsInTheState(String state, Canceller who) {
        String row = "7;7;bob;" + state + ";0:15;5;6;8;None;debug;n1;cpu=1;;0;\n";
        List<JobRow> rows = ((Answer.Said<List<JobRow>>)
                        Sacct.parse(Recordings.ended(0, row, ""), ";", Sacct.Form.WITH_RESTARTS, SacctTest::by))
                .value();
        assertThat(rows).extracting(JobRow::canceller).containsExactly(who);
    }

    @Test
    @Fault("F18")
    void noAccountingAndAnAccountingThatIsDownAreTwoThings() {
        Answer<List<JobRow>> none = Sacct.parse(
                Recordings.ended(1, "", "Slurm accounting storage is disabled\n"),
                "S",
                Sacct.Form.WITH_RESTARTS,
                SacctTest::by);
        assertThat(((Answer.Refused<List<JobRow>>) none).refusal().code()).isEqualTo(Door.NO_ACCOUNTING);
        Outcome.Ended down = Recordings.ended(
                1, "", "sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection\n");
        assertThat(Sacct.parse(down, "S", Sacct.Form.WITH_RESTARTS, SacctTest::by))
                .isInstanceOf(Answer.Unknown.class);
    }
}
