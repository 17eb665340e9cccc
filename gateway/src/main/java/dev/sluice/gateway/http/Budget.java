package dev.sluice.gateway.http;

import java.util.concurrent.atomic.AtomicLong;

/** How much there is of something for all together. For any thread. */
final class Budget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    Budget(long most) {
        this.most = most;
    }

    /** Takes so much, or nothing: false when it is not there. */
    boolean take(long amount) {
        if (taken.addAndGet(amount) > most) {
            taken.addAndGet(-amount);
            return false;
        }
        return true;
    }

    void giveBack(long amount) {
        taken.addAndGet(-amount);
    }

    long taken() {
        return taken.get();
    }
}
