package dev.sluice.slurm.ssh;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What queue and accounting write alike. */
final class JobRows {
    private static final Set<String> ENDED = Set.of(
            "BOOT_FAIL",
            "CANCELLED",
            "COMPLETED",
            "DEADLINE",
            "FAILED",
            "LAUNCH_FAILED",
            "NODE_FAIL",
            "OUT_OF_MEMORY",
            "PREEMPTED",
            "RECONFIG_FAIL",
            "REVOKED",
            "SPECIAL_EXIT",
            "TIMEOUT");
    private static final Set<String> WAITING =
            Set.of("PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD");

    private JobRows() {}

    /**
     * Cuts text into records of so many fields, each of which the separator follows, and each record a line break. What the
     * fields hold, line breaks too, does not matter.
     *
     * @throws UnreadableOutput when it is anything else
     */
    static List<List<String>> records(String text, String separator, int fields) throws UnreadableOutput {
        List<List<String>> records = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            List<String> fieldsRead = new ArrayList<>(fields);
            for (int i = 0; i < fields; i++) {
                int end = text.indexOf(separator, at);
                if (end < 0) {
                    throw new UnreadableOutput("a record of " + i + " fields where " + fields + " were due");
                }
                fieldsRead.add(text.substring(at, end));
                at = end + separator.length();
            }
            if (at >= text.length() || text.charAt(at) != '\n') {
                throw new UnreadableOutput("a record without its end");
            }
            at++;
            records.add(fieldsRead);
        }
        return records;
    }

    static long number(String text) throws UnreadableOutput {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            throw new UnreadableOutput("'" + text + "' where a number was due");
        }
    }

    /** Seconds since the epoch; {@code N/A}, {@code Unknown}, {@code None} and 0 are no time. */
    static Optional<Instant> time(String text) throws UnreadableOutput {
        return switch (text.strip()) {
            case "", "N/A", "Unknown", "None", "NONE", "INVALID", "0" -> Optional.empty();
            default -> Optional.of(Instant.ofEpochSecond(number(text)));
        };
    }

    /** {@code 0-3,7%2}, {@code 5}; {@code N/A} and nothing for no array. */
    static Indices indices(String text) throws UnreadableOutput {
        String set = text.strip();
        if (set.isEmpty() || set.equals("N/A")) {
            return new Indices.Sole();
        }
        if (set.contains("...")) {
            return new Indices.Rest();
        }
        int percent = set.indexOf('%');
        try {
            return new Indices.Of(stepped(percent < 0 ? set : set.substring(0, percent)));
        } catch (InvalidValue bad) {
            throw new UnreadableOutput("array indices '" + set + "'");
        }
    }

    /** SLURM writes {@code 0-8:2} too. */
    private static TaskSet stepped(String set) throws UnreadableOutput {
        if (set.indexOf(':') < 0) {
            return TaskSet.parse(set);
        }
        TaskSet all = TaskSet.EMPTY;
        for (String part : set.split(",", -1)) {
            int colon = part.indexOf(':');
            TaskSet range = TaskSet.parse(colon < 0 ? part : part.substring(0, colon));
            all = all.union(
                    colon < 0
                            ? range
                            : TaskSet.range(range.first(), range.last(), (int) number(part.substring(colon + 1))));
        }
        return all;
    }

    /** {@code (null)} is what SLURM writes for no text. */
    static String text(String text) {
        return text.equals("(null)") ? "" : text;
    }

    static boolean isEnded(String state) {
        return ENDED.contains(state);
    }

    static boolean isWaiting(String state) {
        return WAITING.contains(state);
    }

    /** The word that is a state: sacct adds to it ({@code CANCELLED by 2001}). */
    static String stateWord(String text) throws UnreadableOutput {
        String word = text.strip().split(" ", 2)[0].toUpperCase(Locale.ROOT);
        if (word.isEmpty()) {
            throw new UnreadableOutput("a job without a state");
        }
        return word;
    }
}
