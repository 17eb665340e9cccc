package dev.sluice.policy.place;

import dev.sluice.job.InvalidValue;
import dev.sluice.policy.load.Load;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an hour costs on a cluster, in any currency, the same for all clusters.
 *
 * @param cpu of one CPU
 * @param gibibyte of 2^30 bytes of memory
 * @param gpu of one GPU whose type has no price of its own
 * @param gpus of one GPU, by type
 */
public record Prices(double cpu, double gibibyte, double gpu, SortedMap<String, Double> gpus) {
    public static final Prices FREE = new Prices(0, 0, 0, Collections.emptySortedMap());

    private static final double GIBIBYTE = 1L << 30;

    /** @throws InvalidValue for a price that is negative or no number */
    public Prices {
        gpus = Collections.unmodifiableSortedMap(new TreeMap<>(gpus));
        check("cpus", cpu);
        check("memory", gibibyte);
        check("gpus", gpu);
        gpus.forEach((type, price) -> check("gpus:" + type, price));
    }

    private static void check(String name, double price) {
        if (!(price >= 0 && price < Double.POSITIVE_INFINITY)) {
            throw new InvalidValue("price of " + name, "0 or more for an hour", Double.toString(price));
        }
    }

    /** Of what one task holds there. */
    public double hour(Load load) {
        double sum = load.cpus() * cpu + load.memory() / GIBIBYTE * gibibyte;
        long untyped = load.gpus();
        for (Map.Entry<String, Long> type : load.types().entrySet()) {
            sum += type.getValue() * gpus.getOrDefault(type.getKey(), gpu);
            untyped -= type.getValue();
        }
        return sum + Math.max(0, untyped) * gpu;
    }
}
