package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of jobs, as recorded and as bent. */
final class JobListsTest {
    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#all")
    void anEndedTaskIsReadAlikeFromAllVersions(String version) throws IOException {
        Recorded recorded = Recorded.of(version, "job");
        long array = recorded.body().at("/jobs/0/array_job_id/number").asLong();
        long submitted = recorded.body().at("/jobs/0/submit_time/number").asLong();
        JobLists.Jobs jobs = JobLists.controller(recorded.reader());
        assertThat(jobs.complete()).isTrue();
        assertThat(jobs.rows()).hasSize(2);
        JobRow row = jobs.rows().getFirst();
        assertThat(row)
                .isEqualTo(new JobRow(
                        array,
                        array,
                        new Indices.Of(TaskSet.of(1)),
                        "alice",
                        "cm",
                        Instant.ofEpochSecond(submitted),
                        OptionalInt.of(0),
                        List.of("FAILED"),
                        "NonZeroExitCode",
                        row.started(),
                        row.ended(),
                        Optional.of(new JobRow.Exit(3, 0, JobRow.Origin.EXACT)),
                        row.place(),
                        row.ownerUid(),
                        JobRow.Canceller.UNTOLD));
        assertThat(row.started().orElseThrow()).isBefore(row.ended().orElseThrow());
        assertThat(jobs.rows().get(1).ownId()).isNotEqualTo(array);
        assertThat(jobs.rows().get(1).indices()).isEqualTo(new Indices.Of(TaskSet.of(0)));
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#all")
    void accountingSaysTheSame(String version) throws IOException {
        Recorded recorded = Recorded.of(version, "dbjob");
        List<JobRow> rows = JobLists.accounting(recorded.reader()).rows();
        JobRow row = rows.stream()
                .filter(one -> one.indices().equals(new Indices.Of(TaskSet.of(0))))
                .findFirst()
                .orElseThrow();
        assertThat(row.jobId())
                .isEqualTo(recorded.body().at("/jobs/0/array/job_id").asLong());
        assertThat(row.ownId()).isNotEqualTo(row.jobId());
        assertThat(row.owner()).isEqualTo("alice");
        assertThat(row.comment()).isEqualTo("cm");
        assertThat(row.states()).containsExactly("FAILED");
        assertThat(row.exit()).contains(new JobRow.Exit(3, 0, JobRow.Origin.EXACT));
        assertThat(row.restarts())
                .isEqualTo(version.endsWith("40") || version.endsWith("41") ? OptionalInt.empty() : OptionalInt.of(0));
    }

    /** As 24.11 and 26.05 name who cancelled a job: root, SlurmUser, its owner, an operator. */
    @ParameterizedTest
    @CsvSource({"root, SLURM", "slurm, SLURM", "'', SLURM", "alice, PERSON", "sluice, PERSON"})
    @Fault("F49")
    void accountingTellsWhoCancelled(String user, JobRow.Canceller who) throws IOException {
        String text = """
                {"jobs": [
                  {"job_id": 1, "user": "alice", "kill_request_user": "%1$s", "state": {"current": ["CANCELLED"], "reason": "None"}},
                  {"job_id": 2, "user": "alice", "kill_request_user": "%1$s", "state": {"current": ["FAILED"], "reason": "None"}}
                ], "errors": [], "warnings": []}""".formatted(user);
        assertThat(JobLists.accounting(new StringReader(text)).rows())
                .extracting(JobRow::canceller)
                .containsExactly(who, JobRow.Canceller.UNTOLD);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    @Fault({"F26", "F27"})
    void anArrayInParts(String version) throws IOException {
        List<JobRow> rows =
                JobLists.controller(Recorded.of(version, "array").reader()).rows();
        assertThat(rows).extracting(JobRow::jobId).containsOnly(rows.getFirst().jobId());
        assertThat(rows)
                .extracting(JobRow::indices)
                .containsExactlyInAnyOrder(
                        new Indices.Of(TaskSet.parse("2-3,6-7")),
                        new Indices.Of(TaskSet.of(0)),
                        new Indices.Of(TaskSet.of(1)));
        JobRow waiting = rows.stream()
                .filter(row -> row.states().contains("PENDING"))
                .findFirst()
                .orElseThrow();
        assertThat(waiting.started()).as("a guess is no start").isEmpty();
        JobRow running = rows.stream()
                .filter(row -> row.states().contains("RUNNING"))
                .findFirst()
                .orElseThrow();
        assertThat(running.started()).isPresent();
        assertThat(running.ended()).as("a limit is no end").isEmpty();
        assertThat(running.exit()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    @Fault("F26")
    void accountingWritesIndicesAsBits(String version) throws IOException {
        assertThat(JobLists.accounting(Recorded.of(version, "dbarray").reader()).rows())
                .extracting(JobRow::indices)
                .containsExactlyInAnyOrder(
                        new Indices.Of(TaskSet.parse("2-3,6-7")),
                        new Indices.Of(TaskSet.of(0)),
                        new Indices.Of(TaskSet.of(1)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"0-3,7%2|0-3,7", "1-9:2|1,3,5,7,9", "5|5", "0-3%1|0-3"})
    @Fault("F26")
    void listsOfIndices(String text, String tasks) {
        assertThat(JobEntry.listed(text)).isEqualTo(new Indices.Of(TaskSet.parse(tasks)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1,3,5,...", "1,3,5,7-...", "N/A", "0-3:0", "99999999"})
    @Fault("F27")
    void whatIsCutShortIsTheRest(String text) {
        assertThat(JobEntry.listed(text)).isEqualTo(new Indices.Rest());
    }

    @Test
    @Fault("F27")
    void bitsThatAreNoneAreTheRest() {
        assertThat(JobEntry.bits("0x1F...")).isEqualTo(new Indices.Rest());
        assertThat(JobEntry.bits("0x0")).isEqualTo(new Indices.Rest());
        assertThat(JobEntry.bits("0x100000001")).isEqualTo(new Indices.Of(TaskSet.of(0, 32)));
    }

    @Test
    @Fault("F22")
    void unknownStatesAndFlagsAreKeptTheBaseFirst() throws IOException {
        assertThat(one("{\"job_id\":1,\"job_state\":[\"COMPLETING\",\"LASER\",\"FAILED\"]}")
                        .states())
                .containsExactly("FAILED", "COMPLETING", "LASER");
        JobRow unheard = one("{\"job_id\":1,\"job_state\":[\"LASER\"],\"end_time\":5,\"nodes\":\"n1\"}");
        assertThat(unheard.states()).containsExactly("LASER");
        assertThat(unheard.ended()).as("nobody knows whether that is an end").isEmpty();
        assertThat(one("{\"job_id\":1,\"job_state\":[]}").states()).containsExactly("UNKNOWN");
        assertThat(one("{\"job_id\":1,\"job_state\":null}").states()).containsExactly("UNKNOWN");
    }

    @Test
    @Fault("F27")
    void nullTimesAndNumbersOutOfRange() throws IOException {
        JobRow row = one("{\"job_id\":1,\"job_state\":[\"FAILED\"],\"submit_time\":null,\"start_time\":{\"set\":true,"
                + "\"infinite\":true,\"number\":0},\"end_time\":{\"set\":true,\"infinite\":false,\"number\":"
                + "18446744073709551614},\"restart_cnt\":null,\"exit_code\":null,\"comment\":null,\"nodes\":\"n1\"}");
        assertThat(row.submitted()).isEqualTo(Instant.EPOCH);
        assertThat(row.started()).isEmpty();
        assertThat(row.ended()).isEmpty();
        assertThat(row.restarts()).isEmpty();
        assertThat(row.exit()).isEmpty();
        assertThat(row.comment()).isEmpty();
    }

    /** As slurmdbd 24.11 told a job that was requeued while it ran. */
    @Test
    @Fault("F21")
    void aRunThatWasBrokenOffForAnotherIsOverAndNoEndOfTheJob() throws IOException {
        JobRow row = JobLists.accounting(new StringReader(
                        "{\"jobs\":[{\"job_id\":1,\"user\":\"alice\",\"restart_cnt\":0,\"state\":{\"current\":"
                                + "[\"PENDING\",\"REQUEUED\"],\"reason\":\"None\"},\"time\":{\"end\":1795968620,"
                                + "\"start\":1795968616,\"submission\":1795968614},\"nodes\":\"n1\",\"exit_code\":"
                                + "{\"status\":[\"SUCCESS\"],\"return_code\":{\"set\":true,\"number\":0}}}]}"))
                .rows()
                .getFirst();
        assertThat(row.states()).containsExactly("PENDING", "REQUEUED");
        assertThat(row.started()).contains(Instant.ofEpochSecond(1795968616));
        assertThat(row.ended()).contains(Instant.ofEpochSecond(1795968620));
        assertThat(row.exit()).isEmpty();
    }

    @Test
    void whatWasCancelledBeforeItsStartNeverStarted() throws IOException {
        JobRow row = one("{\"job_id\":1,\"job_state\":[\"CANCELLED\"],\"start_time\":9,\"end_time\":9,\"nodes\":\"\"}");
        assertThat(row.started()).isEmpty();
        assertThat(row.ended()).contains(Instant.ofEpochSecond(9));
    }

    @Test
    void aSignalIsReadInBothSpellings() throws IOException {
        for (String key : List.of("id", "signal_id")) {
            JobRow row = one("{\"job_id\":1,\"job_state\":[\"FAILED\"],\"exit_code\":{\"status\":[\"SIGNALED\"],"
                    + "\"return_code\":{\"set\":false,\"number\":0},\"signal\":{\"" + key
                    + "\":{\"set\":true,\"number\":9},\"name\":\"KILL\"}}}");
            assertThat(row.exit()).contains(new JobRow.Exit(0, 9, JobRow.Origin.EXACT));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"jobs\":[{\"job_state\":[\"RUNNING\"]}]}",
                "{\"jobs\":[{\"job_id\":0}]}",
                "{\"jobs\":[7]}",
                "[]",
                "{\"jobs\":[{\"job_id\":1},",
                "{\"jobs\":[{\"job_id\":1,\"comment\":\"cut"
            })
    @Fault("F8")
    void aListWithAHoleIsNoList(String text) {
        assertThatThrownBy(() -> JobLists.controller(new StringReader(text))).isInstanceOf(IOException.class);
    }

    @Test
    void anAnswerWithoutAListIsNotAnEmptyList() throws IOException {
        assertThat(JobLists.controller(new StringReader("{\"errors\":[]}")).complete())
                .isFalse();
        assertThat(JobLists.controller(new StringReader("{\"jobs\":null}")).complete())
                .isFalse();
    }

    private static JobRow one(String entry) throws IOException {
        return JobLists.controller(new StringReader("{\"jobs\":[" + entry + "]}"))
                .rows()
                .getFirst();
    }
}
