package dev.sluice.gateway.webhook;

import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers what is in the outbox: of each job one at a time and in order, again after a pause that doubles, until it is given up.
 *
 * <p>One thread of its own reads and writes the outbox; each delivery under way has a virtual one. A delivery may come twice
 * after a crash, with the same {@code Sluice-Delivery}. A host that fails is left alone for a pause, all jobs together, so that it
 * does not take the places of others.
 */
public final class Deliverer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deliverer.class);
    private static final int WINDOW = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final Duration STORE_PAUSE = Duration.ofSeconds(2);
    private static final Duration HOST_PAUSE = Duration.ofSeconds(5);
    private static final int GONE = 410;

    private final OutboxQueue outbox;
    private final WebhookSettings settings;
    private final Optional<Signer> signer;
    private final WebhookListener listener;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Post post;
    private final BlockingQueue<Note> notes = new LinkedBlockingQueue<>();
    private final Map<JobId, String> underWay = new HashMap<>();
    private final Map<String, Integer> perHost = new HashMap<>();
    private final Map<String, Instant> resting = new LinkedHashMap<>();
    private @Nullable Thread thread;

    /** What the thread is told. */
    private sealed interface Note {
        record Woke() implements Note {}

        record Over(Delivery delivery, String host, Post.Outcome outcome, Duration took) implements Note {}

        record Stop() implements Note {}
    }

    /** @param signer empty: deliveries are not signed */
    public Deliverer(
            OutboxQueue outbox,
            WebhookSettings settings,
            Optional<Signer> signer,
            WebhookListener listener,
            InstantSource clock,
            RandomGenerator random) {
        this(
                outbox,
                settings,
                signer,
                listener,
                clock,
                random,
                new Post(
                        settings.rules(),
                        InetAddress::getAllByName,
                        (SSLSocketFactory) SSLSocketFactory.getDefault(),
                        settings.timeout()));
    }

    Deliverer(
            OutboxQueue outbox,
            WebhookSettings settings,
            Optional<Signer> signer,
            WebhookListener listener,
            InstantSource clock,
            RandomGenerator random,
            Post post) {
        this.outbox = outbox;
        this.settings = settings;
        this.signer = signer;
        this.listener = listener;
        this.clock = clock;
        this.random = random;
        this.post = post;
    }

    public synchronized void start() {
        if (thread == null) {
            thread = Thread.ofPlatform().name("webhooks").start(this::run);
        }
    }

    /** Something new is in the outbox. Never blocks; for any thread. */
    public void wake() {
        if (notes.isEmpty()) {
            notes.add(new Note.Woke());
        }
    }

    /** Starts nothing more, and waits for what is under way until its time-out. */
    @Override
    public void close() throws InterruptedException {
        Thread running;
        synchronized (this) {
            running = thread;
        }
        notes.add(new Note.Stop());
        if (running != null) {
            running.join();
        }
        post.close();
    }

    private void run() {
        boolean open = true;
        while (open || !underWay.isEmpty()) {
            try {
                Duration wait = open ? launch() : LONGEST_WAIT;
                Note note = notes.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
                while (note != null) {
                    open &= !(note instanceof Note.Stop);
                    take(note);
                    note = notes.poll();
                }
            } catch (StoreLost e) {
                LOG.warn("webhooks: the outbox does not answer; trying again in {} s", STORE_PAUSE.toSeconds(), e);
                open &= pause();
            } catch (InterruptedException e) {
                LOG.warn("webhooks: interrupted; {} deliveries under way will be made again", underWay.size());
                return;
            }
        }
    }

    /** Waits before the outbox is asked again; false when it is to stop meanwhile. */
    private boolean pause() {
        Instant until = clock.instant().plus(STORE_PAUSE);
        try {
            Duration left = STORE_PAUSE;
            while (left.isPositive()) {
                Note note = notes.poll(left.toMillis() + 1, TimeUnit.MILLISECONDS);
                if (note instanceof Note.Stop) {
                    return false;
                }
                if (note instanceof Note.Over over) {
                    // Its result is lost with the store: it is made again.
                    landed(over);
                }
                left = Duration.between(clock.instant(), until);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Starts what is due and has a place; tells for how long there is nothing to do. */
    private Duration launch() throws StoreLost {
        if (underWay.size() >= settings.underWay()) {
            return LONGEST_WAIT;
        }
        Instant now = clock.instant();
        resting.values().removeIf(until -> !until.isAfter(now));
        for (Delivery delivery : outbox.due(now, WINDOW)) {
            if (underWay.size() >= settings.underWay()) {
                return LONGEST_WAIT;
            }
            if (!underWay.containsKey(delivery.job())) {
                start(delivery, now);
            }
        }
        Instant next = outbox.next(now).orElse(Instant.MAX);
        return next.isBefore(now.plus(LONGEST_WAIT))
                ? Duration.between(now, next).plusMillis(1)
                : LONGEST_WAIT;
    }

    private void start(Delivery delivery, Instant now) throws StoreLost {
        String host = host(delivery.url());
        Instant rests = resting.get(host);
        if (rests != null) {
            outbox.defer(delivery.job(), delivery.sequence(), delivery.tries(), rests);
            return;
        }
        if (perHost.getOrDefault(host, 0) >= settings.perHost()) {
            return;
        }
        underWay.put(delivery.job(), host);
        perHost.merge(host, 1, Integer::sum);
        Thread.ofVirtual().name("webhook").start(() -> deliver(delivery, host, now));
    }

    private static String host(String url) {
        try {
            Post.Target target = Post.Target.of(url);
            return target.host().toLowerCase(Locale.ROOT) + ":" + target.port();
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private void deliver(Delivery delivery, String host, Instant now) {
        long began = System.nanoTime();
        Post.Outcome outcome;
        try {
            byte[] body = delivery.body().toArray();
            outcome = post.post(delivery.url(), headers(delivery, body, now), body);
        } catch (RuntimeException e) {
            LOG.error("webhook: job={} sequence={} could not be sent", delivery.job(), delivery.sequence(), e);
            outcome = new Post.Outcome.Failed("an error of the gateway's, which its log tells");
        }
        notes.add(new Note.Over(delivery, host, outcome, Duration.ofNanos(System.nanoTime() - began)));
    }

    private Map<String, String> headers(Delivery delivery, byte[] body, Instant now) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Sluice-Event", delivery.type());
        headers.put("Sluice-Delivery", delivery.id());
        headers.put("Sluice-Timestamp", Long.toString(now.getEpochSecond()));
        signer.ifPresent(by -> headers.put("Sluice-Signature", by.sign(now.getEpochSecond(), body)));
        return headers;
    }

    private void landed(Note.Over over) {
        underWay.remove(over.delivery().job());
        perHost.computeIfPresent(over.host(), (host, count) -> count > 1 ? count - 1 : null);
    }

    private void take(Note note) throws StoreLost {
        if (note instanceof Note.Over over) {
            landed(over);
            settle(over);
        }
    }

    private void settle(Note.Over over) throws StoreLost {
        Delivery delivery = over.delivery();
        String why = switch (over.outcome()) {
            case Post.Outcome.Answered answered when answered.status() / 100 == 2 -> "";
            case Post.Outcome.Answered answered -> "the answer was " + answered.status();
            case Post.Outcome.Refused refused -> refused.why();
            case Post.Outcome.Failed failed -> failed.why();
        };
        if (why.isEmpty()) {
            outbox.done(delivery.job(), delivery.sequence());
            listener.tried(WebhookListener.Result.DELIVERED, over.took());
            return;
        }
        boolean gone = over.outcome() instanceof Post.Outcome.Answered answered && answered.status() == GONE;
        Instant now = clock.instant();
        if (gone || now.isAfter(delivery.at().plus(settings.giveUpAfter()))) {
            LOG.error(
                    "webhook given up: job={} sequence={} host={} tries={} reason={}",
                    delivery.job(),
                    delivery.sequence(),
                    over.host(),
                    delivery.tries() + 1,
                    why);
            outbox.done(delivery.job(), delivery.sequence());
            listener.tried(WebhookListener.Result.GAVE_UP, over.took());
            return;
        }
        if (delivery.tries() == 0) {
            LOG.warn(
                    "webhook failed: job={} sequence={} host={} reason={}",
                    delivery.job(),
                    delivery.sequence(),
                    over.host(),
                    why);
        }
        if (over.outcome() instanceof Post.Outcome.Failed) {
            resting.put(over.host(), now.plus(min(HOST_PAUSE, settings.firstPause())));
        }
        outbox.defer(delivery.job(), delivery.sequence(), delivery.tries() + 1, now.plus(pauseAfter(delivery.tries())));
        listener.tried(
                over.outcome() instanceof Post.Outcome.Refused
                        ? WebhookListener.Result.REFUSED
                        : WebhookListener.Result.FAILED,
                over.took());
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    /** Doubles with each try up to the longest, less up to a fifth, so that what failed together does not come back together. */
    private Duration pauseAfter(int tries) {
        Duration doubled = settings.firstPause().multipliedBy(1L << Math.min(tries, 20));
        Duration pause = min(doubled, settings.longestPause());
        return pause.minus(Duration.ofNanos((long) (pause.toNanos() * 0.2 * random.nextDouble())));
    }
}
