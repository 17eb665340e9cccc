package dev.sluice.slurm.door;

import dev.sluice.spec.Gpus;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** SLURM's trackable resources, in our words. */
public final class Tres {
    private static final String GPU = "gres/gpu";
    private static final long MEBIBYTE = 1L << 20;

    private Tres() {}

    /**
     * CPUs, memory and GPUs of these; what else SLURM counts (nodes, licences, billing) has no word of ours.
     *
     * @param tres by SLURM's name, {@code gres/gpu:a100}; memory in mebibytes
     * @return {@code cpus}, {@code memory} in bytes, {@code gpus}, {@code gpus:TYPE}
     */
    public static SortedMap<String, Long> most(Map<String, Long> tres) {
        SortedMap<String, Long> most = new TreeMap<>();
        tres.forEach((name, count) -> {
            if (name.equals("cpu")) {
                most.put("cpus", count);
            } else if (name.equals("mem")) {
                most.put("memory", count > Long.MAX_VALUE / MEBIBYTE ? Long.MAX_VALUE : count * MEBIBYTE);
            } else if (name.equals(GPU)) {
                most.put("gpus", count);
            } else if (name.startsWith(GPU + ":") && Gpus.isType(name.substring(GPU.length() + 1))) {
                most.put("gpus:" + name.substring(GPU.length() + 1), count);
            }
        });
        return most;
    }
}
