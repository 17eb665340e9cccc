package dev.sluice.sbatch;

import dev.sluice.spec.Gpus;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of things and how many of each: {@code --gres}, {@code --gpus}, {@code --licenses}. */
final class Counted {
    private static final Pattern COUNT = Pattern.compile("(?<count>\\d{1,15})(?<unit>[kKmMgGtTpP]?)");
    private static final Pattern LICENSE = Pattern.compile("(?<name>[^:=]+)(?:[:=](?<count>\\d{1,7}))?");

    /** Of each node. */
    record Gres(SortedMap<String, Integer> gpus, SortedMap<String, Long> others) {}

    private Counted() {}

    /** {@code name[:type][:count]} joined by commas, or {@code none}. */
    static Gres gres(String text) {
        SortedMap<String, Integer> gpus = new TreeMap<>();
        SortedMap<String, Long> others = new TreeMap<>();
        if (text.equalsIgnoreCase("none")) {
            return new Gres(gpus, others);
        }
        for (String item : text.split(",", -1)) {
            read(item.startsWith("gres/") || item.startsWith("gres:") ? item.substring(5) : item, gpus, others);
        }
        return new Gres(gpus, others);
    }

    /** {@code [type:]count} joined by commas. */
    static SortedMap<String, Integer> gpus(String text) {
        SortedMap<String, Integer> gpus = new TreeMap<>();
        for (String item : text.split(",", -1)) {
            read("gpu:" + item, gpus, new TreeMap<>());
        }
        return gpus;
    }

    private static void read(String item, SortedMap<String, Integer> gpus, SortedMap<String, Long> others) {
        String[] parts = item.split("[:=]", -1);
        // What looks like a number is one, even where a type stands otherwise.
        Matcher last = COUNT.matcher(parts[parts.length - 1]);
        boolean counted = parts.length > 1 && last.matches();
        int words = counted ? parts.length - 1 : parts.length;
        long count = counted ? count(last) : 1;
        String type = words == 2 ? parts[1] : "";
        if (words > 2 || parts[0].isEmpty() || (words == 2 && type.isEmpty())) {
            throw bad();
        }
        if (!parts[0].equals("gpu")) {
            if (count > 0) {
                others.merge(type.isEmpty() ? parts[0] : parts[0] + ":" + type, count, Long::sum);
            }
        } else if (count > Gpus.MAX_COUNT) {
            throw bad();
        } else {
            add(gpus, type.isEmpty() ? Gpus.ANY_TYPE : type.toLowerCase(Locale.ROOT), (int) count);
        }
    }

    private static long count(Matcher matcher) {
        long count = Long.parseLong(matcher.group("count"));
        String unit = matcher.group("unit").toUpperCase(Locale.ROOT);
        long each = unit.isEmpty() ? 1 : 1L << (10 * (1 + "KMGTP".indexOf(unit)));
        if (count > Long.MAX_VALUE / each) {
            throw bad();
        }
        return count * each;
    }

    private static Stop bad() {
        return Stop.error("Invalid generic resource (gres) specification");
    }

    private static void add(SortedMap<String, Integer> counts, String type, int count) {
        if (count > 0) {
            counts.merge(type, count, Integer::sum);
        }
    }

    /** {@code name[@server][:count]} joined by commas. */
    static SortedMap<String, Integer> licenses(String text) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (String item : text.split(",", -1)) {
            Matcher matcher = LICENSE.matcher(item);
            if (!matcher.matches()) {
                throw Stop.submission("Invalid license specification");
            }
            String count = matcher.group("count");
            add(counts, matcher.group("name"), count == null ? 1 : Integer.parseInt(count));
        }
        return counts;
    }
}
