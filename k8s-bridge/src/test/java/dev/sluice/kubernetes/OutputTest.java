package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Output files on a volume, and who a pod is, on a real Kubernetes and with an image's own shell. */
final class OutputTest extends OnSharedKubernetes {
    @SuppressWarnings("NullAway.Init") // JUnit runs open before each test
    private Marks marks;

    @BeforeEach
    void open() {
        marks = Marks.of(site.cluster());
    }

    /** A script that works in a directory of its own on the volume, which everybody may write to. */
    private JobSpec script(String directory, String text) {
        marks.inside("mkdir -p -m 1777 /marks/" + directory);
        return site.sample(new Does.Exits(0)).toBuilder()
                .work(new Work.Script(Bytes.ofUtf8("#!/bin/sh\n" + text)))
                .files(Files.DEFAULTS
                        .withWorkingDirectory("/marks/" + directory)
                        .withMounts(List.of(new Mount("marks", "/marks", Optional.empty(), Mount.Access.READ_WRITE))))
                .build();
    }

    private String log(Parked parked) {
        LogReading reading = site.bridge()
                .log(parked.attempt(), parked.binding(), parked.tasks().first(), LogReading.Stream.OUTPUT, 0);
        assertThat(reading).isInstanceOf(LogReading.Chunk.class);
        return ((LogReading.Chunk) reading).bytes().toLatin1();
    }

    private static String own(Parked parked) {
        return parked.attempt().job().toString();
    }

    @Test
    void aScriptsOutputIsWhereSlurmWouldPutItAndInItsLog() {
        Parked parked = steps.released(script("usual", "echo out; echo err >&2; exit 4\n"));
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(4, 0, "")));
        String file = "/marks/usual/slurm-" + own(parked) + ".out";
        assertThat(marks.inside("cat " + file)).isEqualTo("out\nerr");
        assertThat(marks.inside("stat -c '%u %g' " + file)).isEqualTo("2001 2001");
        assertThat(log(parked)).isEqualTo("out\nerr\n");
    }

    @Test
    void eachTaskAndEachStreamHasItsFileByItsPattern() {
        JobSpec spec = script("array", "echo $SLURM_ARRAY_TASK_ID; echo e >&2\n");
        JobSpec array = spec.toBuilder()
                .name("sweep")
                .array(ArraySpec.parse("3,5"))
                .files(spec.files().withOutput("%x-%a-%u.o").withError("/marks/array/%A.%a.e"))
                .build();
        Parked parked = steps.released(array);
        steps.awaitEnd(parked);
        steps.await(parked, seen -> seen instanceof Sighting.Ended);
        String job = own(parked);
        assertThat(marks.inside("cd /marks/array && i=0; while [ $(ls | wc -l) -lt 4 ] && [ $i -lt 40 ]; do sleep 1;"
                        + " i=$((i+1)); done; ls | sort"))
                .isEqualTo(job + ".3.e\n" + job + ".5.e\nsweep-3-alice.o\nsweep-5-alice.o");
    }

    /** Somebody else's link in a directory that all may write to. */
    @Test
    @Fault({"B18", "B27"})
    void nothingIsWrittenThroughALink() {
        JobSpec spec = script("laid", "echo harm\n");
        JobSpec linked =
                spec.toBuilder().files(spec.files().withOutput("results")).build();
        marks.inside("echo theirs >/marks/theirs; chown 2001 /marks/theirs; ln -sf /marks/theirs /marks/laid/results;"
                + " chown -h 4004 /marks/laid/results");
        Parked parked = steps.released(linked);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(73, 0, "")));
        assertThat(log(parked)).contains("is a symbolic link").doesNotContain("harm");
        assertThat(marks.inside("cat /marks/theirs")).isEqualTo("theirs");
    }

    /** When memory runs out the file has all that was written before, and the end is still told from a failure. */
    @Test
    void whoRunsOutOfMemoryLeavesHisFile() {
        JobSpec eats = script("memory", "echo begun\nx=aaaaaaaaaaaaaaaa\nwhile :; do x=$x$x; done\n").toBuilder()
                .resources(Resources.DEFAULTS.withMemory(new Memory.PerNode(32L << 20)))
                .build();
        Parked parked = steps.released(eats);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.OutOfMemory()));
        assertThat(marks.inside("cat /marks/memory/slurm-" + own(parked) + ".out"))
                .startsWith("begun");
    }

    @Test
    void whoIsStoppedHearsItAndHisLastWordsAreKept() {
        Parked parked = steps.released(script(
                "stopped",
                "trap 'echo bye; exit 0' TERM\necho started >>\"/marks/$SLUICE_RUN\"\nwhile :; do sleep 1; done\n"));
        steps.await(parked, Sighting.Running.class::isInstance);
        while (steps.starts(parked) == 0) {
            Thread.onSpinWait();
        }
        steps.stop(parked);
        steps.awaitEnd(parked);
        assertThat(marks.inside("cat /marks/stopped/slurm-" + own(parked) + ".out"))
                .isEqualTo("bye");
    }

    /** In a namespace that admits nothing but what the restricted standard of Pod Security allows. */
    @Test
    void aPodKnowsItsAccountWithoutAnyRight() {
        site.cluster().kubectlWith("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: sluice-restricted, labels: {pod-security.kubernetes.io/enforce: restricted}}
            """, "apply", "-f", "-");
        JobSpec spec = site.sample(new Does.Exits(0)).toBuilder()
                .project(new ProjectPath("restricted"))
                .work(new Work.Script(
                        Bytes.ofUtf8("#!/bin/sh\nid -un; id -gn; cat /etc/passwd; echo x >>/etc/passwd\n")))
                .files(Files.DEFAULTS)
                .build();
        Parked parked = steps.released(spec);
        assertThat(steps.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(new Verdict.Failed(1, 0, "")));
        // Output and error reach the log by pipes of their own, so that their lines may change places.
        assertThat(log(parked).lines().filter("alice"::equals)).hasSize(2);
        assertThat(log(parked))
                .contains("root:x:0:0:", "\nalice:x:2001:2001::/:/bin/sh\n")
                .containsAnyOf("Permission denied", "Read-only file system");
    }
}
