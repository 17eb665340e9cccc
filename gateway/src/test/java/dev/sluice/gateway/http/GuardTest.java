package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.testkit.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GuardTest {
    private static String get(Site site, String headers) throws Exception {
        String answer = site.raw("GET /v1/whoami HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n");
        return answer.substring(9, 12);
    }

    @Test
    void withoutATokenNoPageOfAnotherSiteGetsIn() throws Exception {
        try (Site site = Site.open()) {
            int port = site.port();
            for (String host :
                    List.of("localhost", "127.0.0.1", "127.1.2.3:80", "[::1]:" + port, "LocalHost:" + port)) {
                assertThat(get(site, "Host: " + host + "\r\n")).as(host).isEqualTo("200");
            }
            for (String host : List.of(
                    "evil.example",
                    "localhost.evil.example",
                    "127.0.0.1.evil.example",
                    "10.0.0.1",
                    "[::2]",
                    "127.evil.example",
                    "",
                    "[::1",
                    "localhost@evil.example")) {
                assertThat(get(site, "Host: " + host + "\r\n")).as(host).isIn("421", "400");
            }
            String good = "Host: localhost:" + port + "\r\n";
            assertThat(get(site, good + "Origin: http://localhost:" + port + "\r\n"))
                    .isEqualTo("200");
            for (String header : List.of(
                    "Origin: http://evil.example",
                    "Origin: null",
                    "Origin: http://localhost:1",
                    "Origin: https://localhost:" + port,
                    "Sec-Fetch-Site: cross-site",
                    "Sec-Fetch-Site: same-site")) {
                assertThat(get(site, good + header + "\r\n")).as(header).isEqualTo("403");
            }
            assertThat(get(site, good + "Sec-Fetch-Site: none\r\n")).isEqualTo("200");
        }
    }

    @Test
    @Fault("B20")
    void noOtherHeaderSaysWhoSomebodyIs() throws Exception {
        try (Site site = Site.peopled()) {
            for (String header : List.of(
                    "X-SLURM-USER-NAME",
                    "X-SLURM-USER-TOKEN",
                    "X-Forwarded-User",
                    "X-Remote-User",
                    "Remote-User",
                    "From")) {
                HttpResponse<String> without =
                        site.send(site.request("GET", "/v1/whoami", null, null).header(header, "root"));
                assertThat(without.statusCode()).as(header).isEqualTo(401);
                HttpResponse<String> with =
                        site.send(site.request("GET", "/v1/whoami", "sam", null).header(header, "root"));
                assertThat(Site.json(with).get("user").asText()).as(header).isEqualTo("sam");
            }
        }
    }

    @Test
    @Fault("B40")
    void whatIsNoGoodTokenIsToldNothing() throws Exception {
        try (Site site = Site.peopled()) {
            String good = site.secret("sam");
            for (String sent : List.of(
                    "Bearer",
                    "Bearer ",
                    "Bearer slu_short",
                    "Basic cm9vdDpyb290",
                    "Bearer " + good + "x",
                    good,
                    "Bearer " + good.substring(0, 46) + (good.endsWith("A") ? "E" : "A"),
                    "Bearer slu_" + "A".repeat(43))) {
                HttpResponse<String> response = site.send(java.net.http.HttpRequest.newBuilder(site.uri("/v1/whoami"))
                        .header("Authorization", sent));
                assertThat(response.statusCode()).as(sent).isEqualTo(401);
                assertThat(Site.code(response)).isEqualTo("unauthenticated");
                assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
                assertThat(response.body()).doesNotContain("slu_");
            }
        }
    }

    @Test
    void aTokenRevokedByAnotherProcessIsWorthNothingWithinASecond() throws Exception {
        try (Site site = Site.peopled()) {
            String id = site.tokens.all().stream()
                    .filter(token -> token.user().value().equals("sam"))
                    .findFirst()
                    .orElseThrow()
                    .id();
            assertThat(site.get("/v1/whoami", "sam").statusCode()).isEqualTo(200);
            long began = System.nanoTime();
            site.book.revoke(id, Instant.now());
            site.await(() -> {
                try {
                    return site.get("/v1/whoami", "sam").statusCode() == 401;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(System.nanoTime() - began).isLessThan(1_500_000_000L);
        }
    }

    @Test
    void theFirstTokenShutsTheOpenDoorForGood() throws Exception {
        try (Site site = Site.open()) {
            assertThat(site.get("/v1/whoami").statusCode()).isEqualTo(200);
            String secret = site.make("ada", Optional.empty());
            assertThat(site.get("/v1/whoami").statusCode()).isEqualTo(401);
            assertThat(site.get("/v1/whoami", secret).statusCode()).isEqualTo(200);
            site.tokens.revoke(site.tokens.all().getFirst().id());
            assertThat(site.get("/v1/whoami").statusCode()).isEqualTo(401);
        }
    }

    @Test
    void withoutATokenItListensOnLoopbackOnly() {
        assertThatThrownBy(() -> Site.open(settings -> HttpSettings.listening("0.0.0.0:0"))
                        .close())
                .isInstanceOf(InvalidValue.class)
                .hasMessageContaining("loopback")
                .hasMessageContaining("sluice token create");
    }

    @Test
    @Fault("B30")
    void addressesAreRead() {
        assertThat(HttpSettings.listening("[::1]:80").address().getHostString()).isEqualTo("::1");
        for (String bad :
                List.of("", "localhost", ":80", "localhost:", "localhost:65536", "localhost:-1", "::1:80", "a:b:80")) {
            assertThatThrownBy(() -> HttpSettings.listening(bad)).as(bad).isInstanceOf(InvalidValue.class);
        }
    }
}
