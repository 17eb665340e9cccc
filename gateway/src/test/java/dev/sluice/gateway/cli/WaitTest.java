package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for jobs, and following what they print. */
@Timeout(60)
class WaitTest {
    private static final int ID = 1_000_000_000;

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
        rig.on("GET /v1/events", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            Rig.write(
                    exchange,
                    ": hello\n\nid: 5\nevent: moved\ndata: "
                            + Sample.event(5, ID, "moved").replace("\n", " ") + "\n\n");
        });
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aJobThatSucceedsIsZero() {
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        assertThat(rig.run("wait", "1000000000")).isZero();
        assertThat(rig.out).isEqualTo("1000000000 succeeded\n");
        assertThat(rig.err).contains("sluice: running  0s\n");
    }

    @Test
    void oneThatDoesNotIsOneOrItsOwnExitCode() {
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "train", "failed", ", \"exitCode\": 7"));
        rig.on("GET /v1/jobs/7", 200, Sample.job(7, "train", "failed", ", \"signal\": 9"));
        rig.on("GET /v1/jobs/8", 200, Sample.job(8, "cancelled"));
        assertThat(rig.run("wait", "1000000000")).isEqualTo(1);
        assertThat(rig.out).isEqualTo("1000000000 failed (exit code 7)\n");
        assertThat(rig.run("wait", "--exit-code", "1000000000")).isEqualTo(7);
        assertThat(rig.run("wait", "--exit-code", "-q", "1000000000", "7")).isEqualTo(137);
        assertThat(rig.out + rig.err).isEmpty();
        assertThat(rig.run("wait", "--exit-code", "8")).isEqualTo(1);
    }

    @Test
    void oneTaskOfAnArrayIsWaitedForAlone() {
        rig.on("GET /v1/jobs/1000000001", 200, Sample.array(ID + 1));
        assertThat(rig.run("wait", "1000000001_0")).isEqualTo(1);
        assertThat(rig.out).isEqualTo("1000000001_0 failed (exit code 3)\n");
    }

    @Test
    void patienceMayBeBounded() {
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "queued"));
        assertThat(rig.run("wait", "--timeout", "0s", "1000000000")).isEqualTo(7);
        assertThat(rig.err).endsWith("sluice: not over yet: queued\n");
    }

    @Test
    void withoutAnIdAllOfOnesOwnAreWaitedFor() {
        rig.on("GET /v1/whoami", 200, "{\"user\": \"ada\", \"admin\": false, \"roles\": {}}");
        rig.on(
                "GET /v1/jobs?user=ada&status=queued%2Cheld%2Cblocked%2Cdispatching%2Cpending%2Crunning%2Cpaused%2Ccompleting"
                        + "%2Cunknown&limit=1000",
                200, Sample.page(Sample.job(ID, "running")));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        assertThat(rig.run("wait")).isZero();
        assertThat(rig.out).isEqualTo("1000000000 succeeded\n");
    }

    @Test
    @Fault("F16")
    void aGatewayThatIsAwayForAWhileIsWaitedFor() {
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", exchange -> exchange.close());
        rig.on("GET /v1/jobs/1000000000", exchange -> exchange.close());
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        assertThat(rig.run("wait", "1000000000")).isZero();
    }

    @Test
    void whoSubmitsMayWait() {
        rig.on("POST /v1/jobs", 201, "{\"id\": 1000000000}");
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "train", "failed", ", \"exitCode\": 7"));
        assertThat(rig.run("submit", "--wait", "--exit-code", "--", "false")).isEqualTo(7);
        assertThat(rig.out).isEqualTo("1000000000\n");
        assertThat(rig.err).endsWith("sluice: 1000000000 failed (exit code 7)\n");
    }

    @Test
    void aTerminalSeesOneLineThatChanges() {
        rig.screen = new Console.Screen(Console.Look.PIPE, Console.Look.TERMINAL, 80);
        rig.on("GET /v1/jobs/1000000001", 200, Sample.array(ID + 1));
        assertThat(rig.run("wait", "--timeout", "0s", "1000000001")).isEqualTo(7);
        assertThat(rig.err).startsWith("\r\u001b[K7 queued, 2 running, 1 failed  0s\r\u001b[K");
    }

    @Test
    void aLogIsPrintedByteForByte() {
        rig.on("GET /v1/jobs/1000000000/logs/stderr?task=3&tail=2", 200, "a\u001b[1mb\r\n\u0000");
        assertThat(rig.run("logs", "--stderr", "--task", "3", "--tail", "2", "1000000000"))
                .isZero();
        assertThat(rig.out).isEqualTo("a\u001b[1mb\r\n\u0000");
    }

    @Test
    @Fault("F43")
    void aLogIsFollowedOverABrokenConnectionAndPrintedOnce() {
        String log = "GET /v1/jobs/1000000000/logs/stdout?follow=true";
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "queued"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        rig.on(log, 409, Sample.problem(409, "conflict", "it has not started"));
        rig.on(log, exchange -> {
            exchange.sendResponseHeaders(200, 100);
            Rig.write(exchange, "one\ntw");
        });
        rig.on(log, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            Rig.write(exchange, "one\ntwo\n");
        });
        assertThat(rig.run("logs", "-f", "1000000000")).as(rig.err).isZero();
        assertThat(rig.out).isEqualTo("one\ntwo\n");
    }

    @Test
    void aLogOfAnotherRunBeginsAnew() {
        String log = "GET /v1/jobs/1000000000/logs/stdout?follow=true";
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        rig.on(log, 200, "first run\n");
        rig.on(log, 200, "2nd\n");
        assertThat(rig.run("logs", "-f", "1000000000")).isZero();
        assertThat(rig.out).isEqualTo("first run\n2nd\n");
        assertThat(rig.err).contains("started again");
    }

    @Test
    void eventsAreTakenUpWhereTheStreamEnded() {
        String events = "GET /v1/jobs/1000000000/events";
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "running"));
        rig.on("GET /v1/jobs/1000000000", 200, Sample.job(ID, "succeeded"));
        rig.on(events, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            Rig.write(exchange, "data: " + Sample.event(8, ID, "placed").replace("\n", " ") + "\n\n");
        });
        rig.on(events, exchange -> {
            exchange.sendResponseHeaders(200, 0);
            Rig.write(
                    exchange,
                    ": still here\n\ndata: " + Sample.event(9, ID, "closed").replace("\n", " ") + "\n\n");
        });
        assertThat(rig.run("events", "-f", "--json", "1000000000")).isZero();
        assertThat(rig.out.lines().map(line -> line.replaceAll(".*\"type\":\"(\\w+)\".*", "$1")))
                .containsExactly("placed", "closed");
        assertThat(rig.sent.stream()
                        .filter(sent -> sent.path().endsWith("/events"))
                        .map(sent -> sent.headers().getFirst("Last-Event-ID")))
                .containsExactly("0", "8");
    }
}
