package dev.sluice.testkit.fake;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.PastRun;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sighting.Claimed;
import dev.sluice.cluster.Sweep;
import dev.sluice.cluster.Sweep.Ends;
import dev.sluice.cluster.Sweep.Scope;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a look at the cluster shows: sweeps and searches. Changes nothing but counts. */
final class Looks {
    /** A queue that forgets sooner than this may have forgotten an end before anybody looked (DISPATCH.md, "Watching"). */
    private static final Duration LONG_MEMORY = Duration.ofSeconds(120);

    private static final String STRANGE = "POWERED_AWAY+0x2000";

    private final FakeSettings settings;
    private final Agenda agenda;
    private final Outages outages;
    private final Queue queue;
    private final AccountingBook accounting;
    private final ClaimDirectory claims;
    private final Recovery recovery;
    private final FaultCounts faults;

    Looks(
            FakeSettings settings,
            Agenda agenda,
            Outages outages,
            Queue queue,
            AccountingBook accounting,
            ClaimDirectory claims,
            Recovery recovery,
            FaultCounts faults) {
        this.settings = settings;
        this.agenda = agenda;
        this.outages = outages;
        this.queue = queue;
        this.accounting = accounting;
        this.claims = claims;
        this.recovery = recovery;
        this.faults = faults;
    }

    /** Where a look goes on: a position in the controller's changes, one in accounting, and when all was last shown. */
    private record Position(int instance, long changes, int rows, long completeAt) {
        static Optional<Position> parse(Cursor cursor) {
            if (cursor.equals(Cursor.START)) {
                return Optional.empty();
            }
            String[] parts = cursor.text().split(":", -1);
            return Optional.of(new Position(
                    Integer.parseInt(parts[0]),
                    Long.parseLong(parts[1]),
                    Integer.parseInt(parts[2]),
                    Long.parseLong(parts[3])));
        }

        Cursor cursor() {
            return new Cursor(instance + ":" + changes + ":" + rows + ":" + completeAt);
        }
    }

    /** Whether a look from there would show anything, or is due to show everything. */
    boolean news(Cursor after) {
        Optional<Position> from = Position.parse(after);
        return from.isEmpty()
                || from.get().changes() < queue.changes()
                || accounting.answers() && from.get().rows() < accounting.size()
                || complete(from.get());
    }

    private boolean complete(Position from) {
        return from.instance() != recovery.instance()
                || agenda.now() - from.completeAt() >= settings.completeEvery().toMillis();
    }

    Sweep observe(Cursor after) {
        if (searchesFail()) {
            return new Sweep.Unknown(new Doubt("slurm_load_jobs: unreadable answer"));
        }
        Optional<Position> from = Position.parse(after);
        boolean complete = from.isEmpty() || complete(from.get());
        Album album = new Album();
        for (NativeJob job : queue.jobs()) {
            if (job.key.isPresent() && job.key.get().realm() == settings.realm()) {
                addJob(job, complete ? 0 : from.get().changes(), album);
            }
        }
        int rowsFrom = from.map(Position::rows).orElse(0);
        if (accounting.answers()) {
            addEnds(rowsFrom, from.isPresent(), album);
            addGhosts(complete ? 0 : from.get().changes(), album);
        }
        Position next = new Position(
                recovery.instance(),
                queue.changes(),
                accounting.answers() ? accounting.size() : rowsFrom,
                complete ? agenda.now() : from.get().completeAt());
        return new Sweep.Seen(
                Instant.ofEpochMilli(agenda.now()),
                complete ? Scope.COMPLETE : Scope.CHANGES,
                ends(),
                album.observations(),
                next.cursor());
    }

    private boolean searchesFail() {
        if (outages.searches > agenda.now()) {
            faults.count(Fault.SEARCH_FAILED);
            return true;
        }
        return false;
    }

    private Ends ends() {
        boolean remembers =
                settings.minJobAge().isEmpty() || settings.minJobAge().get().compareTo(LONG_MEMORY) >= 0;
        return accounting.answers() || remembers ? Ends.VISIBLE : Ends.HIDDEN;
    }

    /** What tasks of one object have in common that look alike. */
    private record Look(NativeJob job, String incarnation, Sighting seen, String raw, List<PastRun> past) {}

    /** Observations under way: tasks that look alike are one. */
    private static final class Album {
        private final Map<Look, TaskSet.Builder> looks = new LinkedHashMap<>();

        void add(Look look, int slot) {
            looks.computeIfAbsent(look, x -> new TaskSet.Builder()).add(look.job().indices[slot]);
        }

        List<Observation> observations() {
            List<Observation> all = new ArrayList<>(looks.size());
            looks.forEach((look, tasks) -> all.add(new Observation(
                    look.job().key.orElseThrow(),
                    look.job().binding(look.incarnation()),
                    tasks.build(),
                    look.seen(),
                    look.raw(),
                    look.past())));
            return all;
        }
    }

    private void addJob(NativeJob job, long changedAfter, Album album) {
        boolean strange = job.strange;
        for (int slot = 0; slot < job.states.length; slot++) {
            TaskState state = job.states[slot];
            if (job.changed[slot] > changedAfter && !(state instanceof TaskState.Gone)) {
                String raw = settings.flavour() == Flavour.SLURM ? slurm(state) : kubernetes(state);
                job.strange = false;
                album.add(
                        new Look(
                                job,
                                state.incarnation(),
                                sighting(job, slot, state),
                                strange && state.live() ? STRANGE : raw,
                                past(job, slot, state.run())),
                        slot);
            }
        }
    }

    /** Where accounting answers. */
    private List<PastRun> past(NativeJob job, int slot, int run) {
        SortedMap<Integer, PastRun> all = job.past.getOrDefault(slot, new TreeMap<>());
        return accounting.answers() ? List.copyOf(all.headMap(run).values()) : List.of();
    }

    private Sighting sighting(NativeJob job, int slot, TaskState state) {
        return switch (state) {
            case TaskState.Held held -> new Sighting.Held(held.run(), held.by(), why(held.by()));
            case TaskState.Pending pending -> new Sighting.Pending(pending.run());
            case TaskState.Running running ->
                new Sighting.Running(running.run(), started(running), claimed(job, slot, running.run()));
            case TaskState.Paused paused -> new Sighting.Paused(paused.run(), started(paused));
            case TaskState.Completing completing ->
                new Sighting.Completing(completing.run(), clock(completing.started()));
            case TaskState.Over over -> AccountingBook.sighting(over, skewMs());
            case TaskState.Gone s -> throw new IllegalStateException("nothing is seen of what is gone");
        };
    }

    private Instant started(TaskState.Started state) {
        return clock(state.launch().started);
    }

    private Instant clock(long ms) {
        return Instant.ofEpochMilli(ms + skewMs());
    }

    private long skewMs() {
        return settings.skew().toMillis();
    }

    private Claimed claimed(NativeJob job, int slot, int run) {
        if (settings.claims() == Claims.UNSEEN || outages.claims > agenda.now()) {
            return Claimed.UNKNOWN;
        }
        AttemptId key = job.key.orElseThrow();
        int task = job.indices[slot];
        boolean held = claims.heldBy(ClaimDirectory.Holder.LAUNCH, key, task, run)
                || claims.heldBy(ClaimDirectory.Holder.GATEWAY, key, task, run);
        return held ? Claimed.CLAIMED : Claimed.UNCLAIMED;
    }

    private static String why(Sighting.Holder by) {
        return switch (by) {
            case US -> "JobHeldUser";
            case UNRELEASED -> "suspended";
            case OWNER -> "JobHeldUser";
            case ADMINISTRATOR -> "JobHeldAdmin";
            case LIMIT -> "AssocMaxSubmitJobLimit";
        };
    }

    private static String slurm(TaskState state) {
        return switch (state) {
            case TaskState.Held held ->
                held.by() == Sighting.Holder.ADMINISTRATOR ? "PENDING JobHeldAdmin" : "PENDING JobHeldUser";
            case TaskState.Pending s -> "PENDING";
            case TaskState.Running s -> "RUNNING";
            case TaskState.Paused s -> "SUSPENDED";
            case TaskState.Completing s -> "COMPLETING";
            case TaskState.Over over -> slurm(over.end());
            case TaskState.Gone s -> "";
        };
    }

    private static String slurm(AttemptEnd end) {
        return switch (end) {
            case AttemptEnd.Finished finished ->
                switch (finished.verdict()) {
                    case Verdict.Succeeded v -> "COMPLETED";
                    case Verdict.TimedOut v -> "TIMEOUT";
                    case Verdict.OutOfMemory v -> "OUT_OF_MEMORY";
                    case Verdict.Failed v -> "FAILED";
                    case Verdict.NodeLost v -> "FAILED";
                    case Verdict.Preempted v -> "FAILED";
                    case Verdict.Interrupted v -> "FAILED";
                    case Verdict.Cancelled v -> "FAILED";
                    case Verdict.Refused v -> "FAILED";
                    case Verdict.DependencyNeverSatisfied v -> "FAILED";
                };
            case AttemptEnd.Interrupted e -> "FAILED";
            case AttemptEnd.Preempted e -> "PREEMPTED";
            case AttemptEnd.NodeLost e -> "NODE_FAIL";
            case AttemptEnd.Stopped e -> "CANCELLED";
            case AttemptEnd.NeverStarted e -> "CANCELLED";
            case AttemptEnd.RefusedByCluster e -> "CANCELLED";
            case AttemptEnd.Withdrawn e -> "CANCELLED";
            case AttemptEnd.Settled e -> "CANCELLED";
        };
    }

    private static String kubernetes(TaskState state) {
        return switch (state) {
            case TaskState.Held s -> "Suspended";
            case TaskState.Pending s -> "Pending";
            case TaskState.Running s -> "Running";
            case TaskState.Paused s -> "Running";
            case TaskState.Completing s -> "Running";
            case TaskState.Over over ->
                over.end() instanceof AttemptEnd.Finished f && f.verdict().success() ? "Complete" : "Failed";
            case TaskState.Gone s -> "";
        };
    }

    private boolean shownByQueue(NativeJob job, int slot, String incarnation) {
        return job.queued
                && !(job.states[slot] instanceof TaskState.Gone)
                && job.states[slot].incarnation().equals(incarnation);
    }

    private void addEnds(int from, boolean goesOn, Album album) {
        for (AccountingBook.Row row : accounting.since(from)) {
            if (addEnd(row, album) && goesOn) {
                faults.count(Fault.PURGED);
            }
        }
    }

    /** Whether accounting alone shows it. */
    private boolean addEnd(AccountingBook.Row row, Album album) {
        TaskState.Over over = row.over();
        if (shownByQueue(row.job(), row.slot(), over.incarnation())) {
            return false;
        }
        album.add(
                new Look(
                        row.job(),
                        over.incarnation(),
                        AccountingBook.sighting(over, skewMs()),
                        slurm(over.end()),
                        past(row.job(), row.slot(), over.run())),
                row.slot());
        return true;
    }

    private void addGhosts(long changedAfter, Album album) {
        for (AccountingBook.Ghost ghost : accounting.ghosts()) {
            if (ghost.since() >= changedAfter) {
                addGhost(ghost, album);
            }
        }
    }

    private void addGhost(AccountingBook.Ghost ghost, Album album) {
        album.add(
                new Look(
                        ghost.job(),
                        ghost.incarnation(),
                        new Sighting.Lost(ghost.run()),
                        "PENDING (unknown to the controller)",
                        past(ghost.job(), ghost.slot(), ghost.run())),
                ghost.slot());
    }

    Search find(Attempt attempt) {
        if (searchesFail()) {
            return new Search.Unknown(new Doubt("slurm_load_jobs: unreadable answer"));
        }
        Album album = new Album();
        for (NativeJob job : queue.byKey(attempt.id())) {
            if (job.owner.equals(attempt.user().value())) {
                addJob(job, -1, album);
            }
        }
        if (accounting.answers()) {
            accounting.rows(attempt.id()).forEach(row -> addEnd(row, album));
            accounting.ghosts().stream()
                    .filter(ghost ->
                            ghost.job().key.filter(attempt.id()::equals).isPresent())
                    .forEach(ghost -> addGhost(ghost, album));
        }
        return found(album);
    }

    private Search found(Album album) {
        List<Search.Trace> traces = new ArrayList<>();
        for (Observation seen : album.observations()) {
            traces.add(new Search.Trace(seen.binding(), seen.tasks(), seen.seen(), seen.past()));
        }
        if (traces.isEmpty()) {
            return accounting.kept() && !accounting.answers()
                    ? new Search.Unknown(new Doubt("accounting does not answer"))
                    : new Search.None();
        }
        if (settings.flavour() == Flavour.SLURM) {
            traces.sort(Comparator.comparingLong(
                    trace -> Long.parseLong(trace.binding().nativeId())));
        }
        return new Search.Found(traces);
    }
}
