package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Jobs of alice that run on a real cluster, and what they leave in a directory of their own. */
final class Inside implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration LIFE = Duration.ofSeconds(370);

    final SlurmCluster cluster;
    final String directory;
    private final SplittableRandom random = new SplittableRandom();
    private final long realm = random.nextLong();
    private final SlurmBridge bridge;
    private int next = random.nextInt(1_000_000);

    /** A job that SLURM has. */
    record Started(Attempt attempt, Binding binding) {
        int id() {
            return attempt.job().value();
        }
    }

    Inside(SlurmCluster cluster, Doors doors, BatchFile.LoginShell login, int maxArraySize) {
        this.cluster = cluster;
        directory = "/scratch/inside-" + Long.toUnsignedString(realm, 36);
        cluster.exec("alice", "mkdir", directory).text();
        bridge = new SlurmBridge(
                new SlurmSettings(
                        SlurmSite.NAME,
                        realm,
                        new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(), Set.of()),
                        new BatchFile.Habits(new BatchFile.Claims(Optional.empty()), login, new TreeMap<>()),
                        Optional.of("/home/%u"),
                        maxArraySize,
                        Duration.ofSeconds(300),
                        Duration.ZERO,
                        LIFE,
                        Urgency.NONE,
                        Supply.Ownership.GUEST,
                        List.of(),
                        AvailableModules.UNKNOWN,
                        Duration.ofMillis(300),
                        InstantSource.system()),
                doors);
    }

    /** A job whose output lies in the directory, as {@code out}. */
    JobSpec.Builder job(Bytes script, List<String> args) {
        return JobSpec.builder("inside", new ProjectPath("physics"), SlurmSite.ALICE, new Work.Script(script, args))
                .environment(Environment.of(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin")))
                .ask(Ask.DEFAULTS.withLimit(Duration.ofMinutes(10)))
                .files(Files.DEFAULTS.withWorkingDirectory(directory).withOutput(directory + "/%j.out"));
    }

    JobSpec.Builder job(String script) {
        return job(Bytes.ofUtf8("#!/bin/bash\n" + script), List.of());
    }

    Attempt attempt(JobSpec spec) {
        Attempt attempt = again(spec, next, 1);
        next += spec.tasks().size();
        return attempt;
    }

    Attempt again(JobSpec spec, int job, int tries) {
        return new Attempt(
                AttemptId.random(realm, random),
                new JobId(tries == 1 ? JobId.FIRST + job : job),
                SlurmSite.ALICE,
                SlurmSite.NAME,
                Optional.empty(),
                spec.tasks(),
                tries,
                spec.ask().limit(),
                Refusals.NONE);
    }

    Started start(JobSpec spec) {
        return start(attempt(spec), spec);
    }

    Started start(Attempt attempt, JobSpec spec) {
        Instant fence = Instant.now().plus(bridge.ability().orElseThrow().fence());
        Parking parking = bridge.park(attempt, spec, fence);
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        Started started = new Started(attempt, ((Parking.Parked) parking).binding());
        List<Release> released = bridge.release(List.of(new Grant(
                attempt, started.binding(), attempt.tasks(), Instant.now().plusSeconds(30))));
        assertThat(released).hasOnlyElementsOfType(Release.Released.class);
        return started;
    }

    /** How each task ended. */
    Map<Integer, AttemptEnd> ends(Started started) {
        Instant deadline = Instant.now().plus(PATIENCE);
        Map<Integer, AttemptEnd> ends = new TreeMap<>();
        Cursor cursor = Cursor.START;
        List<Observation> last = new ArrayList<>();
        while (ends.size() < started.attempt().tasks().size()) {
            assertThat(Instant.now()).as("%s does not end: %s", started, last).isBefore(deadline);
            if (bridge.observe(cursor, Duration.ofSeconds(2)) instanceof Sweep.Seen seen) {
                for (Observation one : seen.observations()) {
                    if (one.attempt().equals(started.attempt().id())) {
                        last.add(one);
                        if (one.seen() instanceof Sighting.Ended ended) {
                            one.tasks().stream().forEach(task -> ends.put(task, ended.end()));
                        }
                    }
                }
                cursor = seen.next();
            }
        }
        return ends;
    }

    /** The output of a job of one task, after its end. */
    String output(Started started) {
        ends(started);
        return text(started.id() + ".out");
    }

    String output(JobSpec.Builder job) {
        return output(start(job.build()));
    }

    /** A file of the directory. */
    String text(String name) {
        return cluster.exec("alice", "cat", directory + "/" + name).text();
    }

    @Override
    public void close() {
        bridge.close();
    }
}
