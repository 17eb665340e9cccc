package dev.sluice.policy.load;

import dev.sluice.cluster.CapacityReading.Amount;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An amount in every dimension that is counted; below 0 where more is taken than there is.
 *
 * @param gpus of whatever type: those of the named types, and those of which only the number matters
 * @param types GPUs by type
 */
public record Load(long cpus, long memory, long gpus, SortedMap<String, Long> types) {
    public static final Load NONE = new Load(0, 0, 0, Collections.emptySortedMap());

    /** What is short of what a task needs in one dimension. */
    public record Lack(Dimension dimension, long need, long has) {}

    public Load {
        types = types.isEmpty() ? Collections.emptySortedMap() : Collections.unmodifiableSortedMap(types);
    }

    public static Load of(Amount amount) {
        long gpus = amount.gpus().values().stream().mapToLong(Long::longValue).sum();
        return new Load(amount.cpus(), amount.memory(), gpus, new TreeMap<>(amount.gpus()));
    }

    /** This and so many times the other; times may be negative. */
    public Load plus(Load other, long times) {
        SortedMap<String, Long> sum = types;
        if (!other.types.isEmpty()) {
            sum = new TreeMap<>(types);
            for (String type : other.types.keySet()) {
                sum.merge(type, times * other.gpusOf(type), Long::sum);
            }
        }
        return new Load(cpus + times * other.cpus, memory + times * other.memory, gpus + times * other.gpus, sum);
    }

    /** So many times this, or as much as can be counted. */
    public Load times(long times) {
        if (times == 1) {
            return this;
        }
        SortedMap<String, Long> each = new TreeMap<>();
        types.forEach((type, count) -> each.put(type, saturated(count, times)));
        return new Load(saturated(cpus, times), saturated(memory, times), saturated(gpus, times), each);
    }

    public Load negative() {
        return NONE.plus(this, -1);
    }

    private static long saturated(long amount, long times) {
        return amount > 0 && times > Long.MAX_VALUE / amount ? Long.MAX_VALUE : amount * times;
    }

    public boolean isNone() {
        return cpus == 0 && memory == 0 && gpus == 0 && types.values().stream().allMatch(count -> count == 0);
    }

    /** How much of one dimension. */
    public long of(Dimension dimension) {
        return switch (dimension) {
            case Dimension.Plain.CPUS -> cpus;
            case Dimension.Plain.MEMORY -> memory;
            case Dimension.Plain.GPUS -> gpus;
            case Dimension.GpusOf(String type) -> gpusOf(type);
        };
    }

    public long gpusOf(String type) {
        Long count = types.get(type);
        return count == null ? 0 : count;
    }

    /** How often the need, which is not nothing, goes into this. */
    public long holds(Load need) {
        long times = Math.min(quotient(cpus, need.cpus), quotient(memory, need.memory));
        times = Math.min(times, quotient(gpus, need.gpus));
        if (!need.types.isEmpty()) {
            for (String type : need.types.keySet()) {
                times = Math.min(times, quotient(gpusOf(type), need.gpusOf(type)));
            }
        }
        return times;
    }

    /** Whether the need goes into this at all. */
    public boolean covers(Load need) {
        return covers(cpus, need.cpus)
                && covers(memory, need.memory)
                && covers(gpus, need.gpus)
                && (need.types.isEmpty() || coversTypes(need));
    }

    private boolean coversTypes(Load need) {
        for (String type : need.types.keySet()) {
            if (!covers(gpusOf(type), need.gpusOf(type))) {
                return false;
            }
        }
        return true;
    }

    private static boolean covers(long has, long need) {
        return need <= 0 || has >= need;
    }

    private static long quotient(long has, long need) {
        return need <= 0 ? Long.MAX_VALUE : Math.max(0, has) / need;
    }

    /** In which dimensions one need does not go into this. */
    public List<Lack> lacks(Load need) {
        List<Lack> lacks = new ArrayList<>();
        compare(Dimension.Plain.CPUS, need.cpus, cpus, lacks);
        compare(Dimension.Plain.MEMORY, need.memory, memory, lacks);
        for (String type : need.types.keySet()) {
            compare(new Dimension.GpusOf(type), need.gpusOf(type), gpusOf(type), lacks);
        }
        boolean typesSuffice = lacks.stream().noneMatch(lack -> lack.dimension() instanceof Dimension.GpusOf);
        if (typesSuffice) {
            compare(Dimension.Plain.GPUS, need.gpus, gpus, lacks);
        }
        return lacks;
    }

    private static void compare(Dimension dimension, long need, long has, List<Lack> lacks) {
        if (need > 0 && need > has) {
            lacks.add(new Lack(dimension, need, has));
        }
    }

    /** The larger in each dimension. */
    public Load max(Load other) {
        SortedMap<String, Long> larger = new TreeMap<>(types);
        other.types.forEach((type, count) -> larger.merge(type, count, Math::max));
        return new Load(Math.max(cpus, other.cpus), Math.max(memory, other.memory), Math.max(gpus, other.gpus), larger);
    }

    /** The smaller in each dimension. */
    public Load min(Load other) {
        SortedMap<String, Long> smaller = new TreeMap<>();
        types.forEach((type, count) -> smaller.put(type, Math.min(count, other.gpusOf(type))));
        return new Load(
                Math.min(cpus, other.cpus), Math.min(memory, other.memory), Math.min(gpus, other.gpus), smaller);
    }

    /** That part of it, 0 to 1, rounded up. */
    public Load part(double part) {
        SortedMap<String, Long> some = new TreeMap<>();
        types.forEach((type, count) -> some.put(type, part(count, part)));
        return new Load(part(cpus, part), part(memory, part), part(gpus, part), some);
    }

    private static long part(long amount, double part) {
        return part == 1 ? amount : (long) Math.ceil(amount * part);
    }

    /** So many hundredths, rounded down. */
    public Load percent(int percent) {
        SortedMap<String, Long> part = new TreeMap<>();
        types.forEach((type, count) -> part.put(type, percent(count, percent)));
        return new Load(percent(cpus, percent), percent(memory, percent), percent(gpus, percent), part);
    }

    private static long percent(long amount, int percent) {
        return amount / 100 * percent + amount % 100 * percent / 100;
    }
}
