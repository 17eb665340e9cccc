package dev.sluice.slurm;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Work;
import dev.sluice.testkit.contract.Does;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Result;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/** A real SLURM cluster by one door or two, in a realm of its own. Jobs leave a line a start in a file of their own. */
final class SlurmSite implements Site {
    static final ClusterName NAME = new ClusterName("slurm");
    static final UserName ALICE = new UserName("alice");

    /** How the bridge speaks to the cluster. */
    enum By {
        REST,
        SSH,
        BOTH
    }

    private static final Duration PERIOD = Duration.ofMillis(300);

    private final SlurmCluster cluster;
    private final Set<Trait> traits;
    private final Duration life;
    private final InstantSource clock;
    private final Duration patience;
    private final SplittableRandom random = new SplittableRandom();
    private final long realm = random.nextLong();
    private final String marks;
    private final SlurmBridge bridge;
    private int jobs = random.nextInt(1_000_000);

    /** @param life how long a request by these doors may still act */
    SlurmSite(SlurmCluster cluster, Function<SlurmCluster, Doors> doors, Duration life, Set<Trait> traits) {
        this(cluster, doors, life, traits, InstantSource.system(), Duration.ZERO, Optional.empty());
    }

    /**
     * @param patience for how long accounting may lag
     * @param pause the bridge's of accounting that did not answer; empty: as a gateway has it
     */
    SlurmSite(
            SlurmCluster cluster,
            Function<SlurmCluster, Doors> doors,
            Duration life,
            Set<Trait> traits,
            InstantSource clock,
            Duration patience,
            Optional<Duration> pause) {
        this.cluster = cluster;
        this.traits = traits;
        this.life = life;
        this.clock = clock;
        this.patience = patience;
        marks = "/scratch/marks-" + Long.toUnsignedString(realm, 36);
        cluster.exec("alice", "mkdir", marks).text();
        bridge = pause.map(set -> new SlurmBridge(settings(), doors.apply(cluster), set))
                .orElseGet(() -> new SlurmBridge(settings(), doors.apply(cluster)));
    }

    SlurmSettings settings() {
        return new SlurmSettings(
                NAME,
                realm,
                new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(), Set.of()),
                new BatchFile.Habits(new BatchFile.Claims(Optional.empty()), BatchFile.LoginShell.NO, new TreeMap<>()),
                Optional.of("/home/%u"),
                10_001,
                Duration.ofSeconds(300),
                patience,
                life,
                Urgency.NONE,
                Supply.Ownership.GUEST,
                List.of("/scratch"),
                AvailableModules.UNKNOWN,
                PERIOD,
                clock);
    }

    @Override
    public ClusterBridge bridge() {
        return bridge;
    }

    @Override
    public Set<Trait> traits() {
        return traits;
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(150);
    }

    @Override
    public JobSpec sample(Does what) {
        return runs(what.script());
    }

    /** A job of this script, which begins with a line that names its shell. */
    JobSpec runs(String script) {
        String marked = script.replaceFirst("\n", "\necho started >>\"\\$SITE_MARKS/\\$SLUICE_RUN\"\n");
        return JobSpec.builder("sample", new ProjectPath("physics"), ALICE, new Does.Prints("").work())
                .work(new Work.Script(Bytes.ofUtf8(marked)))
                .environment(Environment.of(Map.of("SITE_MARKS", marks)))
                .ask(Ask.DEFAULTS.withLimit(Duration.ofMinutes(10)))
                .files(Files.DEFAULTS.withOutput("/scratch/%j.out"))
                .build();
    }

    /** Its partition is down for as long as the test lasts. */
    @Override
    public JobSpec waits() {
        return in("down");
    }

    @Override
    public JobSpec impossible() {
        return sample(new Does.Exits(0)).toBuilder()
                .work(new Work.Script(Bytes.ofUtf8("#!/bin/sh\r\nexit 0\r\n")))
                .build();
    }

    private JobSpec in(String partition) {
        JobSpec any = sample(new Does.Exits(0));
        Routing there = any.ask().routing().withPartitions(List.of(partition));
        return any.toBuilder().ask(any.ask().withRouting(there)).build();
    }

    @Override
    public Attempt attempt(JobSpec spec, TaskSet tasks) {
        JobId job = new JobId(JobId.FIRST + jobs);
        jobs += spec.tasks().last() + 1;
        return new Attempt(
                AttemptId.random(realm, random),
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
        return new Binding("60000000", "1700000000", "alice");
    }

    @Override
    public int starts(Attempt attempt, int task) {
        Result lines = cluster.exec("alice", "cat", marks + "/" + attempt.id() + "." + task + ".0");
        return lines.succeeded() ? (int) lines.stdout().lines().count() : 0;
    }

    @Override
    public Optional<Others> others() {
        return Optional.of(new Administrator());
    }

    private final class Administrator implements Others {
        /** By an account of his own: what root cancels in a controller's first minute may be SLURM's own doing. */
        @Override
        public void cancel(Binding binding) {
            cluster.exec("sluice", "scancel", binding.nativeId()).text();
        }

        @Override
        public void hold(Binding binding) {
            cluster.exec("root", "scontrol", "hold", binding.nativeId()).text();
        }

        @Override
        public String submit() {
            return cluster.exec("alice", "sbatch", "--parsable", "--hold", "--wrap", "sleep 1")
                    .text();
        }

        @Override
        public boolean untouched(String nativeId) {
            return cluster.exec("alice", "squeue", "-h", "-t", "all", "-j", nativeId, "-o", "%T %r")
                    .text()
                    .equals("PENDING JobHeldUser");
        }
    }

    @Override
    public void close() {
        String first = AttemptId.random(realm, random).toString().substring(0, 13);
        String ids = cluster.exec("root", "squeue", "-h", "-o", "%A %k")
                .text()
                .lines()
                .filter(line -> line.contains(" " + first))
                .map(line -> line.split(" ", 2)[0])
                .distinct()
                .reduce("", (some, id) -> some.isEmpty() ? id : some + "," + id);
        if (!ids.isEmpty()) {
            cluster.exec("root", "scancel", ids);
        }
        bridge.close();
    }
}
