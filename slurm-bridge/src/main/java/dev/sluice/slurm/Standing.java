package dev.sluice.slurm;

import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.ReadingDoor;
import dev.sluice.slurm.script.IndexMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Objects of ours as their cluster has them: read, verified by key, owner and submit time, and told how they stand. */
final class Standing {
    private static final Set<String> NO_RECORD = Set.of(Door.NO_ACCOUNTING, Door.ABSENT);

    private final SlurmSettings settings;
    private final ReadingDoor reading;
    private final Together<Long, Answer<List<JobRow>>> reads;
    private final Launches launches;
    private final Known known;

    /** Tasks of the object that stand alike. */
    record Part(Entry entry, Sighting seen) {
        TaskSet tasks() {
            return entry.tasks();
        }
    }

    Standing(
            SlurmSettings settings,
            ReadingDoor reading,
            Together<Long, Answer<List<JobRow>>> reads,
            Launches launches,
            Known known) {
        this.settings = settings;
        this.reading = reading;
        this.reads = reads;
        this.launches = launches;
        this.known = known;
    }

    /**
     * How the object stands: the controller's word, and accounting's for what it has forgotten.
     *
     * @return no part where there is no such object of ours
     */
    Answer<List<Part>> read(AttemptId attempt, Binding binding) throws InterruptedException {
        Optional<Long> id = Entry.jobId(binding);
        if (id.isEmpty()) {
            return Answer.said(List.of());
        }
        return switch (reads.ask(id.get(), false)) {
            case Answer.Said<List<JobRow>> said -> {
                List<Entry> queued = mine(said.value(), attempt, binding);
                yield queued.isEmpty()
                        ? ended(records(Set.of(id.get())), attempt, binding).map(this::parts)
                        : Answer.said(parts(queued));
            }
            case Answer.Refused<List<JobRow>> refused ->
                Answer.unknown(refused.refusal().message());
            case Answer.Unknown<List<JobRow>> unknown -> new Answer.Unknown<>(unknown.doubt());
        };
    }

    /** What the controller has of these jobs, in one request that has all others who wait for one; at once where these are few. */
    Answer<List<JobRow>> queued(Set<Long> ids) throws InterruptedException {
        return ids.isEmpty() ? Answer.said(List.of()) : reads.askForAll(ids);
    }

    /** What accounting has of these jobs, in one question. */
    Answer<List<JobRow>> records(Set<Long> ids) {
        return ids.isEmpty() ? Answer.said(List.of()) : reading.records(ids);
    }

    /** The object's entries among what the controller has told. */
    List<Entry> mine(List<JobRow> rows, AttemptId attempt, Binding binding) {
        List<JobRow> its = Entry.jobId(binding).stream()
                .flatMap(id -> rows.stream().filter(row -> row.jobId() == id))
                .toList();
        return Entry.ours(its, settings.realm(), known::tasks).stream()
                .filter(entry ->
                        entry.attempt().equals(attempt) && entry.binding().equals(binding))
                .toList();
    }

    /** The object's ends among what accounting has told; none where the cluster keeps no accounting. */
    Answer<List<Entry>> ended(Answer<List<JobRow>> records, AttemptId attempt, Binding binding) {
        Tag tag = known.tag(attempt).orElseGet(() -> new Tag(attempt, IndexMap.SAME));
        return switch (records) {
            case Answer.Said<List<JobRow>> said -> {
                List<Entry> over = new ArrayList<>();
                for (Runs runs : Runs.of(said.value(), tag, binding)) {
                    if (States.isOver(runs.last().row())) {
                        over.add(runs.last());
                    }
                }
                yield Answer.said(over);
            }
            // Another refusal, of a token perhaps, tells nothing of the job.
            case Answer.Refused<List<JobRow>> refused ->
                NO_RECORD.contains(refused.refusal().code())
                        ? Answer.said(List.of())
                        : Answer.unknown(refused.refusal().message());
            case Answer.Unknown<List<JobRow>> unknown -> new Answer.Unknown<>(unknown.doubt());
        };
    }

    /** We are about to stop these: who cancelled them, should they turn out cancelled, is no question then. */
    void stopping(AttemptId attempt, Binding binding, TaskSet tasks) {
        known.stopping(attempt, binding.nativeId(), tasks);
    }

    /** How they stand, with one look at the marks of all. */
    List<Part> parts(List<Entry> entries) {
        List<Sighting> seen = launches.standing(entries, settings.clock().instant());
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            parts.add(new Part(entries.get(i), seen.get(i)));
        }
        return parts;
    }
}
