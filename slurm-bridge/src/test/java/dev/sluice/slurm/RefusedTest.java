package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.rest.RestDoor;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Site;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What no job can be made of, on real clusters: refused in words, and nothing of it is there. */
@Tag("cluster")
final class RefusedTest {
    /** A SLURM, and the door that jobs take to it. */
    enum Way {
        SSH_22(Generation.V22_05),
        REST_24(Generation.V24_11),
        REST_26(Generation.V26_05);

        private final Generation generation;

        Way(Generation generation) {
            this.generation = generation;
        }

        SlurmSite open() {
            SlurmCluster cluster = SlurmCluster.shared(generation);
            return (SlurmSite) (this == SSH_22 ? Sites.ssh(cluster) : Sites.rest(cluster));
        }
    }

    private static JobSpec with(Site site, byte[] script) {
        return site.impossible().toBuilder()
                .work(new Work.Script(Bytes.of(script)))
                .build();
    }

    private static Parking park(Site site, Attempt attempt, JobSpec spec) {
        Instant fence = site.now().plus(site.bridge().ability().orElseThrow().fence());
        return site.bridge().park(attempt, spec, fence);
    }

    static Stream<Arguments> scripts() {
        return Stream.of(Way.values())
                .flatMap(way -> Stream.of(
                                "echo no shebang\n",
                                "#!/bin/sh\r\necho CRLF\r\n",
                                "\ufeff#!/bin/sh\necho BOM\n",
                                "#!/bin/sh\necho NUL \0\n",
                                " \n")
                        .map(script -> Arguments.of(way, script)));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    @Fault({"B1", "B2", "B3", "B7"})
    void whatIsNoScript(Way way, String script) {
        try (SlurmSite site = way.open()) {
            JobSpec spec = with(site, script.getBytes(StandardCharsets.UTF_8));
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            assertThat(park(site, attempt, spec)).isInstanceOfSatisfying(Parking.Refused.class, refused -> {
                assertThat(refused.refusal().code()).isEqualTo("script");
                assertThat(refused.refusal().message()).isNotBlank();
            });
            assertThat(site.bridge().find(List.of(Sought.of(attempt)))).containsExactly(new Search.None());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Fault("B7")
    @DisplayName("the largest script that SLURM takes is taken, gate and all, and one byte more is not sent")
    void theLargestScript(Way way) {
        try (SlurmSite site = way.open()) {
            int gate = size(site, 1_000_000) - 1_000_000;
            byte[] largest = padded(BatchFile.MAX_BYTES - gate);
            JobSpec fits = with(site, largest);
            Attempt attempt = site.attempt(fits, TaskSet.SOLE);
            Parking parking = park(site, attempt, fits);
            assertThat(parking).isInstanceOf(Parking.Parked.class);
            Instant fence =
                    site.now().plus(site.bridge().ability().orElseThrow().fence());
            assertThat(site.bridge()
                            .stop(
                                    attempt.id(),
                                    ((Parking.Parked) parking).binding(),
                                    TaskSet.SOLE,
                                    Duration.ZERO,
                                    fence))
                    .isInstanceOf(Stopping.NeverRan.class);

            JobSpec over = with(site, padded(largest.length + 1));
            assertThat(park(site, site.attempt(over, TaskSet.SOLE), over))
                    .isInstanceOfSatisfying(Parking.Refused.class, refused -> {
                        assertThat(refused.refusal().code()).isEqualTo("script-size");
                        assertThat(refused.refusal().message()).endsWith("found " + (BatchFile.MAX_BYTES + 1));
                    });
        }
    }

    /** How large the batch file of a script of so many bytes is. */
    private static int size(SlurmSite site, int bytes) {
        JobSpec spec = with(site, padded(bytes));
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        return Submissions.of(
                        attempt,
                        spec,
                        Submissions.tag(attempt, site.settings()),
                        site.settings().owners().of(SlurmSite.ALICE).orElseThrow(),
                        site.settings())
                .script()
                .size();
    }

    private static byte[] padded(int bytes) {
        byte[] script = "#!/bin/sh\nexit 0\n".getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(script, bytes);
        Arrays.fill(whole, script.length, bytes, (byte) '#');
        return whole;
    }

    @Test
    @Fault("F31")
    void anOptionThatAnOldSlurmDoesNotKnowIsRefusedInItsWords() {
        try (SlurmSite site = Way.SSH_22.open()) {
            JobSpec any = site.runs("#!/bin/sh\nexit 0\n");
            JobSpec spec = any.toBuilder()
                    .ask(any.ask().withRouting(any.ask().routing().withSharing(Routing.Sharing.EXCLUSIVE_TOPO)))
                    .build();
            Attempt attempt = site.attempt(spec, TaskSet.SOLE);
            assertThat(park(site, attempt, spec))
                    .isInstanceOfSatisfying(
                            Parking.Refused.class,
                            refused -> assertThat(refused.refusal().message()).contains("exclusive"));
            assertThat(site.bridge().find(List.of(Sought.of(attempt)))).containsExactly(new Search.None());
        }
    }

    @Test
    @Fault("F31")
    void anApiThatIsTooOldIsRefusedWithTheOtherDoorNamed() {
        try (RestDoor door = Sites.restDoor(SlurmCluster.shared(Generation.V22_05))) {
            Answer<ClusterFacts> facts = door.facts();
            assertThat(facts).isInstanceOfSatisfying(Answer.Refused.class, refused -> {
                assertThat(refused.refusal().code()).isEqualTo("version-too-old");
                assertThat(refused.refusal().message()).contains("SSH");
            });
        }
    }
}
