package dev.sluice.slurm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code scontrol show job -o} says of a job, without what differs between any two jobs. */
record SortedFields(SortedMap<String, String> fields) {
    private static final Pattern FIELD = Pattern.compile("(?:^| +)([A-Z][A-Za-z]*(?:[:/][A-Za-z:/]+)?)=");

    /** Each is why the field says nothing about options. */
    private static final Map<String, String> NOT_COMPARED = Map.ofEntries(
            Map.entry("JobId", "each job has its own"),
            Map.entry("ArrayJobId", "as its JobId"),
            Map.entry("SubmitTime", "now"),
            Map.entry("EligibleTime", "now"),
            Map.entry("AccrueTime", "now"),
            Map.entry("StartTime", "an estimate"),
            Map.entry("EndTime", "an estimate"),
            Map.entry("LastSchedEval", "when the scheduler came by"),
            Map.entry("Command", "the script's path there, the gate here"),
            Map.entry("SubmitLine", "as the Command"),
            Map.entry("AllocNode:Sid", "the session that submitted"),
            Map.entry("Requeue", "we start again ourselves, SLURM never"));

    static SortedFields of(String line, String id) {
        SortedMap<String, String> fields = new TreeMap<>();
        Matcher matcher = FIELD.matcher(line);
        List<String> names = new ArrayList<>();
        List<int[]> places = new ArrayList<>();
        while (matcher.find()) {
            names.add(matcher.group(1));
            places.add(new int[] {matcher.start(), matcher.end()});
        }
        for (int i = 0; i < names.size(); i++) {
            int end = i + 1 < names.size() ? places.get(i + 1)[0] : line.length();
            String name = names.get(i);
            if (!NOT_COMPARED.containsKey(name)) {
                String value =
                        normal(name, line.substring(places.get(i)[1], end).strip(), id);
                if (!value.isEmpty()) {
                    fields.put(name, value);
                }
            }
        }
        return new SortedFields(fields);
    }

    private static String normal(String name, String value, String id) {
        return switch (name) {
            // Ours has the attempt before the user's own.
            case "Comment" -> value.replaceFirst("^[0-9a-z]{26} ?", "");
            // A job of ours does not know whether one CPU a task was asked for; it is one anyway.
            case "TresPerTask" -> value.equals("cpu=1") ? "" : value.replaceFirst("^cpu=1,", "");
            // Bounds that are equal, or a count of one that was not written.
            case "NumNodes" -> value.replaceFirst("^([0-9]+)-\\1$", "$1");
            case "TresPerNode", "Licenses" -> value.matches(".*(gpu|matlab)") ? value + ":1" : value;
            case "StdOut", "StdErr", "StdIn" -> value.replaceAll("(?<![0-9])" + id + "(?![0-9])", "%j");
            default -> value;
        };
    }

    List<String> differences(SortedFields ours) {
        Set<String> names = new TreeSet<>(fields.keySet());
        names.addAll(ours.fields.keySet());
        List<String> all = new ArrayList<>();
        for (String name : names) {
            String theirs = fields.get(name);
            String mine = ours.fields.get(name);
            if (!Objects.equals(theirs, mine)) {
                all.add(name + " is " + mine + " instead of " + theirs);
            }
        }
        return all;
    }
}
