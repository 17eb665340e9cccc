package dev.sluice.gateway.http;

import dev.sluice.gateway.http.Routes.Route;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.wire.Problem;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request with its answer. For the thread of its event loop, but for {@link #read} and {@link #hand}, which bring work from
 * there and back. It is answered once: what comes later is dropped, since the client has gone or been told.
 */
final class Exchange {
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.sluice.access");
    private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
    private static final CharSequence CONTENT_TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence NO_POLICY =
            HttpHeaders.createOptimized("default-src 'none'; frame-ancestors 'none'; sandbox");
    private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");

    private final Reactor reactor;
    private final Link link;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Route route;
    private final List<String> arguments;
    private final Principal principal;
    private final Readers readers;
    private final HttpListener listener;
    private final Runnable place;
    private final long began;
    private Body body = Body.NONE;
    private State state = State.OPEN;
    private boolean placed = true;
    private @Nullable Runnable whenGone;
    private @Nullable Runnable whenOver;
    private @Nullable LongConsumer whenBeaten;

    /** How much of the request's body is still to come. */
    enum Body {
        NONE,
        COMING,
        WHOLE
    }

    private enum State {
        OPEN,
        STREAMING,
        OVER
    }

    /** @param place gives back its place among the requests under way */
    Exchange(
            Reactor reactor,
            Link link,
            HttpServerRequest request,
            Route route,
            List<String> arguments,
            Principal principal,
            Readers readers,
            HttpListener listener,
            Runnable place,
            long began) {
        this.reactor = reactor;
        this.link = link;
        this.request = request;
        this.response = request.response();
        this.route = route;
        this.arguments = arguments;
        this.principal = principal;
        this.readers = readers;
        this.listener = listener;
        this.place = place;
        this.began = began;
    }

    Reactor reactor() {
        return reactor;
    }

    Link link() {
        return link;
    }

    HttpServerRequest request() {
        return request;
    }

    HttpServerResponse response() {
        return response;
    }

    Principal principal() {
        return principal;
    }

    /** What the path has for its first parameter, its second … */
    String argument(int index) {
        return arguments.get(index);
    }

    /** The query as it was sent, without its question mark. */
    String query() {
        String query = request.query();
        return query == null ? "" : query;
    }

    @Nullable
    String header(CharSequence name) {
        return request.getHeader(name);
    }

    boolean head() {
        return request.method() == HttpMethod.HEAD;
    }

    void body(Body now) {
        body = now;
    }

    /** Whether it has been answered to the end, or the client has gone. */
    boolean over() {
        return state == State.OVER;
    }

    /** Runs it on the loop; what it throws is answered. From any thread. */
    void hand(Runnable work) {
        reactor.hand(() -> safely(work::run));
    }

    /** Something that may fail. */
    interface Work {
        void run() throws Exception;
    }

    /** Runs it; what it throws is answered. */
    void safely(Work work) {
        if (over()) {
            return;
        }
        try {
            work.run();
        } catch (Exception | StackOverflowError e) {
            answer(Answers.thrown(e));
        }
    }

    /** Answers with what a blocking call gives, or throws. */
    void read(Callable<Answer> call) {
        boolean taken = readers.run(() -> {
            Answer answer;
            try {
                answer = call.call();
            } catch (Exception | StackOverflowError e) {
                answer = Answers.thrown(e);
            }
            Answer given = answer;
            hand(() -> answer(given));
        });
        if (!taken) {
            listener.refused(HttpListener.Bound.READS);
            answer(Answer.busy("too many reads wait already; try again", 1));
        }
    }

    /** Runs a blocking piece of work that answers by itself; what it throws is answered. */
    void work(Work work) {
        boolean taken = readers.run(() -> {
            try {
                work.run();
            } catch (Exception | StackOverflowError e) {
                Answer answer = Answers.thrown(e);
                hand(() -> answer(answer));
            }
        });
        if (!taken) {
            listener.refused(HttpListener.Bound.READS);
            answer(Answer.busy("too many reads wait already; try again", 1));
        }
    }

    void problem(Problem.Code code, String detail) {
        answer(Answer.problem(code, detail));
    }

    void problem(Problem problem) {
        answer(Answer.problem(problem));
    }

    /** Ends it. */
    void answer(Answer answer) {
        if (state == State.STREAMING) {
            // The status has left: the client can only be shown that this is not the end it was waiting for.
            breakOff();
            return;
        }
        if (over()) {
            return;
        }
        // The rest of a body nobody wants is not read through just to keep a connection.
        Answer.Rest rest = body == Body.COMING || reactor.stopping() ? Answer.Rest.CLOSES : answer.rest();
        headers(answer, rest);
        finish(answer.status(), rest);
        if (head()) {
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(answer.body().length));
        }
        Future<Void> ended = head() ? response.end() : response.end(Buffer.buffer(answer.body()));
        if (rest == Answer.Rest.CLOSES && body != Body.COMING) {
            ended.onComplete(done -> link.close());
        } else {
            ignore(ended);
        }
    }

    private void headers(Answer answer, Answer.Rest rest) {
        response.setStatusCode(answer.status());
        if (answer.type() != null) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, answer.type());
        }
        guards();
        answer.location().ifPresent(value -> response.putHeader(HttpHeaders.LOCATION, value));
        answer.retryAfter().ifPresent(value -> response.putHeader(HttpHeaders.RETRY_AFTER, Long.toString(value)));
        answer.allow().ifPresent(value -> response.putHeader(HttpHeaders.ALLOW, value));
        answer.range().ifPresent(value -> response.putHeader(HttpHeaders.CONTENT_RANGE, value));
        if (answer.status() == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (rest == Answer.Rest.CLOSES) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    /** Headers that keep browsers from making more of an answer than it is. */
    private void guards() {
        response.putHeader(CONTENT_TYPE_OPTIONS, NOSNIFF);
        response.putHeader(POLICY, NO_POLICY);
        response.putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE);
    }

    /** Answers HEAD for a body of this length that was not made. */
    void headOnly(int status, String type, long length) {
        if (state == State.OPEN) {
            response.setStatusCode(status);
            response.putHeader(HttpHeaders.CONTENT_TYPE, type);
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
            guards();
            finish(status, Answer.Rest.STAYS);
            ignore(response.end());
        }
    }

    /** Gives its place among the requests to another: a stream is counted elsewhere. */
    void leave() {
        if (placed) {
            placed = false;
            place.run();
        }
    }

    /**
     * Begins an answer that is written bit by bit; more headers are still to be set.
     *
     * @param gone what to do when the client goes before the end
     * @param beaten what to do at the loop's beats, given the monotonic time
     */
    void stream(int status, String type, Runnable gone, LongConsumer beaten) {
        state = State.STREAMING;
        whenGone = gone;
        whenBeaten = beaten;
        response.setStatusCode(status);
        response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        guards();
    }

    /** Ends an answer that was written bit by bit. */
    void endStream(Answer.Rest rest) {
        if (state == State.STREAMING) {
            finish(response.getStatusCode(), body == Body.COMING ? Answer.Rest.CLOSES : rest);
            ignore(response.end());
        }
    }

    /** Breaks off an answer that was written bit by bit: the client can tell that it is not whole. */
    void breakOff() {
        if (state == State.STREAMING) {
            finish(response.getStatusCode(), Answer.Rest.CLOSES);
            link.close();
        }
    }

    /** What is to be done when the client goes before it is answered. */
    void whenGone(Runnable gone) {
        whenGone = gone;
    }

    /** What is to be done when it is over, however it ends. */
    void whenOver(Runnable over) {
        whenOver = over;
    }

    /** Calls of the loop's beat while it is our turn. */
    void beat(long now) {
        LongConsumer beaten = whenBeaten;
        if (beaten != null) {
            beaten.accept(now);
        }
    }

    /** The connection is closed. */
    void gone() {
        if (over()) {
            return;
        }
        Runnable gone = whenGone;
        finish(state == State.STREAMING ? response.getStatusCode() : 0, Answer.Rest.CLOSES);
        if (gone != null) {
            gone.run();
        }
    }

    private void finish(int status, Answer.Rest rest) {
        state = State.OVER;
        Runnable over = whenOver;
        whenGone = null;
        whenBeaten = null;
        whenOver = null;
        leave();
        if (over != null) {
            over.run();
        }
        link.ends(rest);
        long took = System.nanoTime() - began;
        listener.answered(request.method().name(), route.path(), status, took);
        if (ACCESS.isDebugEnabled()) {
            ACCESS.debug(
                    "{} {} {} user={} ms={}",
                    request.method(),
                    route.path(),
                    status,
                    principal.user(),
                    took / 1_000_000);
        }
    }

    /** A write to a client that has gone is no news: the connection's end is told otherwise. */
    static void ignore(Future<?> outcome) {
        outcome.onComplete(done -> {});
    }
}
