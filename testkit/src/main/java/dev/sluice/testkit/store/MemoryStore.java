package dev.sluice.testkit.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
    private final NavigableMap<JobId, Filed> files = new TreeMap<>();
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
            file(event, batch.at());
        }
        Set<JobId> archived = new HashSet<>();
        batch.events().forEach(event -> {
            if (event instanceof Event.Forgotten forgotten) {
                archived.add(forgotten.job());
            }
        });
        for (Image.Row row : batch.rows()) {
            boolean archives = owner(row.key()).map(archived::contains).orElse(false);
            if (!archives) {
                file(row);
            }
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
    public long newest() {
        return events.size();
    }

    @Override
    public Optional<JobRecord> job(JobId id) {
        Map.Entry<JobId, Filed> floor = files.floorEntry(id);
        return floor == null
                        || id.value() - floor.getKey().value()
                                >= floor.getValue().head.tasks().size()
                ? Optional.empty()
                : Optional.of(record(floor.getValue()));
    }

    private JobRecord record(Filed file) {
        return new JobRecord(
                file.head,
                file.name,
                file.labels,
                List.copyOf(file.slices.values()),
                List.copyOf(file.attempts.values()),
                file.runs,
                file.changed);
    }

    @Override
    public List<JobRecord> jobs(JobQuery query) {
        return files.descendingMap().values().stream()
                .map(this::record)
                .filter(record -> Asked.matches(query, record))
                .limit(query.most())
                .map(JobRecord::brief)
                .toList();
    }

    /** What readers see of a job, archived or not. */
    private static final class Filed {
        private JobHead head;
        private final String name;
        private Labels labels;
        private final SortedMap<Integer, Slice> slices = new TreeMap<>();
        private final Map<AttemptId, JobRecord.Placing> attempts = new LinkedHashMap<>();
        private final List<JobRecord.Run> runs = new ArrayList<>();
        private Instant changed;

        Filed(Event.Accepted accepted, Instant at) {
            head = accepted.head();
            name = accepted.spec().name();
            labels = accepted.spec().labels();
            changed = at;
        }
    }

    /** Files what an event says of a job beside its rows. */
    private void file(Event.Recorded event, Instant at) {
        if (event instanceof Event.Accepted accepted) {
            specs.put(accepted.job(), accepted.spec());
            files.put(accepted.job(), new Filed(accepted, at));
        }
        if (event instanceof Event.OfJob of) {
            Filed file = files.get(of.job());
            if (file != null) {
                file.changed = at;
                if (event instanceof Event.Labelled labelled) {
                    file.labels = labelled.labels();
                }
                if (event instanceof Event.Placed placed) {
                    Attempt attempt = placed.to().attempt();
                    file.attempts.put(attempt.id(), new JobRecord.Placing(attempt, Optional.empty(), at, placed.why()));
                }
                if (event instanceof Event.OfTasks ofTasks
                        && ofTasks.to() instanceof JobState.Live live
                        && live.phase() instanceof Phase.Bound bound) {
                    file.attempts.computeIfPresent(
                            live.attempt().id(),
                            (id, old) -> new JobRecord.Placing(
                                    old.attempt(), Optional.of(bound.binding()), old.at(), old.why()));
                }
                if (event instanceof Event.Charged run) {
                    file.runs.add(new JobRecord.Run(run.tasks(), run.attempt(), run.run(), run.started(), run.ended()));
                }
            }
        }
    }

    private static Optional<JobId> owner(Image.Key key) {
        return switch (key) {
            case Image.Key.OfJob of -> Optional.of(of.job());
            case Image.Key.OfSlice of -> Optional.of(of.job());
            case Image.Key.OfCluster of -> Optional.empty();
            case Image.Key.OfLeftover of -> Optional.empty();
            case Image.Key.OfUse of -> Optional.empty();
            case Image.Key.OfProject of -> Optional.empty();
            case Image.Key.OfUsage of -> Optional.empty();
            case Image.Key.OfIds of -> Optional.empty();
        };
    }

    /** Files the rows of a job that is not being archived. */
    private void file(Image.Row row) {
        if (row.key() instanceof Image.Key.OfJob of) {
            Filed file = files.get(of.job());
            if (file != null && row.image().orElse(null) instanceof Image.OfJob job) {
                file.head = job.head();
            } else if (row.image().isEmpty()) {
                files.remove(of.job());
                specs.remove(of.job());
            }
        }
        if (row.key() instanceof Image.Key.OfSlice of) {
            Filed file = files.get(of.job());
            if (file != null && row.image().orElse(null) instanceof Image.OfSlice slice) {
                file.slices.put(of.lowest(), new Slice(slice.tasks(), slice.state()));
            } else if (file != null) {
                file.slices.remove(of.lowest());
            }
        }
    }

    @Override
    public void close() {}
}
