package dev.sluice.testkit.contract;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.fake.FakeBridge;
import dev.sluice.testkit.fake.FakeCluster;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import dev.sluice.testkit.fake.FaultCounts;
import dev.sluice.testkit.fake.Flavour;
import dev.sluice.testkit.fake.Ledger;
import dev.sluice.testkit.fake.Mischief.Account;
import dev.sluice.testkit.fake.Mischief.Held;
import dev.sluice.testkit.fake.Mischief.Who;
import dev.sluice.testkit.fake.Sender;
import dev.sluice.testkit.fake.VirtualClock;
import dev.sluice.testkit.fake.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/** A fake cluster behind its blocking skin. */
final class FakeSite implements Site {
    static final ClusterName NAME = new ClusterName("fake");
    static final long REALM = 7;
    private static final Instant START = Instant.parse("2026-11-23T00:00:00Z");
    private static final UserName ALICE = new UserName("alice");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    private final FakeSettings settings;
    private final VirtualClock clock = new VirtualClock(START);
    private final Ledger ledger = new Ledger();
    private final FaultCounts faults = new FaultCounts();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<JobId, Does> does = new HashMap<>();
    private final Map<String, Does> scripts = new HashMap<>();
    private final FakeCluster cluster;
    private final FakeBridge bridge;
    private int jobs;

    FakeSite(FakeSettings settings) {
        this.settings = settings;
        cluster = new FakeCluster(settings, (job, task, run) -> fate(job, task), START, random.split(), ledger, faults);
        bridge = new FakeBridge(new Wire(cluster, random.split()), clock, new Sender(1));
    }

    private Fate fate(JobId job, int task) {
        return switch (does.getOrDefault(job, new Does.RunsOn())) {
            case Does.Exits d -> exits(d.code());
            case Does.ExitsWithItsIndex d -> exits(task);
            case Does.KillsItself d -> new Fate(MOMENT, failed(d));
            case Does.RunsOn d -> Fate.succeedsAfter(HOUR);
            case Does.Prints d -> new Fate(MOMENT, Verdict.SUCCEEDED, d.line() + "\n");
        };
    }

    private static Fate exits(int code) {
        return code == 0 ? Fate.succeedsAfter(MOMENT) : Fate.failsAfter(MOMENT, code, 0);
    }

    private Verdict failed(Does.KillsItself does) {
        return has(Trait.TELLS_SIGNALS)
                ? new Verdict.Failed(0, does.signal(), "")
                : new Verdict.Failed(128 + does.signal(), 0, "");
    }

    private boolean has(Trait trait) {
        return traits().contains(trait);
    }

    @Override
    public ClusterBridge bridge() {
        return bridge;
    }

    @Override
    public Set<Trait> traits() {
        Set<Trait> traits = EnumSet.of(Trait.RELEASES_SINGLE_TASKS, Trait.ALTERS_LIMITS);
        if (settings.flavour() == Flavour.KUBERNETES) {
            traits.add(Trait.ONE_OBJECT_A_KEY);
            traits.add(Trait.LOGS);
            return traits;
        }
        traits.add(Trait.HOLDS_WHAT_STARTED);
        traits.add(Trait.TELLS_SIGNALS);
        if (settings.claims() == FakeSettings.Claims.SEEN) {
            traits.add(Trait.LOGS);
        }
        if (settings.accounts().isPresent()) {
            traits.add(Trait.ACCOUNTS);
        }
        return traits;
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Duration patience() {
        return Duration.ofMinutes(5);
    }

    @Override
    public JobSpec sample(Does what) {
        scripts.put(what.script(), what);
        return JobSpec.builder("sample", new ProjectPath("physics"), ALICE, what.work())
                .build();
    }

    @Override
    public JobSpec waits() {
        return wide(settings.cpus() + 1);
    }

    @Override
    public JobSpec impossible() {
        return wide(Resources.MAX_TASKS);
    }

    private JobSpec wide(int tasks) {
        Resources wide = new Resources(
                Resources.DEFAULTS.nodes(),
                tasks,
                OptionalInt.empty(),
                1,
                Resources.DEFAULTS.memory(),
                Resources.DEFAULTS.gpus(),
                0,
                Resources.DEFAULTS.licenses(),
                Resources.DEFAULTS.gres());
        return sample(new Does.Exits(0)).toBuilder().resources(wide).build();
    }

    @Override
    public Attempt attempt(JobSpec spec, TaskSet tasks) {
        JobId job = new JobId(JobId.FIRST + jobs++);
        if (spec.work() instanceof Work.Script script) {
            Optional.ofNullable(scripts.get(script.text().toLatin1())).ifPresent(what -> does.put(job, what));
        }
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
        return new Binding("66999999", "1795392000", ALICE.value());
    }

    @Override
    public int starts(Attempt attempt, int task) {
        return (int) ledger.launches().stream()
                .filter(launch -> launch.attempt().equals(attempt.id()) && launch.task() == task)
                .count();
    }

    @Override
    public Optional<Others> others() {
        return Optional.of(new Others() {
            @Override
            public void cancel(Binding binding) {
                cluster.mischief().cancel(now());
            }

            @Override
            public void hold(Binding binding) {
                cluster.mischief().hold(now(), Who.ADMINISTRATOR);
            }

            @Override
            public String submit() {
                cluster.mischief().foreignJob(now(), Held.HELD, Account.OURS);
                return "1";
            }

            @Override
            public boolean untouched(String nativeId) {
                return ledger.touches().isEmpty()
                        && cluster.capacity(now()) instanceof CapacityReading.Capacity c
                        && c.partitions().getFirst().others().cpus() == 0;
            }
        });
    }

    @Override
    public void close() {
        bridge.close();
    }
}
