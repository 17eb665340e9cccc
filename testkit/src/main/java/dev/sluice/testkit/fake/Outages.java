package dev.sluice.testkit.fake;

import dev.sluice.testkit.fake.Mischief.Thaw;

/** What of a cluster is away at present, and until when; milliseconds. */
final class Outages {
    long down;
    long frozen;
    Thaw thaw = Thaw.ANSWERS;
    long unreachable;
    long searches;
    long parks;
    long limitedParks;
    long accounting;
    long claims;
    long lagMs;

    /** Whether the controller runs: it may end jobs, start them and act on orders. */
    boolean active(long now) {
        return down <= now && frozen <= now;
    }

    /** Everything that lasts is over; a controller that is down comes back at its time. */
    void heal(long now) {
        frozen = Math.min(frozen, now);
        unreachable = now;
        searches = now;
        parks = now;
        limitedParks = now;
        accounting = now;
        claims = now;
        lagMs = 0;
    }
}
