package dev.sluice.gateway.identity;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.UserName;
import java.time.Instant;
import java.util.Optional;

/**
 * What is kept of a token.
 *
 * @param id what it is listed and revoked by; no secret
 * @param label what it is for, as whoever made it says
 * @param cap what its holder is at the most with it; empty for all that he is
 * @param expires it is good for nothing from then on; empty for never
 * @param revoked when it was; it is good for nothing since
 */
public record TokenRecord(
        String id,
        TokenHash hash,
        UserName user,
        String label,
        Optional<Role> cap,
        Instant created,
        Optional<Instant> expires,
        Optional<Instant> revoked) {
    public static final int MAX_LABEL = 255;

    public TokenRecord {
        if (label.codePointCount(0, label.length()) > MAX_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw new InvalidValue("label", "at most " + MAX_LABEL + " characters and no control characters", label);
        }
        if (expires.isPresent() && !expires.get().isAfter(created)) {
            throw new InvalidValue(
                    "expires", "a time after " + created, expires.get().toString());
        }
    }

    /** Whether it is good for anything at this time. */
    public boolean good(Instant now) {
        return revoked.isEmpty() && expires.map(now::isBefore).orElse(true);
    }

    Principal principal() {
        return new Principal(user, new Principal.Source.Token(id), cap);
    }
}
