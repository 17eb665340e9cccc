package dev.sluice.gateway.loop;

import dev.sluice.engine.Batch;
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

/** A store in memory for several threads, whose commits wait at a gate and fail as told. */
final class TestStore implements JobStore {
    final MemoryStore memory = new MemoryStore(MemoryStore.Fencing.KEPT);
    /** A commit takes one; none there: it waits. */
    final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);

    private volatile boolean down;

    /** Until told otherwise nothing is read or written. */
    void down(boolean value) {
        down = value;
    }

    private void check() throws StoreLost {
        if (down) {
            throw new StoreLost("the disk is away");
        }
    }

    @Override
    public synchronized long lead() throws StoreLost {
        check();
        return memory.lead();
    }

    @Override
    public synchronized Iterable<Image> load() throws StoreLost {
        check();
        return memory.load();
    }

    @Override
    public void commit(Batch batch) throws StoreLost, StaleEpoch {
        gate.acquireUninterruptibly();
        synchronized (this) {
            check();
            memory.commit(batch);
        }
    }

    @Override
    public synchronized Optional<JobSpec> spec(JobId id) throws StoreLost {
        check();
        return memory.spec(id);
    }

    @Override
    public synchronized List<StoredEvent> events(long after, int max) throws StoreLost {
        check();
        return memory.events(after, max);
    }

    @Override
    public synchronized long newest() throws StoreLost {
        return memory.newest();
    }

    @Override
    public synchronized Optional<JobRecord> job(JobId id) throws StoreLost {
        check();
        return memory.job(id);
    }

    @Override
    public synchronized List<JobRecord> jobs(JobQuery query) throws StoreLost {
        check();
        return memory.jobs(query);
    }

    @Override
    public void close() {}
}
