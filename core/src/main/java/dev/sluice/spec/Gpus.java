package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * How many GPUs of which types a job asks for.
 *
 * @param per what the counts are for
 * @param counts by type, 1 to {@value #MAX_COUNT} each, at most {@value #MAX_TYPES} types; {@link #ANY_TYPE} where the user
 *     named none. Types are SLURM's, in lower case; what a Kubernetes resource they stand for is the site's to say
 */
public record Gpus(Per per, SortedMap<String, Integer> counts) {
    /** The key for "a GPU, of whatever type"; no type has this name. */
    public static final String ANY_TYPE = "*";

    public static final int MAX_COUNT = 1_000_000;
    public static final int MAX_TYPES = 16;
    public static final Gpus NONE = new Gpus(Per.JOB, Check.sorted(Map.<String, Integer>of()));

    private static final Pattern TYPE = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,62}");

    /** sbatch's {@code --gpus-per-node} and {@code --gres}, {@code --gpus-per-task}, {@code --gpus}. */
    public enum Per {
        NODE,
        TASK,
        JOB
    }

    /** Whether this can be the name of a type. */
    public static boolean isType(String name) {
        return TYPE.matcher(name).matches();
    }

    public Gpus {
        if (counts.size() > MAX_TYPES) {
            throw new InvalidValue("gpus", "at most " + MAX_TYPES + " types", Integer.toString(counts.size()));
        }
        counts = Check.sorted(counts);
        for (Map.Entry<String, Integer> count : counts.entrySet()) {
            String type = count.getKey();
            if (!type.equals(ANY_TYPE) && !isType(type)) {
                throw new InvalidValue(
                        "gpu type", "1 to 63 of a-z, 0-9, '_', '.' and '-', or " + ANY_TYPE + " for any", type);
            }
            Check.range("gpus of type " + type, count.getValue(), 1, MAX_COUNT);
        }
        // None for each node is none for the job: one value, so that equal asks are equal shapes.
        per = counts.isEmpty() ? Per.JOB : per;
    }

    public static Gpus of(Per per, String type, int count) {
        return new Gpus(per, Check.sorted(Map.of(type, count)));
    }

    public boolean isNone() {
        return counts.isEmpty();
    }
}
