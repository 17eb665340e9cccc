package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.ProjectSettings;
import dev.sluice.gateway.identity.Role;
import dev.sluice.job.UserName;
import dev.sluice.testkit.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may what, over the whole way from a token to an answer. */
class RolesTest {
    private static final String LATER =
            "{\"command\":[\"true\"],\"project\":\"physics\",\"begin\":\"2099-01-01T00:00:00Z\"}";

    private static Site site;

    @BeforeAll
    static void open() throws Exception {
        site = Site.peopled();
    }

    @AfterAll
    static void close() throws Exception {
        site.close();
    }

    /** A job of sam's in physics; what each may do with it. */
    @ParameterizedTest
    @Fault({"B23", "B19"})
    @CsvSource({
        // user, see, spec, touch, submit, submit for sam, drain, tokens
        "root, 200, 200, 202, 201, 201, 202, 200",
        "adam, 200, 200, 202, 201, 403, 403, 403",
        "otto, 200, 200, 202, 201, 403, 403, 403",
        "sam, 200, 200, 202, 201, 201, 403, 403",
        "sue, 200, 403, 403, 201, 403, 403, 403",
        "vera, 200, 403, 403, 403, 403, 403, 403",
        "bea, 404, 404, 404, 403, 403, 403, 403",
        "nobody, 404, 404, 404, 403, 403, 403, 403",
        "mallory, 403, 403, 403, 403, 403, 403, 403"
    })
    void eachMayWhatHisRoleSays(
            String user, int see, int spec, int touch, int submit, int forSam, int drain, int tokens) throws Exception {
        String path = "/v1/jobs/" + site.submit("sam", LATER);
        for (String part : List.of("", "/tasks", "/explain", "/events?limit=5")) {
            var request = site.request("GET", path + part, user, null).header("Accept", "application/json");
            assertThat(site.send(request).statusCode()).as(part).isEqualTo(see);
        }
        assertThat(site.get(path + "/spec", user).statusCode()).isEqualTo(spec);
        assertThat(site.call("POST", path + "/hold", user, null).statusCode()).isEqualTo(touch);
        assertThat(site.call("POST", path + "/release", user, null).statusCode())
                .isEqualTo(touch);
        assertThat(site.call("PATCH", path, user, "{\"priorityClass\":1}").statusCode())
                .isEqualTo(touch == 202 ? 200 : touch);
        assertThat(site.call("DELETE", path, user, null).statusCode()).isEqualTo(touch);
        assertThat(site.call("POST", "/v1/jobs", user, LATER).statusCode()).isEqualTo(submit);
        String his = LATER.replace("{\"command\"", "{\"user\":\"sam\",\"command\"");
        assertThat(site.call("POST", "/v1/jobs", user, his).statusCode()).isEqualTo(forSam);
        assertThat(site.call("POST", "/v1/clusters/one/drain", user, null).statusCode())
                .isEqualTo(drain);
        assertThat(site.call("POST", "/v1/clusters/one/resume", user, null).statusCode())
                .isEqualTo(drain);
        assertThat(site.get("/v1/tokens", user).statusCode()).isEqualTo(tokens);
        String log = site.get(path + "/logs/stdout", user).body();
        assertThat(log).contains(see == 403 ? "forbidden" : "not-found");
    }

    @Test
    @Fault("B23")
    void whatOneMayNotSeeIsAsIfItWereNotThere() throws Exception {
        int job = site.submit("sam", LATER);
        HttpResponse<String> hidden = site.get("/v1/jobs/" + job, "bea");
        HttpResponse<String> absent = site.get("/v1/jobs/2147480000", "bea");
        assertThat(hidden.body().replace(Integer.toString(job), "ID"))
                .isEqualTo(absent.body().replace("2147480000", "ID"));
        // Neither does a job that waits for it tell of it.
        String after = "{\"command\":[\"true\"],\"project\":\"biology\",\"after\":\"afterany:%d\"}";
        HttpResponse<String> onHidden = site.call("POST", "/v1/jobs", "bea", after.formatted(job));
        HttpResponse<String> onAbsent = site.call("POST", "/v1/jobs", "bea", after.formatted(2147480000));
        assertThat(onHidden.statusCode()).isEqualTo(422);
        assertThat(onHidden.body().replace(Integer.toString(job), "ID"))
                .isEqualTo(onAbsent.body().replace("2147480000", "ID"));
    }

    @Test
    @Fault("B23")
    void listsHoldWhatOneMaySee() throws Exception {
        int physics = site.submit("sam", LATER);
        int biology = site.submit("bea", LATER.replace("physics", "biology"));
        assertThat(site.get("/v1/jobs?limit=1000", "vera").body())
                .contains("\"id\":" + physics)
                .doesNotContain("\"id\":" + biology, "bea");
        assertThat(site.get("/v1/jobs?limit=1000", "nobody").body()).isEqualTo("{\"jobs\":[]}");
        assertThat(site.get("/v1/jobs?limit=1000&user=sam", "bea").body()).isEqualTo("{\"jobs\":[]}");
        assertThat(site.get("/v1/jobs?limit=1000", "root").body()).contains("\"id\":" + physics, "\"id\":" + biology);
        assertThat(site.get("/v1/projects", "bea").body()).contains("biology").doesNotContain("physics", "sam");
        assertThat(site.get("/v1/projects", "adam").body())
                .contains("physics", "sam")
                .doesNotContain("biology");
        assertThat(site.get("/v1/usage", "bea").body()).doesNotContain("physics");
    }

    @Test
    void onlyAnAdministratorReadsTheSettingsAgain() throws Exception {
        Instant then = Instant.parse("2026-11-30T12:00:00Z");
        site.reloads = new Reloading() {
            @Override
            public Outcome reload() {
                return new Outcome.Done(List.of("access"), List.of("http"));
            }

            @Override
            public List<Source> sources() {
                return List.of(new Source("sync", Optional.of(then), Optional.empty(), 3, List.of("it ended with 1")));
            }
        };
        for (String user : List.of("adam", "otto", "sam", "nobody")) {
            assertThat(site.call("POST", "/v1/reload", user, null).statusCode()).isEqualTo(403);
            assertThat(site.get("/v1/reload", user).statusCode()).isEqualTo(403);
        }
        String sources = "\"sources\":[{\"name\":\"sync\",\"asked\":\"2026-11-30T12:00:00Z\",\"projects\":3,"
                + "\"problems\":[\"it ended with 1\"]}]";
        HttpResponse<String> done = site.call("POST", "/v1/reload", "root", null);
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEqualTo("{\"changed\":[\"access\"],\"restart\":[\"http\"]," + sources + "}");
        assertThat(site.get("/v1/reload", "root").body()).isEqualTo("{" + sources + "}");
    }

    @Test
    void badSettingsAreAConflictThatTellsAllProblems() throws Exception {
        List<String> problems = List.of("sluice.yaml:1:2: access.x: expected a, found b; c", "policy: expected d");
        site.reloads = refusing(problems);
        HttpResponse<String> refused = site.call("POST", "/v1/reload", "root", null);
        assertThat(refused.statusCode()).isEqualTo(409);
        JsonNode problem = Site.json(refused);
        assertThat(problem.get("detail").asText())
                .isEqualTo("nothing was changed: expected no problems in the settings, found 2");
        assertThat(problem.get("errors").toString())
                .isEqualTo("[{\"pointer\":\"sluice.yaml:1:2\",\"detail\":\"access.x: expected a, found b; c\"},"
                        + "{\"pointer\":\"policy\",\"detail\":\"expected d\"}]");
        site.reloads = refusing(problems.subList(1, 2));
        assertThat(Site.json(site.call("POST", "/v1/reload", "root", null))
                        .get("detail")
                        .asText())
                .isEqualTo("nothing was changed: policy: expected d");
        site.reloads = Reloading.NOTHING;
        assertThat(site.call("POST", "/v1/reload", "root", null).body()).contains("there is nothing to read again");
    }

    private static Reloading refusing(List<String> problems) {
        return new Reloading() {
            @Override
            public Outcome reload() {
                return new Outcome.Refused(problems);
            }

            @Override
            public List<Source> sources() {
                return List.of();
            }
        };
    }

    @Test
    void whoMayWhatIsAnotherMatterAfterAReload() throws Exception {
        Access before = site.access;
        assertThat(site.get("/v1/projects", "bea").body()).contains("biology");
        assertThat(site.call("POST", "/v1/jobs", "mallory", LATER).statusCode()).isEqualTo(403);
        site.access = new Access(new AccessSettings(
                List.of(),
                List.of(new UserName("bea")),
                new TreeMap<>(
                        Map.of("physics", ProjectSettings.of(new TreeMap<>(Map.of("mallory", Role.SUBMITTER)))))));
        try {
            assertThat(site.call("POST", "/v1/jobs", "mallory", LATER).statusCode())
                    .isEqualTo(201);
            assertThat(site.get("/v1/projects", "bea").statusCode()).isEqualTo(403);
            assertThat(site.get("/v1/tokens", "root").statusCode()).isEqualTo(403);
        } finally {
            site.access = before;
        }
    }

    @Test
    void aProjectIsMeantWhenThereIsOne() throws Exception {
        int job = site.submit("bea", Site.ECHO);
        assertThat(Site.json(site.get("/v1/jobs/" + job, "bea")).get("project").asText())
                .isEqualTo("biology");
        assertThat(site.call("POST", "/v1/jobs", "nobody", Site.ECHO).statusCode())
                .isEqualTo(400);
        HttpResponse<String> unknown = site.call("POST", "/v1/jobs", "bea", LATER);
        HttpResponse<String> none = site.call("POST", "/v1/jobs", "bea", LATER.replace("physics", "astrology"));
        assertThat(unknown.body().replace("physics", "X")).isEqualTo(none.body().replace("astrology", "X"));
    }

    @Test
    void aTokenCanBeForLess() throws Exception {
        String viewer = site.make("root", Optional.of(Role.VIEWER));
        int job = site.submit("sam", LATER);
        assertThat(site.get("/v1/jobs/" + job, viewer).statusCode()).isEqualTo(200);
        assertThat(site.call("DELETE", "/v1/jobs/" + job, viewer, null).statusCode())
                .isEqualTo(403);
        assertThat(site.call("POST", "/v1/jobs", viewer, LATER).statusCode()).isEqualTo(403);
        assertThat(site.get("/v1/tokens", viewer).statusCode()).isEqualTo(403);
        assertThat(site.call("POST", "/v1/clusters/one/drain", viewer, null).statusCode())
                .isEqualTo(403);
        assertThat(Site.json(site.get("/v1/whoami", viewer)).toString())
                .isEqualTo(
                        "{\"user\":\"root\",\"admin\":false,\"roles\":{\"biology\":\"viewer\",\"physics\":\"viewer\"}}");
    }

    @Test
    void tokensAreMadeShownOnceAndRevoked() throws Exception {
        HttpResponse<String> made =
                site.call("POST", "/v1/tokens", "root", "{\"user\":\"bea\",\"note\":\"ci\",\"lifeSeconds\":3600}");
        assertThat(made.statusCode()).isEqualTo(201);
        JsonNode token = Site.json(made);
        String secret = token.get("secret").asText();
        assertThat(secret).matches("slu_[A-Za-z0-9_-]{43}");
        assertThat(site.get("/v1/whoami", secret).body()).contains("bea");
        assertThat(site.get("/v1/tokens", "root").body())
                .contains(token.get("id").asText())
                .doesNotContain(secret);
        assertThat(site.call("DELETE", "/v1/tokens/" + token.get("id").asText(), "root", null)
                        .statusCode())
                .isEqualTo(204);
        assertThat(site.get("/v1/whoami", secret).statusCode()).isEqualTo(401);
        assertThat(site.call("DELETE", "/v1/tokens/none", "root", null).statusCode())
                .isEqualTo(404);
        for (String bad : List.of(
                "{}",
                "{\"user\":\"BEA\"}",
                "{\"user\":\"bea\",\"lifeSeconds\":1}",
                "{\"user\":\"bea\",\"note\":\"a\\nb\"}",
                "{\"user\":\"bea\",\"lifeSeconds\":3000000000}",
                "{\"user\":\"bea\",\"role\":\"admin\"}")) {
            assertThat(site.call("POST", "/v1/tokens", "root", bad).statusCode())
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void metersAreForThoseInAProject() throws Exception {
        assertThat(site.get("/metrics", "vera").statusCode()).isEqualTo(200);
        assertThat(site.get("/metrics", "nobody").statusCode()).isEqualTo(403);
        assertThat(site.get("/metrics").statusCode()).isEqualTo(401);
        assertThat(site.get("/health/ready").statusCode()).isEqualTo(200);
    }
}
