package dev.sluice.testkit.fake;

import java.util.EnumMap;
import java.util.Map;

/** How often each fault really happened. Several clusters may share one; for one thread. */
public final class FaultCounts {
    private final long[] counts = new long[Fault.values().length];

    public void count(Fault fault) {
        counts[fault.ordinal()]++;
    }

    public long of(Fault fault) {
        return counts[fault.ordinal()];
    }

    /** Adds another's counts to these. */
    public void add(FaultCounts other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** All faults, those that never happened too. */
    public Map<Fault, Long> all() {
        Map<Fault, Long> all = new EnumMap<>(Fault.class);
        for (Fault fault : Fault.values()) {
            all.put(fault, of(fault));
        }
        return all;
    }
}
