package dev.sluice.gateway.webhook;

import dev.sluice.engine.StoreLost;
import dev.sluice.job.JobId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** An outbox in memory. */
final class MemoryOutbox implements OutboxQueue {
    private record Entry(Delivery delivery, Instant due) {}

    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private final List<Long> done = new ArrayList<>();
    private int failures;

    synchronized void add(Delivery delivery) {
        entries.put(delivery.sequence(), new Entry(delivery, Instant.EPOCH));
    }

    synchronized void failNext(int times) {
        failures = times;
    }

    synchronized boolean isEmpty() {
        return entries.isEmpty();
    }

    synchronized List<Long> done() {
        return List.copyOf(done);
    }

    synchronized int tries(long sequence) {
        Entry entry = entries.get(sequence);
        return entry == null ? -1 : entry.delivery().tries();
    }

    @Override
    public synchronized List<Delivery> due(Instant now, int most) throws StoreLost {
        if (failures > 0) {
            failures--;
            throw new StoreLost("the disk is away");
        }
        Set<JobId> seen = new HashSet<>();
        return entries.values().stream()
                .filter(entry -> seen.add(entry.delivery().job()))
                .filter(entry -> !entry.due().isAfter(now))
                .map(Entry::delivery)
                .limit(most)
                .toList();
    }

    @Override
    public synchronized Optional<Instant> next(Instant now) {
        return entries.values().stream()
                .map(Entry::due)
                .filter(due -> due.isAfter(now))
                .min(Instant::compareTo);
    }

    @Override
    public synchronized void done(JobId job, long sequence) {
        entries.remove(sequence);
        done.add(sequence);
    }

    @Override
    public synchronized void defer(JobId job, long sequence, int tries, Instant notBefore) {
        entries.computeIfPresent(sequence, (key, entry) -> {
            Delivery old = entry.delivery();
            return new Entry(
                    new Delivery(old.job(), old.sequence(), old.url(), old.type(), old.body(), old.at(), tries),
                    notBefore);
        });
    }
}
