package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.testkit.Fault;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobRoutesTest {
    private Site site;

    @BeforeEach
    void open() throws Exception {
        site = Site.open(settings -> Settings.of(settings).reads(1, 1).made());
    }

    @AfterEach
    void close() throws Exception {
        site.close();
    }

    @Test
    void aJobRunsAndIsListedByWhatItIs() throws Exception {
        int job = site.submit(null, "{\"command\":[\"sleep\",\"9\"],\"labels\":{\"team\":\"x\"}}");
        site.submit();
        site.awaitStatus(job, "running", null);
        for (String query : List.of(
                "name=sleep",
                "label=team=x",
                "label=team%3Dx",
                "status=running,queued&name=sleep",
                "cluster=one&name=sleep",
                "user=root&project=default&name=sleep")) {
            JsonNode jobs = Site.json(site.get("/v1/jobs?" + query)).get("jobs");
            assertThat(jobs).as(query).hasSize(1);
            assertThat(jobs.get(0).get("id").asInt()).isEqualTo(job);
        }
        assertThat(Site.json(site.get("/v1/jobs?name=nothing")).get("jobs")).isEmpty();
        site.cluster.finish();
        site.awaitStatus(job, "succeeded", null);
    }

    @Test
    void pagesFollowEachOther() throws Exception {
        for (int i = 0; i < 5; i++) {
            site.submit();
        }
        Set<Integer> seen = new HashSet<>();
        String path = "/v1/jobs?limit=2";
        String next = "";
        int pages = 0;
        do {
            JsonNode page = Site.json(site.get(path + next));
            page.get("jobs").forEach(job -> seen.add(job.get("id").asInt()));
            next = page.has("next") ? "&cursor=" + page.get("next").asText() : "";
            pages++;
        } while (!next.isEmpty());
        assertThat(seen).hasSize(5);
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void parametersAreReadStrictly() throws Exception {
        for (String query : List.of(
                "limt=5",
                "limit=0",
                "limit=1001",
                "limit=-1",
                "status=runing",
                "cursor=zzz",
                "user=ADA",
                "limit=1&limit=2",
                "label=x",
                "submittedFrom=yesterday",
                "name=%ff",
                "name")) {
            HttpResponse<String> response = site.get("/v1/jobs?" + query);
            assertThat(response.statusCode()).as(query).isEqualTo(400);
            assertThat(Site.code(response)).isEqualTo("invalid-request");
        }
        assertThat(site.get("/v1/jobs?limt=5").body()).contains("limit");
        assertThat(site.raw("GET /v1/jobs?name=%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void theSpecComesBackAsItWasHandedIn() throws Exception {
        int job = site.submit(null, "{\"command\":[\"env\"],\"environment\":{\"A\":\"1\"},\"limitSeconds\":60}");
        String spec = site.get("/v1/jobs/" + job + "/spec").body();
        assertThat(Site.json(spec).get("environment").get("A").asText()).isEqualTo("1");
        int again = site.submit(null, spec);
        assertThat(site.get("/v1/jobs/" + again + "/spec").body()).isEqualTo(spec);
    }

    @Test
    void tasksComeInGroups() throws Exception {
        int job = site.submit(null, "{\"command\":[\"true\"],\"array\":\"0-9\",\"begin\":\"2099-01-01T00:00:00Z\"}");
        assertThat(site.call("DELETE", "/v1/jobs/" + job + "?tasks=2-3", null, null)
                        .statusCode())
                .isEqualTo(202);
        site.await(() -> {
            try {
                return site.get("/v1/jobs/" + job + "/tasks").body().contains("cancelled");
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        JsonNode page = Site.json(site.get("/v1/jobs/" + job + "/tasks?limit=1"));
        assertThat(page.get("tasks")).hasSize(1);
        assertThat(page.get("tasks").get(0).get("tasks").asText()).isEqualTo("0-1,4-9");
        JsonNode rest = Site.json(
                site.get("/v1/jobs/" + job + "/tasks?cursor=" + page.get("next").asText()));
        assertThat(rest.get("tasks").get(0).get("tasks").asText()).isEqualTo("2-3");
        assertThat(site.call("DELETE", "/v1/jobs/" + job + "?tasks=77", null, null)
                        .statusCode())
                .isEqualTo(404);
        assertThat(site.call("DELETE", "/v1/jobs/" + job + "?tasks=x", null, null)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void aJobIsHeldReleasedChangedExplainedAndCancelled() throws Exception {
        int job = site.submit(null, "{\"command\":[\"true\"],\"begin\":\"2099-01-01T00:00:00Z\"}");
        String path = "/v1/jobs/" + job;
        assertThat(site.post(path + "/hold", "").statusCode()).isEqualTo(202);
        site.awaitStatus(job, "held", null);
        assertThat(site.post(path + "/release", "").statusCode()).isEqualTo(202);
        site.awaitStatus(job, "blocked", null);
        HttpResponse<String> altered =
                site.call("PATCH", path, null, "{\"priorityClass\":7,\"labels\":{\"a\":\"b\"},\"limitSeconds\":120}");
        assertThat(altered.statusCode()).isEqualTo(200);
        assertThat(Site.json(altered).get("priorityClass").asInt()).isEqualTo(7);
        HttpResponse<String> merged = site.call("PATCH", path, null, "{\"labels\":{\"c\":\"d\",\"a\":null}}");
        assertThat(Site.json(merged).get("labels").toString()).isEqualTo("{\"c\":\"d\"}");
        HttpResponse<String> explained = site.get(path + "/explain");
        assertThat(explained.statusCode()).isEqualTo(200);
        assertThat(Site.json(explained).get("sentences")).isNotEmpty();
        assertThat(site.call("DELETE", path, null, null).statusCode()).isEqualTo(202);
        site.awaitStatus(job, "cancelled", null);
        assertThat(site.call("DELETE", path, null, null).statusCode()).isEqualTo(202);
        assertThat(site.call("PATCH", path, null, "{\"priorityClass\":-1}").statusCode())
                .isEqualTo(400);
        assertThat(site.call("PATCH", path, null, "{\"name\":\"x\"}").statusCode())
                .isEqualTo(400);
        assertThat(site.send(site.request("PATCH", path, null, null).header("Content-Type", "text/plain"))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        for (String id : List.of("2147483000", "0", "x", "99999999999", "-1", "1e3", "%31")) {
            for (String path : List.of("", "/spec", "/tasks", "/explain", "/events", "/logs/stdout")) {
                HttpResponse<String> response = site.get("/v1/jobs/" + id + path);
                assertThat(response.statusCode()).as(id + path).isEqualTo(404);
                assertThat(Site.code(response)).isEqualTo("not-found");
            }
        }
        assertThat(site.get("/v1/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void anotherMethodIsToldWhichThereAre() throws Exception {
        HttpResponse<String> response = site.call("PUT", "/v1/jobs", null, "{}");
        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(Site.code(response)).isEqualTo("method-not-allowed");
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
    }

    @Test
    void headIsGetWithoutItsBody() throws Exception {
        int job = site.submit();
        HttpResponse<String> get = site.get("/v1/jobs/" + job + "/spec");
        HttpResponse<String> head = site.call("HEAD", "/v1/jobs/" + job + "/spec", null, null);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length"))
                .isEqualTo(get.headers().firstValue("Content-Length"));
    }

    @Test
    @Fault("B40")
    void aStoreThatIsLostIsBusyAndNothingOfItIsTold() throws Exception {
        int job = site.submit();
        site.store.down = true;
        HttpResponse<String> response = site.get("/v1/jobs/" + job);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(Site.code(response)).isEqualTo("busy");
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(response.body()).doesNotContain("secret");
    }

    @Test
    @Fault("B40")
    void aDefectIsAnInternalErrorWithNothingButAName() throws Exception {
        int job = site.submit();
        site.store.defective = true;
        HttpResponse<String> response = site.get("/v1/jobs/" + job);
        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(Site.code(response)).isEqualTo("internal");
        assertThat(Site.json(response).get("instance").asText()).startsWith("urn:sluice:occurrence:");
        assertThat(response.body()).doesNotContain("Secret", "Exception", "java", "defect");
    }

    @Test
    @Fault("B28")
    void readsBeyondTheBoundAreRefused() throws Exception {
        int job = site.submit();
        site.store.gate.drainPermits();
        try {
            List<CompletableFuture<HttpResponse<String>>> three = Stream.generate(() -> site.client.sendAsync(
                            site.request("GET", "/v1/jobs/" + job, null, null).build(),
                            HttpResponse.BodyHandlers.ofString()))
                    .limit(3)
                    .toList();
            site.await(() -> three.stream().anyMatch(CompletableFuture::isDone));
            site.store.gate.release(1_000_000);
            List<Integer> statuses = new ArrayList<>();
            for (CompletableFuture<HttpResponse<String>> each : three) {
                statuses.add(each.get().statusCode());
            }
            assertThat(statuses).containsExactlyInAnyOrder(200, 200, 503);
            assertThat(site.refused).contains(HttpListener.Bound.READS);
        } finally {
            site.store.gate.release(1_000_000);
        }
    }

    @Test
    void theGatewayTellsHowItIs() throws Exception {
        assertThat(site.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(site.get("/health/ready").body()).isEqualTo("{\"status\":\"up\"}");
        site.obstacle = java.util.Optional.of("the store is read");
        HttpResponse<String> not = site.get("/health/ready");
        assertThat(not.statusCode()).isEqualTo(503);
        assertThat(not.body()).contains("the store is read");
        assertThat(site.get("/metrics").body()).contains("up 1");
        assertThat(site.get("/v1/clusters").body()).contains("\"name\":\"one\"");
        assertThat(site.post("/v1/clusters/one/drain", "").statusCode()).isEqualTo(202);
        assertThat(site.get("/v1/clusters").body()).contains("\"drained\":true");
        assertThat(site.post("/v1/clusters/one/resume", "").statusCode()).isEqualTo(202);
        assertThat(site.post("/v1/clusters/two/drain", "").statusCode()).isEqualTo(404);
        assertThat(site.post("/v1/clusters/NO/drain", "").statusCode()).isEqualTo(404);
        assertThat(Site.json(site.get("/v1/projects"))
                        .get("projects")
                        .get(0)
                        .get("project")
                        .asText())
                .isEqualTo("default");
        assertThat(site.get("/v1/usage").statusCode()).isEqualTo(200);
        assertThat(site.get("/v1/whoami").body())
                .isEqualTo("{\"user\":\"root\",\"admin\":true,\"roles\":{\"default\":\"admin\"}}");
    }
}
