package dev.sluice.gateway.http;

import dev.sluice.gateway.http.Routes.Match;
import dev.sluice.gateway.http.Routes.Route;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.job.UserName;
import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where connections and requests of one event loop come in: they are counted, and find out who is behind them, before any work is
 * done for them. For the loop's thread.
 */
final class Entrance {
    private static final Logger LOG = LoggerFactory.getLogger(Entrance.class);
    /** So many connections beyond the bound are told so; more are closed without a word. */
    private static final int TOLD = 64;

    private static final Route NO_ROUTE = new Route("", HttpListener.NO_ROUTE, Routes.Entry.OPEN, exchange -> {});
    private static final Principal NOBODY = Principal.loopback(new UserName("_"));

    private final Reactor reactor;
    private final Routes routes;
    private final Guard guard;
    private final Readers readers;
    private final HttpSettings settings;
    private final HttpListener listener;
    private final Crowd crowd;

    /** How many connections and requests there are on all loops together. For any thread. */
    static final class Crowd {
        private final AtomicInteger connections = new AtomicInteger();
        private final AtomicInteger requests = new AtomicInteger();
        private final Runnable leaves = requests::decrementAndGet;
    }

    Entrance(
            Reactor reactor,
            Routes routes,
            Guard guard,
            Readers readers,
            HttpSettings settings,
            HttpListener listener,
            Crowd crowd) {
        this.reactor = reactor;
        this.routes = routes;
        this.guard = guard;
        this.readers = readers;
        this.settings = settings;
        this.listener = listener;
        this.crowd = crowd;
    }

    void connected(HttpConnection connection) {
        int open = crowd.connections.incrementAndGet();
        boolean tooMany = open > settings.maxConnections();
        Link link = new Link(connection, tooMany ? Link.Crowd.ONE_TOO_MANY : Link.Crowd.WELCOME, settings);
        reactor.opened(link);
        listener.connections(open);
        connection.exceptionHandler(thrown -> LOG.debug("a connection broke", thrown));
        connection.closeHandler(closed -> {
            reactor.closed(link);
            listener.connections(crowd.connections.decrementAndGet());
            link.gone();
        });
        if (tooMany) {
            listener.refused(HttpListener.Bound.CONNECTIONS);
            if (open > settings.maxConnections() + TOLD) {
                link.close();
            }
        }
    }

    void requested(HttpServerRequest request) {
        long now = System.nanoTime();
        Link link = reactor.link(request.connection());
        Match match = request.path() == null
                ? new Match.Nothing()
                : routes.match(request.method().name(), request.path());
        Optional<Answer> refusal = refusal(link, request);
        if (refusal.isPresent()) {
            answer(link, request, now, refusal.get().closing());
            return;
        }
        switch (match) {
            case Match.Nothing nothing ->
                answer(
                        link,
                        request,
                        now,
                        Answer.problem(Code.NOT_FOUND, "no route has this path; /openapi.yaml tells which there are"));
            case Match.OtherMethods other ->
                answer(
                        link,
                        request,
                        now,
                        Answer.problem(
                                        Code.METHOD_NOT_ALLOWED,
                                        "%s: expected one of %s, found another method"
                                                .formatted(other.path(), other.allow()))
                                .allow(other.allow()));
            case Match.Found found -> enter(link, request, now, found.route(), found.arguments());
        }
    }

    /** Why no request of this connection, or none at all, or not this one, is looked at. */
    private Optional<Answer> refusal(Link link, HttpServerRequest request) {
        if (link.crowd() == Link.Crowd.ONE_TOO_MANY) {
            return Optional.of(Answer.busy("too many connections are open already; try again", 2));
        }
        if (reactor.stopping()) {
            return Optional.of(Answer.problem(Code.STOPPING, "the gateway stops; try again when it is back")
                    .retryAfter(5));
        }
        return guard.stray(request);
    }

    private void enter(Link link, HttpServerRequest request, long now, Route route, List<String> arguments) {
        Principal principal = NOBODY;
        if (route.entry() == Routes.Entry.KNOWN) {
            switch (guard.enter(request.getHeader(HttpHeaders.AUTHORIZATION), now)) {
                case Guard.Entry.In in -> principal = in.principal();
                case Guard.Entry.Out out -> {
                    if (out.bound() != null) {
                        listener.refused(out.bound());
                    }
                    answer(link, request, now, out.answer());
                    return;
                }
            }
        }
        if (crowd.requests.incrementAndGet() > settings.maxRequests()) {
            crowd.requests.decrementAndGet();
            listener.refused(HttpListener.Bound.REQUESTS);
            answer(link, request, now, Answer.busy("too many requests are under way already; try again", 1));
            return;
        }
        Exchange exchange = exchange(link, request, now, route, arguments, principal, crowd.leaves);
        exchange.safely(() -> route.handler().handle(exchange));
    }

    private Exchange exchange(
            Link link,
            HttpServerRequest request,
            long now,
            Route route,
            List<String> arguments,
            Principal principal,
            Runnable place) {
        Exchange exchange =
                new Exchange(reactor, link, request, route, arguments, principal, readers, listener, place, now);
        link.begins(exchange);
        return exchange;
    }

    /** Answers a request that is not looked at any further. A body that comes with it is not waited for. */
    private void answer(Link link, HttpServerRequest request, long now, Answer answer) {
        Exchange exchange = exchange(link, request, now, NO_ROUTE, List.of(), NOBODY, () -> {});
        boolean body = BodyReader.announced(request) > 0 || request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
        exchange.body(body ? Exchange.Body.COMING : Exchange.Body.NONE);
        exchange.answer(answer);
    }

    /** What is not HTTP, or too long for it. */
    void garbled(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        Link link = reactor.link(request.connection());
        Answer answer = cause instanceof TooLongFrameException
                ? Answer.problem(
                        Code.TOO_LARGE,
                        "expected a request line of at most %d bytes and a head of at most %d, found more"
                                .formatted(settings.maxRequestLine(), settings.maxHead()))
                : Answer.problem(Code.INVALID_REQUEST, "expected HTTP/1.1 (RFC 9112), found something else");
        answer(link, request, System.nanoTime(), answer.closing());
    }
}
