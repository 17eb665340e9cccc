package dev.sluice.local;

import java.util.Map;

/** sbatch's filename pattern of one task. */
record OutputName(String pattern) {
    static final String NONE = "/dev/null";

    private static final int MOST_DIGITS = 10;
    /** What SLURM's NO_VAL prints where a job is no array. */
    private static final String NO_INDEX = "4294967294";

    /** Its path. Text, since a Java of another locale cannot name every file. */
    String path(Order order, int task, String directory, String host) {
        String name = expanded(order, task, host);
        return name.startsWith("/") ? name : directory + "/" + name;
    }

    private String expanded(Order order, int task, String host) {
        if (pattern.startsWith("\\")) {
            return pattern.substring(1);
        }
        Map<Character, String> values = Map.ofEntries(
                Map.entry('A', Integer.toString(order.job())),
                Map.entry('a', order.isArray() ? Integer.toString(task) : NO_INDEX),
                Map.entry('j', Integer.toString(order.ownId(task))),
                Map.entry('J', Integer.toString(order.ownId(task))),
                Map.entry('N', host),
                Map.entry('n', "0"),
                Map.entry('s', "batch"),
                Map.entry('t', "0"),
                Map.entry('u', order.user()),
                Map.entry('x', order.name().replace('/', '_')),
                Map.entry('%', "%"));
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            int digits = i + 1;
            while (digits < pattern.length() && Character.isDigit(pattern.charAt(digits))) {
                digits++;
            }
            boolean known =
                    pattern.charAt(i) == '%' && digits < pattern.length() && values.containsKey(pattern.charAt(digits));
            if (!known) {
                out.append(pattern.charAt(i));
                continue;
            }
            String value = values.getOrDefault(pattern.charAt(digits), "");
            out.append(padded(value, pattern.substring(i + 1, digits)));
            i = digits;
        }
        return out.toString();
    }

    /** As {@code %4j}: numbers are filled with zeros, up to ten digits; other words stay. */
    private static String padded(String value, String width) {
        boolean number = value.chars().allMatch(c -> c >= '0' && c <= '9');
        if (width.isEmpty() || width.length() > 2 || !number) {
            return value;
        }
        int wanted = Math.min(Integer.parseInt(width), MOST_DIGITS);
        return "0".repeat(Math.max(0, wanted - value.length())) + value;
    }
}
