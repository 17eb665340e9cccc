package dev.sluice.policy.project;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.policy.load.Dimension;
import java.util.Comparator;
import java.util.Optional;

/**
 * What is shared out: one dimension, over the whole federation or on one cluster.
 *
 * @param cluster empty for all clusters together
 */
public record Resource(Dimension dimension, Optional<ClusterName> cluster) implements Comparable<Resource> {
    private static final Comparator<Resource> ORDER = Comparator.comparing(Resource::dimension, Dimension.ORDER)
            .thenComparing(
                    resource -> resource.cluster().map(ClusterName::value).orElse(""));

    /** Over all clusters together. */
    public static Resource everywhere(Dimension dimension) {
        return new Resource(dimension, Optional.empty());
    }

    public static Resource on(ClusterName cluster, Dimension dimension) {
        return new Resource(dimension, Optional.of(cluster));
    }

    /**
     * As {@link #toString} writes it: {@code cpus}, {@code memory}, {@code gpus} or {@code gpus:TYPE}, and {@code @CLUSTER} behind it.
     *
     * @throws InvalidValue for anything else
     */
    public static Resource parse(String text) {
        int at = text.indexOf('@');
        String dimension = at < 0 ? text : text.substring(0, at);
        return new Resource(
                Dimension.parse(dimension),
                at < 0 ? Optional.empty() : Optional.of(new ClusterName(text.substring(at + 1))));
    }

    /**
     * What {@link #toString} has written.
     *
     * @throws InvalidValue when it is something else
     */
    public static Resource of(String text) {
        int at = text.indexOf('@');
        return at < 0
                ? everywhere(Dimension.of(text))
                : on(new ClusterName(text.substring(at + 1)), Dimension.of(text.substring(0, at)));
    }

    /** Whether what is held on a cluster counts here. */
    public boolean covers(ClusterName where) {
        return cluster.isEmpty() || cluster.get().equals(where);
    }

    @Override
    public int compareTo(Resource other) {
        return ORDER.compare(this, other);
    }

    /** As {@code cpus} or {@code cpus@hpc}. */
    @Override
    public String toString() {
        return dimension.code() + cluster.map(name -> "@" + name).orElse("");
    }
}
