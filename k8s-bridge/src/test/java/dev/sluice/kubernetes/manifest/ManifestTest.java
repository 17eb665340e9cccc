package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.image.ImageReference;
import dev.sluice.job.Attempt;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.script.Opening;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.SpecGenerator;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Kubernetes is told of jobs of every kind. */
class ManifestTest {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/sluice/kubernetes/manifest");
    private static final String UID = "6b0d4e0e-3c5b-4f9b-9d43-0c1a2b3c4d5e";

    /** A job by the name of its file. */
    record Sample(String name, Attempt attempt, JobSpec spec) {
        static Sample of(String name, JobSpec spec) {
            return new Sample(name, Samples.attempt(spec.tasks()), spec);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sample> samples() {
        JobSpec array = Samples.job(Work.Command.of("/opt/fit", "--point", "$SLURM_ARRAY_TASK_ID"))
                .container(Container.of("registry.site.org/physics/fit:2"))
                .environment(Environment.of(Map.of("BASH_FUNC_ml%%", "() { :; }", "JOB_COMPLETION_INDEX", "5")))
                .array(ArraySpec.parse("2-10:2,40-42%3"))
                .build();
        return Stream.of(
                Sample.of("command", Samples.plain()),
                Sample.of("script", script()),
                Sample.of("entrypoint", entrypoint()),
                Sample.of("array", array),
                Sample.of("nodes", nodes()),
                new Sample(
                        "part-of-an-array",
                        Samples.attempt(TaskSet.parse("4,8,41-42")),
                        array.toBuilder().array(new ArraySpec(array.tasks())).build()));
    }

    private static JobSpec script() {
        return Samples.job(new Work.Script(
                        Bytes.ofUtf8("#! /usr/bin/env  python3 -u\nprint('$(HOME) is € here')\n"),
                        List.of("--in", "$(HOME)", "a b", "$$", "")))
                .environment(Environment.of(Map.of("TOKEN", "s3cret $(HOME)", "LANG", "de_DE.UTF-8")))
                .ask(Ask.DEFAULTS
                        .withLimit(Duration.ofMinutes(90))
                        .withResources(Resources.DEFAULTS
                                .withTasks(2)
                                .withCpusPerTask(4)
                                .withMemory(new Memory.PerCpu(4L << 30))
                                .withTmpBytesPerNode(100L << 30)
                                .withGpus(Gpus.of(Gpus.Per.TASK, "a100", 1)))
                        .withRouting(Routing.ANYWHERE.withPartitions(List.of("elsewhere", "gpu"))))
                .files(Files.DEFAULTS
                        .withWorkingDirectory("/scratch/alice/run 1")
                        .withMounts(List.of(
                                new Mount("scratch", "/scratch", Optional.empty(), Access.READ_WRITE),
                                new Mount("scratch", "/old", Optional.of("alice/2025"), Access.READ_ONLY),
                                new Mount("reference", "/reference", Optional.empty(), Access.READ_ONLY),
                                new Mount("results", "/results", Optional.empty(), Access.READ_WRITE))))
                .rules(Rules.DEFAULTS.withGrace(Duration.ofMinutes(2)))
                .labels(Labels.of(Map.of("team", "qcd", "kueue.x-k8s.io/queue-name", "mine")))
                .comment("first; $(rm) `rm` \"run\"")
                .name("fit; rm -rf $HOME")
                .priorityClass(5_000)
                .build();
    }

    private static JobSpec nodes() {
        return Samples.job(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nexec torchrun train.py\n"), List.of("a $b")))
                .environment(Environment.of(Map.of("BASH_FUNC_ml%%", "() { :; }", "JOB_COMPLETION_INDEX", "5")))
                .ask(Ask.DEFAULTS
                        .withLimit(Duration.ofMinutes(90))
                        .withResources(Resources.DEFAULTS
                                .withNodes(new Nodes(2, 4))
                                .withTasks(6)
                                .withTasksPerNode(2)
                                .withCpusPerTask(4)
                                .withMemory(new Memory.PerCpu(4L << 30))
                                .withTmpBytesPerNode(100L << 30)
                                .withGpus(Gpus.of(Gpus.Per.TASK, "a100", 1)))
                        .withRouting(Routing.ANYWHERE.withPartitions(List.of("gpu"))))
                .build();
    }

    private static JobSpec entrypoint() {
        return Samples.job(new Work.Entrypoint(List.of(), List.of("--user", "$(USER)", "$$(USER)")))
                .container(Container.of("quay.io/site/tool@sha256:" + "ab".repeat(32)))
                .ask(Ask.DEFAULTS
                        .withLimit(Ask.UNLIMITED)
                        .withResources(Resources.DEFAULTS.withMemory(new Memory.PerNode(1_500_000_000))))
                .rules(Rules.DEFAULTS.withGrace(Duration.ZERO))
                .project(new ProjectPath("biology"))
                .build();
    }

    @ParameterizedTest
    @MethodSource("samples")
    @Fault({"B17", "B26"})
    void isWhatItsFileSays(Sample sample) throws IOException {
        assertThat(Obstacles.of(sample.spec(), Optional.of(Samples.ACCOUNT), Samples.site()))
                .isEmpty();
        Manifest manifest = Manifest.of(sample.attempt(), sample.spec(), Samples.ACCOUNT, Samples.site());
        String yaml = Serialization.asYaml(manifest.job())
                + manifest.secret(UID).map(Serialization::asYaml).orElse("")
                + manifest.service(UID).map(Serialization::asYaml).orElse("");
        Path file = GOLDEN.resolve(sample.name() + ".yaml");
        if (Boolean.getBoolean("sluice.update")) {
            java.nio.file.Files.writeString(file, yaml);
        }
        assertThat(file).as("update with: mvn test -Dsluice.update=true").hasContent(yaml);
    }

    @Test
    void holdsScriptAndEnvironmentInItsSecretByteForByte() {
        JobSpec spec = script();
        Secret secret = Samples.manifest(spec).secret(UID).orElseThrow();
        assertThat(content(secret, "slurm_script")).isEqualTo(((Work.Script) spec.work()).text());
        PodSpec pod = pod(Samples.manifest(spec).job());
        EnvVar token = variable(pod, "TOKEN");
        assertThat(token.getValue()).isNull();
        assertThat(content(secret, token.getValueFrom().getSecretKeyRef().getKey()))
                .isEqualTo(Bytes.ofUtf8("s3cret $(HOME)"));
        assertThat(Serialization.asYaml(Samples.manifest(spec).job())).doesNotContain("s3cret", "print(");
    }

    private static Bytes content(Secret secret, String key) {
        return Bytes.of(Base64.getDecoder().decode(secret.getData().get(key)));
    }

    private static PodSpec pod(Job job) {
        return job.getSpec().getTemplate().getSpec();
    }

    private static EnvVar variable(PodSpec pod, String name) {
        return pod.getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whatIsNoSecretHasNone() {
        assertThat(Samples.manifest(Samples.plain()).secret(UID)).isEmpty();
    }

    /** As the kubelet does it (third_party/forked/golang/expansion/expand.go), for variables that all have the value X. */
    static String expanded(String text) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c != '$' || at + 1 == text.length()) {
                out.append(c);
            } else if (text.charAt(at + 1) == '$') {
                out.append('$');
                at++;
            } else if (text.charAt(at + 1) == '(' && text.indexOf(')', at) > 0) {
                out.append('X');
                at = text.indexOf(')', at);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$",
                "$$",
                "$(A)",
                "$$(A)",
                "$$$(A)",
                "a$",
                "$(",
                "$(A",
                "$A",
                "$é",
                "",
                "${A}",
                "$(A)$(B)",
                "\\$(A)"
            })
    @Fault("B17")
    void kubernetesExpandsNoWordOfACommand(String word) {
        JobSpec spec =
                Samples.plain().toBuilder().work(Work.Command.of("echo", word)).build();
        PodSpec pod = pod(Samples.manifest(spec).job());
        assertThat(pod.getContainers().getFirst().getCommand().stream().map(ManifestTest::expanded))
                .containsExactly("echo", word);
        JobSpec named = Samples.plain().toBuilder().name("x" + word).build();
        assertThat(expanded(variable(pod(Samples.manifest(named).job()), "SLURM_JOB_NAME")
                        .getValue()))
                .isEqualTo("x" + word);
    }

    @Test
    void theFirstLineOfAScriptIsSplitAsLinuxDoes() {
        JobSpec spec = script();
        // Its output goes to a volume, so that a shell opens that before it.
        assertThat(pod(Samples.manifest(spec).job()).getContainers().getFirst().getArgs().stream()
                        .map(ManifestTest::expanded))
                .containsExactly(
                        "/usr/bin/env", "python3 -u", "/.sluice/slurm_script", "--in", "$(HOME)", "a b", "$$", "");
    }

    @Test
    void aPriorityHasTheHighestClassThatIsNotAboveIt() {
        assertThat(classOf(0)).isEqualTo("batch-low");
        assertThat(classOf(999)).isEqualTo("batch-low");
        assertThat(classOf(1_000)).isEqualTo("batch-high");
        assertThat(classOf(JobSpec.MAX_PRIORITY_CLASS)).isEqualTo("batch-high");
        Placing none = new Placing(
                Collections.emptySortedMap(), Collections.emptySortedMap(), new TreeMap<>(Map.of(10, "batch")));
        assertThat(none.priorityClass(9)).isEmpty();
    }

    private static String classOf(int priority) {
        JobSpec spec = Samples.plain().toBuilder().priorityClass(priority).build();
        return pod(Samples.manifest(spec).job()).getPriorityClassName();
    }

    @Test
    void theNearestProjectAboveGivesTheImage() {
        Site.Images images = new Site.Images(
                new TreeMap<>(Map.of(
                        new ProjectPath("physics"), ImageReference.parse("a:1"),
                        new ProjectPath("physics/lattice"), ImageReference.parse("b:1"))),
                Optional.of(ImageReference.parse("c:1")),
                List.of());
        assertThat(images.of(new ProjectPath("physics/lattice/x"))).contains(ImageReference.parse("b:1"));
        assertThat(images.of(new ProjectPath("physics/other"))).contains(ImageReference.parse("a:1"));
        assertThat(images.of(new ProjectPath("chemistry"))).contains(ImageReference.parse("c:1"));
        assertThat(Site.Images.NONE.of(new ProjectPath("physics"))).isEmpty();
    }

    @Test
    void moreThanOneTriedIsToldToTheJob() {
        Attempt first = Samples.attempt(TaskSet.SOLE);
        Attempt third = new Attempt(
                first.id(),
                first.job(),
                first.user(),
                first.cluster(),
                Optional.of("batch"),
                first.tasks(),
                3,
                first.limit(),
                first.refusedBy());
        PodSpec pod = pod(Manifest.of(third, Samples.plain(), Samples.ACCOUNT, Samples.site())
                .job());
        assertThat(variable(pod, "SLURM_RESTART_COUNT").getValue()).isEqualTo("2");
        assertThat(variable(pod, "SLURM_JOB_PARTITION").getValue()).isEqualTo("batch");
        assertThat(pod.getNodeSelector()).isEqualTo(Map.of("site.org/pool", "batch"));
    }

    @Test
    void noMoreTasksRunAtOnceThanThereAre() {
        JobSpec array =
                Samples.plain().toBuilder().array(ArraySpec.parse("0-3%50")).build();
        assertThat(Samples.manifest(array).job().getSpec().getParallelism()).isEqualTo(4);
        JobSpec throttled =
                Samples.plain().toBuilder().array(ArraySpec.parse("0-3%2")).build();
        assertThat(Samples.manifest(throttled).job().getSpec().getParallelism()).isEqualTo(2);
    }

    @Test
    void eachNodeIsAMachineOfItsOwnWhereTheSiteSaysSo() {
        Site apart = Samples.site().withGangs(new Site.Gangs(Duration.ofMinutes(1), true));
        JobSpec spec = nodes();
        PodSpec pod = pod(Manifest.of(Samples.attempt(spec.tasks()), spec, Samples.ACCOUNT, apart)
                .job());
        assertThat(pod.getAffinity().getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
                .singleElement()
                .satisfies(term -> {
                    assertThat(term.getTopologyKey()).isEqualTo("kubernetes.io/hostname");
                    assertThat(term.getLabelSelector().getMatchLabels())
                            .isEqualTo(Map.of(Keys.ATTEMPT, Samples.ATTEMPT.toString()));
                });
        assertThat(pod(Samples.manifest(spec).job()).getAffinity()).isNull();
        Job sole = Manifest.of(Samples.attempt(TaskSet.SOLE), Samples.plain(), Samples.ACCOUNT, apart)
                .job();
        assertThat(pod(sole).getAffinity()).isNull();
    }

    @Test
    void theLongestLimitLeavesNoTimeToWaitForOthers() {
        JobSpec longest = nodes().toBuilder()
                .ask(nodes().ask().withLimit(Duration.ofSeconds(Integer.MAX_VALUE)))
                .build();
        assertThat(pod(Samples.manifest(longest).job()).getActiveDeadlineSeconds())
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void anotherWishHasAnotherDigest() {
        Set<String> digests = new HashSet<>();
        JobSpec spec = script();
        digests.add(digest(spec));
        digests.add(digest(spec.toBuilder()
                .environment(Environment.of(Map.of("TOKEN", "s3cret $(HOMF)", "LANG", "de_DE.UTF-8")))
                .build()));
        digests.add(digest(spec.toBuilder()
                .work(new Work.Script(
                        Bytes.ofUtf8("#! /usr/bin/env  python3 -u\n1\n"), ((Work.Script) spec.work()).args()))
                .build()));
        digests.add(digest(spec.toBuilder().priorityClass(1).build()));
        assertThat(digests).hasSize(4);
        assertThat(digest(script())).isEqualTo(digest(spec));
    }

    private static String digest(JobSpec spec) {
        return Samples.manifest(spec).job().getMetadata().getAnnotations().getOrDefault(Keys.DIGEST, "");
    }

    /** Pod Security Standards, "Restricted"; volumes but claims and Secrets are left to the namespace's level. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    @Fault({"B22", "B26"})
    void noJobGetsMoreThanTheRestrictedStandardAllows(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            JobSpec any = possible(SpecGenerator.random(random));
            assertThat(Obstacles.of(any, Optional.of(Samples.ACCOUNT), Samples.site()))
                    .as("seed %s, job %s", seed, i)
                    .isEmpty();
            Job job = Samples.manifest(any).job();
            PodSpec pod = pod(job);
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
            assertThat(pod.getSecurityContext().getRunAsUser()).isEqualTo(20_001);
            assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
            assertThat(pod.getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getHostNetwork()).isNull();
            assertThat(pod.getHostPID()).isNull();
            assertThat(pod.getHostIPC()).isNull();
            assertThat(pod.getInitContainers()).isEmpty();
            var container = pod.getContainers().getFirst();
            assertThat(pod.getContainers()).hasSize(1);
            assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .isFalse();
            assertThat(container.getSecurityContext().getPrivileged()).isNull();
            assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .containsExactly("ALL");
            assertThat(container.getSecurityContext().getCapabilities().getAdd())
                    .isEmpty();
            assertThat(job.getSpec().getSuspend()).isTrue();
            assertThat(job.getSpec().getTtlSecondsAfterFinished()).isNull();
            assertThat(container.getEnv().stream().map(EnvVar::getName)).doesNotHaveDuplicates();
            assertThat(Serialization.asJson(Samples.manifest(any).job()).getBytes(StandardCharsets.UTF_8).length)
                    .isLessThan(1 << 20);
        }
    }

    private static Work possible(Work work, boolean named) {
        return switch (work) {
            case Work.Script script
            when Opening.of(script.text()) instanceof Opening.Refused ->
                new Work.Script(Bytes.ofUtf8("#!/bin/sh\n"), script.args());
            case Work.Entrypoint entrypoint when named && entrypoint.command().isEmpty() -> Work.Command.of("true");
            default -> work;
        };
    }

    /** The same without what this site cannot honour. */
    private static JobSpec possible(JobSpec any) {
        int tasks = Math.min(any.ask().resources().tasks(), 64);
        int nodes = any.array().isEmpty() && tasks % 2 == 0 ? 2 : 1;
        return any.toBuilder()
                .ask(Ask.DEFAULTS.withResources(Resources.DEFAULTS
                        .withTasks(tasks)
                        .withNodes(Nodes.exactly(nodes))
                        .withCpusPerTask(Math.min(any.ask().resources().cpusPerTask(), 64))))
                .work(possible(any.work(), any.array().isPresent() || nodes > 1))
                .container(any.container().orElse(Container.of("alpine")))
                .files(new Files(
                        any.files().workingDirectory(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        any.files().openMode(),
                        List.of()))
                .rules(Rules.DEFAULTS)
                .mail(Mail.NONE)
                .build();
    }
}
