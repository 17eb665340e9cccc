package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark has measured: lines of {@code name value unit goal}, printed as they come and written to
 * {@code bench/results/NAME.json} at the end. For one thread.
 */
final class Report {
    private static final Path RESULTS = Path.of("bench", "results");

    private final String bench;
    private final List<Line> lines = new ArrayList<>();

    Report(String bench) {
        this.bench = bench;
    }

    /** @param goal what is to be reached; {@link Goal#NONE} for what is only to be seen */
    record Line(String name, double value, String unit, Goal goal) {
        boolean missed() {
            return !goal.met(value);
        }
    }

    /** A bound that a value keeps. */
    sealed interface Goal {
        Goal NONE = new None();

        boolean met(double value);

        String text();

        record None() implements Goal {
            @Override
            public boolean met(double value) {
                return true;
            }

            @Override
            public String text() {
                return "-";
            }
        }

        record AtLeast(double bound) implements Goal {
            @Override
            public boolean met(double value) {
                return value >= bound;
            }

            @Override
            public String text() {
                return ">=" + plain(bound);
            }
        }

        record AtMost(double bound) implements Goal {
            @Override
            public boolean met(double value) {
                return value <= bound;
            }

            @Override
            public String text() {
                return "<=" + plain(bound);
            }
        }
    }

    void line(String name, double value, String unit) {
        line(name, value, unit, Goal.NONE);
    }

    void line(String name, double value, String unit, Goal goal) {
        Line line = new Line(name, value, unit, goal);
        lines.add(line);
        System.out.printf(
                "%-44s %14s %-10s %-8s%s%n", name, plain(value), unit, goal.text(), line.missed() ? " MISSED" : "");
    }

    /** Says how it goes on; no part of the result. */
    static void note(String text) {
        System.out.println("  " + text);
    }

    private static String plain(double value) {
        return Math.abs(value) >= 100
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.3g", value);
    }

    /** Writes the file; whether all goals were met. */
    boolean write() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode().put("bench", bench);
        root.put("java", Runtime.version().toString())
                .put("processors", Runtime.getRuntime().availableProcessors());
        ArrayNode all = root.putArray("lines");
        for (Line line : lines) {
            all.addObject()
                    .put("name", line.name())
                    .put("value", line.value())
                    .put("unit", line.unit())
                    .put("goal", line.goal().text())
                    .put("met", !line.missed());
        }
        Files.createDirectories(RESULTS);
        Files.writeString(
                RESULTS.resolve(bench + ".json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
        return lines.stream().noneMatch(Line::missed);
    }
}
