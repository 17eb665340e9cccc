package dev.sluice.slurm;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Find (DISPATCH.md, "Going out"): the queue by key; accounting for what has left it, by the ids that an attempt is known to have
 * had. It hangs on neither of the two alone (FAULTS.md, F47, F48).
 */
final class Searches {
    private final SlurmSettings settings;
    private final Doors doors;
    private final Queue queue;
    private final Stops stops;
    private final Launches launches;
    private final Known known;
    private final Departed departed;
    private final PastRuns pastRuns;

    Searches(
            SlurmSettings settings,
            Doors doors,
            Queue queue,
            Stops stops,
            Launches launches,
            Known known,
            Departed departed,
            PastRuns pastRuns) {
        this.settings = settings;
        this.doors = doors;
        this.queue = queue;
        this.stops = stops;
        this.launches = launches;
        this.known = known;
        this.departed = departed;
        this.pastRuns = pastRuns;
    }

    List<Search> find(List<Sought> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        all.forEach(sought -> known.attempt(
                sought.attempt(), settings.owners().of(sought.attempt().user())));
        Answer<List<JobRow>> rows;
        try {
            rows = queue.since(settings.clock().instant(), Queue.Depth.WHOLE).rows();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown(all, new Doubt("interrupted before the queue was read"));
        }
        return switch (rows) {
            case Answer.Said<List<JobRow>> said -> find(all, said.value());
            case Answer.Refused<List<JobRow>> refused ->
                unknown(all, new Doubt(refused.refusal().message()));
            case Answer.Unknown<List<JobRow>> unknown -> unknown(all, unknown.doubt());
        };
    }

    private static List<Search> unknown(List<Sought> all, Doubt doubt) {
        return all.stream().<Search>map(sought -> new Search.Unknown(doubt)).toList();
    }

    private List<Search> find(List<Sought> all, List<JobRow> rows) {
        Map<AttemptId, Set<String>> wanted = new HashMap<>();
        all.forEach(sought -> wanted.put(sought.attempt().id(), owners(sought)));
        Map<AttemptId, List<Entry>> queued = Entry.ours(rows, settings.realm(), known::tasks).stream()
                .filter(entry -> wanted.getOrDefault(entry.attempt(), Set.of())
                        .contains(entry.row().owner()))
                .collect(Collectors.groupingBy(Entry::attempt, TreeMap::new, Collectors.toList()));
        Set<Long> forgotten = new LinkedHashSet<>();
        for (Sought sought : all) {
            for (Binding binding : sought.bindings()) {
                if (!missing(sought, binding, queued).isEmpty()) {
                    Entry.jobId(binding).ifPresent(forgotten::add);
                }
            }
        }
        Answer<List<JobRow>> records =
                forgotten.isEmpty() ? Answer.said(List.of()) : doors.reading().records(forgotten);
        return told(all.stream().map(sought -> search(sought, queued, records)).toList());
    }

    /** What there is of an attempt; its marks and past runs are asked for with those of all others. */
    private sealed interface Evidence {
        record Unknown(Doubt doubt) implements Evidence {}

        record Known(List<Entry> queued, List<Runs> recorded) implements Evidence {}
    }

    private List<Search> told(List<Evidence> all) {
        List<Evidence.Known> known = all.stream()
                .filter(Evidence.Known.class::isInstance)
                .map(Evidence.Known.class::cast)
                .toList();
        Iterator<Search.Trace> queued = traces(
                        known.stream().flatMap(one -> one.queued().stream()).toList())
                .iterator();
        Iterator<Search.Trace> recorded = recorded(
                        known.stream().flatMap(one -> one.recorded().stream()).toList())
                .iterator();
        return all.stream()
                .<Search>map(one -> switch (one) {
                    case Evidence.Unknown unknown -> new Search.Unknown(unknown.doubt());
                    case Evidence.Known its -> {
                        List<Search.Trace> traces = new ArrayList<>();
                        its.queued().forEach(entry -> traces.add(queued.next()));
                        its.recorded().forEach(runs -> traces.add(recorded.next()));
                        traces.sort(Comparator.comparing(
                                trace -> Entry.jobId(trace.binding()).orElse(Long.MAX_VALUE)));
                        yield traces.isEmpty() ? new Search.None() : new Search.Found(traces);
                    }
                })
                .toList();
    }

    /** As whom its objects may run: a key alone proves nothing, since everybody may read it and write it into a comment. */
    private Set<String> owners(Sought sought) {
        Set<String> owners = new HashSet<>();
        settings.owners().of(sought.attempt().user()).ifPresent(owner -> owners.add(owner.name()));
        sought.bindings().forEach(binding -> owners.add(binding.owner()));
        return owners;
    }

    /** Tasks of a known object that the queue does not have. */
    private static TaskSet missing(Sought sought, Binding binding, Map<AttemptId, List<Entry>> queued) {
        TaskSet missing = sought.tasks();
        for (Entry entry : queued.getOrDefault(sought.attempt().id(), List.of())) {
            if (entry.binding().nativeId().equals(binding.nativeId())) {
                missing = missing.minus(entry.tasks());
            }
        }
        return missing;
    }

    private Evidence search(Sought sought, Map<AttemptId, List<Entry>> queued, Answer<List<JobRow>> records) {
        List<Entry> ours = new ArrayList<>();
        for (Entry entry : queued.getOrDefault(sought.attempt().id(), List.of())) {
            if (!entry.isSystems()) {
                ours.add(entry);
            } else if (!isTakenAway(entry)) {
                return new Evidence.Unknown(new Doubt(entry.row().jobId() + " came out as a system account's"));
            }
        }
        Tag tag = known.tag(sought.attempt().id()).orElseGet(() -> Submissions.tag(sought.attempt(), settings));
        // A record may be found by several bindings: the first to find it has it.
        Map<String, TaskSet> open = new HashMap<>();
        List<Runs> recorded = new ArrayList<>();
        for (Binding binding : sought.bindings()) {
            TaskSet missing = open.getOrDefault(binding.nativeId(), missing(sought, binding, queued));
            if (missing.isEmpty()) {
                continue;
            }
            switch (records) {
                case Answer.Said<List<JobRow>> said -> {
                    for (Runs runs : Runs.of(said.value(), tag, binding)) {
                        if (runs.last().tasks().intersects(missing)) {
                            recorded.add(runs);
                            missing = missing.minus(runs.last().tasks());
                        }
                    }
                    open.put(binding.nativeId(), missing);
                }
                case Answer.Refused<List<JobRow>> refused -> {
                    if (!refused.refusal().code().equals(Door.NO_ACCOUNTING)) {
                        return new Evidence.Unknown(new Doubt(refused.refusal().message()));
                    }
                }
                case Answer.Unknown<List<JobRow>> unknown -> {
                    return new Evidence.Unknown(unknown.doubt());
                }
            }
        }
        for (Runs runs : recorded) {
            Entry last = runs.last();
            if (States.isOver(last.row())) {
                departed.settled(last.attempt(), last.binding().nativeId(), last.tasks());
            } else {
                open.merge(last.binding().nativeId(), last.tasks(), TaskSet::union);
            }
        }
        for (Binding binding : sought.bindings()) {
            if (departed.mayLag(tag, binding, open.getOrDefault(binding.nativeId(), TaskSet.EMPTY))) {
                return new Evidence.Unknown(new Doubt("accounting does not have its end yet"));
            }
        }
        return new Evidence.Known(ours, recorded);
    }

    /** What came out as a system account's is nobody's find: it is cancelled, and the next park is refused. */
    private boolean isTakenAway(Entry entry) {
        Instant fence = settings.clock().instant().plus(settings.life());
        return Stops.isOver(stops.stop(entry.attempt(), entry.binding(), entry.tasks(), fence));
    }

    private List<Search.Trace> traces(List<Entry> entries) {
        List<Sighting> seen = launches.sightings(entries, settings.clock().instant());
        List<List<PastRun>> past = pastRuns.of(entries);
        List<Search.Trace> traces = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            traces.add(new Search.Trace(entry.binding(), entry.tasks(), seen.get(i), past.get(i)));
        }
        return traces;
    }

    private List<Search.Trace> recorded(List<Runs> recorded) {
        List<Sighting> seen = launches.recorded(recorded, settings.clock().instant());
        List<Search.Trace> traces = new ArrayList<>();
        for (int i = 0; i < recorded.size(); i++) {
            Runs runs = recorded.get(i);
            traces.add(new Search.Trace(runs.last().binding(), runs.last().tasks(), seen.get(i), runs.past()));
        }
        return traces;
    }
}
