package dev.sluice.policy.trace;

import dev.sluice.job.InvalidValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads a trace of comma-separated values: a first line that names the columns, in any order, then a job a line. Without quotes:
 * no value has a comma in it.
 *
 * <p>{@code submit}, {@code run} (both seconds) and {@code cpus} have to be there; {@code limit} (seconds), {@code memory} (bytes
 * for each CPU), {@code gpus}, {@code user}, {@code group} and {@code queue} may be. An empty value is an unknown one.
 */
public final class CsvReader {
    private static final List<String> NEEDED = List.of("submit", "run", "cpus");
    private static final List<String> KNOWN =
            List.of("submit", "run", "cpus", "limit", "memory", "gpus", "user", "group", "queue");

    private final Map<String, Integer> columns = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();
    private int line;

    private CsvReader() {}

    /** @throws InvalidValue for the first line that is wrong, which it names by its number */
    public static Trace read(Iterator<String> lines) {
        CsvReader reader = new CsvReader();
        List<TraceJob> jobs = new ArrayList<>();
        while (lines.hasNext()) {
            reader.line++;
            String text = lines.next().strip();
            if (reader.columns.isEmpty()) {
                reader.head(text);
            } else if (!text.isEmpty()) {
                jobs.add(reader.job(text.split(",", -1)));
            }
        }
        return new Trace(Optional.empty(), OptionalInt.empty(), jobs, Collections.emptySortedMap());
    }

    private void head(String text) {
        String[] heads = text.split(",", -1);
        for (int i = 0; i < heads.length; i++) {
            String head = heads[i].strip();
            if (!KNOWN.contains(head) || columns.put(head, i) != null) {
                throw new InvalidValue("line " + line, "the columns " + String.join(", ", KNOWN) + ", each once", head);
            }
        }
        for (String needed : NEEDED) {
            if (!columns.containsKey(needed)) {
                throw new InvalidValue("line " + line, "a column " + needed, text);
            }
        }
    }

    private TraceJob job(String[] values) {
        if (values.length != columns.size()) {
            throw new InvalidValue(
                    "line " + line,
                    columns.size() + " values",
                    values.length + " of them: " + String.join(",", values));
        }
        try {
            OptionalLong limit = number(values, "limit");
            return new TraceJob(
                    line - 1L,
                    needed(values, "submit"),
                    needed(values, "run"),
                    (int) Math.min(needed(values, "cpus"), Integer.MAX_VALUE),
                    limit,
                    number(values, "memory").orElse(0),
                    (int) Math.min(number(values, "gpus").orElse(0), Integer.MAX_VALUE),
                    word(values, "user"),
                    word(values, "group"),
                    word(values, "queue"));
        } catch (InvalidValue e) {
            throw new InvalidValue("line " + line + ", " + e.field(), e.expected(), e.found());
        }
    }

    private String word(String[] values, String column) {
        Integer at = columns.get(column);
        return at == null ? "" : names.computeIfAbsent(values[at].strip(), name -> name);
    }

    private long needed(String[] values, String column) {
        return number(values, column).orElseThrow(() -> new InvalidValue(column, "a number", "nothing"));
    }

    private OptionalLong number(String[] values, String column) {
        String word = word(values, column);
        if (word.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            double value = Double.parseDouble(word);
            if (value >= 0 && value <= 1e18) {
                return OptionalLong.of(Math.round(value));
            }
        } catch (NumberFormatException e) {
            // Said below, with its line.
        }
        throw new InvalidValue(column, "a number from 0", word);
    }
}
