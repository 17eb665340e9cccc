package dev.sluice.slurm.rest;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The tokens at hand: one for each user, renewed after two thirds of its life. Safe for any number of threads; of those who want
 * a token for the same user, one has it made.
 */
final class Wallet {
    /** How long the making of a token may take without that it outlives the fence. */
    private static final Duration MAKING = Duration.ofSeconds(2);

    private final TokenSource source;
    private final InstantSource clock;
    private final Duration life;
    private final Duration skew;
    /** Half of a life is worth a token too, where lives are short. */
    private final Duration least;

    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    /** What was kept; guarded by its lock. */
    private static final class Slot {
        final ReentrantLock lock = new ReentrantLock();

        @Nullable
        Kept kept;
    }

    private record Kept(Token token, Instant made) {}

    /** @param skew by how much the cluster's clock may be behind ours: for so much longer it takes a token */
    Wallet(TokenSource source, Duration life, Duration skew, InstantSource clock) {
        this.source = source;
        this.life = life;
        this.skew = skew;
        Duration half = life.dividedBy(2);
        this.least = half.compareTo(RestSettings.SHORTEST_LIFE) < 0 ? half : RestSettings.SHORTEST_LIFE;
        this.clock = clock;
    }

    /**
     * A token that ends at the fence at the latest, by the cluster's clock too.
     *
     * @throws IOException when there is none; its message says why and holds no secret
     */
    Token get(String user, Instant fence) throws IOException {
        Slot slot = slots.computeIfAbsent(user, name -> new Slot());
        slot.lock.lock();
        try {
            Instant now = clock.instant();
            Kept kept = slot.kept;
            if (kept != null && fresh(kept, now) && endsBy(fence, kept.token())) {
                return kept.token();
            }
            Token token = make(user, now, fence);
            slot.kept = new Kept(token, now);
            return token;
        } finally {
            slot.lock.unlock();
        }
    }

    private boolean endsBy(Instant fence, Token token) {
        return fence.equals(Instant.MAX) || !token.end().isAfter(fence.minus(skew));
    }

    private Token make(String user, Instant now, Instant fence) throws IOException {
        Duration left = Duration.between(now, fence).minus(MAKING).minus(skew);
        Duration asked = left.compareTo(life) < 0 ? left : life;
        if (asked.compareTo(least) < 0) {
            throw new IOException("less than " + least.plus(MAKING).plus(skew).toSeconds()
                    + " s are left until the fence: nothing was sent");
        }
        Token token = source.mint(user, asked);
        if (!endsBy(fence, token)) {
            throw new IOException("the token for " + user + " outlives the fence of this call (" + token.end()
                    + " and the skew after " + fence + "): nothing was sent; let tokens live for " + asked.toSeconds()
                    + " s");
        }
        if (!token.end().isAfter(clock.instant())) {
            throw new IOException("the token for " + user + " had ended already: nothing was sent");
        }
        return token;
    }

    /** Two thirds of its life have not passed, and enough is left for a request that stalls. */
    private static boolean fresh(Kept kept, Instant now) {
        if (kept.token().end().equals(Instant.MAX)) {
            return Duration.between(kept.made(), now).compareTo(Duration.ofSeconds(60)) < 0;
        }
        Duration whole = Duration.between(kept.made(), kept.token().end());
        Duration left = Duration.between(now, kept.token().end());
        return left.compareTo(whole.dividedBy(3)) > 0 && left.compareTo(Duration.ofSeconds(5)) > 0;
    }

    /** Forgets a token that was refused: the key may have been changed. */
    void forget(String user) {
        Slot slot = slots.computeIfAbsent(user, name -> new Slot());
        slot.lock.lock();
        try {
            slot.kept = null;
        } finally {
            slot.lock.unlock();
        }
    }
}
