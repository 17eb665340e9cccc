package dev.sluice.local;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptId;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one who looks: whenever a claim or an end appears, and once in a while for what makes no noise, such as the death of a
 * supervisor. He tells who waits what changed, and lets the next tasks start. Looks and starts are one at a time.
 */
final class Watchman implements AutoCloseable {
    private static final Duration ROUND = Duration.ofSeconds(1);
    private static final Duration CLEANING = Duration.ofMinutes(1);

    private final Premises premises;
    private final Looks looks;
    private final Turns turns;
    private final LocalSettings settings;
    private final WatchService events;
    private final Thread thread;
    /** Tells this bridge's cursors from another's. */
    private final String name;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private SortedMap<AttemptId, Standing> last = Collections.emptySortedMap();
    private final Map<AttemptId, Long> changes = new HashMap<>();
    private long version;
    private Instant cleaned = Instant.MIN;
    private volatile boolean closed;

    Watchman(Premises premises, Looks looks, Turns turns, LocalSettings settings) throws IOException {
        this.premises = premises;
        this.looks = looks;
        this.turns = turns;
        this.settings = settings;
        this.name = premises.token();
        events = premises.claims().getFileSystem().newWatchService();
        premises.claims().register(events, StandardWatchEventKinds.ENTRY_CREATE);
        premises.ends().register(events, StandardWatchEventKinds.ENTRY_CREATE);
        premises.attempts().register(events, StandardWatchEventKinds.ENTRY_CREATE);
        thread = Thread.ofPlatform()
                .name("local-bridge-" + settings.cluster())
                .daemon()
                .start(this::watch);
    }

    private void watch() {
        try {
            while (!closed) {
                try {
                    lookAndStart();
                    clean();
                } catch (IOException e) {
                    // Told to whoever asks: each call looks for itself.
                }
                WatchKey key = events.poll(ROUND.toMillis(), TimeUnit.MILLISECONDS);
                while (key != null) {
                    key.pollEvents();
                    key.reset();
                    key = events.poll();
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // closed
        }
    }

    SortedMap<AttemptId, Standing> look() throws IOException {
        lock.lock();
        try {
            return take(looks.look());
        } finally {
            lock.unlock();
        }
    }

    SortedMap<AttemptId, Standing> lookAndStart() throws IOException {
        lock.lock();
        try {
            SortedMap<AttemptId, Standing> now = take(looks.look());
            if (!closed) {
                turns.start(now.values());
            }
            return now;
        } finally {
            lock.unlock();
        }
    }

    interface Act {
        void run() throws IOException;
    }

    /** No launch of ours begins while it runs. */
    void withoutStarts(Act act) throws IOException {
        lock.lock();
        try {
            act.run();
        } finally {
            lock.unlock();
        }
    }

    private SortedMap<AttemptId, Standing> take(SortedMap<AttemptId, Standing> now) {
        boolean news = false;
        for (Map.Entry<AttemptId, Standing> entry : now.entrySet()) {
            Standing before = last.get(entry.getKey());
            Standing standing = entry.getValue();
            boolean same = before != null
                    && before.parked().binding().equals(standing.parked().binding())
                    && before.tasks().equals(standing.tasks());
            if (!same) {
                changes.put(entry.getKey(), version + 1);
                news = true;
            }
        }
        changes.keySet().retainAll(now.keySet());
        last = now;
        if (news) {
            version++;
            changed.signalAll();
        }
        return now;
    }

    Sweep observe(Cursor after, Duration wait, InstantSource clock) throws IOException, InterruptedException {
        lock.lock();
        try {
            Instant asOf = clock.instant();
            SortedMap<AttemptId, Standing> now = look();
            long since = since(after);
            if (since < 0) {
                return seen(asOf, Sweep.Scope.COMPLETE, new TreeMap<>(now), since);
            }
            long nanos = wait.toNanos();
            while (version == since && nanos > 0 && !closed) {
                nanos = changed.awaitNanos(nanos);
                asOf = clock.instant();
                now = look();
            }
            return seen(asOf, Sweep.Scope.CHANGES, now, since);
        } finally {
            lock.unlock();
        }
    }

    private Sweep seen(Instant asOf, Sweep.Scope scope, SortedMap<AttemptId, Standing> now, long since) {
        List<Observation> all = new ArrayList<>();
        now.forEach((attempt, standing) -> {
            if (changes.getOrDefault(attempt, 0L) > since) {
                all.addAll(standing.observations());
            }
        });
        return new Sweep.Seen(asOf, scope, Sweep.Ends.VISIBLE, all, new Cursor(name + ":" + version));
    }

    /** -1 for a cursor that is not ours. */
    private long since(Cursor cursor) {
        String[] parts = cursor.text().split(":", 2);
        if (parts.length != 2 || !parts[0].equals(name)) {
            return -1;
        }
        try {
            return Long.parseLong(parts[1]);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Takes away what ended long ago. */
    private void clean() throws IOException {
        Instant now = settings.clock().instant();
        if (now.isBefore(cleaned.equals(Instant.MIN) ? now : cleaned.plus(CLEANING))) {
            return;
        }
        cleaned = now;
        premises.tidy(now);
        for (Standing standing : look().values()) {
            if (standing.over() && standing.lastEnd().plus(settings.retention()).isBefore(now)) {
                premises.remove(standing.parked());
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            events.close();
            thread.join();
        } catch (IOException e) {
            thread.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
