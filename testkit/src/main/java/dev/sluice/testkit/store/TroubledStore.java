package dev.sluice.testkit.store;

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
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Any store, whose commits can be told to fail. That it fails by itself is no part of the play, and ends in an {@link
 * IllegalStateException}. For one thread.
 */
public final class TroubledStore implements JobStore {
    private final JobStore store;
    private MemoryStore.@Nullable Fate next;

    public TroubledStore(JobStore store) {
        this.store = store;
    }

    public void failNextCommit(MemoryStore.Fate fate) {
        next = fate;
    }

    private interface Asking<T> {
        T ask() throws StoreLost;
    }

    private static <T> T sound(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (StoreLost lost) {
            throw byItself(lost);
        }
    }

    private static IllegalStateException byItself(StoreLost lost) {
        return new IllegalStateException("the store failed by itself", lost);
    }

    @Override
    public void commit(Batch batch) throws StoreLost, StaleEpoch {
        MemoryStore.Fate fate = next;
        if (fate == MemoryStore.Fate.LOST) {
            next = null;
            throw new StoreLost("the commit was lost");
        }
        try {
            store.commit(batch);
        } catch (StoreLost lost) {
            throw byItself(lost);
        }
        next = null;
        if (fate == MemoryStore.Fate.KEPT) {
            throw new StoreLost("the answer to the commit was lost");
        }
    }

    @Override
    public long lead() {
        return sound(store::lead);
    }

    @Override
    public Iterable<Image> load() {
        return sound(store::load);
    }

    @Override
    public Optional<JobSpec> spec(JobId id) {
        return sound(() -> store.spec(id));
    }

    @Override
    public List<StoredEvent> events(long after, int max) {
        return sound(() -> store.events(after, max));
    }

    @Override
    public long newest() {
        return sound(store::newest);
    }

    @Override
    public Optional<JobRecord> job(JobId id) {
        return sound(() -> store.job(id));
    }

    @Override
    public List<JobRecord> jobs(JobQuery query) {
        return sound(() -> store.jobs(query));
    }

    @Override
    public void close() {
        store.close();
    }
}
