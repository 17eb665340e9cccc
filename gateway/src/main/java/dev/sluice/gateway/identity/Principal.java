package dev.sluice.gateway.identity;

import dev.sluice.job.UserName;
import java.util.Optional;

/**
 * Somebody who asks, as the gateway itself found out: nothing that a request says of its sender is believed (FAULTS.md, B20).
 *
 * @param cap what he is at the most with this proof, whatever his roles are
 */
public record Principal(UserName user, Source source, Optional<Role> cap) {
    /** How it was found out. */
    public sealed interface Source {
        /** He reached a gateway without tokens over the loopback: its own account. */
        record Loopback() implements Source {}

        /** He showed this token. */
        record Token(String id) implements Source {}
    }

    /** The gateway's own account, over the loopback. */
    public static Principal loopback(UserName user) {
        return new Principal(user, new Source.Loopback(), Optional.empty());
    }
}
