package dev.sluice.kubernetes;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.Supply;
import dev.sluice.image.ImageReference;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.NamedVolume;
import dev.sluice.kubernetes.manifest.Namespaces;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.kubernetes.manifest.Site.Gangs;
import dev.sluice.kubernetes.manifest.Site.Groups;
import dev.sluice.kubernetes.manifest.Site.Images;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.contract.Does;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A real Kubernetes cluster, in a realm of its own; the bridge has the rights of {@code rights.yaml} and no others. Jobs leave a line a
 * start in a file of their own, on their node.
 */
final class KubernetesSite implements Site {
    static final ClusterName NAME = new ClusterName("kubernetes");
    static final UserName ALICE = new UserName("alice");
    static final String NAMESPACE = "sluice-physics";
    private static final String IMAGE = "localhost/busybox:1";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** More than any node has. */
    private static final int TOO_WIDE = 5000;

    private final KubernetesCluster cluster;
    private final Marks marks;
    private final InstantSource clock;
    private final SplittableRandom random = new SplittableRandom();
    private final long realm = random.nextLong();
    private final KubernetesBridge bridge;
    private int jobs = random.nextInt(1_000_000);

    KubernetesSite(KubernetesCluster cluster) {
        this(cluster, InstantSource.system());
    }

    KubernetesSite(KubernetesCluster cluster, InstantSource clock) {
        this.cluster = cluster;
        this.clock = clock;
        marks = Marks.of(cluster);
        bridge = another();
    }

    /** Another bridge to the same cluster, as after a restart or beside a frozen one. */
    KubernetesBridge another() {
        return another(settings());
    }

    KubernetesBridge another(KubernetesSettings settings) {
        return new KubernetesBridge(settings, api());
    }

    Api api() {
        return Api.to(Rights.ofSluice(cluster), PATIENCE);
    }

    KubernetesSettings settings() {
        dev.sluice.kubernetes.manifest.Site site = dev.sluice.kubernetes.manifest.Site.plain(NAME)
                .withNamespaces(new Namespaces("sluice-%p"))
                .withImages(new Images(new TreeMap<>(), Optional.of(ImageReference.parse(IMAGE)), List.of()))
                .withPlacing(Placing.PLAIN)
                .withVolumes(
                        new TreeMap<>(Map.of("marks", new NamedVolume.HostPath(Marks.PATH, Mount.Access.READ_WRITE))))
                // The nodes' containerd is 1.7.
                .withGroups(Groups.AND_THE_IMAGES);
        return new KubernetesSettings(
                site,
                realm,
                new TreeMap<>(Map.of(ALICE, Account.of("alice", 2001, 2001, List.of()))),
                true,
                Duration.ofSeconds(5),
                Duration.ofHours(1),
                Duration.ofDays(7),
                Supply.Ownership.GUEST,
                List.of(),
                AvailableModules.NONE,
                clock);
    }

    /** With other terms for jobs of several nodes. */
    KubernetesSettings settings(Gangs gangs) {
        return settings(site -> site.withGangs(gangs));
    }

    /** The same on a site that differs. */
    KubernetesSettings settings(UnaryOperator<dev.sluice.kubernetes.manifest.Site> change) {
        KubernetesSettings usual = settings();
        return new KubernetesSettings(
                change.apply(usual.site()),
                usual.realm(),
                usual.accounts(),
                usual.makesNamespaces(),
                usual.skew(),
                usual.retention(),
                usual.longest(),
                usual.ownership(),
                usual.fileSystems(),
                usual.modules(),
                usual.clock());
    }

    /** What jobs wrote into a file of their directory of marks. */
    String mark(String file) {
        return marks.text(file);
    }

    KubernetesCluster cluster() {
        return cluster;
    }

    @Override
    public ClusterBridge bridge() {
        return bridge;
    }

    @Override
    public Set<Trait> traits() {
        return EnumSet.of(Trait.ONE_OBJECT_A_KEY, Trait.LOGS);
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(90);
    }

    @Override
    public JobSpec sample(Does what) {
        return runs(what.script());
    }

    /** A job of this script, which begins with a line that names its shell. */
    JobSpec runs(String script) {
        String marked = script.replaceFirst("\n", "\necho started >>\"/marks/\\$SLUICE_RUN\"\n");
        return JobSpec.builder("sample", new ProjectPath("physics"), ALICE, new Does.Prints("").work())
                .work(new Work.Script(Bytes.ofUtf8(marked)))
                .ask(Ask.DEFAULTS.withLimit(Duration.ofMinutes(10)))
                .files(Files.DEFAULTS.withMounts(
                        List.of(new Mount("marks", "/marks", Optional.empty(), Mount.Access.READ_WRITE))))
                .build();
    }

    @Override
    public JobSpec waits() {
        return sample(new Does.Exits(0)).toBuilder()
                .resources(Resources.DEFAULTS.withTasks(TOO_WIDE))
                .build();
    }

    @Override
    public JobSpec impossible() {
        return sample(new Does.Exits(0)).toBuilder()
                .work(new Work.Script(Bytes.ofUtf8("#!/bin/sh\r\nexit 0\r\n")))
                .build();
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
        return new Binding(NAMESPACE + "/sluice-nobody", "12345678-1234-1234-1234-123456789012", "alice");
    }

    @Override
    public int starts(Attempt attempt, int task) {
        return marks.lines(attempt.id() + "." + task + ".0");
    }

    @Override
    public Optional<Others> others() {
        return Optional.of(new Administrator());
    }

    private String own() {
        return Long.toUnsignedString(realm, 36);
    }

    private final class Administrator implements Others {
        static final String OTHERS = "others";
        private int made;

        @Override
        public void cancel(Binding binding) {
            cluster.kubectl("-n", namespace(binding), "delete", "job", name(binding), "--wait=false");
        }

        @Override
        public void hold(Binding binding) {
            cluster.kubectl("-n", namespace(binding), "annotate", "job", name(binding), Keys.HELD + "-");
        }

        @Override
        public String submit() {
            String name = "foreign-" + own() + "-" + made++;
            cluster.kubectlWith("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s, namespace: %s, labels: {others: %s}}
                spec:
                  suspend: true
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: c, image: "%s", command: ["true"]}]
                """.formatted(name, NAMESPACE, own(), IMAGE), "create", "-f", "-");
            return NAMESPACE + "/" + name;
        }

        @Override
        public boolean untouched(String nativeId) {
            String[] parts = nativeId.split("/");
            return cluster.kubectl(
                            "-n",
                            parts[0],
                            "get",
                            "job",
                            parts[1],
                            "-o",
                            "jsonpath={.spec.suspend} {.metadata.generation}")
                    .equals("true 1");
        }
    }

    static String namespace(Binding binding) {
        return binding.nativeId().split("/")[0];
    }

    static String name(Binding binding) {
        return binding.nativeId().split("/")[1];
    }

    @Override
    public void close() {
        String realmLabel = Keys.REALM + "=" + Keys.realm(new AttemptId(realm, 0));
        cluster.kubectl("delete", "jobs", "-A", "-l", realmLabel, "--wait=false");
        cluster.kubectl("-n", NAMESPACE, "delete", "jobs", "-l", Administrator.OTHERS + "=" + own(), "--wait=false");
        bridge.close();
    }
}
