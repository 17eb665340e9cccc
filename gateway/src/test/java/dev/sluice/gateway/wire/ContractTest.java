package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Event;
import dev.sluice.job.Gate;
import dev.sluice.job.Status;
import dev.sluice.job.StopReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The contract holds together, and its lists of words are the code's. */
class ContractTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

    /** The words that a property of a component may be. */
    static Set<String> words(String component, String property) {
        return words(Contract.at(Contract.schemas(), component, "properties", property));
    }

    private static Set<String> words(Map<String, Object> schema) {
        Set<String> words = new TreeSet<>();
        for (Object word : (List<?>) Objects.requireNonNull(schema.get("enum"))) {
            words.add(String.valueOf(word));
        }
        return words;
    }

    private static Set<String> kebab(Enum<?>... constants) {
        Set<String> words = new TreeSet<>();
        Arrays.stream(constants)
                .forEach(constant ->
                        words.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        return words;
    }

    @Test
    void itsWordsAreTheCodes() {
        assertThat(words(Contract.at(Contract.schemas(), "Status"))).isEqualTo(kebab(Status.values()));
        assertThat(words(Contract.at(Contract.schemas(), "Gate"))).isEqualTo(kebab(Gate.values()));
        assertThat(words("Problem", "code")).isEqualTo(kebab(Problem.Code.values()));
        assertThat(words("TaskGroup", "stopping")).isEqualTo(kebab(StopReason.values()));
        assertThat(words("Event", "stopping")).isEqualTo(kebab(StopReason.values()));
        assertThat(words("Event", "cause")).isEqualTo(kebab(Event.Cause.values()));
    }

    private static void everyObject(Object node, String path, BiConsumer<String, Map<String, Object>> visit) {
        if (node instanceof Map<?, ?>) {
            Map<String, Object> map = Contract.map(node);
            visit.accept(path, map);
            map.forEach((key, value) -> {
                if (value != null) {
                    everyObject(value, path + "/" + key, visit);
                }
            });
        } else if (node instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                everyObject(list.get(i), path + "/" + i, visit);
            }
        }
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryComponentIsUsed() {
        Set<String> used = new HashSet<>();
        everyObject(Contract.DOCUMENT, "", (path, object) -> {
            if (object.get("$ref") instanceof String reference) {
                assertThat(reference).as(path).startsWith("#/components/");
                assertThat(Contract.at(Contract.DOCUMENT, reference.substring(2).split("/")))
                        .as(reference)
                        .isNotNull();
                used.add(reference);
            }
        });
        Set<String> unused = new TreeSet<>();
        for (String kind : List.of("schemas", "parameters", "responses")) {
            for (String name :
                    Contract.at(Contract.DOCUMENT, "components", kind).keySet()) {
                String reference = "#/components/" + kind + "/" + name;
                if (!used.contains(reference)) {
                    unused.add(reference);
                }
            }
        }
        assertThat(unused).isEmpty();
    }

    @Test
    void everyOperationIsNamedAnsweredAndDescribed() {
        List<String> ids = new ArrayList<>();
        Contract.at(Contract.DOCUMENT, "paths").forEach((path, item) -> {
            Contract.map(item).forEach((method, operation) -> {
                if (METHODS.contains(method)) {
                    Map<String, Object> op = Contract.map(operation);
                    String where = method + " " + path;
                    assertThat(op).as(where).containsKeys("operationId", "summary", "tags", "responses");
                    ids.add(String.valueOf(op.get("operationId")));
                    Set<String> answers = Contract.at(op, "responses").keySet();
                    assertThat(answers).as(where).anyMatch(status -> status.startsWith("2"));
                    if (!op.containsKey("security")) {
                        assertThat(answers).as(where).contains("401");
                    }
                }
            });
            long named = path.chars().filter(c -> c == '{').count();
            Object parameters = Contract.map(item).getOrDefault("parameters", List.of());
            assertThat(((List<?>) parameters).size()).as(path).isGreaterThanOrEqualTo((int) named);
        });
        assertThat(ids).hasSizeGreaterThan(25).doesNotHaveDuplicates();
    }

    @Test
    void itsExamplesAreJobs() {
        var request = Contract.ofRequest("JobRequest");
        Map<String, Object> json = Contract.at(
                Contract.DOCUMENT, "paths", "/v1/jobs", "post", "requestBody", "content", "application/json");
        Contract.at(json, "examples").forEach((name, example) -> {
            Object value = Objects.requireNonNull(Contract.map(example).get("value"));
            String text = Contract.JSON.writeValueAsString(value);
            assertThat(Contract.objections(request, text)).as(name).isEmpty();
            assertThat(SpecReader.one(text.getBytes(StandardCharsets.UTF_8), SpecReaderTest.ADA))
                    .as(name)
                    .isInstanceOf(Reading.Good.class);
        });
        Map<String, Object> problem = Contract.at(
                Contract.DOCUMENT,
                "components",
                "responses",
                "BadRequest",
                "content",
                "application/problem+json",
                "example");
        assertThat(Contract.objections(Contract.ofAnswer("Problem"), Contract.JSON.writeValueAsString(problem)))
                .isEmpty();
    }
}
