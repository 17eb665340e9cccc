package dev.sluice.testkit;

import dev.sluice.image.Digest;
import dev.sluice.image.ImageReference;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A source of valid jobs, from a seed: every field, every variant, present and absent, with texts that codecs and shells
 * stumble over.
 *
 * <p>Numbers are mostly small and sometimes at their bounds. What would make a simulation slow stays small: arrays have up to
 * some 60 tasks (though indices up to the highest), scripts some 200 bytes, an environment 5 variables.
 */
public final class SpecGenerator {
    private static final List<String> LINES = List.of(
            "fit",
            "a b",
            "x;rm -rf $HOME",
            "$(id)",
            "`id`",
            "'\"\\",
            "100%",
            "日本語",
            "\ud83d\ude00",
            "-J",
            "../x",
            "%x_%A_%a",
            "null");
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "1",
            "a=b,c=d",
            "1\n2\n",
            "\t\u0001\u001b[31m",
            "\"quoted\" 'too'",
            "\\n",
            "é\u2028",
            "\ud83d\ude00",
            "{\"a\":1}");
    private static final List<String> NAMES = List.of("a", "debug", "gpu_a100.40g", "Physics", "x-1", "r+d", "u@h:1");
    private static final List<String> HOSTS = List.of("n1", "n[1-3,7],login", "gpu-[001-128].example.org");
    private static final List<String> PATHS = List.of("/scratch", "/home/alice", "/données/a b", "/a/b/c/d", "/x;y");
    private static final List<String> PATTERNS =
            List.of("slurm-%j.out", "/scratch/%u/%A_%4a.log", "../../etc/x", "\\%j", "/dev/null", "out put");

    private final RandomGenerator random;

    private SpecGenerator(RandomGenerator random) {
        this.random = random;
    }

    /** The next job; the same state of the generator gives the same job. */
    public static JobSpec random(RandomGenerator random) {
        SpecGenerator generator = new SpecGenerator(random);
        return generator.withWhatCameLater(generator.job());
    }

    /** The next job of the fields that there were in the first release, drawn as they were then: rows on disk are compared to it. */
    public static JobSpec ofFirstRelease(RandomGenerator random) {
        return new SpecGenerator(random).job();
    }

    private JobSpec withWhatCameLater(JobSpec job) {
        SortedMap<String, Long> gres = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            gres.put(any(List.of("shard", "mps:a100", "lustre")), any(List.of(1L, 100L, Resources.MAX_GRES_COUNT)));
        }
        Routing routing = job.ask().routing();
        routing = random.nextBoolean() ? routing.withNodeList(any(HOSTS)) : routing;
        routing = random.nextBoolean() ? routing.withExcludedNodes(any(HOSTS)) : routing;
        Optional<Duration> limit =
                random.nextInt(4) == 0 ? Optional.empty() : job.ask().limit();
        return job.toBuilder()
                .ask(job.ask().withLimit(limit))
                .resources(job.ask().resources().withGres(gres))
                .routing(routing)
                .mail(mail())
                .build();
    }

    private JobSpec job() {
        Optional<Container> container = sometimes(() -> new Container(image()));
        return new JobSpec(
                any(LINES),
                new ProjectPath(any(List.of("physics", "physics/lattice", "chem/md.2/x_y", "0"))),
                new UserName(any(List.of("alice", "bob", "_svc", "carol@example.org"))),
                work(container.isPresent()),
                container,
                environment(),
                ask(),
                files(),
                dependencies(),
                sometimes(this::array),
                rules(),
                labels(),
                sometimes(() -> any(LINES)),
                sometimes(() -> URI.create(any(List.of(
                        "https://hooks.example.org/a?b=c&d=%20", "http://127.0.0.1:8080", "https://[::1]:1/")))),
                Mail.NONE,
                number(0, JobSpec.MAX_PRIORITY_CLASS),
                sometimes(
                        () -> Instant.ofEpochSecond(random.nextLong(253_402_300_800L), random.nextInt(1_000_000_000))));
    }

    private Mail mail() {
        return Mail.of(
                some(List.of(Mail.Event.values())),
                sometimes(() -> any(List.of("alice", "a.b+c@example.org", "alice,bob@example.org"))));
    }

    private Work work(boolean inImage) {
        return switch (random.nextInt(inImage ? 3 : 2)) {
            case 0 -> new Work.Script(script(), words(0));
            case 1 -> new Work.Command(words(1));
            default -> new Work.Entrypoint(random.nextBoolean() ? List.of() : words(1), words(0));
        };
    }

    private Bytes script() {
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        return random.nextBoolean()
                ? Bytes.of(noise)
                : Bytes.ofUtf8("#!/bin/bash\nmodule load gcc/13\ncd /scratch\necho é\n");
    }

    /** The first of them is a program, where there has to be one. */
    private List<String> words(int least) {
        List<String> words = new ArrayList<>();
        int count = least + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            words.add(i < least ? any(LINES) : any(TEXTS));
        }
        return words;
    }

    private ImageReference image() {
        ImageReference tagged = ImageReference.parse(
                any(List.of("ubuntu", "ghcr.io/a/b:1.0-rc_1", "localhost:5000/x/y__z", "[2001:db8::1]:5000/a")));
        Digest digest = random.nextBoolean()
                ? new Digest(Digest.Algorithm.SHA256, hex(64))
                : new Digest(Digest.Algorithm.SHA512, hex(128));
        return switch (random.nextInt(3)) {
            case 0 -> tagged;
            case 1 -> tagged.withDigest(digest);
            default -> tagged.withDigest(digest).withoutTag();
        };
    }

    private String hex(int digits) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < digits; i++) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }

    private Environment environment() {
        SortedMap<String, String> variables = new TreeMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            variables.put(any(List.of("A", "PATH", "_x1", "a.b-c", "BASH_FUNC_ml%%", "1", "TOKEN")), any(TEXTS));
        }
        return new Environment(variables);
    }

    private Ask ask() {
        Duration limit = any(List.of(
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                Duration.ofHours(1),
                Duration.ofSeconds(86_399),
                Ask.UNLIMITED));
        return new Ask(resources(), Optional.of(limit), routing(), needs());
    }

    private Resources resources() {
        int least = number(1, Nodes.MOST);
        Nodes nodes = any(List.of(Nodes.ANY, Nodes.exactly(least), new Nodes(least, number(least, Nodes.MOST))));
        int tasks = number(nodes.least(), Resources.MAX_TASKS);
        Gpus gpus = gpus();
        OptionalInt tasksPerNode = random.nextBoolean() ? OptionalInt.of(tasks) : OptionalInt.empty();
        SortedMap<String, Integer> licenses = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            licenses.put(any(List.of("ansys", "matlab@lic1", "x.y+z")), number(1, Resources.MAX_LICENSE_COUNT));
        }
        // Large counts times large amounts is what Resources refuses: one of the two stays small.
        boolean wide = (long) tasks > 1000
                || nodes.least() > 1000
                || gpus.counts().values().stream().anyMatch(c -> c > 1000);
        return new Resources(
                nodes,
                tasks,
                tasksPerNode,
                wide ? 1 + random.nextInt(4) : number(1, Resources.MAX_CPUS_PER_TASK),
                memory(wide ? 1 << 16 : 1L << 34, !gpus.isNone()),
                gpus,
                random.nextBoolean() ? 0 : random.nextLong(1L << 40),
                licenses,
                new TreeMap<>());
    }

    private Memory memory(long most, boolean withGpus) {
        long bytes = 1 + random.nextLong(most);
        return switch (random.nextInt(withGpus ? 5 : 4)) {
            case 0 -> new Memory.PerNode(bytes);
            case 1 -> new Memory.PerCpu(bytes);
            case 2 -> Memory.Unstated.CLUSTER_DEFAULT;
            case 3 -> Memory.Unstated.WHOLE_NODE;
            default -> new Memory.PerGpu(bytes);
        };
    }

    private Gpus gpus() {
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            counts.put(any(List.of(Gpus.ANY_TYPE, "a100", "h100-80g")), number(1, Gpus.MAX_COUNT));
        }
        return new Gpus(any(List.of(Gpus.Per.values())), counts);
    }

    private Routing routing() {
        TreeSet<ClusterName> allowed = new TreeSet<>();
        TreeSet<ClusterName> preferred = new TreeSet<>();
        TreeSet<ClusterName> refused = new TreeSet<>();
        for (String name : List.of("east", "west-2", "k8s", "local")) {
            ClusterName cluster = new ClusterName(name);
            switch (random.nextInt(4)) {
                case 0 -> allowed.add(cluster);
                case 1 -> {
                    allowed.add(cluster);
                    preferred.add(cluster);
                }
                case 2 -> refused.add(cluster);
                default -> {}
            }
        }
        if (random.nextInt(3) == 0) {
            allowed.clear();
        }
        return new Routing(
                allowed,
                preferred,
                refused,
                any(List.of(List.of(), List.of("debug"), List.of("long", "gpu", "debug"))),
                sometimes(() -> any(NAMES)),
                sometimes(() -> any(NAMES)),
                sometimes(() -> any(List.of("intel&gpu", "[rack1*2&rack2*4]", "a|b,c"))),
                sometimes(() -> any(NAMES)),
                any(List.of(Routing.Sharing.values())),
                Optional.empty(),
                Optional.empty());
    }

    private Needs needs() {
        Needs needs = Needs.of(
                some(List.of("gcc", "gcc/13.2", "cuda/12.4+x", "a@b")), some(List.of("/scratch", "/home", "/données")));
        boolean none = needs.modules().isEmpty() && needs.fileSystems().size() == 1;
        return none ? needs.withModules(List.of()) : needs;
    }

    private Files files() {
        List<Mount> mounts = new ArrayList<>();
        for (String path : some(PATHS)) {
            mounts.add(new Mount(
                    any(List.of("data", "ref-1")),
                    path,
                    sometimes(() -> any(List.of("a", "a b/c"))),
                    any(List.of(Mount.Access.values()))));
        }
        return new Files(
                sometimes(() -> any(PATHS)),
                sometimes(() -> any(PATTERNS)),
                sometimes(() -> any(PATTERNS)),
                sometimes(() -> any(PATTERNS)),
                any(List.of(Files.OpenMode.values())),
                mounts);
    }

    private Dependencies dependencies() {
        List<Dependency> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(random.nextInt(4) == 0 ? Dependency.Singleton.SINGLETON : onJob());
        }
        return new Dependencies(any(List.of(Dependencies.Mode.values())), list);
    }

    private Dependency onJob() {
        Dependency.Kind kind = any(List.of(Dependency.Kind.values()));
        boolean ofTask = kind != Dependency.Kind.AFTER_CORRESPONDING && random.nextBoolean();
        boolean delayed = kind == Dependency.Kind.AFTER && random.nextBoolean();
        return new Dependency.OnJob(
                kind,
                new JobId(random.nextInt(JobId.FIRST, Integer.MAX_VALUE)),
                ofTask ? OptionalInt.of(number(0, TaskSet.MAX_INDEX)) : OptionalInt.empty(),
                delayed ? Duration.ofMinutes(number(1, 525_600)) : Duration.ZERO);
    }

    private ArraySpec array() {
        TaskSet.Builder tasks = new TaskSet.Builder();
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            int first = number(0, TaskSet.MAX_INDEX - 50);
            tasks.add(TaskSet.range(first, first + random.nextInt(16), 1 + random.nextInt(3)));
        }
        return new ArraySpec(tasks.build(), random.nextBoolean() ? ArraySpec.NO_LIMIT : number(1, ArraySpec.MAX_TASKS));
    }

    private Rules rules() {
        return new Rules(
                any(List.of(Rules.Requeue.values())),
                number(1, Rules.MOST_ATTEMPTS),
                any(List.of(Rules.Preemption.values())),
                any(List.of(Rules.SecondRun.values())),
                any(List.of(Rules.NeverSatisfied.values())),
                sometimes(
                        () -> new EndSignal(number(1, 64), number(0, 65_535), any(List.of(EndSignal.Target.values())))),
                Duration.ofSeconds(number(0, 86_400)));
    }

    private Labels labels() {
        SortedMap<String, String> values = new TreeMap<>();
        for (String key : some(List.of("team", "example.org/Cost-Center", "a_b.c"))) {
            values.put(key, any(List.of("", "x", "A.b-C_1")));
        }
        return new Labels(values);
    }

    /** Small in seven of eight, else the least, the most or anything between. */
    private int number(int least, int most) {
        int small = (int) Math.min(most, least + 5L);
        return switch (random.nextInt(24)) {
            case 0 -> least;
            case 1 -> most;
            case 2 -> (int) random.nextLong(least, most + 1L);
            default -> random.nextInt(least, small + 1);
        };
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> List<T> some(List<T> choices) {
        return choices.stream().filter(choice -> random.nextInt(3) == 0).toList();
    }

    private <T> Optional<T> sometimes(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }
}
