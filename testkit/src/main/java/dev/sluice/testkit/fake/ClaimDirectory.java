package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptId;
import java.util.HashMap;
import java.util.Map;

/** The files {@code attempt.task.run} that let one launch through. No crash of the controller changes it. */
final class ClaimDirectory {
    enum Holder {
        LAUNCH,
        GATEWAY
    }

    private final Map<Ledger.Run, Holder> held = new HashMap<>();

    /** Who holds the claim afterwards: the taker, unless somebody was before him. */
    Holder take(AttemptId attempt, int task, int run, Holder taker) {
        Holder before = held.putIfAbsent(new Ledger.Run(attempt, task, run), taker);
        return before == null ? taker : before;
    }

    /** Whether this launch gets it: a second launch does not, though a launch holds it. */
    boolean wonByLaunch(AttemptId attempt, int task, int run) {
        return held.putIfAbsent(new Ledger.Run(attempt, task, run), Holder.LAUNCH) == null;
    }

    boolean heldBy(Holder holder, AttemptId attempt, int task, int run) {
        return held.get(new Ledger.Run(attempt, task, run)) == holder;
    }
}
