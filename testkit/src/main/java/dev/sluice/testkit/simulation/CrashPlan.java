package dev.sluice.testkit.simulation;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** When gateways die in one simulation: at one point that the seed aims at, and here and there by chance. */
final class CrashPlan {
    private final RandomGenerator random;
    private final Optional<CrashPoint> aim;
    private final double chance;
    private int skip;
    private boolean armed = true;
    private final Map<CrashPoint, Integer> passed = new TreeMap<>();
    private final Map<CrashPoint, Integer> died = new TreeMap<>();

    /**
     * @param aim where it dies for certain, once
     * @param skip how many times that point is passed before
     * @param chance of dying at any point, 0 to 1
     */
    CrashPlan(RandomGenerator random, Optional<CrashPoint> aim, int skip, double chance) {
        this.random = random;
        this.aim = aim;
        this.skip = skip;
        this.chance = chance;
    }

    /** Nothing dies by chance from here on; what the seed aims at may still come. */
    void disarm() {
        armed = false;
    }

    /** Whether the gateway that comes by dies here. */
    boolean dies(CrashPoint point) {
        passed.merge(point, 1, Integer::sum);
        boolean aimed = aim.isPresent() && aim.get().equals(point) && skip-- == 0;
        boolean dies = aimed || (armed && chance > 0 && random.nextDouble() < chance);
        if (dies) {
            died.merge(point, 1, Integer::sum);
        }
        return dies;
    }

    /** How often each point was passed. */
    Map<CrashPoint, Integer> passed() {
        return passed;
    }

    /** How often a gateway died at each. */
    Map<CrashPoint, Integer> died() {
        return died;
    }
}
