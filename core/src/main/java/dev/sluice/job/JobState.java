package dev.sluice.job;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Where tasks of a job stand. It holds what is valid there and nothing else. */
public sealed interface JobState {

    /**
     * Nothing of them can run anywhere.
     *
     * @param gates what keeps them out of the queue; ascending
     * @param tries attempts so far that count against the cap
     * @param notBefore back-off: no attempt before it
     * @param refusedBy clusters that will never take them
     * @param last how the last attempt ended, where there was one
     */
    record Waiting(Set<Gate> gates, int tries, Instant notBefore, Refusals refusedBy, Optional<AttemptEnd> last)
            implements JobState {
        /** In the queue, never tried: shared by all such jobs. */
        public static final Waiting FRESH = new Waiting(Set.of(), 0, Instant.EPOCH, Refusals.NONE, Optional.empty());

        public Waiting {
            gates = gates.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(gates));
        }

        /** The same, with this gate shut. */
        public Waiting shut(Gate gate) {
            EnumSet<Gate> more = EnumSet.of(gate);
            more.addAll(gates);
            return new Waiting(more, tries, notBefore, refusedBy, last);
        }

        /** The same, with this gate open; the shared {@link #FRESH} where nothing else is to be said. */
        public Waiting open(Gate gate) {
            EnumSet<Gate> fewer = EnumSet.noneOf(Gate.class);
            fewer.addAll(gates);
            fewer.remove(gate);
            Waiting opened = new Waiting(fewer, tries, notBefore, refusedBy, last);
            return opened.equals(FRESH) ? FRESH : opened;
        }
    }

    /** They belong to exactly this attempt. */
    record Live(Attempt attempt, Phase phase, Wish wish) implements JobState {
        public Live with(Phase next) {
            return new Live(attempt, next, wish);
        }

        public Live with(Wish next) {
            return new Live(attempt, phase, next);
        }
    }

    /** Nothing of them will ever run again. When, the events say. */
    record Ended(Verdict verdict) implements JobState {}
}
