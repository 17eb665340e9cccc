package dev.sluice.cluster;

import dev.sluice.job.AttemptEnd;
import java.time.Instant;

/** In what state a bridge saw tasks of an object of ours. Run: the cluster's restart count. */
public sealed interface Sighting {
    int run();

    /** @param why in the cluster's words */
    record Held(int run, Holder by, String why) implements Sighting {
        public boolean isByUs() {
            return by == Holder.US || by == Holder.UNRELEASED;
        }
    }

    /** @param why what it waits for, in the cluster's words, harmless and short; empty where it says nothing worth telling */
    record Pending(int run, String why) implements Sighting {
        /** In its turn, for all that is known. */
        public Pending(int run) {
            this(run, "");
        }
    }

    record Running(int run, Instant started, Claimed claim) implements Sighting {}

    record Paused(int run, Instant started) implements Sighting {}

    record Completing(int run, Instant started) implements Sighting {}

    /**
     * Over, by accounting or by the cluster's own record.
     *
     * @param started when it had started; its end where it never did
     */
    record Ended(int run, AttemptEnd end, Instant started, Instant at) implements Sighting {}

    /** Accounting has it as pending or running, and the controller, which answers, does not know it. */
    record Lost(int run) implements Sighting {}

    /** Who holds it. */
    enum Holder {
        /** As it was parked, or by a hold of ours. */
        US,
        /**
         * As it was parked, on a cluster that can tell this from a hold of ours and where nothing stops a second launch: as far as it
         * knows this was never released. Where it was, the cluster's history was set back.
         */
        UNRELEASED,
        OWNER,
        ADMINISTRATOR,
        /** A limit of the cluster's. */
        LIMIT
    }

    /** Whether the gate before the user's code was passed. */
    enum Claimed {
        CLAIMED,
        UNCLAIMED,
        /** The bridge cannot see claims. */
        UNKNOWN
    }
}
