package dev.sluice.gateway.http;

import dev.sluice.cluster.LogReading;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobState;
import dev.sluice.spec.Bytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Sends a log: one virtual thread that reads a chunk, waits until the client has taken it, and reads the next. Whatever the size of
 * the log, one chunk of it is in memory.
 */
final class LogStreamer {
    private static final int MOST_TAIL_BYTES = 16 << 20;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 2_000;

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final Wanted wanted;
    private final Services services;
    private final HttpSettings settings;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean begun;
    /** When the chunk that the client is to take was written; 0 when it has taken it. For the event loop. */
    private long writing;

    /**
     * What is asked for.
     *
     * @param attempt empty for the last
     * @param tail so many of the last lines; empty for all
     */
    record Wanted(
            int task,
            Optional<AttemptId> attempt,
            LogReading.Stream stream,
            OptionalInt tail,
            Optional<ByteRange> range,
            Until until) {}

    enum Until {
        NOW,
        /** Until nothing more will come. */
        END
    }

    LogStreamer(Exchange exchange, Wanted wanted, Services services, HttpSettings settings) {
        this.exchange = exchange;
        this.response = exchange.response();
        this.wanted = wanted;
        this.services = services;
        this.settings = settings;
    }

    /** Sends it, on this thread; returns when that is over. */
    void run(JobRecord job) {
        try {
            if (wanted.until() == Until.END) {
                follow(job);
            } else {
                send(job);
            }
        } catch (Log.Unreadable e) {
            fail(e.answer());
        } catch (StoreLost | RuntimeException | StackOverflowError e) {
            fail(Answers.thrown(e));
        } catch (InterruptedException e) {
            fail(Answer.busy("interrupted; try again", 1));
        }
    }

    /** The client has gone, or the gateway stops: the thread is to end. From any thread. */
    void end() {
        ended.countDown();
    }

    private boolean isOver() {
        return ended.getCount() == 0;
    }

    /** Before anything was sent it is the answer; later it breaks the answer off. */
    private void fail(Answer answer) {
        exchange.hand(() -> exchange.answer(answer));
    }

    private Optional<Log> log(JobRecord job) throws Log.Unreadable {
        return Log.of(job, wanted.task(), wanted.attempt(), wanted.stream(), services.bridges());
    }

    // ---- what is there ----

    private void send(JobRecord job) throws Log.Unreadable, InterruptedException {
        Log log = log(job).orElseThrow(LogStreamer::absent);
        Optional<LogReading.Chunk> first = log.read(0);
        if (first.isEmpty()) {
            throw absent();
        }
        if (exchange.head()) {
            long size = log.size();
            exchange.hand(() -> exchange.headOnly(200, Answer.TEXT, size));
        } else if (wanted.range().isPresent()) {
            sendPart(log, wanted.range().get());
        } else if (wanted.tail().isPresent()) {
            long size = log.size();
            long from = log.tail(size, wanted.tail().getAsInt(), MOST_TAIL_BYTES);
            begin(200, size - from, Optional.empty());
            copy(log, from, size);
        } else {
            sendAll(log, first.get());
        }
    }

    private static Log.Unreadable absent() {
        return new Log.Unreadable(Answer.problem(
                Problem.Code.NOT_FOUND, "there is no log yet: the task has not started; follow=true waits for it"));
    }

    private void sendPart(Log log, ByteRange range) throws Log.Unreadable, InterruptedException {
        long size = log.size();
        Optional<ByteRange.Part> part = range.of(size);
        if (part.isEmpty()) {
            throw new Log.Unreadable(Answer.problem(
                            Problem.Code.RANGE_NOT_SATISFIABLE, "Range: expected one of " + size + " bytes, found none")
                    .range("bytes */" + size));
        }
        long from = part.get().from();
        long to = part.get().to();
        begin(206, to - from, Optional.of("bytes %d-%d/%d".formatted(from, to - 1, size)));
        copy(log, from, to);
    }

    /** All that is there by the time at which the end is reached: a chunk that is shorter than the one before reaches it. */
    private void sendAll(Log log, LogReading.Chunk first) throws Log.Unreadable, InterruptedException {
        begin(200, -1, Optional.empty());
        LogReading.Chunk chunk = first;
        int longest = 0;
        while (!chunk.bytes().isEmpty() && write(chunk.bytes())) {
            if (chunk.end() || chunk.bytes().size() < longest) {
                break;
            }
            longest = chunk.bytes().size();
            chunk = log.read(chunk.next()).orElse(chunk);
        }
        finish();
    }

    private void copy(Log log, long from, long to) throws Log.Unreadable, InterruptedException {
        long at = from;
        while (at < to) {
            Bytes got = log.read(at).map(LogReading.Chunk::bytes).orElse(Bytes.EMPTY);
            Bytes part = got.size() > to - at ? got.slice(0, (int) (to - at)) : got;
            if (part.isEmpty() || !write(part)) {
                // Shorter than was said: the client sees that something is missing.
                exchange.hand(exchange::breakOff);
                return;
            }
            at += part.size();
        }
        finish();
    }

    // ---- what comes ----

    private void follow(JobRecord known) throws Log.Unreadable, StoreLost, InterruptedException {
        JobRecord job = known;
        Optional<Log> log = log(job);
        long at = -1;
        long pause = FIRST_PAUSE_MS;
        while (!isOver()) {
            if (log.isEmpty()) {
                if (hasEnded(job)) {
                    break;
                }
                beginFollowing();
            }
            if (log.isPresent() && at < 0) {
                at = wanted.tail().isPresent() ? tail(log.get()) : 0;
            }
            Optional<LogReading.Chunk> chunk = log.isPresent() ? next(log.get(), at) : Optional.empty();
            beginFollowing();
            if (chunk.isPresent() && !chunk.get().bytes().isEmpty()) {
                at = chunk.get().next();
                pause = FIRST_PAUSE_MS;
                if (!write(chunk.get().bytes())) {
                    return;
                }
            }
            if (chunk.isPresent() && chunk.get().end()) {
                break;
            }
            if (chunk.isEmpty() || chunk.get().bytes().isEmpty()) {
                if (ended.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
                pause = Math.min(LONGEST_PAUSE_MS, pause * 3 / 2);
                if (chunk.isEmpty()) {
                    job = services.store().job(job.head().id()).orElse(job);
                    log = log.isPresent() ? log : log(job);
                    if (log.isPresent() && hasEnded(job) && log.get().read(0).isEmpty()) {
                        break;
                    }
                }
            }
        }
        finish();
    }

    private long tail(Log log) throws Log.Unreadable {
        long size = log.size();
        return size == 0 ? 0 : log.tail(size, wanted.tail().getAsInt(), MOST_TAIL_BYTES);
    }

    /** The next chunk; a cluster that does not answer now is asked again. */
    private Optional<LogReading.Chunk> next(Log log, long at) throws Log.Unreadable {
        try {
            return log.read(at);
        } catch (Log.Unreadable e) {
            if (begun && e.passes()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean hasEnded(JobRecord job) {
        return job.slices().stream()
                .filter(slice -> slice.tasks().contains(wanted.task()))
                .allMatch(slice -> slice.state() instanceof JobState.Ended);
    }

    private void beginFollowing() throws InterruptedException {
        if (!begun) {
            begin(200, -1, Optional.empty());
        }
    }

    // ---- the client ----

    /** @param length negative when it is not known */
    private void begin(int status, long length, Optional<String> range) {
        begun = true;
        exchange.reactor().hand(() -> {
            if (exchange.over()) {
                end();
                return;
            }
            exchange.stream(status, Answer.TEXT, this::end, this::beat);
            response.putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
            range.ifPresent(value -> response.putHeader(HttpHeaders.CONTENT_RANGE, value));
            if (length < 0) {
                response.setChunked(true);
                response.putHeader("X-Accel-Buffering", "no");
                // So that a follower sees at once that it is heard.
                Exchange.ignore(response.writeHead());
            } else {
                response.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
            }
        });
    }

    /** Writes, and waits until the client has taken it; false when it has gone. */
    private boolean write(Bytes bytes) throws InterruptedException {
        CompletableFuture<Boolean> taken = new CompletableFuture<>();
        boolean handed = exchange.reactor().hand(() -> {
            if (exchange.over()) {
                taken.complete(false);
                return;
            }
            writing = System.nanoTime();
            response.write(Buffer.buffer(bytes.toArray())).onComplete(done -> {
                writing = 0;
                taken.complete(done.succeeded());
            });
        });
        if (!handed) {
            return false;
        }
        try {
            return taken.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("it completes with a word alone", e);
        }
    }

    private void finish() {
        exchange.reactor().hand(() -> {
            exchange.endStream(isOver() ? Answer.Rest.CLOSES : Answer.Rest.STAYS);
            end();
        });
    }

    private void beat(long now) {
        boolean slow = writing != 0 && now - writing > settings.slowReader().toNanos();
        if (slow) {
            services.listener().refused(HttpListener.Bound.SLOW_READER);
        }
        if (slow || !services.tokens().stillGood(exchange.principal())) {
            exchange.breakOff();
            end();
        }
    }

    /** The gateway stops: what is being followed breaks off, so that nobody takes it for the end. For the event loop. */
    void stop() {
        if (wanted.until() == Until.END) {
            exchange.breakOff();
            end();
        }
    }
}
