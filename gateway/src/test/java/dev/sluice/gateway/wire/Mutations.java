package dev.sluice.gateway.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Ways to spoil a JSON text, or not quite. */
final class Mutations {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** At every bound of the contract and beside it, and beyond what numbers hold. */
    private static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "1",
            "2",
            "59",
            "60",
            "61",
            "64",
            "65",
            "120",
            "255",
            "256",
            "1000",
            "1001",
            "65535",
            "65536",
            "65537",
            "86400",
            "86401",
            "1000000",
            "1000001",
            "4000000",
            "4000001",
            "16777216",
            "16777217",
            "31536000",
            "31536060",
            "1000000000",
            "1000000001",
            "2147483647",
            "2147483648",
            "3153600000",
            "3153600001",
            "1125899906842624",
            "1125899906842625",
            "9223372036854775807",
            "9223372036854775808",
            "1e400",
            "1e-400",
            "0.5",
            "1.0",
            "6e1",
            "-0.0",
            "1.00000000000000000000000001");

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "1",
            "a",
            "A",
            "a b",
            "a\n",
            "a\r\n",
            "a\u2028",
            "\u202eb",
            "\u0000",
            "a\u0000b",
            "\ud800",
            "a\udc00b",
            "é",
            "日本語",
            "\ud83d\ude00",
            "null",
            "true",
            "unlimited",
            "whole-node",
            "cluster-default",
            "exclusive-user",
            "Exclusive",
            "append",
            "read-only",
            "any",
            "keep",
            "end",
            "steps",
            "singleton",
            "after",
            "afterok",
            "aftercorr",
            "*",
            "a100",
            "A100",
            "-x",
            "a/b",
            "a//b",
            "/a",
            "/a/",
            "/",
            "/a/../b",
            "/a/./b",
            "/..a",
            "..",
            "../x",
            "a:b",
            "a,b",
            "/a,b",
            "/a:b",
            "a=b",
            "x;rm -rf $HOME",
            "$(id)",
            "0-3",
            "3-0",
            "0-3,7%2",
            "[0-3]%2",
            "[[0-3]%2]",
            "0-3%",
            "0-10:0",
            "0-10:3",
            "4000001",
            "0000000001",
            "1,1,1",
            "0-999999",
            "0-1000000",
            "afterok:20",
            "afterok:20:21",
            "after:20+5",
            "afterok:20+5",
            "afterok:20+0",
            "aftercorr:20_3",
            "afterany:20_3",
            "20:21",
            "20+5",
            "afterok:0",
            "afterok:99999999999",
            "afterok:20,afterany:21",
            "afterok:20?afterany:21",
            "afterok:20,singleton?20",
            "afterok:",
            "afterok:20,",
            "ubuntu",
            "Ubuntu",
            "docker.io/library/ubuntu:22.04",
            "a.b/C",
            "x;rm",
            "file:///x",
            "ubuntu:",
            "ubuntu@sha256:00",
            "localhost:5000/a__b",
            "a___b",
            "host:99999/a",
            "https://example.org/x",
            "http://example.org:0/",
            "http://example.org:70000/",
            "ftp://example.org",
            "https://u:p@example.org/",
            "https://example.org/#f",
            "https://example.org/a b",
            "https:///x",
            "https://example_host/",
            "2026-12-01T00:00:00Z",
            "2026-12-01T00:00:00.123456789+05:30",
            "2026-02-30T00:00:00Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01T23:59:60Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "2026-12-01",
            "10000-01-01T00:00:00Z",
            "now",
            "QUJD",
            "QUI=",
            "QUI",
            "QQ==",
            "====",
            "Q Q=",
            "example.org/x",
            "k8s.io/x",
            "a.kubernetes.io/x",
            "x/y/z",
            "-a",
            "a-",
            "_a");

    private Mutations() {}

    /** All places of a tree but its root. */
    static List<JsonPointer> places(JsonNode tree) {
        List<JsonPointer> all = new ArrayList<>();
        collect(tree, JsonPointer.empty(), all);
        return all;
    }

    private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> into) {
        if (node instanceof ObjectNode object) {
            for (String name : object.propertyNames()) {
                JsonPointer below = at.appendProperty(name);
                into.add(below);
                collect(object.get(name), below, into);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonPointer below = at.appendIndex(i);
                into.add(below);
                collect(array.get(i), below, into);
            }
        }
    }

    /** Every value that a place of texts is tried with. */
    static List<JsonNode> values() {
        List<JsonNode> values = otherValues();
        TEXTS.forEach(text -> values.add(NODES.stringNode(text)));
        for (int length : new int[] {63, 64, 128, 129, 254, 255, 256, 1024, 1025, 2048, 4095, 4096}) {
            values.add(NODES.stringNode("x".repeat(length)));
            values.add(NODES.stringNode("/" + "x".repeat(length - 1)));
        }
        return values;
    }

    /** Every value that a place of anything else is tried with. */
    static List<JsonNode> otherValues() {
        List<JsonNode> values = new ArrayList<>();
        NUMBERS.forEach(number -> values.add(number(number)));
        List.of("", "1", "x", "unlimited", "whole-node").forEach(text -> values.add(NODES.stringNode(text)));
        values.add(NODES.nullNode());
        values.add(NODES.booleanNode(true));
        values.add(NODES.objectNode());
        values.add(NODES.arrayNode());
        values.add(NODES.arrayNode().add("x"));
        values.add(NODES.arrayNode().add("x").add("x"));
        values.add(NODES.arrayNode().add(1));
        values.add(NODES.arrayNode().addNull());
        values.add(NODES.objectNode().put("x", "y"));
        values.add(NODES.objectNode().put("x", 1));
        values.add(NODES.objectNode().putNull("x"));
        return values;
    }

    private static JsonNode number(String text) {
        boolean whole = text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        return whole ? NODES.numberNode(new BigInteger(text)) : NODES.numberNode(new BigDecimal(text));
    }

    /** The tree with another value at a place. */
    static JsonNode with(JsonNode tree, JsonPointer place, JsonNode value) {
        JsonNode copy = tree.deepCopy();
        JsonNode parent = copy.at(place.head());
        if (parent instanceof ObjectNode object) {
            object.set(place.last().getMatchingProperty(), value);
        } else if (parent instanceof ArrayNode array) {
            array.set(place.last().getMatchingIndex(), value);
        }
        return copy;
    }

    /** The tree with one of its places changed in some way: dropped, renamed, doubled, edited. */
    static JsonNode anyhow(JsonNode tree, List<JsonNode> values, RandomGenerator random) {
        List<JsonPointer> places = places(tree);
        JsonPointer place = places.get(random.nextInt(places.size()));
        JsonNode copy = tree.deepCopy();
        JsonNode parent = copy.at(place.head());
        JsonNode old = copy.at(place);
        JsonNode any = values.get(random.nextInt(values.size()));
        switch (random.nextInt(5)) {
            case 0 -> remove(parent, place);
            case 1 -> {
                remove(parent, place);
                put(parent, renamed(place.last().getMatchingProperty(), random), old);
            }
            case 2 ->
                put(
                        parent,
                        List.of("x", "Name", "cpus_per_task", "script", "args", "tasks", "kind", "a.b/c", "*")
                                .get(random.nextInt(9)),
                        random.nextBoolean() ? old : any);
            case 3 -> {
                if (old.isString()) {
                    return with(tree, place, NODES.stringNode(edited(old.stringValue(), random)));
                }
                return with(tree, place, any);
            }
            default -> {
                return with(tree, place, any);
            }
        }
        return copy;
    }

    private static void remove(JsonNode parent, JsonPointer place) {
        if (parent instanceof ObjectNode object) {
            object.remove(place.last().getMatchingProperty());
        } else if (parent instanceof ArrayNode array) {
            array.remove(place.last().getMatchingIndex());
        }
    }

    private static void put(JsonNode parent, @Nullable String name, JsonNode value) {
        if (parent instanceof ObjectNode object && name != null) {
            object.set(name, value);
        } else if (parent instanceof ArrayNode array) {
            array.add(value);
        }
    }

    private static String renamed(@Nullable String name, RandomGenerator random) {
        String of = name == null ? "x" : name;
        return switch (random.nextInt(3)) {
            case 0 -> of + "s";
            case 1 -> of.substring(1);
            default -> of.toUpperCase(Locale.ROOT);
        };
    }

    private static String edited(String text, RandomGenerator random) {
        int at = random.nextInt(text.length() + 1);
        int end = random.nextBoolean() ? at : Math.min(text.length(), at + 1);
        List<String> pieces = List.of(
                "", "x", "X", "-", ".", "_", "/", ":", ",", "%", "@", "=", " ", "\n", "\u0000", "é", "\ud83d", "0",
                "9");
        return text.substring(0, at) + pieces.get(random.nextInt(pieces.size())) + text.substring(end);
    }
}
