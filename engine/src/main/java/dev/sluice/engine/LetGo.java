package dev.sluice.engine;

import dev.sluice.job.Phase;
import java.time.Instant;

/**
 * Whether a release may have let some of an attempt go. Where none can have, what its cluster does not have any more was parked to the
 * end, and is parked again (DISPATCH.md, "Going out"). Not on disk: of what an earlier life left on a cluster nobody knows.
 */
final class LetGo {
    private boolean maybe;
    /** Whether a release of this life may have left: one that is refused may have let part of an array go. */
    private boolean asked;

    /** @param first the phase in which this life meets the attempt */
    LetGo(Phase first) {
        maybe = first instanceof Phase.Bound;
    }

    boolean maybe() {
        return maybe;
    }

    void follows(Phase phase) {
        switch (phase) {
            case Phase.Intended i -> asked = false;
            case Phase.Parked p -> maybe |= asked;
            // Without a fence none has left yet; of what is in doubt nobody knows what came of it.
            case Phase.Releasing releasing -> {
                boolean left = releasing.fence().isAfter(Instant.EPOCH);
                asked |= left;
                maybe |= left && releasing.epoch() == Phase.NOBODY;
            }
            case Phase.Released r -> maybe = true;
        }
    }
}
