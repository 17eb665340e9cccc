package dev.sluice.slurm.ssh;

import dev.sluice.job.AttemptId;
import dev.sluice.job.InvalidValue;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the programs print of a claim directory: pieces that each begin with a random separator, as a claim's text is its
 * owner's.
 *
 * @param claims by file name, the text of each; empty text for a key without a claim
 * @param losers names of the losers' marks
 * @param made when their directory was made; empty where that was not asked or is not known
 */
record Claims(Map<String, String> claims, List<String> losers, Optional<Instant> made) {
    private static final String LOST = ".lost.";

    /** @throws UnreadableOutput when the end is missing */
    static Claims parse(String output, String separator) throws UnreadableOutput {
        Map<String, String> claims = new LinkedHashMap<>();
        List<String> losers = new ArrayList<>();
        Optional<Instant> made = Optional.empty();
        boolean ended = false;
        for (String piece : output.split(separator + " ", -1)) {
            int line = piece.indexOf('\n');
            String head = line < 0 ? piece : piece.substring(0, line);
            if (head.startsWith("key ")) {
                claims.put(head.substring(4), piece.substring(line + 1));
            } else if (head.startsWith("lost ")) {
                losers.add(head.substring(5));
            } else if (head.startsWith("made ")) {
                made = head.equals("made -") ? Optional.empty() : JobRows.time(head.substring(5));
            } else {
                ended |= head.equals("end");
            }
        }
        if (!ended) {
            throw new UnreadableOutput("a list of claims without its end");
        }
        return new Claims(claims, losers, made);
    }

    int losers(Key key) {
        String prefix = key + LOST;
        return (int) losers.stream().filter(name -> name.startsWith(prefix)).count();
    }

    Optional<Mark> mark(Key key) throws UnreadableOutput {
        String text = claims.getOrDefault(key.toString(), "");
        return text.isBlank() ? Optional.empty() : Optional.of(mark(text));
    }

    /** The keys of all claims and marks. */
    List<Key> keys() {
        List<Key> keys = new ArrayList<>();
        claims.keySet().forEach(name -> key(name).ifPresent(keys::add));
        for (String name : losers) {
            key(name.substring(0, Math.max(0, name.indexOf(LOST))))
                    .filter(key -> !keys.contains(key))
                    .ifPresent(keys::add);
        }
        return keys;
    }

    private static Optional<Key> key(String name) {
        String[] parts = name.split("\\.", -1);
        try {
            return parts.length == 3
                    ? Optional.of(
                            new Key(AttemptId.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])))
                    : Optional.empty();
        } catch (InvalidValue | NumberFormatException other) {
            return Optional.empty();
        }
    }

    private static Mark mark(String text) throws UnreadableOutput {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                fields.putIfAbsent(line.substring(0, space), line.substring(space + 1));
            }
        }
        if (fields.containsKey("taken")) {
            return new Mark.Taken();
        }
        return new Mark.Launched(
                JobRows.time(field(fields, "launched")).orElseThrow(() -> new UnreadableOutput("a launch at no time")),
                value(fields, "job_start").isPresent()
                        ? JobRows.time(field(fields, "job_start"))
                        : Optional.<Instant>empty(),
                JobRows.number(field(fields, "own_id")),
                field(fields, "node"),
                value(fields, "output"),
                value(fields, "error"));
    }

    private static String field(Map<String, String> fields, String name) throws UnreadableOutput {
        String value = fields.get(name);
        if (value == null) {
            throw new UnreadableOutput("a claim without its line '" + name + "'");
        }
        return value;
    }

    private static Optional<String> value(Map<String, String> fields, String name) {
        return Optional.ofNullable(fields.get(name)).filter(text -> !text.equals("-") && !text.isEmpty());
    }
}
