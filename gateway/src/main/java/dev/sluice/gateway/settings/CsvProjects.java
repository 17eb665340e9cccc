package dev.sluice.gateway.settings;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A table of projects (RFC 4180), a line each, as the nodes of a file that says the same. Its first line names the columns, in any order:
 * {@code project}; {@code description}, {@code weight}, {@code most-priority}, {@code queued}, {@code running}, {@code queued-per-user},
 * {@code running-per-user}; {@code clusters} and {@code members} (as {@code ada:submitter}), their words parted by blanks; and
 * {@code RESOURCE.nominal}, {@code RESOURCE.borrowing}, {@code RESOURCE.weight}, as {@code cpus@hpc.nominal}. An empty cell says nothing.
 */
final class CsvProjects {
    private static final String PROJECT = "project";
    private static final Set<String> PLAIN = Set.of("description", "weight", "most-priority");
    private static final Set<String> CAPS = Set.of("queued", "running", "queued-per-user", "running-per-user");
    private static final Set<String> SHARES = Set.of("nominal", "borrowing", "weight");

    private final String name;
    private final List<Problem> problems = new ArrayList<>();

    private CsvProjects(String name) {
        this.name = name;
    }

    static Reading<Optional<Node>> read(String name, String text) {
        CsvProjects reader = new CsvProjects(name);
        Node root = reader.root(text);
        return reader.problems.isEmpty()
                ? new Reading.Good<>(Optional.of(root))
                : new Reading.Bad<>(List.copyOf(reader.problems));
    }

    private Node root(String text) {
        List<NodeTuple> projects = new ArrayList<>();
        try (MappingIterator<String[]> rows = new CsvMapper()
                .readerFor(String[].class)
                .with(CsvParser.Feature.WRAP_AS_ARRAY)
                .with(CsvParser.Feature.SKIP_EMPTY_LINES)
                .with(CsvParser.Feature.TRIM_SPACES)
                .readValues(text)) {
            int line = line(rows);
            List<String> columns = rows.hasNextValue() ? columns(rows.nextValue()) : columns(new String[0]);
            while (problems.isEmpty() && rows.hasNextValue()) {
                line = Math.max(line + 1, line(rows));
                row(columns, rows.nextValue(), line).ifPresent(projects::add);
            }
        } catch (IOException e) {
            JsonLocation where = e instanceof JsonProcessingException parsing ? parsing.getLocation() : null;
            int line = where == null ? 1 : where.getLineNr();
            wrong(line, "a table of comma-separated values (RFC 4180)", "something else", "correct what stands here");
        }
        return mapping(1, List.of(tuple(1, "projects", mapping(1, projects))));
    }

    private static int line(MappingIterator<?> rows) {
        return rows.getCurrentLocation().getLineNr();
    }

    private void wrong(int line, String expected, String found, String advice) {
        problems.add(new Problem(name, line, 1, "", expected, found, advice));
    }

    private List<String> columns(String[] head) {
        List<String> columns = Arrays.asList(head);
        if (!columns.contains(PROJECT)) {
            wrong(1, "a first line that names the columns, " + PROJECT + " among them", "none", "print one first");
        }
        Set<String> seen = new TreeSet<>();
        for (String column : columns) {
            if (!seen.add(column)) {
                wrong(1, "each column once", "'" + column + "' again", "remove one of them");
            } else if (!isKnown(column)) {
                wrong(1, "a known column", "'" + column + "'", "remove it; docs/policy.md names them all");
            }
        }
        return columns;
    }

    private static boolean isKnown(String column) {
        return column.equals(PROJECT)
                || column.equals("clusters")
                || column.equals("members")
                || PLAIN.contains(column)
                || CAPS.contains(column)
                || share(column) > 0;
    }

    /** Where the resource of a column ends; 0 when it is no column of a share. */
    private static int share(String column) {
        int dot = column.lastIndexOf('.');
        return dot > 0 && SHARES.contains(column.substring(dot + 1)) ? dot : 0;
    }

    private Optional<NodeTuple> row(List<String> columns, String[] cells, int line) {
        if (cells.length != columns.size()) {
            wrong(line, columns.size() + " cells", Integer.toString(cells.length), "print one for each column");
            return Optional.empty();
        }
        List<NodeTuple> project = new ArrayList<>();
        List<NodeTuple> caps = new ArrayList<>();
        Map<String, List<NodeTuple>> shares = new LinkedHashMap<>();
        for (int i = 0; i < cells.length; i++) {
            String column = columns.get(i);
            String cell = cells[i].strip();
            int dot = share(column);
            if (cell.isEmpty() || column.equals(PROJECT)) {
                continue;
            } else if (dot > 0) {
                shares.computeIfAbsent(column.substring(0, dot), resource -> new ArrayList<>())
                        .add(tuple(line, column.substring(dot + 1), scalar(line, cell)));
            } else if (CAPS.contains(column)) {
                caps.add(tuple(line, column, scalar(line, cell)));
            } else if (column.equals("members")) {
                project.add(tuple(line, column, members(line, cell)));
            } else if (column.equals("clusters")) {
                List<Node> clusters =
                        words(cell).map(word -> scalar(line, word)).toList();
                project.add(
                        tuple(line, column, new SequenceNode(Tag.SEQ, true, clusters, mark(line), mark(line), FLOW)));
            } else {
                project.add(tuple(line, column, scalar(line, cell)));
            }
        }
        List<NodeTuple> byResource = new ArrayList<>();
        shares.forEach((resource, words) -> byResource.add(tuple(line, resource, mapping(line, words))));
        project.add(tuple(line, "shares", mapping(line, byResource)));
        project.add(tuple(line, "caps", mapping(line, caps)));
        return Optional.of(tuple(line, cells[columns.indexOf(PROJECT)].strip(), mapping(line, project)));
    }

    private static Stream<String> words(String cell) {
        return Arrays.stream(cell.split("[\\s;]+")).filter(word -> !word.isEmpty());
    }

    /** {@code ada:submitter grace:operator}. */
    private static Node members(int line, String cell) {
        List<NodeTuple> members = words(cell)
                .map(word -> {
                    int colon = word.indexOf(':');
                    String role = colon < 0 ? "" : word.substring(colon + 1);
                    return tuple(line, colon < 0 ? word : word.substring(0, colon), scalar(line, role));
                })
                .toList();
        return mapping(line, members);
    }

    private static final DumperOptions.FlowStyle FLOW = DumperOptions.FlowStyle.BLOCK;

    private static NodeTuple tuple(int line, String key, Node value) {
        return new NodeTuple(scalar(line, key), value);
    }

    private static Node mapping(int line, List<NodeTuple> tuples) {
        return new MappingNode(Tag.MAP, true, tuples, mark(line), mark(line), FLOW);
    }

    private static Node scalar(int line, String text) {
        return new ScalarNode(Tag.STR, text, mark(line), mark(line), DumperOptions.ScalarStyle.DOUBLE_QUOTED);
    }

    private static Mark mark(int line) {
        return new Mark("", 0, line - 1, 0, new int[0], 0);
    }
}
