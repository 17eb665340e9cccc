package dev.sluice.gateway.identity;

import dev.sluice.engine.StoreLost;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.UserName;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * The tokens that are good, in memory, so that a request costs a hash and a look-up. For any thread.
 *
 * <p>Whoever runs the gateway calls {@link #refresh} every {@link #REFRESH}: a token that another process made or revoked counts
 * from then on. When that has failed for {@link #TRUST}, nobody is let in: a revocation might be among what could not be read.
 */
public final class Tokens {
    /** How often it is to be refreshed: well within the second after which a revocation must hold. */
    public static final Duration REFRESH = Duration.ofMillis(400);
    /** For how long what was read is believed without reading it again. */
    public static final Duration TRUST = Duration.ofSeconds(5);

    private static final int ID_LENGTH = 12;
    private static final String DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";

    private final TokenBook book;
    private final TokenSettings settings;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final SecureRandom random = new SecureRandom();
    private final Semaphore reading = new Semaphore(1);
    private volatile Known known;

    /** @param readAt on the monotonic clock */
    private record Known(
            long version, long readAt, Map<TokenHash, TokenRecord> byHash, Map<String, TokenRecord> byId) {}

    /** What a token that was shown is worth. */
    public sealed interface Check {
        record Good(Principal principal) implements Check {}

        /** Unknown, expired or revoked: which of them is nobody's business. */
        record Bad() implements Check {}

        /** Nobody knows now. */
        record Unknown() implements Check {}
    }

    /** A new token: its text, which nobody will see again, and what is kept of it. */
    public record Made(TokenText text, TokenRecord token) {}

    /** @param nanos a monotonic clock, nanoseconds */
    public Tokens(TokenBook book, TokenSettings settings, InstantSource clock, LongSupplier nanos) throws StoreLost {
        this.book = book;
        this.settings = settings;
        this.clock = clock;
        this.nanos = nanos;
        this.known = read(book.version());
    }

    private Known read(long version) throws StoreLost {
        long at = nanos.getAsLong();
        Map<TokenHash, TokenRecord> byHash = new HashMap<>();
        Map<String, TokenRecord> byId = new HashMap<>();
        book.all().forEach(token -> {
            byHash.put(token.hash(), token);
            byId.put(token.id(), token);
        });
        return new Known(version, at, byHash, byId);
    }

    /** Whether there is any token, good or not. Without any, no request has to show one. */
    public boolean any() {
        return !known.byHash.isEmpty();
    }

    /** Checks a token as it was sent. Never blocks. */
    public Check check(String sent) {
        Known now = known;
        if (nanos.getAsLong() - now.readAt > TRUST.toNanos()) {
            return new Check.Unknown();
        }
        TokenRecord token =
                TokenText.parse(sent).map(text -> now.byHash.get(text.hash())).orElse(null);
        return token != null && token.good(clock.instant()) ? new Check.Good(token.principal()) : new Check.Bad();
    }

    /** Whether somebody who came in may stay: whatever lasts asks again and again. */
    public boolean stillGood(Principal principal) {
        return switch (principal.source()) {
            case Principal.Source.Loopback loopback -> true;
            case Principal.Source.Token token ->
                find(token.id()).map(kept -> kept.good(clock.instant())).orElse(false);
        };
    }

    /** Reads what changed. Blocks; when another thread is at it, it returns at once. */
    public void refresh() throws StoreLost {
        if (reading.tryAcquire()) {
            try {
                refreshAlone();
            } finally {
                reading.release();
            }
        }
    }

    private void refreshAlone() throws StoreLost {
        long at = nanos.getAsLong();
        // The version first: what is written between it and the rows is read again next time.
        long version = book.version();
        known = version == known.version ? new Known(version, at, known.byHash, known.byId) : read(version);
    }

    /**
     * Makes a token. Blocks.
     *
     * @param life for how long; empty for the site's usual
     * @throws InvalidValue when it would live for too long, or there are too many
     */
    public Made make(UserName user, String label, Optional<Role> cap, Optional<Duration> life) throws StoreLost {
        Duration lives = life.orElse(settings.life());
        if (lives.compareTo(settings.longestLife()) > 0 || lives.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new InvalidValue(
                    "life", "1 to " + settings.longestLife().toSeconds() + " seconds", lives.toSeconds() + " seconds");
        }
        if (known.byHash.size() >= settings.most()) {
            throw new InvalidValue("tokens", "at most " + settings.most(), "one more");
        }
        TokenText text = TokenText.random(random);
        Instant now = clock.instant();
        TokenRecord token = new TokenRecord(
                id(), text.hash(), user, label, cap, now, Optional.of(now.plus(lives)), Optional.empty());
        book.add(token);
        settle();
        return new Made(text, token);
    }

    private String id() {
        StringBuilder id = new StringBuilder(ID_LENGTH);
        for (int i = 0; i < ID_LENGTH; i++) {
            id.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        return id.toString();
    }

    /** Revokes a token, from its return on in this process. Blocks; false when there is none with this id. */
    public boolean revoke(String id) throws StoreLost {
        boolean found = book.revoke(id, clock.instant());
        settle();
        return found;
    }

    /** Reads again, after whoever reads just now. */
    private void settle() throws StoreLost {
        reading.acquireUninterruptibly();
        try {
            refreshAlone();
        } finally {
            reading.release();
        }
    }

    /** All tokens, by the time at which they were made. */
    public List<TokenRecord> all() {
        return known.byHash.values().stream()
                .sorted(Comparator.comparing(TokenRecord::created).thenComparing(TokenRecord::id))
                .toList();
    }

    /** The token with this id; empty when there is none. */
    public Optional<TokenRecord> find(String id) {
        return Optional.ofNullable(known.byId.get(id));
    }
}
