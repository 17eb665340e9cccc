package dev.sluice.engine;

import dev.sluice.job.JobId;
import java.util.LinkedHashMap;
import java.util.Map;

/** The calls under way: each comes back once, and what is not among them is an echo of another life. */
final class Flights {
    private final Map<Long, Effect> underWay = new LinkedHashMap<>();
    private long next = 1;

    long next() {
        return next++;
    }

    void takeOff(Effect effect) {
        underWay.put(effect.flight(), effect);
    }

    void land(Effect effect) {
        underWay.remove(effect.flight());
    }

    boolean has(Effect effect) {
        return effect.equals(underWay.get(effect.flight()));
    }

    int count() {
        return underWay.size();
    }

    /** How many registries are being asked. */
    long pins() {
        return underWay.values().stream()
                .filter(Effect.PinImage.class::isInstance)
                .count();
    }

    boolean pinning(JobId job) {
        return underWay.values().stream()
                .anyMatch(effect ->
                        effect instanceof Effect.PinImage pin && pin.job().equals(job));
    }
}
