package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.testkit.Fault;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What recorded answers prove. */
final class JudgeTest {
    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#all")
    @Fault("F3")
    void warningsAroundAnIdAreNotes(String version) {
        Recorded recorded = Recorded.of(version, "submit-full");
        Door.Submitted submitted = said(Judge.submitted(recorded.reply()));
        assertThat(submitted.jobId()).isEqualTo(recorded.body().path("job_id").asLong());
        assertThat(submitted.notes())
                .as("that a held job is held is no news")
                .singleElement()
                .asString()
                .startsWith("Ignoring unknown field \"kill_on_invalid_dependency\"");
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#all")
    @Fault("F4")
    void twoHundredWithoutAnIdIsNoJob(String version) {
        Refusal refusal = refused(
                Judge.submitted(Recorded.of(version, "submit-wrong-type").reply()));
        assertThat(refusal.code()).isEqualTo("bad-request");
        assertThat(refusal.message()).contains("Expected OpenAPI type=integer");
        assertThat(refusal.retry()).isEqualTo(Refusal.Retry.NEVER);
    }

    @Test
    @Fault("F4")
    void twoHundredThatSaysNothingProvesNothing() {
        assertThat(Judge.submitted(json(200, "{\"errors\":[],\"warnings\":[]}")))
                .isInstanceOf(Answer.Unknown.class);
        assertThat(Judge.submitted(json(200, "{\"job_id\":0,\"errors\":[]}"))).isInstanceOf(Answer.Unknown.class);
        assertThat(Judge.submitted(json(200, "{\"job_id\":null}"))).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    @Fault("F5")
    void anIdBesideErrorsIsAJob() {
        Door.Submitted submitted = said(Judge.submitted(json(
                200,
                "{\"job_id\":7,\"errors\":[{\"error_number\":2042,\"error\":\"held\"},"
                        + "{\"error_number\":2015,\"error\":\"over a limit\"}]}")));
        assertThat(submitted).isEqualTo(new Door.Submitted(7, List.of("over a limit (2015)")));
    }

    @ParameterizedTest
    @CsvSource({
        "submit-unknown-partition, unknown-partition",
        "submit-bad-array, array",
        "submit-too-large, too-large",
        "submit-no-script, bad-request"
    })
    void whatSlurmSurelyRefusedIsRefused(String what, String code) {
        for (String version : Recorded.ALL) {
            Refusal refusal = refused(Judge.submitted(Recorded.of(version, what).reply()));
            assertThat(refusal.code()).as(version).isEqualTo(code);
            assertThat(refusal.retry()).isEqualTo(Refusal.Retry.NEVER);
            assertThat(refusal.message()).contains("To do: ");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#all")
    void refusedCredentialsProveNothing(String version) {
        assertThat(Judge.submitted(Recorded.of(version, "submit-expired-token").reply()))
                .isInstanceOf(Answer.Unknown.class);
    }

    @Test
    @Fault("F6")
    void anAbsentControllerProvesNothing() {
        assertThat(Judge.submitted(Recorded.of("24.11-v0.0.42", "submit-down").reply()))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "504,5004",
        "502,5005",
        "500,5005",
        "500,5003",
        "502,1800",
        "502,1802",
        "500,-1",
        "500,0",
        "500,7000",
        "200,5004"
    })
    @Fault("F6")
    void troublesOnTheWayProveNothing(int status, int number) {
        Reply reply = json(status, "{\"errors\":[{\"error_number\":" + number + ",\"error\":\"x\"}]}");
        assertThat(Judge.submitted(reply)).isInstanceOf(Answer.Unknown.class);
        assertThat(Judge.done(reply)).isInstanceOf(Answer.Unknown.class);
        assertThat(Judge.cancelled(reply, true)).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void oneDoubtfulErrorBesideAPlainOneIsDoubt() {
        assertThat(
                        Judge.submitted(
                                json(
                                        500,
                                        "{\"errors\":[{\"error_number\":2000,\"error\":\"a\"},{\"error_number\":5004,\"error\":\"b\"}]}")))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 500, 502, 503, 504, 200, 301})
    @Fault({"F6", "F8"})
    void plainTextProvesNothing(int status) {
        assertThat(Judge.submitted(new Reply.Text(status))).isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({"400,bad-request", "413,bad-request", "415,bad-request", "401,credentials", "404,no-such-path"})
    @Fault("F8")
    void plainTextOfSlurmrestdItselfIsARefusal(int status, String code) {
        assertThat(refused(Judge.submitted(new Reply.Text(status))).code()).isEqualTo(code);
    }

    @Test
    void limitsPassAndAreTriedAgain() {
        for (int number : new int[] {2007, 2050, 2070, 2105}) {
            Refusal refusal = refused(
                    Judge.submitted(json(500, "{\"errors\":[{\"error_number\":" + number + ",\"error\":\"x\"}]}")));
            assertThat(refusal.retry()).isEqualTo(Refusal.Retry.LATER);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    @Fault("F14")
    void cancelsTellTheirErrorsInTheirStatus(String version) {
        assertThat(cancelled(version, "kill-part", false)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(cancelled(version, "kill-part-again", false))
                .as("of a part, nobody left is done")
                .isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(cancelled(version, "kill-array", true)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(cancelled(version, "kill-ended", true)).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(refused(cancelled(version, "kill-absent", true)).code()).isEqualTo(Door.ABSENT);
        assertThat(refused(cancelled(version, "kill-foreign", true)).code()).isEqualTo("access-denied");
    }

    private static Answer<Door.Done> cancelled(String version, String what, boolean whole) {
        return Judge.cancelled(Recorded.of(version, what).reply(), whole);
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    void changesTellTheirErrors(String version) {
        assertThat(Judge.done(Recorded.of(version, "release").reply())).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(Judge.done(Recorded.of(version, "release-running").reply())).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(refused(Judge.done(Recorded.of(version, "update-foreign").reply()))
                        .code())
                .isEqualTo("not-owner");
        assertThat(refused(Judge.done(Recorded.of(version, "update-part").reply()))
                        .code())
                .isEqualTo("bad-request");
        assertThat(refused(Judge.failed(Recorded.of(version, "job-absent").reply()))
                        .code())
                .isEqualTo(Door.ABSENT);
    }

    @Test
    void resultsOfSomeTasksAreRead() {
        String gone = "{\"results\":[{\"job_id\":\"7_1\",\"error_code\":2021,\"error\":\"done\"}],\"errors\":[]}";
        String denied = "{\"results\":[{\"error_code\":0},{\"error_code\":2002,\"error\":\"no\"}],\"errors\":[]}";
        assertThat(Judge.done(json(200, gone))).isEqualTo(Answer.said(Door.Done.DONE));
        assertThat(refused(Judge.done(json(200, denied))).code()).isEqualTo("access-denied");
    }

    @Test
    @DisplayName("B40 an error that echoes a token, control characters or pages of text")
    void errorsAreMadeHarmless() {
        String token = "eyJhbGciOiJIUzI1NiJ9.eyJzdW4iOiJhbGljZSJ9.c2lnbmF0dXJlc2lnbmF0dXJl";
        Refusal refusal = refused(Judge.submitted(json(
                500,
                "{\"errors\":[{\"error_number\":2000,\"error\":\"bad\\u001b[31m\\n" + token + " " + "x".repeat(5000)
                        + "\"}]}")));
        assertThat(refusal.message())
                .doesNotContain(token)
                .doesNotContain("\u001b")
                .hasSizeLessThan(500);
        assertThat(refusal.message()).contains("***").doesNotContain("\n");
    }

    private static <T> T said(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<T>) answer).value();
    }

    static <T> Refusal refused(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<T>) answer).refusal();
    }

    static Reply json(int status, String text) {
        try {
            return new Reply.Json(status, Wire.MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
