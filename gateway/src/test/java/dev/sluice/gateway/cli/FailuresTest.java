package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong, what is said of it, and with which exit code. */
@Timeout(60)
class FailuresTest {
    private static final String TOKEN = "slu_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource({
        "400,invalid-request,3",
        "401,unauthenticated,3",
        "403,forbidden,3",
        "404,not-found,1",
        "409,conflict,3",
        "413,too-large,3",
        "422,cannot-run,3",
        "429,too-many-requests,5",
        "500,internal,6",
        "503,busy,5"
    })
    void aProblemIsOneMessageAndAnExitCode(int status, String code, int exit) {
        rig.on("GET /v1/jobs/1", status, Sample.problem(status, code, "expected this, found that"));
        assertThat(rig.run("show", "1")).isEqualTo(exit);
        assertThat(rig.err).startsWith("sluice: expected this, found that\n");
        assertThat(rig.out).isEmpty();
    }

    @Test
    void eachErrorOfARequestIsToldWithoutTerminalSequences() {
        rig.on("POST /v1/jobs", 400, """
                {"type": "urn:sluice:problem:invalid-request", "title": "Invalid", "status": 400, "code": "invalid-request",
                 "detail": "2 errors", "errors": [{"pointer": "/name", "detail": "expected a line, found \\u001b[2J"},
                 {"pointer": "/array", "detail": "expected indices"}]}""");
        assertThat(rig.run("submit", "--", "true")).isEqualTo(3);
        assertThat(rig.err).isEqualTo("""
                sluice: 2 errors
                  /name: expected a line, found \\u001b[2J
                  /array: expected indices
                """);
    }

    @Test
    void aBusyGatewayIsAskedAgainWhenItSays() {
        rig.on("GET /v1/jobs/1", 503, Sample.problem(503, "busy", "full"), Map.of("Retry-After", "7"));
        rig.on("GET /v1/jobs/1", 429, Sample.problem(429, "too-many-requests", "slower"));
        rig.on("GET /v1/jobs/1", 200, Sample.job(1, "running"));
        assertThat(rig.run("show", "1")).isZero();
        assertThat(rig.pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(1));
    }

    @Test
    void aBusyGatewayIsGivenUpAfterAMinute() {
        rig.on("GET /v1/jobs/1", 503, Sample.problem(503, "busy", "full"), Map.of("Retry-After", "25"));
        assertThat(rig.run("show", "1")).isEqualTo(5);
        assertThat(rig.pauses).containsExactly(Duration.ofSeconds(25), Duration.ofSeconds(25));
        rig.pauses.clear();
        rig.on("GET /v1/jobs/2", 503, Sample.problem(503, "stopping", "bye"), Map.of("Retry-After", "3600"));
        assertThat(rig.run("show", "2")).isEqualTo(5);
        assertThat(rig.pauses).isEmpty();
    }

    @Test
    @Fault("F12")
    void aSubmissionWhoseAnswerIsLostIsSentAgainWithTheSameKey() {
        rig.on("POST /v1/jobs", exchange -> exchange.close());
        rig.on("POST /v1/jobs", 201, "{\"id\": 1000000000}");
        assertThat(rig.run("submit", "--", "true")).isZero();
        assertThat(rig.sent).hasSize(2);
        assertThat(rig.sent.stream()
                        .map(sent -> sent.headers().getFirst("Idempotency-Key"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    void whatWouldBeDoneTwiceIsNotSentTwice() {
        rig.on("POST /v1/jobs/1/requeue", exchange -> exchange.close());
        assertThat(rig.run("requeue", "1")).isEqualTo(4);
        assertThat(rig.sent).hasSize(1);
        assertThat(rig.err).contains("closed the connection");
    }

    @Test
    void whereNobodyListensItIsSaidWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        String url = "http://127.0.0.1:" + free;
        assertThat(rig.run("list", "--url", url)).isEqualTo(4);
        assertThat(rig.err)
                .startsWith("sluice: the gateway at " + url + " does not answer")
                .contains("'sluice serve'")
                .contains("$SLUICE_URL")
                .hasLineCount(1);
    }

    @Test
    void somethingElseThanAGatewayIsNoticed() {
        rig.on("GET /v1/whoami", 200, "<html>");
        assertThat(rig.run("whoami")).isEqualTo(6);
        assertThat(rig.err).contains("is that a gateway?");
        rig.on("GET /v1/clusters", 302, "", Map.of("Location", "http://127.0.0.1:1/"));
        assertThat(rig.run("clusters")).isEqualTo(6);
        assertThat(rig.err).contains("found HTTP status 302");
    }

    @Test
    void oneFailureDoesNotKeepFromTheOthers() {
        rig.on("DELETE /v1/jobs/1", 202, "{}");
        rig.on("DELETE /v1/jobs/2", 404, Sample.problem(404, "not-found", "there is no job 2"));
        rig.on("DELETE /v1/jobs/3?tasks=7", 202, "{}");
        assertThat(rig.run("cancel", "1", "2", "3_7")).isEqualTo(1);
        assertThat(rig.out).isEqualTo("1 is being cancelled\n3_7 is being cancelled\n");
        assertThat(rig.err).isEqualTo("sluice: 2: there is no job 2\n");
    }

    private Path token(String mode) throws IOException {
        Path file = directory.resolve("token");
        Files.writeString(file, TOKEN + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @Test
    void theTokenComesFromTheEnvironmentOrAFile() throws IOException {
        rig.on("GET /v1/whoami", 200, "{\"user\": \"ada\", \"admin\": true, \"roles\": {}}");
        rig.run("whoami");
        rig.environment.put("SLUICE_TOKEN_FILE", token("rw-------").toString());
        rig.run("whoami");
        rig.environment.put("SLUICE_TOKEN", "slu_other");
        rig.run("whoami");
        rig.environment.remove("SLUICE_TOKEN");
        rig.environment.remove("SLUICE_TOKEN_FILE");
        Files.createDirectories(directory.resolve(".config/sluice"));
        Files.move(directory.resolve("token"), directory.resolve(".config/sluice/token"));
        rig.run("whoami");
        assertThat(rig.sent.stream().map(sent -> String.valueOf(sent.headers().getFirst("Authorization"))))
                .containsExactly("null", "Bearer " + TOKEN, "Bearer slu_other", "Bearer " + TOKEN);
    }

    @Test
    @Fault("B40")
    void noMessageShowsAToken() throws IOException {
        rig.environment.put("SLUICE_TOKEN_FILE", token("rw-r--r--").toString());
        assertThat(rig.run("whoami")).isEqualTo(2);
        assertThat(rig.err).contains("chmod 600").doesNotContain(TOKEN);
        rig.environment.put("SLUICE_TOKEN_FILE", TOKEN);
        assertThat(rig.run("whoami")).isEqualTo(2);
        assertThat(rig.err).contains("expected the path of a file").doesNotContain(TOKEN);
        rig.environment.put("SLUICE_TOKEN", TOKEN + "\nX: y");
        assertThat(rig.run("whoami")).isEqualTo(2);
        assertThat(rig.err).doesNotContain(TOKEN);
        rig.environment.put("SLUICE_TOKEN", TOKEN);
        rig.on("GET /v1/whoami", 401, Sample.problem(401, "unauthenticated", "expected a token, found a bad one"));
        assertThat(rig.run("whoami")).isEqualTo(3);
        assertThat(rig.err).doesNotContain(TOKEN).contains("ask the administrator");
        assertThat(rig.sent).hasSize(1);
    }

    @Test
    void everyExitCodeIsInTheHelpAndInTheDocuments() throws IOException {
        rig.run("--help");
        String page = Files.readString(Path.of("../docs/cli.md"));
        assertThat(Stream.of(Exit.values()).map(exit -> exit.code() + "  "))
                .allSatisfy(code -> assertThat(rig.out).contains("  " + code));
        assertThat(Stream.of(Exit.values()).map(exit -> "| " + exit.code() + " |"))
                .allSatisfy(code -> assertThat(page).contains(code));
    }
}
