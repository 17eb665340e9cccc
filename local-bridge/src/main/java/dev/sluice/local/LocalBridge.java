package dev.sluice.local;

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
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * The bridge to this machine's own processes. All it knows lies in a directory and survives it; supervisors run without it.
 *
 * <p>What decides is one link: a launch, a stop before the start and a claim of the gateway's each try to make the same name,
 * and whoever has made it has settled the run.
 */
public final class LocalBridge implements ClusterBridge {
    /** An order is on disk before its call returns; this leaves room for a slow disk. */
    private static final Duration FENCE = Duration.ofSeconds(5);

    private final LocalSettings settings;
    private final InstantSource clock;
    private final Account account;
    private final Premises premises;
    private final Watchman watchman;
    private final String host;

    /**
     * @throws InvalidValue when the account or the directory is not as it must be
     * @throws IOException when the directory cannot be made
     */
    public LocalBridge(LocalSettings settings) throws IOException {
        this(settings, Machine.THIS);
    }

    LocalBridge(LocalSettings settings, Machine machine) throws IOException {
        this.settings = settings;
        this.clock = settings.clock();
        account = Account.of(settings.account());
        premises = new Premises(settings.directory(), account);
        host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip().split("\\.", 2)[0];
        watchman = new Watchman(
                premises,
                new Looks(premises, machine, settings.realm(), clock),
                new Turns(premises, machine, settings, account, host),
                settings);
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
        Order order = Order.of(attempt, spec, settings.usualTime());
        if (!clock.instant().isBefore(fence)) {
            return new Parking.Unknown(late());
        }
        try {
            Parked parked = premises.park(attempt, order, Order.script(spec.work()));
            if (!parked.order().withLimit(order.limit()).equals(order)) {
                return new Parking.Refused(Refusal.never(
                        "another-job", "expected the job that was parked as " + attempt.id() + ", found another one"));
            }
            if (parked.order().limit() != order.limit()) {
                // Parked before, and its limit was changed since: the last word counts.
                Disk.append(parked.journal(), Journal.limit(clock.millis(), attempt.tasks(), order.limit()));
            }
            return new Parking.Parked(parked.binding(), List.of());
        } catch (IOException e) {
            return new Parking.Unknown(doubt(e));
        }
    }

    @Override
    public List<Release> release(List<Grant> grants) {
        List<Release> answers = new ArrayList<>();
        try {
            SortedMap<AttemptId, Standing> all = watchman.look();
            for (Grant grant : grants) {
                answers.add(release(grant, find(all, grant.attempt().id(), grant.binding())));
            }
            watchman.lookAndStart();
        } catch (IOException e) {
            while (answers.size() < grants.size()) {
                answers.add(new Release.Unknown(doubt(e)));
            }
        }
        return answers;
    }

    private Release release(Grant grant, Optional<Standing> found) throws IOException {
        if (clock.instant().isAfter(grant.notAfter())) {
            return new Release.TooLate();
        }
        if (found.isEmpty()) {
            return new Release.Absent();
        }
        Standing standing = found.get();
        TaskSet live = standing.where(grant.tasks(), seen -> !(seen instanceof Sighting.Ended));
        if (live.isEmpty()) {
            return new Release.Absent();
        }
        TaskSet held = standing.where(live, Sighting.Held.class::isInstance);
        if (!held.isEmpty()) {
            Disk.append(standing.parked().journal(), Journal.release(clock.millis(), held));
        }
        return new Release.Released();
    }

    /** Empty where key, owner or incarnation is another's. */
    private static Optional<Standing> find(SortedMap<AttemptId, Standing> all, AttemptId attempt, Binding binding) {
        return Optional.ofNullable(all.get(attempt))
                .filter(standing -> standing.parked().binding().equals(binding));
    }

    @Override
    public List<Search> find(List<Sought> wanted) {
        try {
            SortedMap<AttemptId, Standing> all = watchman.look();
            return wanted.stream()
                    .map(sought -> Optional.ofNullable(all.get(sought.attempt().id()))
                            .<Search>map(standing -> new Search.Found(standing.traces()))
                            .orElseGet(Search.None::new))
                    .toList();
        } catch (IOException e) {
            return wanted.stream()
                    .<Search>map(sought -> new Search.Unknown(doubt(e)))
                    .toList();
        }
    }

    @Override
    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant fence) {
        try {
            Optional<Standing> found = find(watchman.look(), attempt, binding);
            if (found.isEmpty()) {
                return new Stopping.Absent();
            }
            if (!clock.instant().isBefore(fence)) {
                return new Stopping.Unknown(late());
            }
            stop(found.get(), tasks, grace);
            return find(watchman.lookAndStart(), attempt, binding)
                    .map(standing -> stopped(standing, tasks))
                    .orElseGet(Stopping.Absent::new);
        } catch (IOException e) {
            return new Stopping.Unknown(doubt(e));
        }
    }

    /** What did not start loses its claim to us; what did is asked by the journal. */
    private void stop(Standing standing, TaskSet tasks, Duration grace) throws IOException {
        Parked parked = standing.parked();
        TaskSet.Builder started = new TaskSet.Builder();
        TaskSet live = standing.where(tasks, seen -> !(seen instanceof Sighting.Ended));
        for (var each = live.iterator(); each.hasNext(); ) {
            int task = each.nextInt();
            Path claim = premises.claims().resolve(Premises.key(parked.attempt(), task, Premises.RUN));
            boolean won = premises.link(claim, Mark.stopped(clock.instant()));
            if (!won && premises.mark(claim) instanceof Mark.Launched) {
                started.add(task);
            }
        }
        TaskSet running = started.build();
        if (!running.isEmpty()) {
            Disk.append(parked.journal(), Journal.stop(clock.millis(), running, grace.toMillis()));
        }
    }

    private static Stopping stopped(Standing standing, TaskSet tasks) {
        List<Stopping> all = new ArrayList<>();
        standing.tasks().forEach((task, seen) -> {
            if (tasks.contains(task)) {
                Stopping one = stopping(standing, task, seen.sighting());
                if (!all.contains(one)) {
                    all.add(one);
                }
            }
        });
        return switch (all.size()) {
            case 0 -> new Stopping.Absent();
            case 1 -> all.getFirst();
            default -> new Stopping.Asked();
        };
    }

    private static Stopping stopping(Standing standing, int task, Sighting seen) {
        boolean never = standing.marks().get(task) instanceof Mark.Stopped
                || standing.marks().get(task) instanceof Mark.Taken;
        if (never) {
            return new Stopping.NeverRan();
        }
        return seen instanceof Sighting.Ended ended
                ? new Stopping.Ended(ended.end(), ended.started(), ended.at())
                : new Stopping.Asked();
    }

    @Override
    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant fence) {
        try {
            Optional<Standing> found = find(watchman.look(), attempt, binding);
            TaskSet live = found.map(standing -> standing.where(tasks, seen -> !(seen instanceof Sighting.Ended)))
                    .orElse(TaskSet.EMPTY);
            if (found.isEmpty() || live.isEmpty()) {
                return new Alteration.Absent();
            }
            if (!clock.instant().isBefore(fence)) {
                return new Alteration.Unknown(late());
            }
            Alteration altered = alter(found.get(), live, change);
            watchman.lookAndStart();
            return altered;
        } catch (IOException e) {
            return new Alteration.Unknown(doubt(e));
        }
    }

    private Alteration alter(Standing standing, TaskSet live, Change change) throws IOException {
        Path journal = standing.parked().journal();
        return switch (change) {
            case Change.Hold hold -> hold(standing, live);
            case Change.Unhold unhold -> {
                Disk.append(journal, Journal.unhold(clock.millis(), live));
                yield new Alteration.Altered();
            }
            case Change.Limit limit
            when limit.limit().compareTo(settings.maxTime()) > 0 ->
                new Alteration.Refused(Refusal.never(
                        "time-limit",
                        settings.cluster() + " runs jobs for "
                                + settings.maxTime().toMinutes() + " minutes at most, found "
                                + limit.limit().toMinutes() + "; ask for less"));
            case Change.Limit limit -> {
                Disk.append(
                        journal,
                        Journal.limit(clock.millis(), live, limit.limit().toSeconds()));
                yield new Alteration.Altered();
            }
        };
    }

    /** A launch on its way loses its permit; one that is through has won, and the hold is undone. */
    private Alteration hold(Standing standing, TaskSet live) throws IOException {
        Parked parked = standing.parked();
        if (!standing.where(live, Sighting.Running.class::isInstance).isEmpty()) {
            return started();
        }
        Disk.append(parked.journal(), Journal.hold(clock.millis(), live));
        watchman.withoutStarts(() -> {
            for (var tasks = live.iterator(); tasks.hasNext(); ) {
                Launch.revoke(parked, tasks.nextInt());
            }
        });
        boolean through = find(watchman.look(), parked.attempt(), parked.binding())
                .map(now -> !now.where(live, seen -> !(seen instanceof Sighting.Held))
                        .isEmpty())
                .orElse(false);
        if (through) {
            TaskSet before = standing.journal().held();
            Disk.append(parked.journal(), Journal.unhold(clock.millis(), live.minus(before)));
            return started();
        }
        return new Alteration.Altered();
    }

    private static Alteration started() {
        return new Alteration.Refused(Refusal.never(
                "started", "expected tasks that have not started, found some that have; stop them instead"));
    }

    @Override
    public Sweep observe(Cursor after, Duration wait) {
        Instant asOf = clock.instant();
        try {
            return watchman.observe(after, wait, clock);
        } catch (IOException e) {
            return new Sweep.Unknown(doubt(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Sweep.Unknown(new Doubt("interrupted while waiting since " + asOf));
        }
    }

    @Override
    public CapacityReading capacity() {
        try {
            premises.claims();
            premises.ends();
        } catch (IOException e) {
            return new CapacityReading.Unknown(doubt(e));
        }
        CapacityReading.Amount all = CapacityReading.Amount.of(settings.cpus(), settings.memory());
        return new CapacityReading.Capacity(
                clock.instant(),
                List.of(new CapacityReading.PartitionCapacity(
                        settings.cluster().value(),
                        all,
                        CapacityReading.Amount.of(0, 0),
                        all,
                        settings.maxTime().toMinutes(),
                        new Supply.Terms(
                                Supply.PartitionState.UP,
                                settings.usualTime().toMinutes(),
                                OptionalInt.empty(),
                                Supply.NodeCounts.NONE,
                                Optional.empty()))));
    }

    @Override
    public LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        try {
            Optional<Standing> found = find(watchman.look(), attempt.id(), binding);
            Standing.Seen seen =
                    found.map(standing -> standing.tasks().get(task)).orElse(null);
            if (found.isEmpty() || seen == null) {
                return new LogReading.Cannot("there is no such task here any more");
            }
            Sighting sighting = seen.sighting();
            boolean over = sighting instanceof Sighting.Ended;
            boolean started = sighting instanceof Sighting.Running
                    || (sighting instanceof Sighting.Ended ended && ended.end().ran());
            if (!started) {
                return new LogReading.None();
            }
            Launch launch = new Launch(found.get().parked(), task, account, settings, host);
            String path = switch (stream) {
                case OUTPUT -> launch.output();
                case ERROR -> launch.error();
            };
            return path.equals(OutputName.NONE)
                    ? new LogReading.Cannot("the job asked for none to be kept")
                    : new LogFile(path, account).read(offset, over);
        } catch (IOException e) {
            return new LogReading.Unknown(doubt(e));
        }
    }

    @Override
    public Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        if (attempt.id().realm() != settings.realm()) {
            return new Claim.Unknown(new Doubt(attempt.id() + " is of another installation"));
        }
        TaskSet.Builder won = new TaskSet.Builder();
        TaskSet.Builder lost = new TaskSet.Builder();
        try {
            for (var each = tasks.iterator(); each.hasNext(); ) {
                int task = each.nextInt();
                Path claim = premises.claims().resolve(Premises.key(attempt.id(), task, run));
                boolean ours = premises.link(claim, Mark.taken(clock.instant()))
                        || !(premises.mark(claim) instanceof Mark.Launched);
                (ours ? won : lost).add(task);
            }
            watchman.lookAndStart();
            return new Claim.Taken(won.build(), lost.build());
        } catch (IOException e) {
            return new Claim.Unknown(doubt(e));
        }
    }

    @Override
    public Accounts accounts() {
        return new Accounts.None();
    }

    @Override
    public Optional<Ability> ability() {
        return Optional.of(new Ability(true, FENCE));
    }

    /** Nothing that runs is touched. */
    @Override
    public void close() {
        watchman.close();
    }

    private static Doubt late() {
        return new Doubt("nothing was done: its fence had passed");
    }

    private static Doubt doubt(IOException e) {
        return new Doubt(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
}
