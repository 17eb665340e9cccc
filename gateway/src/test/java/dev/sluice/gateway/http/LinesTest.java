package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.Fault;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LinesTest {
    private static Site site;

    @BeforeAll
    static void open() throws Exception {
        site = Site.open(settings -> Settings.of(settings)
                .maxBody(100_000)
                .maxLines(5_000)
                .linesAhead(8)
                .made());
    }

    @AfterAll
    static void close() throws Exception {
        site.close();
    }

    private static HttpResponse<String> send(String body) throws Exception {
        return site.send(HttpRequest.newBuilder(site.uri("/v1/jobs"))
                .header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static List<JsonNode> results(HttpResponse<String> response) throws Exception {
        List<JsonNode> results = new ArrayList<>();
        for (String line : response.body().lines().toList()) {
            results.add(Site.json(line));
        }
        return results;
    }

    private static String named(String name) {
        return "{\"name\":\"" + name + "\",\"command\":[\"true\"]}";
    }

    @Test
    void eachLineHasItsResultInItsPlace() throws Exception {
        HttpResponse<String> response =
                send(named("a") + "\n\n{broken\n" + named("b") + "\r\n  \n{\"command\":[]}\n" + named("c"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<JsonNode> results = results(response);
        assertThat(results).hasSize(5);
        assertThat(results.get(1).get("problem").get("code").asText()).isEqualTo("malformed-json");
        assertThat(results.get(3).get("problem").get("code").asText()).isEqualTo("invalid-request");
        for (int at : new int[] {0, 2, 4}) {
            int id = results.get(at).get("id").asInt();
            assertThat(Site.json(site.get("/v1/jobs/" + id)).get("name").asText())
                    .isEqualTo(List.of("a", "", "b", "", "c").get(at));
        }
    }

    @Test
    void manyLinesComeBackInOrder() throws Exception {
        String body = String.join(
                "\n", IntStream.range(0, 3_000).mapToObj(i -> named("n" + i)).toList());
        List<JsonNode> results = results(send(body));
        assertThat(results).hasSize(3_000);
        List<Integer> ids =
                results.stream().map(result -> result.get("id").asInt()).toList();
        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void eachLineHasItsKey() throws Exception {
        String line = "{\"idempotencyKey\":\"k-1\",\"command\":[\"keyed\"]}";
        List<JsonNode> results = results(send(line + "\n" + line + "\n" + line.replace("keyed", "other")));
        assertThat(results.get(1)).isEqualTo(results.get(0));
        assertThat(results.get(2).get("problem").get("code").asText()).isEqualTo("key-conflict");
    }

    @Test
    @Fault("B28")
    void aLineThatIsTooLongIsRefusedAndTheRestGoesOn() throws Exception {
        String big = "{\"comment\":\"" + "x".repeat(300_000) + "\",\"command\":[\"true\"]}";
        String middle = "{\"environment\":{\"A\":\"" + "y".repeat(80_000) + "\"},\"command\":[\"true\"]}";
        List<JsonNode> results = results(send(big + "\n" + middle + "\n" + named("after")));
        assertThat(results).hasSize(3);
        assertThat(results.get(0).get("problem").get("code").asText()).isEqualTo("too-large");
        assertThat(results.get(1).has("id")).isTrue();
        assertThat(results.get(2).has("id")).isTrue();
    }

    @Test
    @Fault("B28")
    void moreLinesThanAreTakenEndTheRequest() throws Exception {
        String body = (Site.ECHO + "\n").repeat(6_000);
        List<JsonNode> results = results(send(body));
        assertThat(results).hasSize(5_001);
        assertThat(results.getLast().get("problem").get("code").asText()).isEqualTo("too-large");
    }

    @Test
    void aKeyOfTheWholeRequestIsRefused() throws Exception {
        var response = site.send(HttpRequest.newBuilder(site.uri("/v1/jobs"))
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", "k")
                .POST(HttpRequest.BodyPublishers.ofString(Site.ECHO)));
        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    void aResultComesBeforeTheNextLineIsSent() throws Exception {
        try (Socket socket = site.dial()) {
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out.write(("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 3; i++) {
                String line = named("talk" + i) + "\n";
                out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                String result = in.readLine();
                while (!result.startsWith("{")) {
                    result = in.readLine();
                }
                assertThat(Site.json(result).has("id")).isTrue();
            }
        }
    }

    @Test
    void aClientThatGoesLeavesNothingBehind() throws Exception {
        try (Socket socket = site.dial()) {
            socket.getOutputStream()
                    .write(("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
                                    + "Transfer-Encoding: chunked\r\n\r\n15000\r\n" + "z".repeat(80_000))
                            .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            site.await(() -> site.door.buffered() > 0);
        }
        site.await(() -> site.door.buffered() == 0);
    }
}
