package dev.sluice.gateway.wire;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.exc.JsonNodeException;
import tools.jackson.databind.json.JsonMapper;

/** The contract as a document and as a judge, for tests. */
final class Contract {
    static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    static final Map<String, Object> DOCUMENT = document();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    private Contract() {}

    private static Map<String, Object> document() {
        try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The schema of what people send, as it stands. */
    static Schema ofRequest(String component) {
        return schema(component, DOCUMENT);
    }

    /** The schema of an answer, with every object closed: a key that it does not name is an error. */
    static Schema ofAnswer(String component) {
        return schema(component, map(closed(DOCUMENT)));
    }

    private static Schema schema(String component, Map<String, Object> document) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$ref", "#/$defs/" + component);
        root.put("$defs", at(document, "components", "schemas"));
        return REGISTRY.getSchema(
                JSON.writeValueAsString(root).replace("#/components/schemas/", "#/$defs/"), InputFormat.JSON);
    }

    private static Object closed(Object node) {
        if (node instanceof List<?> list) {
            return list.stream().map(Contract::closed).toList();
        }
        if (!(node instanceof Map<?, ?>)) {
            return node;
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        map(node).forEach((key, value) -> copy.put(key, value == null ? null : closed(value)));
        boolean open = "object".equals(copy.get("type"))
                && copy.containsKey("properties")
                && !copy.containsKey("additionalProperties");
        if (open) {
            copy.put("additionalProperties", false);
        }
        return copy;
    }

    @SuppressWarnings("unchecked") // What YAML calls a map has texts for keys here.
    static Map<String, Object> map(Object node) {
        return (Map<String, Object>) node;
    }

    static Map<String, Object> schemas() {
        return at(DOCUMENT, "components", "schemas");
    }

    /** The object below by these keys. */
    static Map<String, Object> at(Map<String, Object> node, String... keys) {
        Map<String, Object> at = node;
        for (String key : keys) {
            at = map(Objects.requireNonNull(at.get(key), key));
        }
        return at;
    }

    /** What the schema objects to; nothing when it is valid. */
    static List<String> objections(Schema schema, String json) {
        return schema.validate(JSON.readTree(json)).stream()
                .map(Object::toString)
                .toList();
    }

    static boolean accepts(Schema schema, JsonNode json) {
        try {
            return schema.validate(json).isEmpty();
        } catch (JsonNodeException e) {
            // The validator compares with longs and throws at 1e400, which every bound of the contract excludes.
            return false;
        }
    }
}
