package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.cluster.AvailableModules;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.job.Refusal;
import dev.sluice.testkit.Fault;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SubmitTest {
    private static Site site;

    @BeforeAll
    static void open() throws Exception {
        site = Site.open();
    }

    @AfterAll
    static void close() throws Exception {
        site.close();
    }

    @Test
    void aJobIsAcceptedAndFoundWhereTheAnswerSays() throws Exception {
        HttpResponse<String> response = site.post("/v1/jobs", Site.ECHO);
        assertThat(response.statusCode()).isEqualTo(201);
        int id = Site.json(response).get("id").asInt();
        assertThat(id).isGreaterThanOrEqualTo(1_000_000_000);
        assertThat(response.headers().firstValue("Location")).hasValue("/v1/jobs/" + id);
        HttpResponse<String> job = site.get("/v1/jobs/" + id);
        assertThat(Site.json(job).get("name").asText()).isEqualTo("echo");
        assertThat(Site.json(job).get("project").asText()).isEqualTo("default");
        assertThat(Site.json(job).get("user").asText()).isEqualTo("root");
    }

    @Test
    void headersKeepBrowsersFromMakingMoreOfAnAnswer() throws Exception {
        HttpResponse<String> response = site.get("/v1/jobs");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'");
        assertThat(response.headers().map()).doesNotContainKeys("server", "x-powered-by");
    }

    @Test
    void anArrayHasItsTasks() throws Exception {
        HttpResponse<String> response = site.post("/v1/jobs", "{\"command\":[\"true\"],\"array\":\"0-9%2\"}");
        assertThat(Site.json(response).get("tasks").asText()).isEqualTo("0-9");
        int id = Site.json(response).get("id").asInt();
        assertThat(Site.json(site.get("/v1/jobs/" + (id + 3))).get("task").asInt())
                .isEqualTo(3);
    }

    @Test
    void aListIsAcceptedWholeOrNotAtAll() throws Exception {
        HttpResponse<String> both = site.post("/v1/jobs", "[" + Site.ECHO + "," + Site.ECHO + "]");
        assertThat(both.statusCode()).isEqualTo(201);
        assertThat(Site.json(both).get("jobs")).hasSize(2);
        int before = count();
        HttpResponse<String> broken = site.post("/v1/jobs", "[" + Site.ECHO + ",{\"command\":[]}]");
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("/1/command");
        assertThat(count()).isEqualTo(before);
    }

    private static int count() throws Exception {
        return Site.json(site.get("/v1/jobs?limit=1000")).get("jobs").size();
    }

    @Test
    @Fault("F11")
    void aKeyStandsForOneBody() throws Exception {
        var first = site.send(site.request("POST", "/v1/jobs", null, Site.ECHO).header("Idempotency-Key", "a-key"));
        var again = site.send(site.request("POST", "/v1/jobs", null, Site.ECHO).header("Idempotency-Key", "a-key"));
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        var other = site.send(site.request("POST", "/v1/jobs", null, "{\"command\":[\"other\"]}")
                .header("Idempotency-Key", "a-key"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(Site.code(other)).isEqualTo("key-conflict");
    }

    @Test
    void aKeyHasToBeOne() throws Exception {
        var response =
                site.send(site.request("POST", "/v1/jobs", null, Site.ECHO).header("Idempotency-Key", "k".repeat(256)));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).doesNotContain("kkk");
    }

    @Test
    @Fault("F12")
    void twentyRetriesAtOnceAreOneJob() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> all = IntStream.range(0, 20)
                .mapToObj(i -> site.client.sendAsync(
                        site.request("POST", "/v1/jobs", null, "{\"command\":[\"once\"]}")
                                .header("Idempotency-Key", "twenty")
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        Set<String> bodies = new HashSet<>();
        for (CompletableFuture<HttpResponse<String>> each : all) {
            assertThat(each.get().statusCode()).isEqualTo(201);
            bodies.add(each.get().body());
        }
        assertThat(bodies).hasSize(1);
        assertThat(Site.json(site.get("/v1/jobs?name=once")).get("jobs")).hasSize(1);
    }

    @Test
    void aTrialKeepsNothing() throws Exception {
        int before = count();
        HttpResponse<String> response = site.post("/v1/jobs?dryRun=true", Site.ECHO);
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode plan = Site.json(response);
        assertThat(plan.get("status").asText()).isEqualTo("queued");
        assertThat(plan.has("starts")).isTrue();
        assertThat(count()).isEqualTo(before);
        assertThat(site.post("/v1/jobs?dryRun=true", "[" + Site.ECHO + "]").statusCode())
                .isEqualTo(400);
    }

    @Test
    void whatNoClusterCanRunIsRefusedWithEachReason() throws Exception {
        site.cluster.cannot = List.of(Refusal.never("no-images", "images are not run here"));
        try {
            HttpResponse<String> response = site.post("/v1/jobs", Site.ECHO);
            assertThat(response.statusCode()).isEqualTo(422);
            assertThat(Site.code(response)).isEqualTo("cannot-run");
            assertThat(response.body()).contains("one: images are not run here");
        } finally {
            site.cluster.cannot = List.of();
        }
    }

    @Test
    void aJobForWhichThereAreNoModulesIsToldSo() throws Exception {
        String job = "{\"command\":[\"true\"],\"begin\":null,\"needs\":{\"modules\":[\"%s\"]}}";
        JsonNode plan = Site.json(site.post("/v1/jobs?dryRun=true", job.formatted("gcc/13")));
        assertThat(plan.at("/waits/0/places/0/reasons/0/code").asText()).isEqualTo("modules");
        assertThat(plan.at("/waits/0/places/0/reasons/0/known/0").asText()).isEqualTo("gcc/12.2");
        assertThat(plan.at("/waits/0/changes/0/code").asText()).isEqualTo("no-modules");
        assertThat(plan.get("sentences").toString())
                .contains("it needs environment modules gcc/13, the cluster has gcc/12.2");
        assertThat(Site.json(site.post("/v1/jobs?dryRun=true", job.formatted("gcc")))
                        .get("starts"))
                .hasSize(1);
        site.modules = StubCluster.MODULES;
        try {
            for (String path : List.of("/v1/jobs", "/v1/jobs?dryRun=true")) {
                HttpResponse<String> refused = site.post(path, job.formatted("gcc/13"));
                assertThat(refused.statusCode()).isEqualTo(422);
                assertThat(Site.code(refused)).isEqualTo("cannot-run");
                assertThat(Site.json(refused).get("detail").asText())
                        .isEqualTo("no cluster can run the job. one: it needs environment modules gcc/13, the cluster"
                                + " has gcc/12.2 (modules in needs, and be they none, replace those that its script"
                                + " loads)");
                assertThat(site.post(path, job.formatted("gcc/12")).statusCode())
                        .isBetween(200, 201);
            }
        } finally {
            site.modules = AvailableModules.UNKNOWN;
        }
    }

    @Test
    void aJobWaitsOnlyForOnesThatThereAre() throws Exception {
        int first = site.submit();
        HttpResponse<String> good =
                site.post("/v1/jobs", "{\"command\":[\"true\"],\"after\":\"afterok:" + first + "\"}");
        assertThat(good.statusCode()).isEqualTo(201);
        HttpResponse<String> bad = site.post("/v1/jobs", "{\"command\":[\"true\"],\"after\":\"afterok:2147483000\"}");
        assertThat(bad.statusCode()).isEqualTo(422);
        assertThat(Site.code(bad)).isEqualTo("cannot-run");
    }

    @Test
    @Fault("B41")
    void anEnvironmentIsAnObject() throws Exception {
        HttpResponse<String> response =
                site.post("/v1/jobs", "{\"command\":[\"true\"],\"environment\":[\"A=secret\"]}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("/environment").doesNotContain("secret");
        assertThat(site.post("/v1/jobs", "{\"command\":{\"0\":\"true\"}}").statusCode())
                .isEqualTo(400);
    }

    @Test
    @Fault("B40")
    void noRefusalRepeatsWhatMayBeASecret() throws Exception {
        for (String body : List.of(
                "{\"command\":[\"true\"],\"environment\":{\"A\":\"hunter2\",\"A\":\"hunter2\"}}",
                "{\"command\":[\"true\"],\"environment\":{\"A B=\":\"hunter2\"}}",
                "{\"command\":[\"hunter2\"],\"array\":\"x\"}",
                "{\"script\":\"hunter2\",\"command\":[\"x\"]}")) {
            HttpResponse<String> response = site.post("/v1/jobs", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(response.body()).doesNotContain("hunter2");
        }
    }

    @Test
    void otherMediaTypesAreNotTaken() throws Exception {
        for (String type : List.of(
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/json; charset=iso-8859-1",
                "application/jsonx")) {
            var response = site.send(java.net.http.HttpRequest.newBuilder(site.uri("/v1/jobs"))
                    .header("Content-Type", type)
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(Site.ECHO)));
            assertThat(response.statusCode()).as(type).isEqualTo(415);
            assertThat(Site.code(response)).isEqualTo("unsupported-media-type");
        }
        var zipped = site.send(site.request("POST", "/v1/jobs", null, Site.ECHO).header("Content-Encoding", "gzip"));
        assertThat(zipped.statusCode()).isEqualTo(415);
        var good = site.send(java.net.http.HttpRequest.newBuilder(site.uri("/v1/jobs"))
                .header("Content-Type", "Application/JSON; charset=UTF-8")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(Site.ECHO)));
        assertThat(good.statusCode()).isEqualTo(201);
    }

    @Test
    void whatAProjectMayNotHaveIsTheAskersMatterAndNoFaultOfTheGateways() throws Exception {
        ProjectSettings.Limits caps =
                new ProjectSettings.Limits(Optional.of(3), Optional.empty(), Optional.of(2), Optional.empty());
        ProjectSettings capped =
                new ProjectSettings("", new TreeMap<>(), 1, new TreeMap<>(), caps, List.of(), Optional.of(10));
        AccessSettings access = new AccessSettings(List.of(), List.of(), new TreeMap<>(Map.of("physics", capped)));
        String job = "{\"command\":[\"true\"],\"project\":\"physics\",\"begin\":\"2099-01-01T00:00:00Z\"";
        try (Site physics = Site.open(access)) {
            for (String path : List.of("/v1/jobs", "/v1/jobs?dryRun=true")) {
                HttpResponse<String> urgent = physics.post(path, job + ",\"priorityClass\":11}");
                assertThat(urgent.statusCode()).isEqualTo(422);
                assertThat(Site.code(urgent)).isEqualTo("cannot-run");
                assertThat(Site.json(urgent).get("detail").asText())
                        .isEqualTo(
                                "priority: expected at most 10, the highest that jobs of project physics may have, found 11");
                HttpResponse<String> large = physics.post(path, job + ",\"array\":\"0-3\"}");
                assertThat(large.statusCode()).isEqualTo(422);
                assertThat(Site.json(large).get("detail").asText())
                        .isEqualTo(
                                "expected a job of at most 3 tasks, for no more of project physics may wait, found 4");
            }
            physics.submit(null, job + ",\"array\":\"0-1\"}");
            for (String path : List.of("/v1/jobs", "/v1/jobs?dryRun=true")) {
                HttpResponse<String> full = physics.post(path, job + "}");
                assertThat(full.statusCode()).isEqualTo(429);
                assertThat(Site.code(full)).isEqualTo("queue-full");
                assertThat(full.headers().firstValue("Retry-After")).hasValue("120");
                assertThat(Site.json(full).get("detail").asText())
                        .isEqualTo(
                                "expected at most 2 waiting tasks of user root in project physics, found 2, and 1 more asked"
                                        + " for; submit again when some have started");
            }
        }
    }
}
