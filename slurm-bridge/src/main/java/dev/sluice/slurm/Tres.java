package dev.sluice.slurm;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.spec.Gpus;
import java.util.SortedMap;
import java.util.TreeMap;

/** SLURM's text for what was allocated (sacct(1), "AllocTRES"): {@code cpu=2,mem=100M,node=1,gres/gpu:a100=1}. */
final class Tres {
    private static final String GPU = "gres/gpu";

    private Tres() {}

    /** What of it this federation counts; words that are not understood count nothing. */
    static Amount parse(String text) {
        long cpus = 0;
        long memory = 0;
        long anyGpus = 0;
        SortedMap<String, Long> gpus = new TreeMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = part.substring(0, equals);
            long amount = amount(part.substring(equals + 1));
            switch (name) {
                case "cpu" -> cpus = amount;
                case "mem" -> memory = amount;
                case GPU -> anyGpus = amount;
                default -> {
                    if (name.startsWith(GPU + ":")) {
                        gpus.put(name.substring(GPU.length() + 1), amount);
                    }
                }
            }
        }
        // The total stands beside the types where types are configured.
        if (gpus.isEmpty() && anyGpus > 0) {
            gpus.put(Gpus.ANY_TYPE, anyGpus);
        }
        return new Amount(cpus, memory, gpus);
    }

    /** Plain, or with a unit of 1024: K, M, G, T, P. */
    private static long amount(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int power = "KMGTP".indexOf(text.charAt(text.length() - 1));
        String number = power < 0 ? text : text.substring(0, text.length() - 1);
        try {
            return (long) (Double.parseDouble(number) * (1L << (10 * (power + 1))));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
