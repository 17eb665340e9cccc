package dev.sluice.policy.project;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was used, decayed to an instant. Arithmetic is exact in the sense that counts: the same runs in the same order give the same
 * bits, and a value that went through a store goes on as if it had not.
 *
 * @param asOf until when it is decayed; never goes back
 * @param amounts by cluster and dimension: CPU seconds, byte seconds, GPU seconds
 */
public record Usage(Instant asOf, SortedMap<Resource, Double> amounts) {
    public static final Usage NONE = new Usage(Instant.EPOCH, Collections.emptySortedMap());

    public Usage {
        amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
    }

    /** With a run that is over: of this size, there, from then to then; its end may lie before {@link #asOf}. */
    public Usage plus(Load size, ClusterName cluster, Instant started, Instant ended, HalfLife halfLife) {
        Instant later = ended.isAfter(asOf) ? ended : asOf;
        double kept = halfLife.remains(asOf, later);
        double counts = halfLife.counts(started, ended) * halfLife.remains(ended, later);
        SortedMap<Resource, Double> sum = new TreeMap<>();
        amounts.forEach((resource, amount) -> sum.put(resource, amount * kept));
        add(sum, cluster, Dimension.Plain.CPUS, size.cpus() * counts);
        add(sum, cluster, Dimension.Plain.MEMORY, size.memory() * counts);
        add(sum, cluster, Dimension.Plain.GPUS, size.gpus() * counts);
        size.types().forEach((type, count) -> add(sum, cluster, new Dimension.GpusOf(type), count * counts));
        return new Usage(later, sum);
    }

    private static void add(SortedMap<Resource, Double> sum, ClusterName cluster, Dimension dimension, double amount) {
        if (amount > 0) {
            sum.merge(Resource.on(cluster, dimension), amount, Double::sum);
        }
    }

    /** How much of a resource, decayed to a later instant. */
    public double of(Resource resource, Instant at, HalfLife halfLife) {
        double sum = 0;
        for (SortedMap.Entry<Resource, Double> each : amounts.entrySet()) {
            Resource there = each.getKey();
            if (there.dimension().equals(resource.dimension())
                    && there.cluster().map(resource::covers).orElse(false)) {
                sum += each.getValue();
            }
        }
        return sum * halfLife.remains(asOf, at);
    }
}
