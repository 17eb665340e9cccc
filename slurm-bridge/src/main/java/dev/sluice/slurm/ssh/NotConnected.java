package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import java.util.Optional;

/** No session was to be had, so nothing was sent. */
final class NotConnected extends Exception {
    private static final long serialVersionUID = 1L;

    /** How far the trouble reaches. */
    enum Scope {
        /** A moment's: the server was busy, the line was cut. */
        PASSING,
        /** The account is not let in. */
        ACCOUNT,
        /** The host is not the one that was meant, or is none. */
        HOST
    }

    private final Scope scope;

    NotConnected(Scope scope, String why) {
        super(why);
        this.scope = scope;
    }

    Scope scope() {
        return scope;
    }

    /** The server's no to an account is an answer; all else is none. */
    Optional<Refusal> refusal() {
        return scope == Scope.ACCOUNT
                ? Optional.of(Refusal.later("login-refused", String.valueOf(getMessage())))
                : Optional.empty();
    }

    Outcome outcome() {
        return refusal()
                .<Outcome>map(Outcome.Barred::new)
                .orElseGet(() -> new Outcome.Unsent(String.valueOf(getMessage())));
    }
}
