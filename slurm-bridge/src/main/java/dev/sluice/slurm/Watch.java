package dev.sluice.slurm;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Ends;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.script.IndexMap;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Observe (DISPATCH.md, "Watching"): the whole queue in one request, compared with the one before; accounting for what has left
 * it unended.
 */
final class Watch {
    /** A queue that keeps what ended for so long shows every end to who looks each minute. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(120);

    private final SlurmSettings settings;
    private final Door reading;
    private final Queue queue;
    private final Launches launches;
    private final Known known;

    private Look last = new Look(0, Map.of());
    private boolean accountingAnswers = true;

    /** Apart from the rest: who asks for it must not wait for a poll under way, which has our monitor for as long as it waits. */
    private volatile Optional<List<JobRow>> lastRows = Optional.empty();

    /** Where a row stands in the queue: of an array each split task has an own id, and the rest another. */
    private record Place(long jobId, long ownId, String indices) {}

    private record Look(long number, Map<Place, Observation> seen) {}

    Watch(SlurmSettings settings, Door reading, Queue queue, Launches launches, Known known) {
        this.settings = settings;
        this.reading = reading;
        this.queue = queue;
        this.launches = launches;
        this.known = known;
    }

    /** All rows of all users at the last look that was answered; empty before the first. Waits for nothing. */
    Optional<List<JobRow>> lastRows() {
        return lastRows;
    }

    synchronized Sweep observe(Cursor after, Duration wait) throws InterruptedException {
        boolean goesOn = after.text().equals(Long.toString(last.number())) && last.number() > 0;
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
                    lastRows = Optional.of(said.value());
                    Map<Place, Observation> seen = seen(said.value());
                    List<Observation> news = goesOn ? news(seen) : List.copyOf(seen.values());
                    if (!goesOn || !news.isEmpty() || System.nanoTime() >= deadline) {
                        last = new Look(last.number() + 1, seen);
                        Scope scope = goesOn ? Scope.CHANGES : Scope.COMPLETE;
                        Cursor next = new Cursor(Long.toString(last.number()));
                        return new Sweep.Seen(read.asOf(), scope, ends(), news, next);
                    }
                }
            }
            earliest = read.asOf().plusNanos(1);
        }
    }

    private Ends ends() {
        return accountingAnswers || settings.minJobAge().compareTo(LONG_ENOUGH) >= 0 ? Ends.VISIBLE : Ends.HIDDEN;
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
        Map<Place, Observation> seen = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            JobRow row = entry.row();
            seen.put(
                    new Place(row.jobId(), row.ownId(), entry.tasks().toString()),
                    new Observation(
                            entry.attempt(), entry.binding(), entry.tasks(), sightings.get(i), States.raw(row)));
        }
        return seen;
    }

    /** What stands otherwise than at the last look, and the ends of what has left the queue since. */
    private List<Observation> news(Map<Place, Observation> seen) {
        List<Observation> news = new ArrayList<>();
        seen.forEach((place, now) -> {
            if (!now.equals(last.seen().get(place))) {
                news.add(now);
            }
        });
        news.addAll(gone(seen));
        return news;
    }

    private List<Observation> gone(Map<Place, Observation> seen) {
        Set<String> present = new LinkedHashSet<>();
        seen.values().forEach(now -> present.add(now.binding().nativeId()));
        Map<Long, List<Observation>> missing = new LinkedHashMap<>();
        last.seen().values().forEach(before -> {
            boolean left = !(before.seen() instanceof Sighting.Ended)
                    && !present.contains(before.binding().nativeId());
            Optional<Long> id = Entry.jobId(before.binding());
            if (left && id.isPresent()) {
                missing.computeIfAbsent(id.get(), each -> new ArrayList<>()).add(before);
            }
        });
        if (missing.isEmpty()) {
            return List.of();
        }
        return switch (reading.records(missing.keySet())) {
            case Answer.Said<List<JobRow>> said -> {
                accountingAnswers = true;
                yield recorded(missing, said.value());
            }
            case Answer.Refused<List<JobRow>> refused -> {
                accountingAnswers = false;
                yield List.of();
            }
            case Answer.Unknown<List<JobRow>> unknown -> {
                accountingAnswers = false;
                yield List.of();
            }
        };
    }

    private List<Observation> recorded(Map<Long, List<Observation>> missing, List<JobRow> records) {
        List<Observation> all = new ArrayList<>();
        missing.forEach((id, before) -> {
            Observation one = before.getFirst();
            Tag tag = known.tag(one.attempt()).orElseGet(() -> new Tag(one.attempt(), IndexMap.SAME));
            List<Entry> entries = Entry.recorded(records, tag, one.binding());
            List<Entry> over =
                    entries.stream().filter(entry -> States.isOver(entry.row())).toList();
            all.addAll(observations(over).values());
            for (Entry entry : entries) {
                if (!over.contains(entry)) {
                    all.add(new Observation(
                            entry.attempt(),
                            entry.binding(),
                            entry.tasks(),
                            new Sighting.Lost(States.run(entry.row())),
                            "accounting: " + States.raw(entry.row())));
                }
            }
        });
        return all;
    }
}
