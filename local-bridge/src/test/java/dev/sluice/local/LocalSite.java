package dev.sluice.local;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.contract.Does;
import dev.sluice.testkit.contract.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * This machine with a directory of its own, and an uptime that runs {@value #HASTE} times as fast, so that a limit of a minute
 * takes moments. Jobs leave a line a start in a file of their own.
 */
final class LocalSite implements Site {
    static final ClusterName NAME = new ClusterName("here");
    static final long REALM = 7;
    static final UserName ALICE = new UserName("alice");
    static final int CPUS = 8;
    static final long MEMORY = 1L << 30;
    static final int HASTE = 40;
    private static final String MARKS = "SITE_MARKS";
    private static final int HUNDREDTHS_A_TICK = 2;

    final Path root;
    final Path uptime;
    final Path bootId;
    final Path marks;
    private final ScheduledExecutorService clockwork = Executors.newSingleThreadScheduledExecutor();
    private final SplittableRandom random = new SplittableRandom();
    private final List<LocalBridge> bridges = new ArrayList<>();
    private final LocalBridge bridge;
    private long hundredths = 100_000;
    private int jobs;

    LocalSite() {
        try {
            root = Files.createTempDirectory("sluice-local");
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
            marks = Files.createDirectory(root.resolve("marks"));
            Files.setPosixFilePermissions(marks, PosixFilePermissions.fromString("rwxrwxrwx"));
            uptime = root.resolve("uptime");
            bootId = root.resolve("boot_id");
            boots("11111111-1111-1111-1111-111111111111");
            advance();
            bridge = another();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var ticking = clockwork.scheduleAtFixedRate(
                this::advance, HUNDREDTHS_A_TICK * 10L, HUNDREDTHS_A_TICK * 10L, TimeUnit.MILLISECONDS);
        if (ticking.isDone()) {
            throw new IllegalStateException("the clock stands");
        }
    }

    private void advance() {
        hundredths += (long) HUNDREDTHS_A_TICK * HASTE;
        try {
            put(uptime, String.format(Locale.ROOT, "%d.%02d 0.00%n", hundredths / 100, hundredths % 100));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void boots(String id) throws IOException {
        put(bootId, id + "\n");
    }

    private static void put(Path file, String text) throws IOException {
        Path made = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(made, text);
        Files.move(made, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Optional<String> account() {
        try {
            return Machine.ownUid() == 0 ? Optional.of("nobody") : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalSettings settings() {
        return new LocalSettings(
                NAME,
                root.resolve("state"),
                REALM,
                account(),
                CPUS,
                MEMORY,
                Duration.ofDays(1),
                Duration.ofHours(1),
                InstantSource.system(),
                LocalSettings.ENVIRONMENT);
    }

    /** Another bridge to the same directory, as after a restart or beside a frozen one. */
    LocalBridge another() {
        return another(settings());
    }

    LocalBridge another(LocalSettings settings) {
        try {
            LocalBridge made = new LocalBridge(settings, new Machine(bootId, uptime, Duration.ofMillis(50)));
            bridges.add(made);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ClusterBridge bridge() {
        return bridge;
    }

    @Override
    public Set<Trait> traits() {
        return EnumSet.of(
                Trait.ONE_OBJECT_A_KEY,
                Trait.RELEASES_SINGLE_TASKS,
                Trait.TELLS_SIGNALS,
                Trait.LOGS,
                Trait.ALTERS_LIMITS);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(30);
    }

    @Override
    public JobSpec sample(Does what) {
        return runs(what.script());
    }

    /** A job of this script, which begins with a line that names its shell. */
    JobSpec runs(String script) {
        String marked = script.replaceFirst("\n", "\necho started >>\"\\$" + MARKS + "/\\$SLUICE_RUN\"\n");
        return job(new Work.Script(Bytes.ofUtf8(marked)));
    }

    JobSpec job(Work work) {
        return JobSpec.builder("sample", new ProjectPath("physics"), ALICE, work)
                .environment(Environment.of(Map.of(MARKS, marks.toString())))
                .build();
    }

    /** Somebody has all the room but one CPU's, for as long as the test lasts. */
    @Override
    public JobSpec waits() {
        JobSpec one = sample(new Does.RunsOn());
        Attempt attempt = attempt(one, one.tasks());
        if (bridge.park(attempt, one, now().plusSeconds(5)) instanceof Parking.Parked parked) {
            bridge.release(List.of(new Grant(attempt, parked.binding(), attempt.tasks(), now().plusSeconds(5))));
        }
        return one.toBuilder().resources(Resources.DEFAULTS.withTasks(CPUS)).build();
    }

    @Override
    public JobSpec impossible() {
        return sample(new Does.Exits(0)).toBuilder()
                .resources(Resources.DEFAULTS.withTasks(CPUS + 1))
                .build();
    }

    @Override
    public Attempt attempt(JobSpec spec, TaskSet tasks) {
        JobId job = new JobId(JobId.FIRST + jobs);
        jobs += spec.tasks().size();
        return new Attempt(
                AttemptId.random(REALM, random),
                job,
                ALICE,
                NAME,
                Optional.empty(),
                tasks,
                1,
                spec.ask().limit(),
                Refusals.NONE);
    }

    @Override
    public Binding nobody() {
        return new Binding(new AttemptId(REALM, random.nextLong()).toString(), "0123456789abcdef", "nobody");
    }

    /** Where a launch has passed the gate, its first line may be a moment away: it is waited for. */
    @Override
    public int starts(Attempt attempt, int task) {
        String key = Premises.key(attempt.id(), task, Premises.RUN);
        Path mark = marks.resolve(key);
        Path claim = root.resolve("state/claims").resolve(key);
        Path end = root.resolve("state/ends").resolve(key);
        try {
            boolean passed = Files.exists(claim) && Mark.parse(Files.readString(claim), now()) instanceof Mark.Launched;
            Instant deadline = now().plus(patience());
            while (passed && !Files.exists(mark) && !Files.exists(end) && now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            return Files.exists(mark) ? Files.readAllLines(mark).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<Others> others() {
        return Optional.empty();
    }

    /** Looks from look to look until a task of the attempt stands so. */
    Sighting await(ClusterBridge bridge, Attempt attempt, int task, Class<? extends Sighting> wanted) {
        Instant deadline = now().plus(patience());
        Cursor cursor = Cursor.START;
        String last = "";
        while (now().isBefore(deadline)) {
            if (bridge.observe(cursor, Duration.ofSeconds(2)) instanceof Sweep.Seen sweep) {
                for (var seen : sweep.observations()) {
                    boolean meant =
                            seen.attempt().equals(attempt.id()) && seen.tasks().contains(task);
                    last = meant ? seen.toString() : last;
                    if (meant && wanted.isInstance(seen.seen())) {
                        return seen.seen();
                    }
                }
                cursor = sweep.next();
            }
        }
        throw new AssertionError(
                "not seen as " + wanted.getSimpleName() + ": " + attempt + " " + task + ", last " + last);
    }

    @Override
    public void close() {
        bridges.forEach(LocalBridge::close);
        clockwork.shutdownNow();
        ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .arguments()
                        .map(words -> String.join(" ", words).contains(root.toString()))
                        .orElse(false))
                .forEach(ProcessHandle::destroyForcibly);
        try {
            Machine.killAllWith(MARKS + "=" + marks);
            Disk.remove(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
