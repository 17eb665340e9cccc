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
        long plain = each(Full.Keys.NONE);
        long keyed = each(Full.Keys.EACH);
        System.out.printf("%d bytes of heap a queued job (goal: %d or less)%n", plain, GOAL);
        System.out.printf("%d more for its idempotency key, for as long as that is remembered%n", keyed - plain);
        if (plain > GOAL) {
            System.exit(1);
        }
    }

    private static long each(Full.Keys keys) {
        Full queue = new Full(FEW, 64, keys);
        long small = used();
        Reference.reachabilityFence(queue);
        queue = new Full(MANY, 64, keys);
        long large = used();
        Reference.reachabilityFence(queue);
        return (large - small) / (MANY - FEW);
    }

    /** Bytes in use once everything that can go has gone. */
    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
