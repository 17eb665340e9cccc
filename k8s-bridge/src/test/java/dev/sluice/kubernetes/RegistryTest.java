package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.kubernetes.manifest.Site.Images;
import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.kubernetes.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that a node pulls from a registry: which one it gets, who may have it, and what a user is told of one that does not come. */
final class RegistryTest extends OnSharedKubernetes {
    private static final AttemptEnd SUCCEEDED = new AttemptEnd.Finished(Verdict.SUCCEEDED);
    private static final String NOT_ALLOWED =
            "pull access denied, repository does not exist or may require authorization: "
                    + "authorization failed: no basic auth credentials";

    /** The digest of an image that was put into a registry. */
    private String push(String... arguments) {
        List<String> command = new ArrayList<>(List.of("lab-push"));
        command.addAll(List.of(arguments));
        return cluster().onNode(command.toArray(String[]::new)).strip();
    }

    /** Prints what stands in its image. */
    private JobSpec in(String image) {
        return site.runs("#!/bin/sh\ncat /word >>\"/marks/$SLUICE_RUN\"\n").toBuilder()
                .container(Container.of(image))
                .build();
    }

    private String printed(Parked parked) {
        return site.mark(parked.attempt().id() + ".0.0");
    }

    private String why(Steps from, Parked parked) {
        Sighting seen = from.await(
                parked, sighting -> sighting instanceof Sighting.Pending(int run, String why) && !why.isEmpty());
        return ((Sighting.Pending) seen).why();
    }

    private static Pattern pulling(String cause) {
        return Pattern.compile("(ErrImagePull|ImagePullBackOff): .*" + Pattern.quote(cause));
    }

    /** The tag is a remark where a digest stands beside it: nothing has to have it. */
    @ParameterizedTest
    @ValueSource(strings = {"given-a-tag:1", "given-a-digest@DIGEST", "given-both:never-pushed@DIGEST"})
    void anImageIsPulledAsItWasGiven(String given) {
        String repository = "registry.lab/physics/" + given.replaceFirst("[:@].*", "");
        String digest = push(repository + ":1", "", "of " + repository);
        String image = "registry.lab/physics/" + given.replace("DIGEST", digest);
        Parked parked = steps.released(in(image));
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(SUCCEEDED);
        assertThat(printed(parked)).isEqualTo("started\nof " + repository);
        String name = KubernetesSite.name(parked.binding());
        assertThat(cluster()
                        .kubectl(
                                "-n",
                                KubernetesSite.NAMESPACE,
                                "get",
                                "job",
                                name,
                                "-o",
                                "jsonpath={.spec.template.spec.containers[*].image}"))
                .isEqualTo(image);
    }

    /** That it lies on the node by now lets nobody have it who may not pull it. */
    @Test
    void aPrivateImageRunsWithItsProjectsSecretAndWithoutItTheJobWaitsAndSaysWhy() {
        String image = "private.lab/physics/secret:1";
        push(image, "", "private");
        assertThat(why(steps, steps.released(in(image)))).matches(pulling(NOT_ALLOWED));
        secret("pulls", "reads-it");
        secret("stale", "as-it-was");
        try (KubernetesBridge stale = withSecrets("stale");
                KubernetesBridge pulls = withSecrets("none-of-this-name", "pulls")) {
            Steps with = new Steps(site, stale);
            assertThat(why(with, with.released(in(image)))).matches(pulling("401 Unauthorized"));
            with = new Steps(site, pulls);
            Parked parked = with.released(in(image));
            assertThat(with.awaitEnd(parked).end()).isEqualTo(SUCCEEDED);
            assertThat(printed(parked)).isEqualTo("started\nprivate");
            assertThat(why(steps, steps.released(in(image)))).matches(pulling(NOT_ALLOWED));
        }
    }

    private KubernetesBridge withSecrets(String... names) {
        return site.another(site.settings(some -> some.withImages(
                new Images(some.images().byProject(), some.images().otherwise(), List.of(names)))));
    }

    private void secret(String name, String password) {
        String of = "--from-literal=.dockerconfigjson="
                + "{\"auths\":{\"private.lab\":{\"username\":\"reader\",\"password\":\"" + password + "\"}}}";
        cluster()
                .kubectl(
                        "-n",
                        KubernetesSite.NAMESPACE,
                        "create",
                        "secret",
                        "generic",
                        name,
                        "--type=kubernetes.io/dockerconfigjson",
                        of);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # an image                                                                                       | why it does not come
            registry.lab/physics/no-such-repository:1                                                        | registry.lab/physics/no-such-repository:1: not found
            registry.lab/physics/there:no-such-tag                                                           | registry.lab/physics/there:no-such-tag: not found
            registry.lab/physics/there@sha256:0000000000000000000000000000000000000000000000000000000000000000 | 000000000: not found
            registry.lab/physics/elsewhere:1                                                                 | no match for platform in manifest: not found
            no-such-registry.lab/physics/there:1                                                             | no such host
            """)
    @Fault({"F39", "B25"})
    void anImageThatIsNotThereIsWaitedForAndItsUserToldWhy(String image, String cause) {
        push("registry.lab/physics/there:1");
        push("registry.lab/physics/elsewhere:1", "riscv64");
        String why = why(steps, steps.released(in(image)));
        assertThat(why).matches(pulling(cause));
        assertThat(why.length()).isLessThanOrEqualTo(Waits.MOST);
    }

    /** Without an index nobody asks what machine it is for: it is pulled, and its program cannot start. */
    @Test
    @Fault("B25")
    void anImageOfAnotherMachineThatHasNoIndexFailsAndItsLogSaysWhy() {
        String image = "registry.lab/physics/of-another-machine:1";
        push("--plain", image, "riscv64");
        Parked parked = steps.released(in(image));
        AttemptEnd end = steps.awaitEnd(parked).end();
        assertThat(end)
                .isInstanceOfSatisfying(
                        AttemptEnd.Finished.class,
                        finished -> assertThat(finished.verdict()).isInstanceOf(Verdict.Failed.class));
        LogReading log = site.bridge().log(parked.attempt(), parked.binding(), 0, LogReading.Stream.OUTPUT, 0);
        assertThat(log)
                .isInstanceOfSatisfying(
                        LogReading.Chunk.class,
                        chunk -> assertThat(chunk.bytes().toLatin1()).contains("exec format error"));
    }

    @Test
    @Fault("F39")
    void aRegistryThatIsAwayIsToldOfAndOnceItIsBackTheJobRuns() {
        String image = "registry.lab/physics/away:1";
        push(image, "", "back");
        cluster().stop(Part.REGISTRY);
        Parked parked;
        try {
            parked = steps.released(in(image));
            assertThat(why(steps, parked)).matches(pulling("connect: connection refused"));
        } finally {
            cluster().start(Part.REGISTRY);
        }
        Sighting end = steps.await(parked, Sighting.Ended.class::isInstance, Cursor.START, site.patience());
        assertThat(((Sighting.Ended) end).end()).isEqualTo(SUCCEEDED);
        assertThat(printed(parked)).isEqualTo("started\nback");
    }
}
