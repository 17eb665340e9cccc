package dev.sluice.slurm.rest;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The door at a server that answers as slurmrestd was recorded to, or does not answer. */
final class RestDoorTest {
    private static final Owner ALICE = new Owner("alice");
    private static final Owner BOB = new Owner("bob");
    private static final String V = "24.11-v0.0.42";
    private static final String SUBMIT = "/slurm/v0.0.42/job/submit";

    @TempDir
    Path folder;

    private final WireMockServer server = new WireMockServer(
            WireMockConfiguration.wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));
    private RestDoor door;

    @BeforeEach
    void start() throws IOException {
        server.start();
        Files.writeString(folder.resolve("key"), "0123456789abcdef".repeat(4));
        door = door(settings());
        serve("/slurm/v0.0.42/ping/", V, "ping");
    }

    @AfterEach
    void stop() {
        door.close();
        server.stop();
    }

    private RestSettings settings() {
        return RestSettings.at(URI.create(server.baseUrl()), ALICE)
                .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofSeconds(20));
    }

    private RestDoor door(RestSettings settings) {
        InstantSource clock = InstantSource.system();
        return new RestDoor(settings, new KeyTokens(folder.resolve("key"), clock), clock);
    }

    private static Instant fence() {
        return InstantSource.system().instant().plusSeconds(90);
    }

    private void serve(String url, String version, String what) {
        Recorded recorded = Recorded.of(version, what);
        serve(url, json(recorded.status(), recorded.body().toString()));
    }

    private void serve(String url, ResponseDefinitionBuilder response) {
        server.stubFor(any(urlEqualTo(url)).willReturn(response));
    }

    private static ResponseDefinitionBuilder json(int status, String body) {
        return aResponse()
                .withStatus(status)
                .withHeader("Content-Type", "application/json")
                .withBody(body);
    }

    private int requests(String url) {
        return server.findAll(postRequestedFor(urlEqualTo(url))).size();
    }

    private Answer<Door.Submitted> submit() {
        return door.submit(ALICE, Submissions.PLAIN, fence());
    }

    @Test
    @Fault("F31")
    void theNewestVersionThatBothKnowIsSpoken() {
        serve("/slurm/v0.0.41/ping/", "24.11-v0.0.41", "ping");
        serve(SUBMIT, V, "submit-minimal");
        assertThat(submit()).isInstanceOf(Answer.Said.class);
        assertThat(submit()).isInstanceOf(Answer.Said.class);
        server.verify(1, getRequestedFor(urlEqualTo("/slurm/v0.0.42/ping/")));
        server.verify(0, getRequestedFor(urlEqualTo("/slurm/v0.0.41/ping/")));
    }

    @Test
    @Fault("F31")
    void afterAnUpgradeTheVersionIsFoundAgain() {
        assertThat(door.facts()).isInstanceOf(Answer.Said.class);
        server.resetAll();
        serve("/slurm/v0.0.45/ping/", "26.05-v0.0.45", "ping");
        serve("/slurm/v0.0.45/job/submit", "26.05-v0.0.45", "submit-minimal");
        assertThat(JudgeTest.refused(submit()).code()).isEqualTo(Judge.NO_SUCH_PATH);
        assertThat(submit()).isInstanceOf(Answer.Said.class);
    }

    @Test
    @Fault("F31")
    void anOldSlurmIsToBeSpokenToBySsh() {
        server.resetAll();
        serve("/slurm/v0.0.38/ping", json(200, "{\"errors\":[],\"pings\":[{\"ping\":\"UP\"}]}"));
        assertThat(JudgeTest.refused(door.facts()).code()).isEqualTo("version-too-old");
        assertThat(JudgeTest.refused(submit()).message()).contains("v0.0.38").contains("SSH");
    }

    @Test
    void aPinnedVersionIsNotLeft() {
        door.close();
        door = door(settings().withVersion(ApiVersion.V40));
        assertThat(JudgeTest.refused(door.facts()).message()).contains("v0.0.40");
    }

    @Test
    void factsAreWhatTheVersionTells() {
        assertThat(door.facts())
                .isInstanceOfSatisfying(
                        Answer.Said.class,
                        said -> assertThat(said.value())
                                .hasToString(
                                        "ClusterFacts[version=24.11.5, cluster=Optional[lab], minJobAge=Optional.empty,"
                                                + " maxArraySize=OptionalInt.empty, accounting=Optional[true], keepsComments=Optional.empty,"
                                                + " controllerSince=Optional.empty]"));
        server.resetAll();
        serve("/slurm/v0.0.45/ping/", "26.05-v0.0.45", "ping");
        serve(
                "/slurm/v0.0.45/conf",
                json(
                        200,
                        "{\"slurm_conf\":{\"MinJobAge\":300,\"MaxArraySize\":10001,"
                                + "\"AccountingStoreFlags\":[\"job_comment\"]}}"));
        assertThat(door.facts())
                .isInstanceOfSatisfying(
                        Answer.Said.class,
                        said -> assertThat(said.value())
                                .hasToString(
                                        "ClusterFacts[version=26.05.5, cluster=Optional[lab], minJobAge=Optional[PT5M],"
                                                + " maxArraySize=OptionalInt[10001], accounting=Optional[true],"
                                                + " keepsComments=Optional[true], controllerSince=Optional.empty]"));
    }

    @Test
    void slurmrestdWithoutSlurmctldIsNotHealthy() {
        serve("/slurm/v0.0.42/ping/", V, "ping-down");
        serve("/slurm/v0.0.42/jobs/", V, "jobs-down");
        assertThat(door.facts()).isInstanceOf(Answer.Unknown.class);
        assertThat(door.queue()).as("an empty list beside an error is no list").isInstanceOf(Answer.Unknown.class);
    }

    @Test
    @Fault("F4")
    void aListBesideAnErrorIsNoList() {
        String error = "{\"error_number\":5004,\"error\":\"Socket timed out\"}";
        serve("/slurm/v0.0.42/jobs/", json(200, "{\"jobs\":[],\"errors\":[" + error + "]}"));
        assertThat(door.queue()).isInstanceOf(Answer.Unknown.class);
        serve("/slurm/v0.0.42/jobs/", json(200, "{\"errors\":[],\"warnings\":[]}"));
        assertThat(door.queue()).isInstanceOf(Answer.Unknown.class);
        serve("/slurm/v0.0.42/jobs/", json(200, "{\"jobs\":[],\"errors\":[],\"warnings\":[]}"));
        assertThat(said(door.queue())).isEmpty();
    }

    @Test
    @DisplayName("B20 no header but ours, the owner's name and a token for him")
    void headersAreOurs() {
        serve(SUBMIT, V, "submit-minimal");
        assertThat(door.submit(BOB, Submissions.PLAIN, fence())).isInstanceOf(Answer.Said.class);
        LoggedRequest request =
                server.findAll(postRequestedFor(urlEqualTo(SUBMIT))).getFirst();
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        names.addAll(request.getAllHeaderKeys());
        assertThat(names)
                .isSubsetOf(
                        "Accept",
                        "Connection",
                        "Content-Length",
                        "Content-Type",
                        "Host",
                        "HTTP2-Settings",
                        "Upgrade",
                        "User-Agent",
                        "X-SLURM-USER-NAME",
                        "X-SLURM-USER-TOKEN");
        assertThat(request.getHeader("X-SLURM-USER-NAME")).isEqualTo("bob");
        assertThat(new String(
                        java.util.Base64.getUrlDecoder()
                                .decode(request.getHeader("X-SLURM-USER-TOKEN").split("\\.")[1]),
                        java.nio.charset.StandardCharsets.UTF_8))
                .contains("\"sun\":\"bob\"");
    }

    @Test
    void nothingIsSentBehindAFence() {
        serve(SUBMIT, V, "submit-minimal");
        Instant past = InstantSource.system().instant().minusSeconds(1);
        assertThat(door.submit(ALICE, Submissions.PLAIN, past)).isInstanceOf(Answer.Unknown.class);
        assertThat(door.cancel(ALICE, Target.of(1), past)).isInstanceOf(Answer.Unknown.class);
        assertThat(door.release(ALICE, List.of(Target.of(1)), past)).hasOnlyElementsOfType(Answer.Unknown.class);
        server.verify(0, postRequestedFor(anyUrl()));
        server.verify(0, deleteRequestedFor(anyUrl()));
    }

    @ParameterizedTest
    @EnumSource(com.github.tomakehurst.wiremock.http.Fault.class)
    @Fault({"F6", "F8"})
    void brokenConnectionsAreDoubtAndNothingIsSentTwice(com.github.tomakehurst.wiremock.http.Fault fault) {
        serve(SUBMIT, aResponse().withFault(fault));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        assertThat(requests(SUBMIT)).isEqualTo(1);
    }

    @Test
    @Fault("F8")
    void answersThatAreNoJsonAreDoubt() {
        serve(SUBMIT, json(200, "{\"job_id\": 7, \"err"));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        serve(SUBMIT, json(500, ""));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        serve(SUBMIT, json(200, "[7]"));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        serve(
                SUBMIT,
                aResponse()
                        .withStatus(200)
                        .withHeader("Content-Type", "text/html")
                        .withBody("<p>7</p>"));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        serve("/slurm/v0.0.42/jobs/", json(200, "{\"jobs\":[{\"job_id\":1,\"job_state\":[\"RUNNING\"]},"));
        assertThat(door.queue()).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aRefusedTokenIsNotUsedAgain() throws IOException {
        serve(SUBMIT, V, "submit-expired-token");
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        Files.writeString(folder.resolve("key"), "another key".repeat(4));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
        List<LoggedRequest> sent = server.findAll(postRequestedFor(urlEqualTo(SUBMIT)));
        assertThat(sent)
                .extracting(request -> request.getHeader("X-SLURM-USER-TOKEN"))
                .doesNotHaveDuplicates();
    }

    @Test
    void anInterruptIsDoubtAndKept() {
        serve(SUBMIT, V, "submit-minimal");
        assertThat(door.facts()).isInstanceOf(Answer.Said.class);
        Thread.currentThread().interrupt();
        Answer<Door.Submitted> answer = submit();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void aListLargerThanTheLimitIsDoubt() {
        door.close();
        door = door(settings().withLimits(1 << 20, 5_000, 64));
        serve("/slurm/v0.0.42/jobs/", V, "array");
        assertThat(door.queue())
                .isInstanceOfSatisfying(
                        Answer.Unknown.class,
                        unknown -> assertThat(unknown.doubt().why()).contains("larger than"));
        door.close();
        door = door(settings().withLimits(600, 5_000_000, 64));
        serve(SUBMIT, json(200, "{\"job_id\":7,\"x\":\"" + "x".repeat(2000) + "\"}"));
        assertThat(submit()).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    @DisplayName("F27 a name that is no UTF-8 hides no other job")
    @Fault("F27")
    void bytesThatAreNoTextHideNoJob() {
        byte[] head = "{\"jobs\":[{\"job_id\":1,\"job_state\":[\"RUNNING\"],\"comment\":\"a"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] tail = "\"},{\"job_id\":2,\"job_state\":[\"RUNNING\"],\"x\":NaN}]}"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        java.io.ByteArrayOutputStream body = new java.io.ByteArrayOutputStream();
        body.writeBytes(head);
        body.write(0xff);
        body.writeBytes(tail);
        serve(
                "/slurm/v0.0.42/jobs/",
                aResponse().withHeader("Content-Type", "application/json").withBody(body.toByteArray()));
        assertThat(said(door.queue())).extracting(JobRow::comment).containsExactly("a\ufffd", "");
    }

    @Test
    void oneJobEachOrTheListWhenThereAreMany() {
        serve("/slurm/v0.0.42/job/62", V, "array");
        serve("/slurm/v0.0.42/job/99999999", V, "job-absent");
        assertThat(said(door.queue(Set.of(62L, 99999999L)))).hasSize(3);
        serve("/slurm/v0.0.42/job/7", V, "submit-expired-token");
        assertThat(door.queue(Set.of(62L, 7L))).as("one unknown, all unknown").isInstanceOf(Answer.Unknown.class);
        door.close();
        door = door(settings().withLimits(1 << 20, 1 << 20, 2));
        serve("/slurm/v0.0.42/jobs/", V, "array");
        assertThat(said(door.queue(Set.of(62L, 7L)))).hasSize(3);
        assertThat(said(door.queue(Set.of(8L, 7L)))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("dev.sluice.slurm.rest.Recorded#live")
    @Fault("F26")
    void statesStandUnderTheTextThatSlurmListsThemBy(String version) {
        String api = version.substring(version.indexOf('-') + 1);
        server.resetAll();
        serve("/slurm/" + api + "/ping/", version, "ping");
        serve("/slurm/" + api + "/jobs/state/", version, "jobs-state");
        assertThat(said(door.states().orElseThrow()))
                .hasSize(6)
                .containsValues("RUNNING", "PENDING")
                .allSatisfy((entry, state) -> assertThat(entry).matches("[0-9]+_[0-9]"));
    }

    @Test
    @Fault("F31")
    void aClusterWithoutTheLightListSaysSo() {
        assertThat(door.states().orElseThrow()).isInstanceOf(Answer.Refused.class);
    }

    @Test
    void manyAreLetGoEachWithItsOwnAnswer() {
        serve("/slurm/v0.0.42/job/1", V, "release");
        serve("/slurm/v0.0.42/job/2", V, "job-absent");
        serve("/slurm/v0.0.42/job/3", aResponse().withFault(com.github.tomakehurst.wiremock.http.Fault.EMPTY_RESPONSE));
        serve("/slurm/v0.0.42/job/4", V, "update-foreign");
        List<Answer<Door.Done>> answers =
                door.release(ALICE, List.of(Target.of(4), Target.of(3), Target.of(2), Target.of(1)), fence());
        assertThat(JudgeTest.refused(answers.get(0)).code()).isEqualTo("not-owner");
        assertThat(answers.get(1)).isInstanceOf(Answer.Unknown.class);
        assertThat(JudgeTest.refused(answers.get(2)).code()).isEqualTo(Door.ABSENT);
        assertThat(answers.get(3)).isEqualTo(Answer.said(Door.Done.DONE));
        server.verify(
                postRequestedFor(urlEqualTo("/slurm/v0.0.42/job/1")).withRequestBody(equalToJson("{\"hold\":false}")));
    }

    @Test
    void aPartOfAnArrayIsChangedWhereItHasIdsOfItsOwn() {
        serve("/slurm/v0.0.42/job/62", V, "array");
        serve("/slurm/v0.0.42/job/63", V, "release");
        assertThat(door.limit(ALICE, part("0"), Duration.ofSeconds(61), fence()))
                .isEqualTo(Answer.said(Door.Done.DONE));
        server.verify(postRequestedFor(urlEqualTo("/slurm/v0.0.42/job/63"))
                .withRequestBody(equalToJson("{\"time_limit\":{\"set\":true,\"infinite\":false,\"number\":2}}")));
        server.resetRequests();
        assertThat(JudgeTest.refused(door.hold(ALICE, part("0,2"), fence())).code())
                .isEqualTo(RestDoor.PART);
        assertThat(JudgeTest.refused(door.hold(ALICE, part("100"), fence())).code())
                .isEqualTo(Door.ABSENT);
        server.verify(0, postRequestedFor(anyUrl()));
    }

    @Test
    void aWholeArrayIsChangedEntryByEntry() {
        server.stubFor(com.github.tomakehurst.wiremock.client.WireMock.get(urlEqualTo("/slurm/v0.0.42/job/62"))
                .willReturn(json(200, Recorded.of(V, "array").body().toString())));
        for (int id = 62; id <= 64; id++) {
            server.stubFor(com.github.tomakehurst.wiremock.client.WireMock.post(urlEqualTo("/slurm/v0.0.42/job/" + id))
                    .willReturn(json(200, Recorded.of(V, "release").body().toString())));
        }
        assertThat(door.hold(ALICE, Target.of(62), fence())).isEqualTo(Answer.said(Door.Done.DONE));
        server.verify(3, postRequestedFor(anyUrl()).withRequestBody(equalToJson("{\"hold\":true}")));
    }

    @Test
    @Fault("F14")
    void aCancelNamesJobsAndTasksInItsBody() {
        serve("/slurm/v0.0.42/jobs/", V, "kill-part");
        assertThat(door.cancel(BOB, part("4-5,9"), fence())).isEqualTo(Answer.said(Door.Done.DONE));
        server.verify(deleteRequestedFor(urlEqualTo("/slurm/v0.0.42/jobs/"))
                .withHeader("X-SLURM-USER-NAME", equalTo("bob"))
                .withRequestBody(equalToJson("{\"jobs\":[\"62_[4-5,9]\"]}")));
    }

    @Test
    void withoutAccountingNothingIsRecordedAndWithItsServerDownNothingIsKnown() {
        serve("/slurmdb/v0.0.42/job/7", V, "dbd-down");
        serve("/slurmdb/v0.0.42/associations/", V, "dbd-down");
        assertThat(door.records(Set.of(7L))).isInstanceOf(Answer.Unknown.class);
        assertThat(door.accounts()).isInstanceOf(Answer.Unknown.class);
        assertThat(JudgeTest.refused(door.records(Set.of(8L))).code())
                .as("the plugin is not loaded")
                .isEqualTo(Door.NO_ACCOUNTING);
        serve("/slurm/v0.0.42/ping/", V, "ping-without-accounting");
        assertThat(door.facts()).isInstanceOf(Answer.Said.class);
        assertThat(JudgeTest.refused(door.records(Set.of(7L))).code()).isEqualTo(Door.NO_ACCOUNTING);
    }

    @Test
    void accountingThatFoundNothingIsAnEmptyList() {
        serve(
                "/slurmdb/v0.0.42/job/7",
                json(200, "{\"jobs\":[],\"errors\":[],\"warnings\":[{\"description\":\"found nothing\"}]}"));
        serve("/slurmdb/v0.0.42/job/62", V, "dbarray");
        assertThat(said(door.records(Set.of(7L, 62L)))).hasSize(3);
    }

    private static Target part(String tasks) {
        return new Target(62, Optional.of(TaskSet.parse(tasks)));
    }

    private static <T> T said(Answer<T> answer) {
        assertThat(answer).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<T>) answer).value();
    }
}
