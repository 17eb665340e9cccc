package dev.sluice.kubernetes;

import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes away what has ended, once its end is on our disk and its logs have been there for long enough. A Job has no time to live of its
 * own: a gateway that is away misses no end.
 */
final class Tidiness {
    /** In one go: what is left waits for the next look. */
    private static final int AT_ONCE = 200;

    private final Api api;
    private final Duration retention;

    /** By uid, in the order in which they were heard. */
    private final Map<String, Ended> ended = new LinkedHashMap<>();

    private final AtomicBoolean isAtIt = new AtomicBoolean();

    private record Ended(String path, String uid, Instant heard) {}

    Tidiness(Api api, Duration retention) {
        this.api = api;
        this.retention = retention;
    }

    /** All of its tasks' ends are on our disk. */
    synchronized void heard(Ours ours, Instant now) {
        Paths.Place.of(ours.binding())
                .ifPresent(place -> ended.putIfAbsent(
                        ours.binding().incarnation(),
                        new Ended(place.job(), ours.binding().incarnation(), now)));
    }

    /** Deletes what is due, beside its caller. */
    void visit(Instant now) {
        List<Ended> due = due(now);
        if (due.isEmpty() || !isAtIt.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual().name("tidiness").start(() -> {
            try {
                due.forEach(this::delete);
            } finally {
                isAtIt.set(false);
            }
        });
    }

    private synchronized List<Ended> due(Instant now) {
        List<Ended> due = new ArrayList<>();
        for (Ended each : ended.values()) {
            if (due.size() == AT_ONCE || each.heard().plus(retention).isAfter(now)) {
                break;
            }
            due.add(each);
        }
        return due;
    }

    private void delete(Ended each) {
        Reply<String> gone = api.delete(each.path(), Deletion.of(each.uid()).inBackground());
        // Another of its name is not ours to delete; of a doubt the next visit makes sure.
        if (!(gone instanceof Reply.Unknown<String>) && !(gone instanceof Reply.Refused<String>)) {
            synchronized (this) {
                ended.remove(each.uid());
            }
        }
    }
}
