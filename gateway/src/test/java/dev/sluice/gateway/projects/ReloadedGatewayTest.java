package dev.sluice.gateway.projects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.crash.GatewayProcess;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own, whose file is changed while its jobs wait. */
class ReloadedGatewayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LATER =
            "{\"command\":[\"true\"],\"project\":\"%s\",\"begin\":\"2099-01-01T00:00:00Z\"}";

    @TempDir
    Path directory;

    private static HttpResponse<String> ask(GatewayProcess gateway, String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
        return gateway.client().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static void until(GatewayProcess gateway, String project) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!ask(gateway, "GET", "/v1/projects", "").body().contains("\"" + project + "\"")) {
            assertThat(System.nanoTime()).as(gateway.lastWords()).isLessThan(end);
            new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void aHangUpOrARequestReadsProjectsAgainAndJobsGoOn() throws IOException, InterruptedException {
        Path file = directory.resolve("sluice.yaml");
        Files.writeString(file, "access: {projects: {physics: {}}}");
        // Where the test runs as root, the local cluster's jobs run as nobody.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path data = Files.createDirectory(directory.resolve("data"));
        try (GatewayProcess gateway = new GatewayProcess(data, List.of("--config", file.toString()))) {
            gateway.start();
            gateway.awaitReady();
            HttpResponse<String> first = ask(gateway, "POST", "/v1/jobs", LATER.formatted("physics"));
            assertThat(first.statusCode()).isEqualTo(201);
            String job = first.headers().firstValue("Location").orElseThrow();

            Files.writeString(file, "access: {projects: {physics: {caps: {queued: 1}}, biology: {}}}");
            gateway.hangUp();
            until(gateway, "biology");
            assertThat(ask(gateway, "POST", "/v1/jobs", LATER.formatted("physics"))
                            .statusCode())
                    .isEqualTo(429);
            assertThat(ask(gateway, "POST", "/v1/jobs", LATER.formatted("biology"))
                            .statusCode())
                    .isEqualTo(201);

            Files.writeString(file, "access: {projects: {physics: {caps: {queued: 2}}}}\nhttp: {max-lines: 7}");
            assertThat(ask(gateway, "POST", "/v1/reload", "").body())
                    .isEqualTo("{\"changed\":[\"access\"],\"restart\":[\"http\"],\"sources\":[]}");
            assertThat(ask(gateway, "GET", job, "").body()).contains("\"project\":\"physics\"");
            assertThat(ask(gateway, "POST", "/v1/jobs", LATER.formatted("physics"))
                            .statusCode())
                    .isEqualTo(201);
            Files.writeString(file, "access: {projects: {chemistry: {weight: 0}}}");
            HttpResponse<String> refused = ask(gateway, "POST", "/v1/reload", "");
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("access.projects.chemistry.weight");
        }
    }
}
