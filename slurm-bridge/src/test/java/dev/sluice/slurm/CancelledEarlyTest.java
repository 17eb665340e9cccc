package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sought;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Real jobs that are ended while the prolog of their node keeps them from their gate, seen by SSH. */
@Tag("cluster")
@Timeout(300)
final class CancelledEarlyTest {
    private static final Duration FENCE = Duration.ofSeconds(365);
    private static final String PROLOG = "#!/bin/sh\nwhile [ ! -e /scratch/go ]; do sleep 0.1; done\n";

    @ParameterizedTest
    @EnumSource(Generation.class)
    @Fault("F49")
    void whoEndedItDecidesWhatBecomesOfIt(Generation generation) throws Exception {
        try (SlurmCluster cluster = SlurmCluster.start(generation, Setting.slurmConf("Prolog=/scratch/prolog"));
                SlurmSite site = (SlurmSite) Sites.ssh(cluster)) {
            cluster.copyIn("root", PROLOG.getBytes(StandardCharsets.UTF_8), "/scratch/prolog", 0755);
            JobSpec spec = site.runs("#!/bin/sh\nexit 0\n");
            Sought limited = launched(
                    site,
                    spec.toBuilder()
                            .ask(spec.ask().withLimit(Duration.ofMinutes(1)))
                            .build());
            Map<String, Sought> early = new LinkedHashMap<>();
            for (String canceller : List.of("root", "slurm", "alice", "sluice")) {
                early.put(canceller, launched(site, spec));
            }
            for (Map.Entry<String, Sought> each : early.entrySet()) {
                await(site, each.getValue(), Sighting.Running.class);
                cluster.exec(
                                "root",
                                "setpriv",
                                "--reuid=" + each.getKey(),
                                "--clear-groups",
                                "scancel",
                                id(each.getValue()))
                        .text();
            }
            await(site, limited, Sighting.Running.class);
            while (state(cluster, limited).equals("RUNNING")) {
                TimeUnit.SECONDS.sleep(1);
            }
            cluster.exec("root", "touch", "/scratch/go").text();

            Map<String, AttemptEnd> ends = new LinkedHashMap<>();
            for (Map.Entry<String, Sought> each : early.entrySet()) {
                ends.put(
                        each.getKey(),
                        await(site, each.getValue(), Sighting.Ended.class).end());
                assertThat(site.starts(each.getValue().attempt(), 0))
                        .as(each.getKey())
                        .isZero();
            }
            assertThat(List.of(ends.get("root"), ends.get("slurm")))
                    .as("SLURM's own: %s", ends)
                    .hasOnlyElementsOfType(AttemptEnd.Interrupted.class);
            assertThat(List.of(ends.get("alice"), ends.get("sluice")))
                    .as("people's: %s", ends)
                    .containsOnly(new AttemptEnd.Stopped());
            assertThat(await(site, limited, Sighting.Ended.class).end())
                    .isInstanceOfSatisfying(
                            AttemptEnd.Interrupted.class,
                            end -> assertThat(end.why()).contains("time limit"));
            assertThat(site.starts(limited.attempt(), 0)).isZero();
            assertThat(state(cluster, limited)).isEqualTo("TIMEOUT");
            assertThat(marks(cluster))
                    .as("a claim of ours for each that may come back")
                    .hasSize(3);
        }
    }

    private static Sought launched(SlurmSite site, JobSpec spec) {
        Attempt attempt = site.attempt(spec, TaskSet.SOLE);
        Parking parking = site.bridge().park(attempt, spec, Instant.now().plus(FENCE));
        Binding binding = ((Parking.Parked) parking).binding();
        Grant grant = new Grant(attempt, binding, TaskSet.SOLE, Instant.now().plusSeconds(60));
        assertThat(site.bridge().release(List.of(grant))).containsExactly(new Release.Released());
        return new Sought(attempt, TaskSet.SOLE, Set.of(binding));
    }

    private static String state(SlurmCluster cluster, Sought sought) {
        return cluster.exec("root", "squeue", "-h", "-t", "all", "-j", id(sought), "-o", "%T")
                .text();
    }

    private static String id(Sought sought) {
        return sought.bindings().iterator().next().nativeId();
    }

    private static <S extends Sighting> S await(SlurmSite site, Sought sought, Class<S> kind) throws Exception {
        List<Search> seen = new ArrayList<>();
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (System.nanoTime() < deadline) {
            Search search = site.bridge().find(List.of(sought)).getFirst();
            seen.add(search);
            if (search instanceof Search.Found found
                    && kind.isInstance(found.traces().getFirst().seen())) {
                return kind.cast(found.traces().getFirst().seen());
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new AssertionError("waited in vain for " + kind.getSimpleName() + ", last seen " + seen.getLast());
    }

    private static List<String> marks(SlurmCluster cluster) {
        return cluster.exec("alice", "sh", "-c", "ls ~/.sluice/claims | grep '[.]0[.]0$'")
                .text()
                .lines()
                .toList();
    }
}
