package dev.sluice.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class ContractRoutesTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");

    @Test
    void everyRouteIsInTheContractAndTheOtherWayRound() throws Exception {
        try (Site site = Site.open()) {
            Set<String> served = new TreeSet<>();
            site.door.routes().forEach(route -> served.add(route.method() + " " + route.path()));
            HttpResponse<String> contract = site.get("/openapi.yaml");
            assertThat(contract.headers().firstValue("Content-Type")).hasValue("application/yaml");
            assertThat(served).isEqualTo(written(contract.body()));
        }
    }

    @Test
    void whatNeedsNoTokenIsInTheContractToo() throws Exception {
        try (Site site = Site.open()) {
            Set<String> open = new TreeSet<>();
            site.door.routes().stream()
                    .filter(route -> route.entry() == Routes.Entry.OPEN)
                    .forEach(route -> open.add(route.path()));
            Set<String> written = new TreeSet<>();
            paths(site.get("/openapi.yaml").body())
                    .forEach((path, operations) -> operations.forEach((method, value) -> {
                        if (value instanceof Map<?, ?> operation && operation.containsKey("security")) {
                            written.add(path);
                        }
                    }));
            assertThat(open).isEqualTo(written);
        }
    }

    private static Set<String> written(String contract) {
        Set<String> written = new TreeSet<>();
        paths(contract)
                .forEach((path, operations) -> operations.keySet().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> written.add(method.toUpperCase(Locale.ROOT) + " " + path)));
        return written;
    }

    private static Map<String, Map<String, Object>> paths(String contract) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(1000);
        Map<String, Map<String, Map<String, Object>>> document = new Yaml(new SafeConstructor(options)).load(contract);
        return document.getOrDefault("paths", Map.of());
    }
}
