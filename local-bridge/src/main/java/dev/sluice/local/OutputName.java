package dev.sluice.local;

import dev.sluice.sbatch.FilenamePattern;
import java.util.Map;

/** sbatch's filename pattern of one task. */
record OutputName(String pattern) {
    static final String NONE = "/dev/null";

    /** What SLURM's NO_VAL prints where a job is no array. */
    private static final String NO_INDEX = "4294967294";

    /** Its path. Text, since a Java of another locale cannot name every file. */
    String path(Order order, int task, String directory, String host) {
        String name = new FilenamePattern(pattern).expanded(values(order, task, host));
        return name.startsWith("/") ? name : directory + "/" + name;
    }

    private static Map<Character, String> values(Order order, int task, String host) {
        return Map.ofEntries(
                Map.entry('A', Integer.toString(order.job())),
                Map.entry('a', order.isArray() ? Integer.toString(task) : NO_INDEX),
                Map.entry('j', Integer.toString(order.ownId(task))),
                Map.entry('J', Integer.toString(order.ownId(task))),
                Map.entry('N', host),
                Map.entry('n', "0"),
                Map.entry('s', "batch"),
                Map.entry('t', "0"),
                Map.entry('u', order.user()),
                Map.entry('x', order.name().replace('/', '_')));
    }
}
