package dev.sluice.testkit.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be told to fail. For one thread. */
public final class MemoryStore implements JobStore {
    /** What becomes of a commit that fails. */
    public enum Fate {
        LOST,
        /** It throws, and yet it is there (F57). */
        KEPT
    }

    /** Whether commits of an older epoch are refused, as every store must, or taken: a defect that tests plant. */
    public enum Fencing {
        KEPT,
        BROKEN
    }

    private final Fencing fencing;
    private final Map<Image.Key, Image> rows = new LinkedHashMap<>();
    private final List<StoredEvent> events = new ArrayList<>();
    private final Map<JobId, JobSpec> specs = new HashMap<>();
    private @Nullable Fate next;
    private long epoch;

    public MemoryStore(Fencing fencing) {
        this.fencing = fencing;
    }

    public void failNextCommit(Fate fate) {
        next = fate;
    }

    @Override
    public long lead() {
        return ++epoch;
    }

    @Override
    public Iterable<Image> load() {
        List<Image> all = new ArrayList<>();
        rows.values().stream().filter(Image.OfJob.class::isInstance).forEach(all::add);
        rows.values().stream().filter(row -> !(row instanceof Image.OfJob)).forEach(all::add);
        return all;
    }

    @Override
    public void commit(Batch batch) throws StoreLost, StaleEpoch {
        if (batch.epoch() < epoch && fencing == Fencing.KEPT) {
            throw new StaleEpoch(batch.epoch(), epoch);
        }
        Fate fate = next;
        next = null;
        if (fate == Fate.LOST) {
            throw new StoreLost("the commit was lost");
        }
        for (Event.Recorded event : batch.events()) {
            events.add(new StoredEvent(events.size() + 1, batch.at(), event));
            if (event instanceof Event.Accepted accepted) {
                specs.put(accepted.job(), accepted.spec());
            }
        }
        for (Image.Row row : batch.rows()) {
            row.image().ifPresentOrElse(image -> rows.put(row.key(), image), () -> rows.remove(row.key()));
        }
        if (fate == Fate.KEPT) {
            throw new StoreLost("the answer to the commit was lost");
        }
    }

    @Override
    public Optional<JobSpec> spec(JobId id) {
        return Optional.ofNullable(specs.get(id));
    }

    @Override
    public List<StoredEvent> events(long after, int max) {
        int from = (int) Math.min(after, events.size());
        return List.copyOf(events.subList(from, (int) Math.min(events.size(), (long) from + max)));
    }

    @Override
    public void close() {}
}
