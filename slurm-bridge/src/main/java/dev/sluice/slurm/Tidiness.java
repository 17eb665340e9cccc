package dev.sluice.slurm;

import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Removes old claims, marks and copies of scripts, of owners who have new jobs, twice a day at the most. Thread-safe. */
final class Tidiness {
    private static final Duration EVERY = Duration.ofHours(12);

    private final Optional<Remains> remains;
    private final Duration retention;
    private final InstantSource clock;
    private final Map<Owner, Instant> visited = new HashMap<>();

    Tidiness(Optional<Remains> remains, Duration retention, InstantSource clock) {
        this.remains = remains;
        this.retention = retention;
        this.clock = clock;
    }

    /** Returns at once; what could not be removed is tried with a later job. */
    void visit(Owner owner) {
        Instant now = clock.instant();
        if (remains.isEmpty() || !isDue(owner, now)) {
            return;
        }
        Thread.ofVirtual().name("tidy-" + owner).start(() -> remains.get().forget(owner, now.minus(retention)));
    }

    private synchronized boolean isDue(Owner owner, Instant now) {
        Instant last = visited.get(owner);
        boolean due = last == null || last.plus(EVERY).isBefore(now);
        if (due) {
            visited.put(owner, now);
        }
        return due;
    }
}
