package dev.sluice.bench;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;

/** How many bytes of heap a queued job takes, the Planner's share included: measured between two full queues. */
public final class HeapMain {
    private static final int FEW = 20_000;
    private static final int MANY = 120_000;
    private static final int GOAL = 400;

    private HeapMain() {}

    public static void main(String[] args) {
        Full few = new Full(FEW, 64);
        long small = used();
        Reference.reachabilityFence(few);
        few = new Full(MANY, 64);
        long large = used();
        Reference.reachabilityFence(few);
        long each = (large - small) / (MANY - FEW);
        System.out.printf(
                "%d bytes of heap a queued job, its idempotency key included (goal: %d or less)%n", each, GOAL);
        if (each > GOAL) {
            System.exit(1);
        }
    }

    /** Bytes in use once everything that can go has gone. */
    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
