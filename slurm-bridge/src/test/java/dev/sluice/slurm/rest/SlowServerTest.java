package dev.sluice.slurm.rest;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Owner;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F34: a slurmrestd that is slow, or takes connections and says nothing. */
@Timeout(60)
final class SlowServerTest {
    private static final Owner ALICE = new Owner("alice");
    private static final String V = "24.11-v0.0.42";
    private static final String SUBMIT = "/slurm/v0.0.42/job/submit";

    @TempDir
    Path folder;

    private final WireMockServer server = new WireMockServer(
            WireMockConfiguration.wireMockConfig().dynamicPort().bindAddress("127.0.0.1"));

    @BeforeEach
    void start() throws IOException {
        server.start();
        Files.writeString(folder.resolve("key"), "0123456789abcdef".repeat(4));
        serve("/slurm/v0.0.42/ping/", recorded("ping"));
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private RestDoor door(String address, Duration limit) {
        InstantSource clock = InstantSource.system();
        RestSettings settings = RestSettings.at(URI.create(address), ALICE)
                .withVersion(ApiVersion.V42)
                .withTimeouts(limit, limit, limit);
        return new RestDoor(settings, new KeyTokens(folder.resolve("key"), clock), clock);
    }

    private static Instant fence() {
        return InstantSource.system().instant().plusSeconds(90);
    }

    private void serve(String url, ResponseDefinitionBuilder response) {
        server.stubFor(any(urlEqualTo(url)).willReturn(response));
    }

    private static ResponseDefinitionBuilder recorded(String what) {
        Recorded recorded = Recorded.of(V, what);
        return json(recorded.body().toString()).withStatus(recorded.status());
    }

    private static ResponseDefinitionBuilder json(String body) {
        return aResponse().withHeader("Content-Type", "application/json").withBody(body);
    }

    @Test
    @Fault("F34")
    void aServerThatTakesConnectionsAndNeverAnswersIsDoubtInTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RestDoor hung = door("http://127.0.0.1:" + silent.getLocalPort(), Duration.ofMillis(300))) {
            long from = System.nanoTime();
            assertThat(hung.facts()).isInstanceOf(Answer.Unknown.class);
            assertThat(hung.submit(ALICE, Submissions.PLAIN, fence())).isInstanceOf(Answer.Unknown.class);
            assertThat(since(from)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    @Fault("F34")
    void anAnswerThatTricklesIsDoubtInTime() {
        serve("/slurm/v0.0.42/jobs/", recorded("array").withChunkedDribbleDelay(20, 20_000));
        serve(SUBMIT, json("{\"job_id\":7}").withChunkedDribbleDelay(5, 20_000));
        try (RestDoor door = door(server.baseUrl(), Duration.ofMillis(500))) {
            long from = System.nanoTime();
            assertThat(door.queue()).isInstanceOf(Answer.Unknown.class);
            assertThat(door.submit(ALICE, Submissions.PLAIN, fence())).isInstanceOf(Answer.Unknown.class);
            assertThat(since(from)).isLessThan(Duration.ofSeconds(10));
        }
    }

    private static Duration since(long from) {
        return Duration.ofNanos(System.nanoTime() - from);
    }

    @Test
    @Fault({"F18", "F34"})
    void behindAnAccountingThatBreaksOffNotAllOfABatchAreSent() {
        serve("/slurmdb/v0.0.42/ping/", recorded("ping"));
        server.stubFor(any(urlPathMatching("/slurmdb/v0.0.42/job/.*"))
                .willReturn(aResponse().withFault(com.github.tomakehurst.wiremock.http.Fault.EMPTY_RESPONSE)));
        try (RestDoor door = door(server.baseUrl(), Duration.ofSeconds(20))) {
            assertThat(door.records(LongStream.range(1, 201).boxed().collect(Collectors.toSet())))
                    .isInstanceOf(Answer.Unknown.class);
        }
        // Java's client sends a GET once more by itself where a connection was closed on it.
        Set<String> asked = server.findAll(getRequestedFor(urlPathMatching("/slurmdb/v0.0.42/job/.*"))).stream()
                .map(LoggedRequest::getUrl)
                .collect(Collectors.toSet());
        assertThat(asked)
                .as("those that were on their way together")
                .hasSizeBetween(
                        1, RestSettings.at(URI.create(server.baseUrl()), ALICE).width());
    }

    /** Up to 24.11 slurmrestd looks its peer up, and a lost packet is a stall of 5 s: of a hundred submits one. */
    @Test
    @Fault("F34")
    void anAnswerThatStallsForFiveSecondsIsWaitedForAndHoldsUpNoOther() throws Exception {
        serve(SUBMIT, recorded("submit-minimal"));
        server.stubFor(any(urlEqualTo(SUBMIT))
                .withRequestBody(matchingJsonPath("$.job.comment", equalTo("stalls")))
                .willReturn(recorded("submit-minimal").withFixedDelay(5_000)));
        try (RestDoor door = door(server.baseUrl(), Duration.ofSeconds(20));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Answer<Door.Submitted>> stalled =
                    threads.submit(() -> door.submit(ALICE, Submissions.commented("stalls"), fence()));
            List<Future<Answer<Door.Submitted>>> others = new ArrayList<>();
            for (int i = 0; i < 99; i++) {
                others.add(threads.submit(() -> door.submit(ALICE, Submissions.PLAIN, fence())));
            }
            for (Future<Answer<Door.Submitted>> other : others) {
                assertThat(other.get()).isInstanceOf(Answer.Said.class);
            }
            assertThat(stalled.isDone()).as("the others were first").isFalse();
            assertThat(stalled.get()).isInstanceOf(Answer.Said.class);
        }
        assertThat(server.findAll(postRequestedFor(urlEqualTo(SUBMIT))))
                .as("none twice")
                .hasSize(100);
    }
}
