package dev.sluice.gateway.http;

import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection, and until when what it is at must be over. For the thread of its event loop.
 *
 * <p>No client makes it stay by sending a byte now and then: heads and bodies have one deadline each, and what is written to a
 * client that does not read is bounded by the deadline that follows it.
 */
final class Link {
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final HttpConnection connection;
    private final Crowd crowd;
    private final HttpSettings settings;
    private Stage stage = Stage.FRESH;
    private long deadline;
    private @Nullable Exchange exchange;

    /** Whether it is one connection too many. */
    enum Crowd {
        WELCOME,
        ONE_TOO_MANY
    }

    private enum Stage {
        /** Nothing has come in yet. */
        FRESH,
        /** A request is coming in. */
        BODY,
        /** It is our turn. */
        WORK,
        /** Between requests. */
        IDLE,
        /** Answered for the last time: what still comes in is thrown away, so that the answer gets through. */
        LINGER
    }

    Link(HttpConnection connection, Crowd crowd, HttpSettings settings) {
        this.connection = connection;
        this.crowd = crowd;
        this.settings = settings;
        this.deadline = Reactor.after(settings.headTimeout());
    }

    HttpConnection connection() {
        return connection;
    }

    Crowd crowd() {
        return crowd;
    }

    void begins(Exchange next) {
        exchange = next;
        stage = Stage.WORK;
    }

    /** A body is awaited, or the next part of one that has its time anew. */
    void awaitsBody() {
        stage = Stage.BODY;
        deadline = Reactor.after(settings.bodyTimeout());
    }

    void works() {
        stage = Stage.WORK;
    }

    void ends(Answer.Rest rest) {
        exchange = null;
        boolean stays = rest == Answer.Rest.STAYS;
        stage = stays ? Stage.IDLE : Stage.LINGER;
        deadline = Reactor.after(stays ? settings.keepAlive() : LINGER);
    }

    void beat(long now, HttpListener listener) {
        if (stage == Stage.WORK) {
            if (exchange != null) {
                exchange.beat(now);
            }
            return;
        }
        if (now - deadline >= 0) {
            if (stage == Stage.FRESH || stage == Stage.BODY) {
                listener.refused(HttpListener.Bound.SLOW_REQUEST);
            }
            close();
        }
    }

    void close() {
        var unused = connection.close();
    }

    void endIfIdle() {
        if (exchange == null) {
            close();
        }
    }

    /** The client, or we, closed it. */
    void gone() {
        Exchange open = exchange;
        exchange = null;
        if (open != null) {
            open.gone();
        }
    }
}
