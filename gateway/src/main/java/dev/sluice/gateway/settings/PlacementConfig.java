package dev.sluice.gateway.settings;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.place.Prices;
import dev.sluice.policy.place.Weights;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Setting;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How much each reason counts to place a job on one cluster rather than on another. Each is worth 0 to 1 of its weight, and the place with
 * the greatest sum is taken.
 */
public record PlacementConfig(
        @Setting(
                text = "That it starts soon: 1 for at once, a half in 10 minutes.",
                fallback = "1",
                least = "0",
                most = "1000")
        int start,

        @Setting(
                text = "That its data is near: the part of its file systems that are among the cluster's near.",
                fallback = "1",
                least = "0",
                most = "1000")
        int data,

        @Setting(
                text = "That it costs little: 1 for nothing, 0 in the dearest of the places that it may have.",
                fallback = "1",
                least = "0",
                most = "1000")
        int cost,

        @Setting(
                text = "That there is room: 1 where most tasks of its size find room, a half where half as many do.",
                fallback = "1",
                least = "0",
                most = "1000")
        int spread,

        @Setting(
                text =
                        "That little failed there of late by no job's fault: 1 for nothing. What was half an hour ago counts"
                                + " half.",
                fallback = "2",
                least = "0",
                most = "1000")
        int failures) {
    /** What is so of one cluster. */
    public record OfCluster(
            @Setting(
                    text = "What an hour costs there, in any currency: of one CPU (cpus), of 1 GiB (memory), of one GPU"
                            + " (gpus, or gpus:TYPE for one type).")
            SortedMap<Resource, BigDecimal> prices,

            @Setting(
                    text =
                            "Roots of the file systems whose data lies there, of all that its nodes mount. Without any, each"
                                    + " is as near as any.")
            List<String> near,

            @Setting(
                    text = "How much of each of its partitions tasks of Sluice may hold together, in percent.",
                    fallback = "100",
                    least = "1",
                    most = "100")
            int part,

            @Setting(
                    text = "Which project is charged for what an account runs there beside Sluice: accounts of SLURM or"
                            + " namespaces of Kubernetes, each with its project.")
            SortedMap<String, ProjectPath> chargeNative) {
        /** @throws InvalidValue for prices on a cluster */
        public OfCluster {
            prices = Collections.unmodifiableSortedMap(new TreeMap<>(prices));
            near = List.copyOf(near);
            chargeNative = Collections.unmodifiableSortedMap(new TreeMap<>(chargeNative));
            List<InvalidValue> problems = new ArrayList<>();
            for (Resource resource : prices.keySet()) {
                if (resource.cluster().isPresent()) {
                    problems.add(new InvalidValue(
                            "prices", "cpus, memory, gpus or gpus:TYPE without a cluster", resource.toString()));
                }
            }
            InvalidValue.throwIfAny(problems);
        }

        private ClusterTerms terms() {
            SortedMap<String, Double> gpus = new TreeMap<>();
            prices.forEach((resource, price) -> {
                if (resource.dimension() instanceof Dimension.GpusOf(String type)) {
                    gpus.put(type, price.doubleValue());
                }
            });
            return new ClusterTerms(
                    new Prices(
                            price(Dimension.Plain.CPUS),
                            price(Dimension.Plain.MEMORY),
                            price(Dimension.Plain.GPUS),
                            gpus),
                    near.isEmpty() ? Optional.empty() : Optional.of(new TreeSet<>(near)),
                    part,
                    chargeNative);
        }

        private double price(Dimension dimension) {
            return prices.getOrDefault(Resource.everywhere(dimension), BigDecimal.ZERO)
                    .doubleValue();
        }
    }

    Placement with(SortedMap<ClusterName, OfCluster> clusters) {
        SortedMap<ClusterName, ClusterTerms> terms = new TreeMap<>();
        clusters.forEach((name, cluster) -> terms.put(name, cluster.terms()));
        return new Placement(new Weights(start, data, cost, spread, failures), terms);
    }
}
