package dev.sluice.slurm.ssh;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Partition;
import dev.sluice.slurm.door.Inventory.Reservation;
import dev.sluice.spec.Gpus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code scontrol show node}, {@code partition} and {@code reservation}: one line each, of {@code Name=value}. */
final class ScontrolInventory {
    private static final long MEBIBYTE = 1L << 20;
    private static final Pattern NAME = Pattern.compile("(?:^|\\s)([A-Z][A-Za-z]*)=");
    private static final Pattern TIME = Pattern.compile("(?:([0-9]+)-)?(?:([0-9]+):)?([0-9]+):([0-9]+)");
    private static final Pattern COUNT = Pattern.compile("([0-9]{1,15})([KMGT]?)");

    private ScontrolInventory() {}

    static List<String> nodes() {
        return List.of("scontrol", "-a", "-d", "-o", "show", "node");
    }

    static List<String> partitions() {
        return List.of("scontrol", "-a", "-o", "show", "partition");
    }

    static List<String> reservations() {
        return List.of("scontrol", "-a", "-o", "show", "reservation");
    }

    /** How one line's fields are read. */
    @FunctionalInterface
    private interface Reading<T> {
        T of(Map<String, String> fields) throws UnreadableOutput;
    }

    static Answer<List<Node>> parseNodes(Outcome.Ended ended) {
        return lines(ended, "NodeName=", ScontrolInventory::node);
    }

    static Answer<List<Partition>> parsePartitions(Outcome.Ended ended) {
        return lines(ended, "PartitionName=", ScontrolInventory::partition);
    }

    static Answer<List<Reservation>> parseReservations(Outcome.Ended ended) {
        return lines(ended, "ReservationName=", ScontrolInventory::reservation);
    }

    private static <T> Answer<List<T>> lines(Outcome.Ended ended, String first, Reading<T> reading) {
        if (ended.exit() != 0) {
            return Answer.unknown("scontrol: " + ended.complaint());
        }
        try {
            List<T> read = new ArrayList<>();
            for (String line : ended.out().lines().toList()) {
                if (line.startsWith(first)) {
                    read.add(reading.of(fields(line)));
                }
            }
            return Answer.said(List.copyOf(read));
        } catch (UnreadableOutput bad) {
            return Answer.unknown("scontrol printed " + bad.getMessage());
        }
    }

    /** A reason may hold what looks like a field, so the first of each name counts, and the reason goes on to the end. */
    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher name = NAME.matcher(line);
        boolean found = name.find();
        while (found) {
            String key = name.group(1);
            int start = name.end();
            found = name.find();
            boolean toTheEnd = key.equals("Reason");
            fields.putIfAbsent(
                    key,
                    line.substring(start, found && !toTheEnd ? name.start() : line.length())
                            .strip());
            found &= !toTheEnd;
        }
        return fields;
    }

    private static Node node(Map<String, String> fields) throws UnreadableOutput {
        SortedMap<String, Long> gpus = new TreeMap<>();
        SortedMap<String, Long> others = new TreeMap<>();
        gres(text(fields, "Gres"), gpus, others);
        SortedMap<String, Long> gpusUsed = new TreeMap<>();
        gres(text(fields, "GresUsed"), gpusUsed, new TreeMap<>());
        return new Node(
                needed(fields, "NodeName"),
                states(needed(fields, "State")),
                (int) JobRows.number(needed(fields, "CPUTot")),
                (int) JobRows.number(needed(fields, "CPUAlloc")),
                JobRows.number(needed(fields, "RealMemory")) * MEBIBYTE,
                JobRows.number(needed(fields, "AllocMem")) * MEBIBYTE,
                gpus,
                gpusUsed,
                others,
                new TreeSet<>(list(fields, "ActiveFeatures")),
                new TreeSet<>(list(fields, "Partitions")),
                Optional.of(text(fields, "Reason")).filter(reason -> !reason.isEmpty()));
    }

    /** {@code IDLE+DRAIN}, {@code DOWN*}: the sign for "does not respond" becomes its word, what else stands there is power's. */
    private static List<String> states(String text) {
        List<String> states = new ArrayList<>();
        for (String part : text.split("\\+", -1)) {
            String word = part.replaceAll("[^A-Z_]", "");
            if (!word.isEmpty() && !states.contains(word)) {
                states.add(word);
            }
        }
        if (text.contains("*") && !states.contains("NOT_RESPONDING")) {
            states.add("NOT_RESPONDING");
        }
        return List.copyOf(states);
    }

    /** {@code gpu:a100:4(S:0-1),craynetwork:4}; used ones have {@code (IDX:0,2-3)}. */
    private static void gres(String text, SortedMap<String, Long> gpus, SortedMap<String, Long> others)
            throws UnreadableOutput {
        for (String each : text.replaceAll("\\([^)]*\\)", "").split(",", -1)) {
            List<String> parts = new ArrayList<>(Arrays.asList(each.split(":", -1)));
            parts.remove("no_consume");
            if (each.isBlank() || parts.size() < 2) {
                continue;
            }
            long count = count(parts.getLast());
            String type = parts.size() > 2 ? parts.get(1) : Gpus.ANY_TYPE;
            if (parts.getFirst().equals("gpu")) {
                gpus.merge(type, count, Long::sum);
            } else {
                others.merge(parts.size() > 2 ? parts.getFirst() + ":" + type : parts.getFirst(), count, Long::sum);
            }
        }
    }

    /** {@code 128G} of memory, or {@code 512}, which are mebibytes. */
    static long mebibytes(String text) throws UnreadableOutput {
        return count(text.matches("[0-9]+") ? text + "M" : text) / MEBIBYTE;
    }

    private static long count(String text) throws UnreadableOutput {
        Matcher count = COUNT.matcher(text);
        if (!count.matches()) {
            throw new UnreadableOutput("a count '" + text + "'");
        }
        long factor = switch (count.group(2)) {
            case "K" -> 1L << 10;
            case "M" -> 1L << 20;
            case "G" -> 1L << 30;
            case "T" -> 1L << 40;
            default -> 1;
        };
        return Math.multiplyExact(Long.parseLong(count.group(1)), factor);
    }

    private static Partition partition(Map<String, String> fields) throws UnreadableOutput {
        String nodes = text(fields, "MaxNodes");
        return new Partition(
                needed(fields, "PartitionName"),
                text(fields, "Default").equals("YES"),
                needed(fields, "State"),
                duration(text(fields, "MaxTime")),
                duration(text(fields, "DefaultTime")),
                nodes.isEmpty() || nodes.equals("UNLIMITED")
                        ? Optional.empty()
                        : Optional.of((int) JobRows.number(nodes)),
                allowed(fields, "AllowAccounts"),
                list(fields, "DenyAccounts"),
                allowed(fields, "AllowQos"));
    }

    /** {@code ALL} is no list of names. */
    private static List<String> allowed(Map<String, String> fields, String name) {
        return text(fields, name).equals("ALL") ? List.of() : list(fields, name);
    }

    /** {@code 1-00:00:00}, {@code 00:10:00}; {@code UNLIMITED} and {@code NONE} are no time. */
    static Optional<Duration> duration(String text) throws UnreadableOutput {
        if (text.isEmpty() || text.equals("UNLIMITED") || text.equals("NONE") || text.equals("INFINITE")) {
            return Optional.empty();
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new UnreadableOutput("a time '" + text + "'");
        }
        return Optional.of(Duration.ofDays(part(time.group(1)))
                .plusHours(part(time.group(2)))
                .plusMinutes(part(time.group(3)))
                .plusSeconds(part(time.group(4))));
    }

    private static long part(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Reservation reservation(Map<String, String> fields) throws UnreadableOutput {
        return new Reservation(
                needed(fields, "ReservationName"),
                JobRows.time(needed(fields, "StartTime")).orElse(Instant.EPOCH),
                JobRows.time(needed(fields, "EndTime")).orElse(Instant.MAX),
                text(fields, "Nodes"),
                Hostlist.names(text(fields, "Nodes")),
                list(fields, "PartitionName"),
                list(fields, "Flags"),
                text(fields, "TRES"));
    }

    private static String needed(Map<String, String> fields, String name) throws UnreadableOutput {
        String value = fields.get(name);
        if (value == null || value.isEmpty()) {
            throw new UnreadableOutput("no " + name);
        }
        return value;
    }

    private static String text(Map<String, String> fields, String name) {
        return JobRows.text(fields.getOrDefault(name, ""));
    }

    private static List<String> list(Map<String, String> fields, String name) {
        return Arrays.stream(text(fields, name).split(","))
                .filter(word -> !word.isBlank())
                .toList();
    }
}
