package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RoutesTest {
    private final Routes routes = new Routes();

    RoutesTest() {
        routes.add("GET", "/v1/jobs", x -> {});
        routes.add("POST", "/v1/jobs", x -> {});
        routes.add("GET", "/v1/jobs/{id}/logs/{stream}", x -> {});
        routes.add("DELETE", "/v1/jobs/{id}", x -> {});
    }

    private String match(String method, String path) {
        return switch (routes.match(method, path)) {
            case Routes.Match.Found found ->
                found.route().method() + " " + found.route().path() + " " + found.arguments();
            case Routes.Match.OtherMethods other -> "only " + other.allow();
            case Routes.Match.Nothing nothing -> "nothing";
        };
    }

    @Test
    void aPathIsTakenAsItIs() {
        assertThat(match("GET", "/v1/jobs")).isEqualTo("GET /v1/jobs []");
        assertThat(match("GET", "/v1/jobs/7/logs/stdout")).isEqualTo("GET /v1/jobs/{id}/logs/{stream} [7, stdout]");
        for (String other : new String[] {
            "",
            "*",
            "/",
            "/v1",
            "/v1/jobs/",
            "//v1/jobs",
            "/v1//jobs",
            "/V1/jobs",
            "/v1/jobs/7/logs/",
            "/v1/jobs/7/logs",
            "/v1/./jobs",
            "/v1/x/../jobs",
            "/a".repeat(1000)
        }) {
            assertThat(match("GET", other)).as(other).isEqualTo("nothing");
        }
    }

    @Test
    void anotherMethodIsToldWhichThereAre() {
        assertThat(match("PUT", "/v1/jobs")).isEqualTo("only GET, HEAD, POST");
        assertThat(match("HEAD", "/v1/jobs")).isEqualTo("GET /v1/jobs []");
        assertThat(match("HEAD", "/v1/jobs/7")).isEqualTo("only DELETE");
    }

    @Test
    void twoRoutesOfOneKindAreAMistake() {
        assertThatThrownBy(() -> routes.add("GET", "/v1/jobs", x -> {})).isInstanceOf(IllegalArgumentException.class);
    }
}
