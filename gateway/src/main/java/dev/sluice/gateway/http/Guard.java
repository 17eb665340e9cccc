package dev.sluice.gateway.http;

import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.job.UserName;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks. For any thread.
 *
 * <p>Without tokens everybody who reaches the loopback address is the gateway's own account. A web page must not be among them: its
 * browser names the page's host (DNS rebinding) or its origin, and both are looked at. Once there was a token, every request
 * needs one, whatever becomes of the tokens. No other header says who somebody is (FAULTS.md, B20).
 */
final class Guard {
    private static final String SCHEME = "Bearer ";

    private final Tokens tokens;
    private final Supplier<Access> access;
    private final RateLimits rates;
    private final Principal own;
    private volatile boolean closed;

    /** @param own the gateway's own account */
    Guard(Tokens tokens, Supplier<Access> access, RateLimits rates, UserName own, Door door) {
        this.tokens = tokens;
        this.access = access;
        this.rates = rates;
        this.own = Principal.loopback(own);
        this.closed = door == Door.OF_OTHERS_TOO || tokens.any();
    }

    /** Whom the address that is listened on lets in. */
    enum Door {
        LOOPBACK,
        OF_OTHERS_TOO
    }

    /** Whether a token is needed. */
    boolean closed() {
        if (!closed && tokens.any()) {
            closed = true;
        }
        return closed;
    }

    /** What came of it: somebody, or an answer. */
    sealed interface Entry {
        record In(Principal principal) implements Entry {}

        record Out(Answer answer, HttpListener.@Nullable Bound bound) implements Entry {}
    }

    /** Why a request to an open gateway is a web page's; empty for one that is none. */
    Optional<Answer> stray(HttpServerRequest request) {
        if (closed()) {
            return Optional.empty();
        }
        String host = request.getHeader(HttpHeaders.HOST);
        if (host == null || !isLoopback(host)) {
            return Optional.of(Answer.problem(
                            Code.MISDIRECTED,
                            "Host: expected localhost or a loopback address, as long as no token is needed, found another")
                    .closing());
        }
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        String site = request.getHeader("Sec-Fetch-Site");
        boolean foreign = origin != null && !origin.equalsIgnoreCase("http://" + host);
        boolean crossed = site != null && !site.equals("same-origin") && !site.equals("none");
        return foreign || crossed
                ? Optional.of(Answer.problem(
                                Code.FORBIDDEN,
                                "expected a program, or a page of this gateway's, found another site's page")
                        .closing())
                : Optional.empty();
    }

    private static boolean isLoopback(String host) {
        String name = host.startsWith("[") ? host.substring(0, host.indexOf(']') + 1) : before(host, ':');
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.equals("[::1]") || isV4Loopback(lower);
    }

    private static String before(String text, char end) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }

    /** 127.x.y.z, in digits: 127.evil.example is a name. */
    private static boolean isV4Loopback(String name) {
        int dots = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            dots += c == '.' ? 1 : 0;
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return dots == 3 && name.startsWith("127.");
    }

    /**
     * Who asks.
     *
     * @param nanos the monotonic clock
     */
    Entry enter(@Nullable String authorization, long nanos) {
        if (!closed()) {
            return admit(own, nanos);
        }
        if (authorization == null) {
            return new Entry.Out(unauthenticated("Authorization: expected Bearer and a token, found nothing"), null);
        }
        String sent = authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? authorization.substring(SCHEME.length()).strip()
                : "";
        return switch (tokens.check(sent)) {
            case Tokens.Check.Good good -> admit(good.principal(), nanos);
            case Tokens.Check.Bad bad ->
                new Entry.Out(
                        unauthenticated(
                                "Authorization: expected Bearer and a token that is neither expired nor revoked, found none"),
                        null);
            case Tokens.Check.Unknown unknown ->
                new Entry.Out(Answer.busy("the tokens cannot be read now; try again", 2), null);
        };
    }

    private static Answer unauthenticated(String detail) {
        return Answer.problem(Code.UNAUTHENTICATED, detail + "; an administrator makes one with sluice token create");
    }

    private Entry admit(Principal principal, long nanos) {
        if (access.get().banned(principal)) {
            return new Entry.Out(
                    Answer.problem(Code.FORBIDDEN, "expected a user who is not banned, found " + principal.user()),
                    null);
        }
        long wait = rates.take(principal.user(), nanos);
        return wait == 0
                ? new Entry.In(principal)
                : new Entry.Out(
                        Answer.problem(
                                        Code.TOO_MANY_REQUESTS,
                                        "expected fewer requests a second of " + principal.user() + ", found too many")
                                .retryAfter(1 + wait / 1_000_000_000),
                        HttpListener.Bound.RATE);
    }
}
