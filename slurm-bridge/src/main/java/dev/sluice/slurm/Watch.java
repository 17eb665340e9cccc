package dev.sluice.slurm;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Ends;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.script.IndexMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Observe (DISPATCH.md, "Watching"): the whole queue in one request, compared with the one before; accounting for what has left
 * it unended, for as long as that takes ({@link Departed}).
 */
final class Watch {
    /** A queue that keeps what ended for so long shows every end to who looks each minute. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(120);

    private final SlurmSettings settings;
    private final Queue queue;
    private final Launches launches;
    private final Known known;
    private final Departed departed;
    private final PastRuns pastRuns;

    private Look last = new Look(0, Map.of());
    /** Ends that only the last look told: until its reader goes on from it nobody knows whether he heard. */
    private List<Observation> told = List.of();

    /** Apart from the rest: who asks for it must not wait for a poll under way, which has our monitor for as long as it waits. */
    private volatile Optional<Rows> lastRows = Optional.empty();

    /** @param asOf when the reading began */
    record Rows(Instant asOf, List<JobRow> all) {}

    /** Where a row stands in the queue: of an array each split task has an own id, and the rest another. */
    private record Place(long jobId, long ownId, String indices) {}

    private record Item(AttemptId attempt, String nativeId) {
        static Item of(Observation seen) {
            return new Item(seen.attempt(), seen.binding().nativeId());
        }
    }

    private record Look(long number, Map<Place, Observation> seen) {}

    Watch(SlurmSettings settings, Queue queue, Launches launches, Known known, Departed departed, PastRuns pastRuns) {
        this.settings = settings;
        this.queue = queue;
        this.launches = launches;
        this.known = known;
        this.departed = departed;
        this.pastRuns = pastRuns;
    }

    /** All rows of all users at the last look that was answered; empty before the first. Waits for nothing. */
    Optional<Rows> lastRows() {
        return lastRows;
    }

    synchronized Sweep observe(Cursor after, Duration wait) throws InterruptedException {
        boolean goesOn = after.text().equals(Long.toString(last.number())) && last.number() > 0;
        if (goesOn) {
            told = List.of();
        }
        long deadline = System.nanoTime() + wait.toNanos();
        Instant earliest = settings.clock().instant();
        while (true) {
            Queue.Reading read = queue.since(earliest, goesOn ? Queue.Depth.STATES : Queue.Depth.WHOLE);
            switch (read.rows()) {
                case Answer.Refused<List<JobRow>> refused -> {
                    return new Sweep.Unknown(new Doubt(refused.refusal().message()));
                }
                case Answer.Unknown<List<JobRow>> unknown -> {
                    return new Sweep.Unknown(unknown.doubt());
                }
                case Answer.Said<List<JobRow>> said -> {
                    lastRows = Optional.of(new Rows(read.asOf(), said.value()));
                    Map<Place, Observation> seen = seen(said.value());
                    List<Observation> ends = ends(seen, said.value());
                    List<Observation> news = new ArrayList<>(goesOn ? changes(seen) : seen.values());
                    news.addAll(ends);
                    if (!goesOn || !news.isEmpty() || System.nanoTime() >= deadline) {
                        last = new Look(last.number() + 1, seen);
                        told = ends;
                        Scope scope = goesOn ? Scope.CHANGES : Scope.COMPLETE;
                        Cursor next = new Cursor(Long.toString(last.number()));
                        return new Sweep.Seen(read.asOf(), scope, endsAreSeen(), news, next);
                    }
                }
            }
            earliest = read.asOf().plusNanos(1);
        }
    }

    private Ends endsAreSeen() {
        return departed.isAnswering() || settings.minJobAge().compareTo(LONG_ENOUGH) >= 0 ? Ends.VISIBLE : Ends.HIDDEN;
    }

    private Map<Place, Observation> seen(List<JobRow> rows) {
        List<Entry> entries = Entry.ours(rows, settings.realm(), known::tasks).stream()
                .filter(entry -> known.mayOwn(entry.attempt(), entry.row().owner()))
                .toList();
        entries.forEach(entry -> known.tag(entry.tag()));
        return observations(entries);
    }

    private Map<Place, Observation> observations(List<Entry> entries) {
        List<Sighting> sightings = launches.sightings(entries, settings.clock().instant());
        List<List<PastRun>> past = pastRuns.of(entries);
        Map<Place, Observation> seen = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            JobRow row = entry.row();
            seen.put(
                    new Place(row.jobId(), row.ownId(), entry.tasks().toString()),
                    observation(entry, entry.tasks(), sightings.get(i), past.get(i)));
        }
        return seen;
    }

    private static Observation observation(Entry entry, TaskSet tasks, Sighting seen, List<PastRun> past) {
        return new Observation(entry.attempt(), entry.binding(), tasks, seen, States.raw(entry.row()), past);
    }

    /** What stands otherwise than at the last look. */
    private List<Observation> changes(Map<Place, Observation> seen) {
        List<Observation> changes = new ArrayList<>();
        seen.forEach((place, now) -> {
            if (!now.equals(last.seen().get(place))) {
                changes.add(now);
            }
        });
        return changes;
    }

    /** The ends of what has left the queue, as far as accounting has them, and those that nobody may have heard yet. */
    private List<Observation> ends(Map<Place, Observation> seen, List<JobRow> rows) {
        Map<Item, TaskSet> present = new HashMap<>();
        seen.values().forEach(now -> present.merge(Item.of(now), now.tasks(), TaskSet::union));
        present.forEach((object, tasks) -> departed.settled(object.attempt(), object.nativeId(), tasks));
        Set<String> cutShort = new HashSet<>();
        rows.stream()
                .filter(row -> row.indices() instanceof Indices.Rest)
                .forEach(row -> cutShort.add(Long.toString(row.jobId())));
        last.seen().values().forEach(before -> {
            Item object = Item.of(before);
            if (!(before.seen() instanceof Sighting.Ended) && !cutShort.contains(object.nativeId())) {
                TaskSet gone = before.tasks().minus(present.getOrDefault(object, TaskSet.EMPTY));
                Tag tag = known.tag(object.attempt()).orElseGet(() -> new Tag(object.attempt(), IndexMap.SAME));
                departed.left(tag, before.binding(), gone);
            }
        });
        List<Observation> ends = new ArrayList<>();
        for (Observation end : told) {
            if (!end.tasks().intersects(present.getOrDefault(Item.of(end), TaskSet.EMPTY))) {
                ends.add(end);
            }
        }
        ends.addAll(recorded(departed.ask()));
        return ends;
    }

    private List<Observation> recorded(List<Departed.Record> records) {
        List<Sighting> sightings = launches.recorded(
                records.stream().map(Departed.Record::runs).toList(),
                settings.clock().instant());
        List<Observation> all = new ArrayList<>();
        for (int i = 0; i < records.size(); i++) {
            Departed.Record record = records.get(i);
            Sighting seen = sightings.get(i);
            Entry entry = record.runs().last();
            if (seen instanceof Sighting.Ended || record.overdue() && seen instanceof Sighting.Lost) {
                all.add(observation(entry, record.tasks(), seen, record.runs().past()));
            }
            if (seen instanceof Sighting.Ended) {
                departed.settled(entry.attempt(), entry.binding().nativeId(), record.tasks());
            }
        }
        return all;
    }
}
