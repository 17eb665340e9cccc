package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.Fault;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final String LATER =
            "{\"command\":[\"true\"],\"project\":\"physics\",\"begin\":\"2099-01-01T00:00:00Z\"}";

    private static EventStream follow(Site site, String path, @Nullable String user) throws Exception {
        return EventStream.of(site, path, user, Optional.empty());
    }

    @Test
    void aJobIsFollowedFromItsBeginningToItsEnd() throws Exception {
        try (Site site = Site.open()) {
            int job = site.submit();
            try (EventStream events =
                    EventStream.of(site, "/v1/jobs/" + job + "/events?after=0", null, Optional.empty())) {
                EventStream.Event accepted = events.next();
                assertThat(accepted.type()).isEqualTo("accepted");
                assertThat(accepted.json().get("sequence").asText()).isEqualTo(accepted.id());
                events.next("placed");
                site.awaitStatus(job, "running", null);
                site.submit();
                site.cluster.finish();
                List<EventStream.Event> rest = events.rest();
                assertThat(rest.getLast().type()).isEqualTo("bye");
                assertThat(rest.getLast().json().get("reason").asText()).isEqualTo("ended");
                assertThat(rest).extracting(EventStream.Event::type).contains("closed");
                for (EventStream.Event event : rest.subList(0, rest.size() - 1)) {
                    assertThat(event.json().get("job").asInt()).isEqualTo(job);
                }
            }
        }
    }

    @Test
    void whoComesBackMissesNothingAndGetsNothingTwice() throws Exception {
        try (Site site = Site.open()) {
            List<Long> told = new ArrayList<>();
            String last = "0";
            for (int round = 0; round < 5; round++) {
                try (EventStream events = EventStream.of(site, "/v1/events", null, Optional.of(last))) {
                    site.submit(null, LATER.replace("physics", "default"));
                    site.submit(null, LATER.replace("physics", "default"));
                    for (int i = 0; i < 2; i++) {
                        EventStream.Event event = events.next("accepted");
                        told.add(Long.parseLong(event.id()));
                        last = event.id();
                    }
                }
            }
            List<Long> expected = new ArrayList<>();
            for (JsonNode event : page(site, "/v1/events?limit=1000", null).get("events")) {
                if (event.get("type").asText().equals("accepted")) {
                    expected.add(event.get("sequence").asLong());
                }
            }
            assertThat(told).isEqualTo(expected).hasSize(10);
        }
    }

    private static JsonNode page(Site site, String path, @Nullable String user) throws Exception {
        HttpResponse<String> response =
                site.send(site.request("GET", path, user, null).header("Accept", "application/json"));
        assertThat(response.statusCode()).isEqualTo(200);
        return Site.json(response);
    }

    @Test
    @Fault("B23")
    void eachIsToldOfWhatHeMaySee() throws Exception {
        try (Site site = Site.peopled();
                EventStream vera = follow(site, "/v1/events", "vera");
                EventStream bea = follow(site, "/v1/events", "bea");
                EventStream root = follow(site, "/v1/events", "root")) {
            int physics = site.submit("sam", LATER);
            int biology = site.submit("bea", LATER.replace("physics", "biology"));
            assertThat(vera.next("accepted").json().get("job").asInt()).isEqualTo(physics);
            assertThat(bea.next("accepted").json().get("job").asInt()).isEqualTo(biology);
            assertThat(root.next("accepted").json().get("job").asInt()).isEqualTo(physics);
            assertThat(root.next("accepted").json().get("job").asInt()).isEqualTo(biology);
            for (JsonNode event : page(site, "/v1/events", "bea").get("events")) {
                assertThat(event.path("job").asInt()).isEqualTo(biology);
            }
            assertThat(site.get("/v1/jobs/" + physics + "/events", "bea").statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void pagesOfEventsFollowEachOther() throws Exception {
        try (Site site = Site.peopled()) {
            for (int i = 0; i < 10; i++) {
                site.submit(i % 2 == 0 ? "sam" : "bea", i % 2 == 0 ? LATER : LATER.replace("physics", "biology"));
            }
            List<Integer> jobs = new ArrayList<>();
            long after = 0;
            for (int pages = 0; pages < 10; pages++) {
                JsonNode page = page(site, "/v1/events?limit=2&after=" + after, "bea");
                page.get("events").forEach(event -> jobs.add(event.get("job").asInt()));
                after = page.get("next").asLong();
            }
            assertThat(jobs).hasSize(5).doesNotHaveDuplicates();
            HttpResponse<String> neither =
                    site.send(site.request("GET", "/v1/events", "bea", null).header("Accept", "image/png"));
            assertThat(neither.statusCode()).isEqualTo(406);
            assertThat(Site.code(neither)).isEqualTo("not-acceptable");
            assertThat(site.send(site.request("GET", "/v1/events", "bea", null)
                                    .header("Accept", "text/event-stream;q=0, application/json"))
                            .headers()
                            .firstValue("Content-Type"))
                    .hasValue("application/json");
            assertThat(site.send(site.request("GET", "/v1/events", "bea", null).header("Last-Event-ID", "x"))
                            .statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void aThousandFollowersCostTheStoreWhatOneCosts() throws Exception {
        try (Site site = Site.open()) {
            List<CompletableFuture<HttpResponse<InputStream>>> opening = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                opening.add(site.client.sendAsync(
                        site.request("GET", "/v1/events", null, null).build(),
                        HttpResponse.BodyHandlers.ofInputStream()));
            }
            List<InputStream> bodies = new ArrayList<>();
            for (var each : opening) {
                bodies.add(each.get(15, TimeUnit.SECONDS).body());
            }
            int before = site.store.eventReads.get();
            int job = site.submit(null, LATER.replace("physics", "default"));
            for (InputStream body : bodies) {
                assertThat(upTo(body, "\"job\":" + job)).contains("event: accepted");
            }
            assertThat(site.store.eventReads.get() - before).isLessThan(50);
            for (InputStream body : bodies) {
                body.close();
            }
        }
    }

    private static String upTo(InputStream body, String text) throws Exception {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int c = body.read();
            assertThat(c).isNotNegative();
            read.append((char) c);
        }
        return read.toString();
    }

    @Test
    void anIdleStreamShowsThatItLives() throws Exception {
        try (Site site = Site.open(settings -> Settings.of(settings)
                        .followers(Duration.ofSeconds(1), Duration.ofSeconds(60))
                        .made());
                EventStream events = follow(site, "/v1/events", null)) {
            assertThat(events.comment()).isEqualTo(":");
            assertThat(events.comment()).isEqualTo(":");
        }
    }

    @Test
    @Fault("F43")
    void whoReadsNothingIsCutOffAndHoldsUpNobody() throws Exception {
        try (Site site = Site.open(settings -> Settings.of(settings)
                        .followers(Duration.ofSeconds(15), Duration.ofSeconds(1))
                        .recentEvents(64)
                        .made());
                Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(site.door.address());
            slow.getOutputStream()
                    .write("GET /v1/events?after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            try (EventStream well = follow(site, "/v1/events", null)) {
                String many = "[" + (LATER.replace("physics", "default") + ",").repeat(1_999)
                        + LATER.replace("physics", "default") + "]";
                site.await(() -> {
                    try {
                        site.submitMany(many);
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return site.refused.contains(HttpListener.Bound.SLOW_READER);
                });
                site.submit(null, "{\"name\":\"last\",\"command\":[\"true\"]}");
                EventStream.Event event = well.next("accepted");
                while (!event.json().path("name").asText().equals("last")) {
                    event = well.next("accepted");
                }
            }
        }
    }

    @Test
    void whoFallsOutOfTheRingGoesOnFromTheStore() throws Exception {
        try (Site site =
                Site.open(settings -> Settings.of(settings).recentEvents(16).made())) {
            String many = "[" + (LATER.replace("physics", "default") + ",").repeat(2_999)
                    + LATER.replace("physics", "default") + "]";
            try (EventStream events = EventStream.of(site, "/v1/events", null, Optional.of("0"))) {
                site.submitMany(many);
                long before = 0;
                for (int i = 0; i < 3_000; i++) {
                    long id = Long.parseLong(events.next("accepted").id());
                    assertThat(id).isGreaterThan(before);
                    before = id;
                }
            }
        }
    }

    @Test
    void whenTheGatewayStopsFollowersAreTold() throws Exception {
        Site site = Site.open();
        try (EventStream events = follow(site, "/v1/events", null)) {
            site.submit();
            events.next("accepted");
            site.door.close();
            List<EventStream.Event> rest = events.rest();
            assertThat(rest.getLast().type()).isEqualTo("bye");
            assertThat(rest.getLast().json().get("reason").asText()).isEqualTo("stopping");
        } finally {
            site.loop.close();
        }
    }

    @Test
    void aRevokedTokenEndsWhatIsOpen() throws Exception {
        try (Site site = Site.peopled();
                EventStream events = follow(site, "/v1/events", "sam")) {
            String id = site.tokens.all().stream()
                    .filter(token -> token.user().value().equals("sam"))
                    .findFirst()
                    .orElseThrow()
                    .id();
            site.book.revoke(id, Instant.now());
            List<EventStream.Event> rest = events.rest();
            assertThat(rest.getLast().json().get("reason").asText()).isEqualTo("revoked");
        }
    }

    @Test
    @Fault("B28")
    void moreFollowersThanThereArePlacesAreRefused() throws Exception {
        try (Site site = Site.peopled(
                        settings -> Settings.of(settings).streams(3, 1, 2).made());
                EventStream one = follow(site, "/v1/events", "sam");
                EventStream two = follow(site, "/v1/events", "sam")) {
            HttpResponse<String> third = site.get("/v1/events", "sam");
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.headers().firstValue("Retry-After")).isPresent();
            try (EventStream other = follow(site, "/v1/events", "sue")) {
                assertThat(site.get("/v1/events", "bea").statusCode()).isEqualTo(503);
            }
            one.close();
            site.await(() -> {
                try (EventStream again = follow(site, "/v1/events", "sam")) {
                    return true;
                } catch (AssertionError full) {
                    return false;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            assertThat(two.comment()).isEqualTo(":");
        }
    }
}
