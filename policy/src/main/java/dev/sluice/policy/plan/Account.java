package dev.sluice.policy.plan;

import dev.sluice.policy.project.Usage;
import java.util.Map;
import java.util.TreeMap;

/**
 * The books of one who pays: what he holds now, what runs since when, and what he has used by runs that are over.
 *
 * <p>All but the usage are whole numbers, so that they are the same in whatever order they were told.
 */
final class Account {
    final long[] held;
    /** Of that, what was asked to end. */
    final long[] leaving;
    /** Tasks that hold something. */
    long tasks;

    Usage usage = Usage.NONE;

    /** What runs, by the tick in which it started. */
    private final TreeMap<Long, long[]> running = new TreeMap<>();

    private long asOf = Long.MIN_VALUE;
    private double[] used = {};

    Account(int lines) {
        this.held = new long[lines];
        this.leaving = new long[lines];
    }

    void hold(long[] each, long times) {
        for (int line = 0; line < held.length; line++) {
            held[line] += each[line] * times;
        }
        tasks += times;
    }

    void leave(long[] each, long times) {
        for (int line = 0; line < leaving.length; line++) {
            leaving[line] += each[line] * times;
        }
    }

    void run(long tick, long[] each, long times) {
        long[] there = running.computeIfAbsent(tick, key -> new long[held.length]);
        boolean none = true;
        for (int line = 0; line < there.length; line++) {
            there[line] += each[line] * times;
            none &= there[line] == 0;
        }
        if (none) {
            running.remove(tick);
        }
        asOf = Long.MIN_VALUE;
    }

    void usage(Usage value) {
        usage = value;
        asOf = Long.MIN_VALUE;
    }

    /** The decayed average of what is in use at a tick, in each line: a use that has always gone on counts as what it is. */
    double[] used(Ticks ticks, Lines lines, long tick) {
        if (asOf != tick) {
            used = new double[held.length];
            for (int line = 0; line < used.length; line++) {
                double sum = usage.of(lines.resources.get(line), ticks.start(tick), ticks.halfLife());
                for (Map.Entry<Long, long[]> each : running.entrySet()) {
                    sum += each.getValue()[line] * ticks.counts(tick - each.getKey());
                }
                used[line] = sum / ticks.halfLife().meanSeconds();
            }
            asOf = tick;
        }
        return used;
    }
}
