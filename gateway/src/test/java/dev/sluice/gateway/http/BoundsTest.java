package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Reply;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** Whatever comes in, however much of it. */
class BoundsTest {
    private static final String HOST = "Host: localhost\r\n";

    @Test
    @Fault("B28")
    void whatIsNestedTooDeeplyOrSaidTwiceIsRefused() throws Exception {
        try (Site site = Site.open()) {
            String deep = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
            assertThat(Site.code(site.post("/v1/jobs", deep))).isIn("too-deep", "invalid-request");
            assertThat(site.post("/v1/jobs", "[".repeat(1_000_000)).statusCode())
                    .isEqualTo(400);
            HttpResponse<String> twice = site.post("/v1/jobs", "{\"command\":[\"a\"],\"command\":[\"b\"]}");
            assertThat(twice.statusCode()).isEqualTo(400);
            assertThat(site.post("/v1/jobs", "").statusCode()).isEqualTo(400);
            assertThat(site.post("/v1/jobs", "null").statusCode()).isEqualTo(400);
            assertThat(site.post("/v1/jobs", "{\"command\":[\"\\u0000\"]}").statusCode())
                    .isEqualTo(400);
            HttpResponse<String> bomb = site.post("/v1/jobs", "{\"limitSeconds\":1e999999999}");
            assertThat(bomb.statusCode()).isEqualTo(400);
        }
    }

    @Test
    @Fault("B28")
    void aBodyOfTenMegabytesIsTooLargeHoweverItComes() throws Exception {
        try (Site site = Site.open()) {
            String big = "{\"comment\":\"" + "x".repeat(10 << 20) + "\"}";
            assertThat(status(site, HttpRequest.BodyPublishers.ofString(big))).isEqualTo(413);
            byte[] bytes = big.getBytes(StandardCharsets.UTF_8);
            assertThat(status(site, HttpRequest.BodyPublishers.ofByteArrays(List.of(bytes))))
                    .isEqualTo(413);
            String announced = site.raw("POST /v1/jobs HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n");
            assertThat(announced).startsWith("HTTP/1.1 413 ").contains("\"too-large\"");
            String expecting = site.raw("POST /v1/jobs HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n");
            assertThat(expecting).startsWith("HTTP/1.1 413 ").doesNotContain("100 Continue");
        }
    }

    private static int status(Site site, HttpRequest.BodyPublisher body) throws Exception {
        return site.send(HttpRequest.newBuilder(site.uri("/v1/jobs"))
                        .header("Content-Type", "application/json")
                        .POST(body))
                .statusCode();
    }

    @Test
    @Fault("B28")
    void aBatchOfAMillionIsTooLarge() throws Exception {
        try (Site site = Site.open()) {
            HttpResponse<String> many = site.post("/v1/jobs", "[" + "{},".repeat(999_999) + "{}]");
            assertThat(many.statusCode()).isIn(400, 413);
            String job = "{\"command\":[\"a\"]},";
            HttpResponse<String> good = site.post("/v1/jobs", "[" + job.repeat(1_000_000) + "{}]");
            assertThat(good.statusCode()).isEqualTo(413);
            assertThat(Site.json(site.get("/v1/jobs")).get("jobs")).isEmpty();
            HttpResponse<String> fits = site.post("/v1/jobs", "[" + job.repeat(10_001) + "]");
            assertThat(fits.statusCode()).isIn(400, 413);
        }
    }

    @Test
    @Fault("B28")
    void aBodyThatIsExpectedIsAskedFor() throws Exception {
        try (Site site = Site.open()) {
            HttpResponse<String> response = site.send(HttpRequest.newBuilder(site.uri("/v1/jobs"))
                    .expectContinue(true)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(Site.ECHO)));
            assertThat(response.statusCode()).isEqualTo(201);
        }
    }

    @Test
    @Fault("B28")
    void bodiesOfAllTogetherAreBounded() throws Exception {
        try (Site site = Site.open(
                        settings -> Settings.of(settings).maxBuffered(1 << 20).made());
                SubmissionPublisher<java.nio.ByteBuffer> slow = new SubmissionPublisher<>()) {
            Flow.Publisher<java.nio.ByteBuffer> body = slow;
            CompletableFuture<HttpResponse<String>> first = site.client.sendAsync(
                    HttpRequest.newBuilder(site.uri("/v1/jobs"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.fromPublisher(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            site.await(slow::hasSubscribers);
            slow.submit(java.nio.ByteBuffer.wrap(
                    ("{\"comment\":\"" + "x".repeat(900_000)).getBytes(StandardCharsets.UTF_8)));
            site.await(() -> site.door.buffered() > 800_000);
            HttpResponse<String> second = site.post("/v1/jobs", "{\"comment\":\"" + "y".repeat(500_000) + "\"}");
            assertThat(second.statusCode()).isEqualTo(503);
            assertThat(site.post("/v1/jobs", Site.ECHO).statusCode()).isEqualTo(201);
            slow.submit(java.nio.ByteBuffer.wrap("\"}".getBytes(StandardCharsets.UTF_8)));
            slow.close();
            assertThat(first.get().statusCode()).isEqualTo(400);
            site.await(() -> site.door.buffered() == 0);
        }
    }

    private static Site hasty() throws Exception {
        return Site.open(settings -> Settings.of(settings)
                .timeouts(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1))
                .made());
    }

    /** Sends a byte now and then; gives how long it was let. */
    private static Duration dribble(Site site, String begin, String byteByByte) throws Exception {
        long began = System.nanoTime();
        try (Socket socket = site.dial()) {
            socket.setSoTimeout(100);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            out.write(begin.getBytes(StandardCharsets.US_ASCII));
            while (System.nanoTime() - began < Site.PATIENCE.toNanos()) {
                out.write(byteByByte.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                try {
                    if (in.read() < 0) {
                        break;
                    }
                } catch (java.net.SocketTimeoutException nothing) {
                    continue;
                }
            }
        } catch (SocketException cut) {
            // It was.
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    @Fault("B28")
    void headsThatComeByteByByteAreCutOff() throws Exception {
        try (Site site = hasty()) {
            assertThat(dribble(site, "GET /v1/jobs HTTP/1.1\r\n" + HOST + "X-A: ", "a"))
                    .isLessThan(Duration.ofSeconds(5));
            assertThat(dribble(site, "", "")).isLessThan(Duration.ofSeconds(5));
            // The head of a second request, too.
            String first = "GET /health/live HTTP/1.1\r\n" + HOST + "\r\n";
            assertThat(dribble(site, first + "GET /v1/jobs HTTP/1.1\r\n" + HOST + "X-A: ", "a"))
                    .isLessThan(Duration.ofSeconds(6));
            assertThat(site.refused).contains(HttpListener.Bound.SLOW_REQUEST);
        }
    }

    @Test
    @Fault("B28")
    void bodiesThatComeByteByByteAreCutOff() throws Exception {
        try (Site site = hasty()) {
            String head = "POST /v1/jobs HTTP/1.1\r\n" + HOST
                    + "Content-Type: application/json\r\nContent-Length: 9000\r\n\r\n";
            assertThat(dribble(site, head + "{", " ")).isLessThan(Duration.ofSeconds(5));
            String lines = head.replace("application/json", "application/x-ndjson");
            assertThat(dribble(site, lines + "{", " ")).isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    @Fault("B28")
    void headsThatAreTooLongAreRefused() throws Exception {
        try (Site site = Site.open()) {
            assertThat(site.raw("GET /v1/jobs?name=" + "x".repeat(20_000) + " HTTP/1.1\r\n" + HOST + "\r\n"))
                    .contains(" 413 ", "application/problem+json");
            assertThat(site.raw("GET /v1/jobs HTTP/1.1\r\n" + HOST + "X-A: " + "x".repeat(30_000) + "\r\n\r\n"))
                    .contains(" 413 ");
            assertThat(site.raw("GET /v1/jobs HTTP/1.1\r\n" + HOST + "X-B: y\r\n".repeat(10_000) + "\r\n"))
                    .contains(" 413 ");
            assertThat(site.raw("NONSENSE\r\n\r\n")).contains(" 400 ");
            assertThat(site.get("/health/live").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Fault("B28")
    void aFloodOfPipelinedRequestsIsAnsweredInOrder() throws Exception {
        try (Site site = Site.open();
                Socket socket = site.dial()) {
            int count = 20_000;
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    byte[] request =
                            ("GET /v1/whoami HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < count; i++) {
                        socket.getOutputStream().write(request);
                    }
                    socket.getOutputStream()
                            .write(("GET /v1/none HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            sender.join();
            assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(count + 1);
            assertThat(all.substring(all.lastIndexOf("HTTP/1.1"))).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    @Fault("B28")
    void connectionsBeyondTheBoundAreToldSo() throws Exception {
        try (Site site =
                Site.open(settings -> Settings.of(settings).maxConnections(16).made())) {
            List<Socket> open = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                Socket socket = site.dial();
                socket.getOutputStream()
                        .write(("GET /health/live HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
                open.add(socket);
            }
            String refused = site.raw("GET /health/live HTTP/1.1\r\n" + HOST + "\r\n");
            assertThat(refused)
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("retry-after: 2")
                    .contains("\"busy\"");
            open.getFirst().close();
            site.await(() -> {
                try {
                    return site.raw("GET /health/live HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n")
                            .startsWith("HTTP/1.1 200 ");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    @Test
    @Fault("B28")
    void whoAsksTooOftenIsToldToWait() throws Exception {
        try (Site site =
                Site.peopled(settings -> Settings.of(settings).rate(1, 5).made())) {
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                statuses.add(site.get("/v1/whoami", "sam").statusCode());
            }
            assertThat(statuses.subList(0, 5)).containsOnly(200);
            assertThat(statuses).contains(429);
            HttpResponse<String> refused = site.get("/v1/whoami", "sam");
            assertThat(Site.code(refused)).isEqualTo("too-many-requests");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(site.get("/v1/whoami", "sue").statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Fault("B28")
    void requestsUnderWayAreBoundedAndThoseUnderWayAreFinishedAtTheEnd() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        Site site = Site.open(settings -> Settings.of(settings).maxRequests(2).made(), desk -> command -> {
            CompletableFuture<Reply> held = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    answer.await();
                    held.complete(desk.ask(command).get());
                } catch (Exception e) {
                    held.completeExceptionally(e);
                }
            });
            return held;
        });
        try {
            List<CompletableFuture<HttpResponse<String>>> three = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                three.add(site.client.sendAsync(
                        site.request("POST", "/v1/jobs", null, Site.ECHO).build(),
                        HttpResponse.BodyHandlers.ofString()));
            }
            site.await(() -> three.stream().anyMatch(CompletableFuture::isDone));
            Thread closing = Thread.ofVirtual().start(() -> {
                try {
                    site.door.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            answer.countDown();
            List<Integer> statuses = new ArrayList<>();
            for (CompletableFuture<HttpResponse<String>> each : three) {
                statuses.add(each.get().statusCode());
            }
            assertThat(statuses).containsExactlyInAnyOrder(201, 201, 503);
            closing.join();
        } finally {
            site.loop.close();
        }
    }

    @Test
    void aDefectOfTheEngineIsAnsweredOnce() throws Exception {
        try (Site site = Site.open(
                settings -> settings,
                desk -> command -> CompletableFuture.failedFuture(new IllegalStateException("/etc/secret")))) {
            HttpResponse<String> response = site.post("/v1/jobs", Site.ECHO);
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.body()).doesNotContain("secret");
        }
    }
}
