package dev.sluice.gateway.http;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.store.MemoryStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A store in memory for several threads, whose readers can be made to wait, or to fail. */
final class SharedStore implements JobStore, Services.JobEvents {
    private final MemoryStore memory = new MemoryStore(MemoryStore.Fencing.KEPT);
    /** A read of a job takes one; none there: it waits. */
    final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

    final AtomicInteger eventReads = new AtomicInteger();
    volatile boolean down;
    volatile boolean defective;

    private void check() throws StoreLost {
        if (down) {
            throw new StoreLost("/var/lib/sluice/secret.db: the disk is away");
        }
        if (defective) {
            throw new IllegalStateException("/home/builder/Secret.java: a defect");
        }
    }

    @Override
    public synchronized long lead() {
        return memory.lead();
    }

    @Override
    public synchronized Iterable<Image> load() {
        return memory.load();
    }

    @Override
    public synchronized void commit(Batch batch) throws StoreLost, StaleEpoch {
        memory.commit(batch);
    }

    @Override
    public synchronized Optional<JobSpec> spec(JobId id) throws StoreLost {
        check();
        return memory.spec(id);
    }

    @Override
    public synchronized List<StoredEvent> events(long after, int max) throws StoreLost {
        eventReads.incrementAndGet();
        check();
        return memory.events(after, max);
    }

    @Override
    public synchronized List<StoredEvent> events(JobId job, long after, int max) throws StoreLost {
        check();
        return memory.events(after, Integer.MAX_VALUE).stream()
                .filter(stored ->
                        stored.event() instanceof Event.OfJob of && of.job().equals(job))
                .limit(max)
                .toList();
    }

    @Override
    public synchronized long newest() {
        return memory.newest();
    }

    @Override
    public Optional<JobRecord> job(JobId id) throws StoreLost {
        gate.acquireUninterruptibly();
        synchronized (this) {
            gate.release();
            check();
            return memory.job(id);
        }
    }

    @Override
    public synchronized List<JobRecord> jobs(JobQuery query) throws StoreLost {
        check();
        return memory.jobs(query);
    }

    @Override
    public void close() {}
}
