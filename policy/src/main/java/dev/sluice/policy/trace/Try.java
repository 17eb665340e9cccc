package dev.sluice.policy.trace;

import dev.sluice.job.AttemptId;
import dev.sluice.policy.load.Load;

/** One try of a job on a cluster, in its queue or running. */
final class Try {
    static final long NOT_YET = -1;

    final Item item;
    final AttemptId attempt;
    final Pool pool;
    final Load need;
    /** The longest that it may run, seconds: its limit, else its cluster's. */
    final long limit;
    /** When it began, in seconds; {@link #NOT_YET} while it waits in its cluster's queue. */
    long started = NOT_YET;

    boolean claimed;
    boolean over;

    Try(Item item, AttemptId attempt, Pool pool, Load need, long limit) {
        this.item = item;
        this.attempt = attempt;
        this.pool = pool;
        this.need = need;
        this.limit = limit;
    }

    boolean isRunning() {
        return started != NOT_YET && !over;
    }

    boolean isNative() {
        return item.owner instanceof Item.Owner.Native;
    }
}
