package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobSpecTest {
    @Test
    void theDefaultsAreOneTaskOnOneCpuForAsLongAsTheClusterGives() {
        JobSpec job = Samples.job().build();
        assertThat(job.ask().resources().cpus()).isEqualTo(1);
        assertThat(job.ask().limit()).isEmpty();
        assertThat(job.tasks()).isEqualTo(TaskSet.SOLE);
        assertThat(job.after().isNone()).isTrue();
        assertThat(job.rules().requeues()).isTrue();
        assertThat(job.rules().preemptible()).isTrue();
        assertThat(job.rules().consentsToSecondRun()).isFalse();
    }

    @Test
    void anArraysTasksAreItsIndices() {
        assertThat(Samples.job().array(ArraySpec.parse("3,5-6%1")).build().tasks())
                .isEqualTo(TaskSet.of(3, 5, 6));
    }

    private static final List<UnaryOperator<JobSpec.Builder>> CHANGES = List.of(
            b -> b.name("other"),
            b -> b.project(new ProjectPath("chem")),
            b -> b.user(new UserName("bob")),
            b -> b.work(Work.Command.of("true")),
            b -> b.container(Container.of("ubuntu")),
            b -> b.environment(Environment.of(Map.of("A", "1"))),
            b -> b.ask(Ask.DEFAULTS.withLimit(Duration.ofDays(1))),
            b -> b.resources(Resources.DEFAULTS.withTasks(2)),
            b -> b.routing(Routing.ANYWHERE.withQos("high")),
            b -> b.files(Files.DEFAULTS.withOutput("o")),
            b -> b.after(Dependencies.allOf(new Dependency.OnJob(Dependency.Kind.AFTER_OK, new JobId(1)))),
            b -> b.array(ArraySpec.parse("0-3")),
            b -> b.rules(Rules.DEFAULTS.withMaxAttempts(1)),
            b -> b.labels(Labels.of(Map.of("a", "b"))),
            b -> b.comment("why"),
            b -> b.webhook(URI.create("https://hooks.example.org/x")),
            b -> b.mail(Mail.of(List.of(Mail.Event.END), Optional.of("ada@example.org"))),
            b -> b.priorityClass(7),
            b -> b.begin(Instant.parse("2030-01-01T00:00:00Z")));

    @Test
    void eachBuilderMethodChangesItsFieldAndToBuilderForgetsNone() {
        JobSpec plain = Samples.job().build();
        JobSpec.Builder all = Samples.job();
        for (UnaryOperator<JobSpec.Builder> change : CHANGES) {
            JobSpec changed = change.apply(Samples.job()).build();
            assertThat(changed).isNotEqualTo(plain);
            assertThat(changed.toBuilder().build()).isEqualTo(changed);
            all = change.apply(all);
        }
        JobSpec full = all.build();
        assertThat(full.toBuilder().build()).isEqualTo(full).hasSameHashCodeAs(full);
    }

    @ParameterizedTest
    @DisplayName("B17 shell metacharacters in a name and a comment are text like any other")
    @ValueSource(strings = {"a;b", "$(id)", "`id` | sh", "a b'\"", "../x", "-J", "ünï", "100%"})
    void metacharactersAreText(String text) {
        assertThat(Samples.job().name(text).comment(text).build().name()).isEqualTo(text);
    }

    @ParameterizedTest
    @DisplayName("B17 B39 line breaks, NUL and terminal sequences in a name and a comment are refused")
    @ValueSource(strings = {"", "a\nb", "a\rb", "a\0b", "\u001b[31m", "a\u0085b", "a\u2029b", "a\u202eb", "\ud800"})
    void controlCharacters(String text) {
        assertRefused("name", () -> Samples.job().name(text).build());
        assertRefused("comment", () -> Samples.job().comment(text).build());
    }

    @Test
    void namesAndCommentsAreBoundedInBytes() {
        assertThat(Samples.job().name("é".repeat(127)).build().name()).hasSize(127);
        assertRefused("name", () -> Samples.job().name("é".repeat(128)).build());
        assertRefused("comment", () -> Samples.job().comment("x".repeat(1025)).build());
    }

    @Test
    @DisplayName("B29 priority classes and begin times out of range are named")
    void numbers() {
        assertThat(Samples.job().priorityClass(1_000_000_000).build().priorityClass())
                .isEqualTo(1_000_000_000);
        assertRefused(
                "priority class",
                () -> Samples.job().priorityClass(1_000_000_001).build());
        assertRefused("priority class", () -> Samples.job().priorityClass(-1).build());
        assertRefused("begin", () -> Samples.job().begin(Instant.MAX).build());
        assertRefused("begin", () -> Samples.job().begin(Instant.MIN).build());
        assertRefused(
                "begin", () -> Samples.job().begin(Instant.ofEpochMilli(-1)).build());
    }

    @ParameterizedTest
    @DisplayName("B24 a webhook is a plain http or https address")
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://h/x",
                "//h/x",
                "/x",
                "https:///x",
                "https:x",
                "gopher://h/",
                "jar:https://h!/x",
                "https://h/x#frag",
                "https://h:0/",
                "https://h:65536/",
                "https://h/é",
                "mailto:a@b"
            })
    void webhooks(String text) {
        assertRefused("webhook", () -> Samples.job().webhook(URI.create(text)).build());
    }

    @Test
    @DisplayName("B24 B40 a password in a webhook is refused and not shown")
    void webhookWithPassword() {
        InvalidValue refused = assertRefused(
                "webhook",
                () -> Samples.job()
                        .webhook(URI.create("https://me:hunter2@h/x"))
                        .build());
        assertThat(refused).hasMessageNotContaining("hunter2");
        assertThat(Samples.job()
                        .webhook(URI.create("HTTPS://h:8443/x?y=z"))
                        .build()
                        .webhook())
                .isPresent();
        assertRefused(
                "webhook",
                () -> Samples.job()
                        .webhook(URI.create("https://h/" + "x".repeat(2048)))
                        .build());
    }

    @ParameterizedTest
    @DisplayName("B17 a mail's recipient is nothing that a mail program takes for an option")
    @ValueSource(strings = {"", "-f", "a,-f", "a b", "a;b", "a\n", "a,", ",a", "$(id)", "a|b", "é@x", "<a@b>"})
    void recipients(String to) {
        assertRefused("mail recipient", () -> Mail.of(List.of(Mail.Event.END), Optional.of(to)));
    }

    @Test
    void aMailAboutNothingIsNone() {
        assertThat(Mail.of(List.of(), Optional.of("ada"))).isEqualTo(Mail.NONE);
        assertThat(Mail.of(List.of(Mail.Event.END), Optional.of("ada,b.c+d@example.org"))
                        .to())
                .isPresent();
        assertRefused("mail recipient", () -> Mail.of(List.of(Mail.Event.END), Optional.of("a".repeat(1025))));
    }

    @Test
    void anEntrypointWantsAnImage() {
        assertRefused(
                "image", () -> Samples.job().work(Work.Entrypoint.OF_IMAGE).build());
        assertThat(Samples.job()
                        .work(Work.Entrypoint.OF_IMAGE)
                        .container(Container.of("ubuntu"))
                        .build()
                        .container())
                .isPresent();
    }

    @Test
    @DisplayName("B40 the text of a job shows no environment value, no argument and no script")
    void nothingSecretIsShown() {
        JobSpec job = Samples.job()
                .work(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nhunter2"), List.of("hunter2")))
                .environment(Environment.of(Map.of("TOKEN", "hunter2")))
                .build();
        assertThat(job.toString()).doesNotContain("hunter2").contains("TOKEN");
    }

    @ParameterizedTest
    @DisplayName("B17 labels have Kubernetes' syntax")
    @ValueSource(
            strings = {
                "",
                "-a",
                "a-",
                ".a",
                "a b",
                "a;b",
                "a\n",
                "a/b/c",
                "/a",
                "A.b/c",
                "a_b/c",
                "a..b/c",
                "é",
                "a=b",
                "$(id)",
                "kubernetes.io/x",
                "batch.kubernetes.io/job-name",
                "k8s.io/x",
                "sluice.dev/attempt",
                "x.sluice.dev/a"
            })
    void badLabels(String key) {
        assertRefused("label", () -> Labels.of(Map.of(key, "v")));
    }

    @Test
    void labelsAreBounded() {
        assertThat(Labels.of(Map.of("example.org/Team_1", "a.b-C", "empty", "", "notkubernetes.io/x", "1"))
                        .values())
                .hasSize(3);
        assertRefused("label a", () -> Labels.of(Map.of("a", "x".repeat(64))));
        assertRefused("label a", () -> Labels.of(Map.of("a", "x y")));
        assertRefused("label", () -> Labels.of(Map.of("x".repeat(64), "")));
        assertRefused("label", () -> Labels.of(Map.of("x.".repeat(127) + "x/a", "")));
        assertRefused(
                "labels",
                () -> Labels.of(IntStream.range(0, 65).boxed().collect(Collectors.toMap(i -> "k" + i, i -> ""))));
    }

    @Test
    @DisplayName("B29 rules and signals out of range are named")
    void rules() {
        assertRefused("attempts", () -> Rules.DEFAULTS.withMaxAttempts(0));
        assertRefused("attempts", () -> Rules.DEFAULTS.withMaxAttempts(1001));
        assertRefused("grace", () -> Rules.DEFAULTS.withGrace(Duration.ofSeconds(-1)));
        assertRefused("grace", () -> Rules.DEFAULTS.withGrace(Duration.ofDays(2)));
        assertRefused("signal", () -> new EndSignal(0, 60, EndSignal.Target.STEPS));
        assertRefused("signal", () -> new EndSignal(65, 60, EndSignal.Target.STEPS));
        assertRefused("signal's seconds before the end", () -> new EndSignal(10, 65_536, EndSignal.Target.BATCH_SHELL));
        Rules rules = Rules.DEFAULTS
                .withRequeue(Rules.Requeue.OFF)
                .withPreemption(Rules.Preemption.REFUSED)
                .withSecondRun(Rules.SecondRun.CONSENTED)
                .withNeverSatisfied(Rules.NeverSatisfied.END)
                .withGrace(Duration.ZERO)
                .withEndSignal(new EndSignal(10, 60, EndSignal.Target.STEPS));
        assertThat(rules.requeues()).isFalse();
        assertThat(rules.preemptible()).isFalse();
        assertThat(rules.consentsToSecondRun()).isTrue();
        assertThat(rules.neverSatisfied()).isEqualTo(Rules.NeverSatisfied.END);
        assertThat(rules.endSignal()).contains(new EndSignal(10, 60, EndSignal.Target.STEPS));
    }
}
