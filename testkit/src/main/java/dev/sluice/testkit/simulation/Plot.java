package dev.sluice.testkit.simulation;

import dev.sluice.engine.Effect;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.fake.FakeCluster;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** What one seed is about: which clusters there are, which jobs come, and how long the trouble lasts. */
final class Plot {
    static final long REALM = 0x51_01ceL;
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private static final List<UserName> USERS = List.of(new UserName("alice"), new UserName("bob"));
    private static final List<ProjectPath> PROJECTS =
            List.of(new ProjectPath("physics"), new ProjectPath("physics/lattice"), new ProjectPath("biology"));

    final List<FakeSettings> clusters;
    final EngineSettings settings;
    /** When every lasting fault ends, and nothing new goes wrong. */
    final Instant healing;
    /** Owners release what we have parked, and people change their minds while a park is in doubt. */
    final boolean impatient;
    /** It goes on until idempotency keys have expired. */
    private final boolean longLived;
    /** No cluster can tell whether something ever started. */
    private final boolean claimless;

    private final RandomGenerator random;
    private final long fateSeed;

    /** @param aim what it is to come by: what hardly ever happens by chance is made likely */
    Plot(RandomGenerator random, CrashPoint aim) {
        this.random = random;
        this.impatient = aim.concerns(Event.Adopted.class) || aim.concernsCall(Effect.Alter.class);
        this.claimless = aim.concerns(Event.Settled.class);
        this.longLived = aim.concerns(Event.KeysExpired.class);
        this.fateSeed = random.nextLong();
        this.healing = START.plus(minutes(30, 180));
        List<FakeSettings> drawn = new ArrayList<>();
        List<ClusterSettings> ours = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            FakeSettings cluster = cluster(new ClusterName("c" + i));
            drawn.add(cluster);
            ours.add(ours(cluster));
        }
        clusters = List.copyOf(drawn);
        settings = EngineSettings.of(REALM, ours).withPolicy(PolicySettings.DEFAULTS.withPlacement(natives(drawn)));
    }

    /** Other people's jobs are charged to a project that has none of its own, and to the one above it, which has. */
    private static Placement natives(List<FakeSettings> clusters) {
        Placement placement = Placement.DEFAULT;
        for (FakeSettings cluster : clusters) {
            placement = placement.with(
                    cluster.name(),
                    ClusterTerms.PLAIN.withNatives(
                            new TreeMap<>(Map.of(FakeCluster.OTHERS, new ProjectPath("physics/beside")))));
        }
        return placement;
    }

    /** Whether it was made so that something rare happens. */
    boolean contrived() {
        return impatient || claimless || longLived;
    }

    /** Before this it is not over. */
    Instant longEnough() {
        return longLived ? healing.plus(settings.keyLife()) : START;
    }

    private FakeSettings cluster(ClusterName name) {
        FakeSettings cluster = switch (claimless ? 1 : random.nextInt(6)) {
            case 0 -> FakeSettings.kubernetes(name, REALM);
            case 1 -> FakeSettings.slurm(name, REALM).withClaims(FakeSettings.Claims.UNSEEN);
            case 2 ->
                FakeSettings.slurm(name, REALM)
                        .withAccounting(FakeSettings.Accounting.NONE)
                        .withMinJobAge(Optional.of(Duration.ofSeconds(random.nextBoolean() ? 90 : 300)));
            default -> FakeSettings.slurm(name, REALM);
        };
        return cluster.withCpus(4 + random.nextInt(29))
                .withRelease(random.nextBoolean() ? FakeSettings.ReleaseBy.ID : FakeSettings.ReleaseBy.READING)
                .withNativeRequeue(
                        random.nextInt(4) == 0 ? FakeSettings.NativeRequeue.BY_SPEC : FakeSettings.NativeRequeue.NEVER)
                .withSkew(Duration.ofMillis(random.nextInt(-4_900, 4_900)));
    }

    /** What a site would configure of such a cluster. */
    static ClusterSettings ours(FakeSettings cluster) {
        ClusterSettings defaults = ClusterSettings.of(cluster.name());
        boolean watched = cluster.accounting() == FakeSettings.Accounting.NONE
                && cluster.minJobAge().isPresent();
        Duration sweep =
                watched ? shorter(defaults.sweep(), cluster.minJobAge().get().dividedBy(4)) : defaults.sweep();
        return new ClusterSettings(
                cluster.name(),
                defaults.requestLife(),
                defaults.poll(),
                sweep,
                watched ? cluster.minJobAge() : Optional.empty(),
                defaults.absence(),
                cluster.release() == FakeSettings.ReleaseBy.ID ? defaults.trust() : Duration.ofSeconds(60),
                defaults.saves(),
                defaults.arraySpan(),
                8,
                defaults.tripAfter(),
                defaults.pause(),
                defaults.maxPause());
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private Duration minutes(int least, int most) {
        return Duration.ofSeconds(60L * least + random.nextInt(60 * (most - least)));
    }

    /** What becomes of each run, whenever it is asked. */
    Fate fate(JobId job, int task, int run) {
        long mixed =
                fateSeed ^ job.value() * 0x9e3779b97f4a7c15L ^ task * 0xbf58476d1ce4e5b9L ^ run * 0x94d049bb133111ebL;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        mixed ^= mixed >>> 31;
        Duration work = Duration.ofSeconds(1 + Math.floorMod(mixed, 900L));
        int kind = (int) Math.floorMod(mixed >>> 20, 10L);
        return switch (kind) {
            case 0 -> new Fate(work, new Verdict.Failed((int) Math.floorMod(mixed >>> 30, 256L) | 1, 0, ""));
            case 1 -> new Fate(work, new Verdict.OutOfMemory());
            default -> new Fate(work, Verdict.SUCCEEDED);
        };
    }

    /** How many jobs come, and when: within the first part of the trouble. */
    List<Instant> arrivals() {
        List<Instant> arrivals = new ArrayList<>();
        int jobs = 3 + random.nextInt(22);
        for (int i = 0; i < jobs; i++) {
            arrivals.add(START.plusSeconds(1 + random.nextInt(1500)));
        }
        return arrivals;
    }

    /** A job, that may depend on some of these. */
    JobSpec job(List<JobId> before) {
        UserName user = USERS.get(random.nextInt(USERS.size()));
        JobSpec.Builder job = JobSpec.builder(
                "job" + random.nextInt(4),
                PROJECTS.get(random.nextInt(PROJECTS.size())),
                user,
                new Work.Script(Bytes.ofUtf8("#!/bin/sh\nexit 0\n"), List.of()));
        Resources resources = Resources.DEFAULTS.withTasks(1 + random.nextInt(4));
        Duration limit = minutes(5, 20);
        Ask ask = Ask.DEFAULTS.withResources(resources);
        job.ask(limit.toSeconds() % 4 == 0 ? ask : ask.withLimit(limit));
        job.priorityClass(random.nextInt(3) * 100);
        if (random.nextInt(3) == 0) {
            int last = 1 + random.nextInt(12);
            job.array(new ArraySpec(TaskSet.range(0, last, 1 + random.nextInt(2)), random.nextInt(3)));
        }
        if (random.nextInt(6) == 0) {
            job.begin(START.plusSeconds(random.nextInt(3600)));
        }
        if (random.nextInt(6) == 0) {
            job.container(Container.of("docker.io/library/alpine:3"));
        }
        if (!before.isEmpty() && random.nextInt(4) == 0) {
            job.after(dependencies(before));
        }
        return job.rules(rules()).build();
    }

    private Dependencies dependencies(List<JobId> before) {
        Dependency.Kind[] kinds = Dependency.Kind.values();
        Dependency first =
                new Dependency.OnJob(kinds[random.nextInt(kinds.length)], before.get(random.nextInt(before.size())));
        return switch (random.nextInt(4)) {
            case 0 -> Dependencies.allOf(Dependency.Singleton.SINGLETON);
            case 1 ->
                Dependencies.anyOf(
                        first,
                        new Dependency.OnJob(Dependency.Kind.AFTER_ANY, before.get(random.nextInt(before.size()))));
            default -> Dependencies.allOf(first);
        };
    }

    private Rules rules() {
        Rules rules = Rules.DEFAULTS;
        if (random.nextInt(4) == 0) {
            rules = rules.withRequeue(Rules.Requeue.OFF);
        }
        if (random.nextInt(4) == 0) {
            rules = rules.withSecondRun(Rules.SecondRun.CONSENTED);
        }
        if (random.nextInt(2) == 0) {
            rules = rules.withNeverSatisfied(Rules.NeverSatisfied.END);
        }
        return rules.withMaxAttempts(1 + random.nextInt(5));
    }
}
