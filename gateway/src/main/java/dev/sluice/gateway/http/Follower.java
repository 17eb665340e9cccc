package dev.sluice.gateway.http;

import dev.sluice.engine.JobQuery.Scope;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.JsonWriter;
import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Somebody who follows events, all that he may see or those of one job. For the thread of his event loop.
 *
 * <p>What is in the ring he gets from there; what is older, from pages of the store. When he does not read, nothing is kept for
 * him but his position; when he reads nothing for too long he is told goodbye. Every end but a broken connection says why, in an
 * event {@code bye} that has no id, so that a client comes back with the id of the last event.
 */
final class Follower {
    private static final int PAGE = 256;
    private static final int MOST_BYTES = 64 << 10;
    private static final long ASK_PAUSE_NANOS = 1_000_000_000;
    private static final Buffer COMMENT = Buffer.buffer(":\n\n");

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Followers followers;
    private final EventFeed feed;
    private final Narrator narrator;
    private final Services services;
    private final HttpSettings settings;
    private final Readers readers;
    private final Scope scope;
    private final Optional<JobId> job;
    private final Runnable whenOver;
    /** All up to here was told, or is not for him. */
    private long at;

    private long wrote = System.nanoTime();
    private long blocked;
    private Doing doing = Doing.FOLLOWING;
    /** Where tasks of the job ended, so that it may be over: it is asked about, now and then. */
    private long endedAt = Long.MAX_VALUE;

    private long asked = System.nanoTime() - ASK_PAUSE_NANOS;
    /** The job is over, and all its events are up to here. */
    private long lastAt = Long.MAX_VALUE;

    private enum Doing {
        FOLLOWING,
        /** A page of the store is on its way. */
        READING,
        OVER
    }

    /**
     * @param job whose events; empty for all
     * @param at behind which sequence
     */
    Follower(
            Exchange exchange,
            Followers followers,
            EventFeed feed,
            Narrator narrator,
            Services services,
            HttpSettings settings,
            Readers readers,
            Scope scope,
            Optional<JobId> job,
            long at,
            Runnable whenOver) {
        this.exchange = exchange;
        this.response = exchange.response();
        this.followers = followers;
        this.feed = feed;
        this.narrator = narrator;
        this.services = services;
        this.settings = settings;
        this.readers = readers;
        this.scope = scope;
        this.job = job;
        this.at = at;
        this.whenOver = whenOver;
    }

    /** Whether the job that is followed has already ended. */
    enum Job {
        OPEN,
        ENDED
    }

    void begin(Job stands) {
        exchange.leave();
        exchange.stream(200, Answer.EVENTS, this::leave, this::beat);
        response.setChunked(true);
        response.putHeader("X-Accel-Buffering", "no");
        response.setWriteQueueMaxSize(MOST_BYTES);
        write(COMMENT);
        if (stands == Job.ENDED) {
            endedAt = at;
        }
        followers.add(this);
        deliver();
    }

    /** Tells what there is, as far as he reads it. */
    void deliver() {
        while (doing == Doing.FOLLOWING && blocked == 0) {
            if (at >= lastAt) {
                bye("ended");
                return;
            }
            if (at >= endedAt && System.nanoTime() - asked >= ASK_PAUSE_NANOS) {
                askWhetherOver();
                return;
            }
            Ring ring = feed.ring();
            if (!ring.reaches(at)) {
                catchUp();
                return;
            }
            if (at >= ring.newest()) {
                if (at < lastAt && lastAt != Long.MAX_VALUE) {
                    catchUp();
                }
                return;
            }
            if (!tellFromRing(ring)) {
                catchUp();
                return;
            }
        }
    }

    /** False when the ring went on too fast. */
    private boolean tellFromRing(Ring ring) {
        Buffer out = Buffer.buffer();
        long newest = ring.newest();
        while (at < newest && out.length() < MOST_BYTES) {
            Happening event = ring.get(at + 1);
            if (event == null) {
                tell(out);
                return false;
            }
            take(event, out);
            at = event.sequence();
        }
        tell(out);
        return true;
    }

    private void take(Happening event, Buffer out) {
        boolean mine = job.isEmpty() || job.equals(event.job());
        if (mine && event.isSeenBy(scope)) {
            out.appendBytes(event.frame());
            if (job.isPresent() && event.last() == Happening.Ending.OF_TASKS && endedAt == Long.MAX_VALUE) {
                endedAt = event.sequence();
            }
        }
    }

    private void tell(Buffer out) {
        if (out.length() > 0) {
            write(out);
        }
    }

    private void write(Buffer out) {
        wrote = System.nanoTime();
        Exchange.ignore(response.write(out));
        if (response.writeQueueFull()) {
            blocked = wrote;
            response.drainHandler(drained -> {
                blocked = 0;
                exchange.safely(this::deliver);
            });
        }
    }

    /** A page of the store, and what is new in it when it is there. */
    private record Page(List<Happening> events, long to) {}

    private void catchUp() {
        doing = Doing.READING;
        long from = at;
        boolean taken = readers.run(() -> {
            try {
                Page page = page(from);
                exchange.hand(() -> caughtUp(page));
            } catch (StoreLost | RuntimeException e) {
                exchange.hand(() -> {
                    Answers.thrown(e);
                    bye("failed");
                });
            }
        });
        if (!taken) {
            // At the next beat, or the next event.
            doing = Doing.FOLLOWING;
        }
    }

    private Page page(long from) throws StoreLost {
        if (job.isEmpty()) {
            List<Happening> page = narrator.tell(services.store().events(from, PAGE));
            return new Page(
                    page,
                    page.isEmpty()
                            ? Math.max(from, feed.newest())
                            : page.getLast().sequence());
        }
        // What is on disk now, the job's index shows.
        long newest = services.store().newest();
        List<StoredEvent> found = services.jobEvents().events(job.get(), from, PAGE);
        List<Happening> page = narrator.tell(found);
        return new Page(
                page,
                page.size() < PAGE ? Math.max(from, newest) : page.getLast().sequence());
    }

    private void caughtUp(Page page) {
        if (doing != Doing.READING) {
            return;
        }
        doing = Doing.FOLLOWING;
        Buffer out = Buffer.buffer();
        page.events().forEach(event -> take(event, out));
        at = Math.max(at, page.to());
        tell(out);
        deliver();
    }

    private void askWhetherOver() {
        doing = Doing.READING;
        asked = System.nanoTime();
        JobId followed = job.orElseThrow();
        boolean taken = readers.run(() -> {
            try {
                boolean over =
                        services.store().job(followed).map(JobViews::ended).orElse(true);
                long newest = services.store().newest();
                exchange.hand(() -> answered(over, newest));
            } catch (StoreLost | RuntimeException e) {
                exchange.hand(() -> {
                    Answers.thrown(e);
                    bye("failed");
                });
            }
        });
        if (!taken) {
            doing = Doing.FOLLOWING;
        }
    }

    private void answered(boolean over, long newest) {
        if (doing == Doing.READING) {
            doing = Doing.FOLLOWING;
            endedAt = Long.MAX_VALUE;
            lastAt = over ? newest : Long.MAX_VALUE;
            deliver();
        }
    }

    private void beat(long now) {
        if (!services.tokens().stillGood(exchange.principal())) {
            bye("revoked");
        } else if (blocked != 0) {
            if (now - blocked > settings.slowReader().toNanos()) {
                services.listener().refused(HttpListener.Bound.SLOW_READER);
                bye("slow");
            }
        } else {
            if (now - wrote > settings.heartbeat().toNanos()) {
                write(COMMENT);
            }
            deliver();
        }
    }

    /** Ends it, and says why. */
    void bye(String why) {
        if (doing != Doing.OVER) {
            leave();
            byte[] said = JsonWriter.bytes(
                    out -> out.begin().text("reason", why).number("after", at).end());
            Exchange.ignore(response.write(
                    Buffer.buffer("event: bye\ndata: " + new String(said, StandardCharsets.UTF_8) + "\n\n")));
            exchange.endStream(Answer.Rest.CLOSES);
        }
    }

    private void leave() {
        if (doing != Doing.OVER) {
            doing = Doing.OVER;
            followers.remove(this);
            whenOver.run();
        }
    }
}
