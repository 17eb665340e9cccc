package dev.sluice.testkit.simulation;

import dev.sluice.engine.JobStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs simulations by seed. */
public final class Seeds {
    private Seeds() {}

    /** How one seed failed. */
    public record Failure(long seed, Throwable cause) {
        @Override
        public String toString() {
            return "seed %d: %s".formatted(seed, cause);
        }
    }

    /** Runs one seed. @throws Violation when a promise is broken */
    static Report run(long seed) {
        return new Simulation(seed, Mutation.NONE, Optional.empty()).run();
    }

    /**
     * Runs one seed on a store.
     *
     * @param kept gives an empty store, and closes it when it likes
     * @return how many commits there were
     * @throws RuntimeException when a promise is broken
     */
    public static long run(long seed, Supplier<JobStore> kept) {
        return new Simulation(seed, Mutation.NONE, Optional.empty(), Optional.of(kept.get()))
                .run()
                .commits();
    }

    /** Runs one seed under a mutation; empty when nothing was noticed. */
    public static Optional<Failure> run(long seed, Mutation mutation) {
        try {
            new Simulation(seed, mutation, Optional.empty()).run();
            return Optional.empty();
        } catch (RuntimeException noticed) {
            return Optional.of(new Failure(seed, noticed));
        }
    }

    /** Runs one seed, and tells its history line by line. */
    public static Optional<Failure> tell(long seed, Consumer<String> listener) {
        try {
            new Simulation(seed, Mutation.NONE, Optional.of(listener)).run();
            return Optional.empty();
        } catch (RuntimeException noticed) {
            return Optional.of(new Failure(seed, noticed));
        }
    }

    /** The last lines of a seed's history. */
    public static List<String> tail(long seed, int lines) {
        List<String> all = new ArrayList<>();
        Optional<Failure> failure = tell(seed, all::add);
        List<String> tail = new ArrayList<>(all.subList(Math.max(0, all.size() - lines), all.size()));
        failure.ifPresent(f -> tail.add(f.toString()));
        return tail;
    }
}
