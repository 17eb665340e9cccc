package dev.sluice.gateway.http;

import dev.sluice.job.UserName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket a user, as the time at which it would be full (the generic cell rate algorithm): one number and one exchange
 * each. Users were verified before, so that there are no more than have tokens. For any thread.
 */
final class RateLimits {
    private final long interval;
    private final long depth;
    private final ConcurrentMap<UserName, AtomicLong> full = new ConcurrentHashMap<>();

    RateLimits(int perSecond, int burst) {
        this.interval = Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
        this.depth = interval * burst;
    }

    /**
     * Takes one request.
     *
     * @param now on the monotonic clock, nanoseconds
     * @return 0, or after how many nanoseconds one would be taken; nothing was taken then
     */
    long take(UserName user, long now) {
        AtomicLong at = full.computeIfAbsent(user, name -> new AtomicLong(now));
        while (true) {
            long old = at.get();
            long base = old - now > 0 ? old : now;
            long next = base + interval;
            if (next - now > depth) {
                return next - now - depth;
            }
            if (at.compareAndSet(old, next)) {
                return 0;
            }
        }
    }
}
