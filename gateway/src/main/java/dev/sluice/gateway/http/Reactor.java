package dev.sluice.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop: its connections with their deadlines, and what other threads hand to it, in one call a burst. Everything but
 * {@link #hand} is for the loop's own thread.
 */
final class Reactor {
    /** How exactly deadlines are kept. */
    static final Duration BEAT = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(Reactor.class);

    private final Context context;
    private final HttpListener listener;
    private final Map<HttpConnection, Link> links = new IdentityHashMap<>();
    private final Queue<Runnable> handed = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean called = new AtomicBoolean();
    private boolean stopping;

    Reactor(Context context, HttpListener listener) {
        this.context = context;
        this.listener = listener;
    }

    /** Runs it on the loop, in the order in which things are handed in; from any thread. False when the loop has ended. */
    boolean hand(Runnable work) {
        handed.add(work);
        if (called.compareAndSet(false, true)) {
            try {
                context.runOnContext(nothing -> drain());
            } catch (RejectedExecutionException ended) {
                called.set(false);
                handed.clear();
                return false;
            }
        }
        return true;
    }

    private void drain() {
        called.set(false);
        for (Runnable work = handed.poll(); work != null; work = handed.poll()) {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.error("work on an event loop failed", e);
            }
        }
    }

    boolean stopping() {
        return stopping;
    }

    void opened(Link link) {
        links.put(link.connection(), link);
    }

    void closed(Link link) {
        links.remove(link.connection());
    }

    Link link(HttpConnection connection) {
        Link link = links.get(connection);
        if (link == null) {
            throw new IllegalStateException("a request of a connection that is not open");
        }
        return link;
    }

    /** Ends what has stayed too long. */
    void beat() {
        long now = System.nanoTime();
        for (Link link : new ArrayList<>(links.values())) {
            link.beat(now, listener);
        }
    }

    /** From now on each connection ends with its answer; those on which nothing is under way, at once. */
    void stop() {
        stopping = true;
        new ArrayList<>(links.values()).forEach(Link::endIfIdle);
    }

    static long after(Duration time) {
        return System.nanoTime() + TimeUnit.NANOSECONDS.convert(time);
    }
}
