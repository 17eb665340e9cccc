package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Fault;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogsTest {
    private Site site;
    private int job;
    private String path;

    @BeforeEach
    void open() throws Exception {
        site = Site.open(settings -> Settings.of(settings)
                .followers(Duration.ofSeconds(15), Duration.ofSeconds(1))
                .streams(10, 2, 10)
                .made());
        job = site.submit();
        path = "/v1/jobs/" + job + "/logs/stdout";
        site.awaitStatus(job, "running", null);
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    private void print(String text) {
        site.cluster.print(0, text.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<byte[]> bytes(String from, Optional<String> range) throws Exception {
        HttpRequest.Builder request = site.request("GET", from, null, null);
        range.ifPresent(value -> request.header("Range", value));
        return site.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String range(String value) throws Exception {
        HttpResponse<byte[]> response = bytes(path, Optional.of(value));
        return response.statusCode() + " "
                + response.headers().firstValue("Content-Range").orElse("-") + " "
                + (response.statusCode() == 206 ? new String(response.body(), StandardCharsets.UTF_8) : "");
    }

    @Test
    void bytesComeAsTheyAre() throws Exception {
        byte[] all = new byte[100_000];
        new SplittableRandom(7).nextBytes(all);
        site.cluster.print(0, all);
        HttpResponse<byte[]> response = bytes(path, Optional.empty());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(all);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(bytes(path.replace("stdout", "stderr"), Optional.empty()).body())
                .isEmpty();
        HttpResponse<String> head = site.call("HEAD", path, null, null);
        assertThat(head.headers().firstValue("Content-Length")).hasValue("100000");
        HttpResponse<byte[]> middle = bytes(path, Optional.of("bytes=40000-89999"));
        assertThat(middle.body()).isEqualTo(java.util.Arrays.copyOfRange(all, 40_000, 90_000));
    }

    @Test
    void aRangeIsAPartOrNone() throws Exception {
        print("0123456789");
        assertThat(range("bytes=0-3")).isEqualTo("206 bytes 0-3/10 0123");
        assertThat(range("bytes=7-")).isEqualTo("206 bytes 7-9/10 789");
        assertThat(range("bytes=-2")).isEqualTo("206 bytes 8-9/10 89");
        assertThat(range("bytes=-20")).isEqualTo("206 bytes 0-9/10 0123456789");
        assertThat(range("bytes=5-500")).isEqualTo("206 bytes 5-9/10 56789");
        assertThat(range("bytes=10-")).isEqualTo("416 bytes */10 ");
        assertThat(range("bytes=-0")).isEqualTo("416 bytes */10 ");
        assertThat(range("bytes=5-4")).startsWith("400");
        assertThat(range("bytes=0-1,3-4")).startsWith("400");
        assertThat(range("bytes=x-")).startsWith("400");
        assertThat(range("bytes=-")).startsWith("400");
        assertThat(range("lines=0-1")).startsWith("200");
        assertThat(bytes(path + "?tail=1", Optional.of("bytes=0-")).statusCode())
                .isEqualTo(400);
        assertThat(bytes(path + "?follow=true", Optional.of("bytes=0-")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aTailIsTheLastLines() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            all.append("line ").append(i).append('\n');
        }
        print(all + "no end");
        assertThat(site.get(path + "?tail=0").body()).isEmpty();
        assertThat(site.get(path + "?tail=1").body()).isEqualTo("no end");
        assertThat(site.get(path + "?tail=3").body()).isEqualTo("line 29998\nline 29999\nno end");
        assertThat(site.get(path + "?tail=20001").body())
                .startsWith("line 10000\n")
                .endsWith("no end");
        assertThat(site.get(path + "?tail=50000").body()).isEqualTo(all + "no end");
        print("\n");
        assertThat(site.get(path + "?tail=1").body()).isEqualTo("no end\n");
        assertThat(site.get(path + "?tail=100001").statusCode()).isEqualTo(400);
    }

    private InputStream follow(String query) throws Exception {
        HttpResponse<InputStream> response = site.client.send(
                site.request("GET", path + "?follow=true" + query, null, null).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        return response.body();
    }

    @Test
    void whatComesIsSentAsItComesUntilTheEnd() throws Exception {
        print("one\ntwo\n");
        try (InputStream body = follow("&tail=1")) {
            assertThat(new String(body.readNBytes(4), StandardCharsets.UTF_8)).isEqualTo("two\n");
            print("three\n");
            assertThat(new String(body.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("three\n");
            site.cluster.silent = true;
            int reads = site.cluster.logReads.get();
            site.await(() -> site.cluster.logReads.get() > reads + 1);
            site.cluster.silent = false;
            print("four\n");
            site.cluster.finish();
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("four\n");
        }
    }

    @Test
    void aFollowerWaitsForTheBeginning() throws Exception {
        assertThat(site.get(path).statusCode()).isEqualTo(404);
        try (InputStream body = follow("")) {
            print("begun\n");
            assertThat(new String(body.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("begun\n");
        }
        int held = site.submit(null, "{\"command\":[\"true\"],\"begin\":\"2099-01-01T00:00:00Z\"}");
        String of = "/v1/jobs/" + held + "/logs/stdout";
        assertThat(site.get(of).statusCode()).isEqualTo(404);
        HttpResponse<InputStream> waiting = site.client.send(
                site.request("GET", of + "?follow=true", null, null).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(waiting.statusCode()).isEqualTo(200);
        site.call("DELETE", "/v1/jobs/" + held, null, null);
        assertThat(waiting.body().readAllBytes()).isEmpty();
    }

    @Test
    void eachTaskOfAnArrayHasItsOwn() throws Exception {
        int array = site.submit(null, "{\"command\":[\"true\"],\"array\":\"3-5\"}");
        site.awaitStatus(array, "running", null);
        site.cluster.print(4, "of four".getBytes(StandardCharsets.UTF_8));
        String logs = "/v1/jobs/%d/logs/stdout%s";
        assertThat(site.get(logs.formatted(array, "?task=4")).body()).isEqualTo("of four");
        assertThat(site.get(logs.formatted(array + 1, "")).body()).isEqualTo("of four");
        assertThat(site.get(logs.formatted(array, "?task=5")).statusCode()).isEqualTo(404);
        assertThat(site.get(logs.formatted(array, "")).statusCode()).isEqualTo(400);
        assertThat(site.get(logs.formatted(array, "?task=9")).statusCode()).isEqualTo(400);
        assertThat(site.get(logs.formatted(array, "?task=4&attempt=00000000000000000000000000"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(site.get(logs.formatted(array, "?task=4&attempt=x")).statusCode())
                .isEqualTo(400);
        assertThat(site.get("/v1/jobs/" + array + "/logs/stdin").statusCode()).isEqualTo(404);
    }

    @Test
    void aClusterThatDoesNotAnswerIsBusy() throws Exception {
        site.cluster.silent = true;
        HttpResponse<String> response = site.get(path);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).hasValue("5");
    }

    @Test
    @Fault({"F43", "B28"})
    void whoReadsNothingIsCutOffWithOneChunkInMemory() throws Exception {
        site.cluster.print(0, new byte[64 << 20]);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(site.door.address());
            slow.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            site.await(() -> site.refused.contains(HttpListener.Bound.SLOW_READER));
            assertThat((long) site.cluster.logReads.get() * StubCluster.CHUNK).isLessThan(32L << 20);
        }
    }

    @Test
    @Fault("B28")
    void moreReadersThanThereArePlacesAreRefused() throws Exception {
        print("x");
        try (InputStream one = follow("");
                InputStream two = follow("")) {
            assertThat(site.get(path).statusCode()).isEqualTo(503);
            assertThat(one.read()).isEqualTo('x');
            assertThat(two.read()).isEqualTo('x');
        }
        site.await(() -> {
            try {
                return site.get(path).statusCode() == 200;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }
}
