package dev.sluice.slurm;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Submitted;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.ReadingDoor;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bridge to one SLURM cluster. It holds nothing that a restart would miss: what it remembers saves questions.
 *
 * <p>Each stage of DISPATCH.md is a class of its own; here stand park and what passes straight through.
 */
public final class SlurmBridge implements ClusterBridge {
    private final SlurmSettings settings;
    private final Doors doors;
    private final Known known;
    private final Together<Long, Answer<List<JobRow>>> reads;
    /** How many submits are under way, behind each of which there is a read. */
    private final AtomicInteger submitting = new AtomicInteger();

    private final Releases releases;
    private final Stops stops;
    private final Watch watch;
    private final Searches searches;
    private final ClaimsAndLogs claimsAndLogs;
    private final Tidiness tidiness;

    public SlurmBridge(SlurmSettings settings, Doors doors) {
        this(settings, doors, Accounting.PAUSE);
    }

    /** @param pause for how long accounting is left alone once it did not answer */
    SlurmBridge(SlurmSettings settings, Doors doors, Duration pause) {
        this.settings = settings;
        this.doors = doors;
        known = new Known();
        ReadingDoor reading = doors.reading();
        reads = new Together<>(reading::queue);
        Accounting accounting = new Accounting(reading, pause, System::nanoTime, Thread::startVirtualThread);
        Cancellers cancellers = new Cancellers(accounting, settings.accountingPatience(), System::nanoTime);
        Gates gates = new Gates(
                doors.remains(), settings.life(), settings.habits().claims().retention());
        Launches launches = new Launches(doors.remains(), gates, cancellers, new Restarts(reading::facts), known);
        Standing standing = new Standing(settings, reading, reads, launches, known);
        releases = new Releases(settings, doors, standing);
        stops = new Stops(settings, doors, standing);
        Queue queue = new Queue(reading, settings.period(), settings.clock());
        Departed departed = new Departed(accounting, settings.accountingPatience(), System::nanoTime);
        PastRuns pastRuns = new PastRuns(accounting, System::nanoTime);
        watch = new Watch(settings, queue, launches, known, departed, pastRuns);
        searches = new Searches(settings, doors, queue, stops, launches, known, departed, pastRuns);
        claimsAndLogs = new ClaimsAndLogs(settings, doors.remains(), standing);
        tidiness = new Tidiness(doors.remains(), settings.habits().claims().retention(), settings.clock());
    }

    @Override
    public List<Refusal> cannot(JobSpec spec) {
        return Obstacles.of(spec, settings);
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        if (attempt.id().realm() != settings.realm()) {
            return new Parking.Refused(
                    Refusal.never("another-realm", "expected an attempt of this installation, found " + attempt.id()));
        }
        List<Refusal> obstacles = cannot(spec);
        if (!obstacles.isEmpty()) {
            return new Parking.Refused(obstacles.getFirst());
        }
        Owner owner = settings.owners().of(attempt.user()).orElseThrow();
        Tag tag = Submissions.tag(attempt, settings);
        Submission submission = Submissions.of(attempt, spec, tag, owner, settings);
        if (submission.script().size() > BatchFile.MAX_BYTES) {
            return new Parking.Refused(Refusal.never(
                    "script-size",
                    "expected a script, its arguments and environment of at most " + BatchFile.MAX_BYTES
                            + " bytes together with the gate, found "
                            + submission.script().size()));
        }
        if (!settings.clock().instant().isBefore(fence)) {
            return new Parking.Unknown(new Doubt("its fence has passed; nothing was sent"));
        }
        known.attempt(attempt, Optional.of(owner));
        tidiness.visit(owner);
        return switch (submit(owner, submission, fence)) {
            case Answer.Said<Submitted>(Submitted submitted) -> bound(attempt, tag, owner, submitted, fence);
            case Answer.Refused<Submitted> refused -> new Parking.Refused(refused.refusal());
            case Answer.Unknown<Submitted> unknown -> new Parking.Unknown(unknown.doubt());
        };
    }

    private Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
        submitting.incrementAndGet();
        try {
            return doors.submitting().submit(owner, submission, fence);
        } finally {
            submitting.decrementAndGet();
        }
    }

    /** An id alone binds nothing: the controller is asked what it has under it. */
    private Parking bound(Attempt attempt, Tag tag, Owner owner, Submitted submitted, Instant fence) {
        Answer<List<JobRow>> rows;
        try {
            rows = reads.ask(submitted.jobId(), submitting.get() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Parking.Unknown(new Doubt("interrupted behind the submit of " + submitted.jobId()));
        }
        return switch (rows) {
            case Answer.Said<List<JobRow>> said -> {
                Optional<JobRow> row = said.value().stream()
                        .filter(one -> one.jobId() == submitted.jobId()
                                && one.owner().equals(owner.name())
                                && Tag.of(one.comment()).equals(Optional.of(tag)))
                        .findFirst();
                if (row.isEmpty()) {
                    yield new Parking.Unknown(
                            new Doubt("accepted as " + submitted.jobId() + ", which the controller does not know"));
                }
                Binding binding = Entry.binding(row.get());
                known.tag(tag);
                Entry entry = new Entry(tag, attempt.tasks(), row.get());
                yield entry.isSystems()
                        ? forbidden(entry, stops.stop(attempt.id(), binding, attempt.tasks(), fence))
                        : new Parking.Parked(binding, submitted.notes());
            }
            case Answer.Refused<List<JobRow>> refused ->
                new Parking.Unknown(new Doubt("accepted as " + submitted.jobId() + ", and then: "
                        + refused.refusal().message()));
            case Answer.Unknown<List<JobRow>> unknown -> new Parking.Unknown(unknown.doubt());
        };
    }

    /** Refused only when it is gone: the search that follows a doubt takes it away. */
    private Parking forbidden(Entry entry, Stopping stopping) {
        return Stops.isOver(stopping)
                ? new Parking.Refused(entry.forbidden(settings))
                : new Parking.Unknown(new Doubt(
                        entry.row().jobId() + " came out as a system account's, and its cancel is yet to be seen"));
    }

    @Override
    public List<Release> release(List<Grant> grants) {
        return releases.release(grants);
    }

    @Override
    public List<Search> find(List<Sought> all) {
        return searches.find(all);
    }

    @Override
    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        return stops.stop(attempt, binding, tasks, fence);
    }

    @Override
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        return stops.alter(attempt, binding, tasks, change, fence);
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        try {
            return watch.observe(after, wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Sweep.Unknown(new Doubt("interrupted while it waited for a change"));
        }
    }

    @Override
    public CapacityReading capacity() {
        return switch (doors.reading().inventory()) {
            case Answer.Said<Inventory> said -> Capacities.of(said.value(), watch.lastRows(), settings);
            case Answer.Refused<Inventory> refused ->
                new CapacityReading.Unknown(new Doubt(refused.refusal().message()));
            case Answer.Unknown<Inventory> unknown -> new CapacityReading.Unknown(unknown.doubt());
        };
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        return claimsAndLogs.log(attempt, binding, task, stream, offset);
    }

    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        return claimsAndLogs.claim(attempt, binding, tasks, run);
    }

    @Override
    public Accounts accounts() {
        return switch (doors.reading().accounts()) {
            case Answer.Said<Accounts.Known> said -> said.value();
            case Answer.Refused<Accounts.Known> refused -> new Accounts.None();
            case Answer.Unknown<Accounts.Known> unknown -> new Accounts.Unknown(unknown.doubt());
        };
    }

    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(doors.remains().isPresent(), settings.life()));
    }

    @Override
    public void close() {
        doors.close();
    }
}
