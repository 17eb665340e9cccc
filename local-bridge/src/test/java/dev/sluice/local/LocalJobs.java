package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** The steps that tests of this bridge share, on a site for each test. */
abstract class LocalJobs {
    final LocalSite site = new LocalSite();
    LocalBridge bridge = (LocalBridge) site.bridge();

    @AfterEach
    void closeSite() {
        site.close();
    }

    record Job(Attempt attempt, Binding binding) {}

    Job park(JobSpec spec) {
        Attempt attempt = site.attempt(spec, spec.tasks());
        Parking parking = bridge.park(attempt, spec, site.now().plusSeconds(5));
        assertThat(parking).isInstanceOf(Parking.Parked.class);
        return new Job(attempt, ((Parking.Parked) parking).binding());
    }

    Release release(LocalBridge by, Job job) {
        return by.release(List.of(new Grant(
                        job.attempt,
                        job.binding,
                        job.attempt.tasks(),
                        site.now().plusSeconds(5))))
                .getFirst();
    }

    Job released(JobSpec spec) {
        Job job = park(spec);
        assertThat(release(bridge, job)).isInstanceOf(Release.Released.class);
        return job;
    }

    Job running(JobSpec spec) {
        Job job = released(spec);
        site.await(bridge, job.attempt, 0, Sighting.Running.class);
        return job;
    }

    Stopping stop(Job job, Duration grace) {
        return bridge.stop(
                job.attempt.id(),
                job.binding,
                job.attempt.tasks(),
                grace,
                site.now().plusSeconds(5));
    }

    AttemptEnd end(Job job) {
        return end(job, 0);
    }

    AttemptEnd end(Job job, int task) {
        return ((Sighting.Ended) site.await(bridge, job.attempt, task, Sighting.Ended.class)).end();
    }

    static AttemptEnd succeeded() {
        return new AttemptEnd.Finished(Verdict.SUCCEEDED);
    }

    static AttemptEnd failed(int code, int signal) {
        return new AttemptEnd.Finished(new Verdict.Failed(code, signal, ""));
    }

    /** What it printed, one character a byte. */
    String printed(Job job) {
        LogReading reading = bridge.log(job.attempt, job.binding, 0, LogReading.Stream.OUTPUT, 0);
        assertThat(reading).isInstanceOf(LogReading.Chunk.class);
        return ((LogReading.Chunk) reading).bytes().toLatin1();
    }

    static JobSpec array(JobSpec spec, int tasks, int atOnce) {
        return spec.toBuilder()
                .array(new ArraySpec(TaskSet.range(0, tasks - 1), atOnce))
                .build();
    }

    /** Waits for a file that a job makes. */
    void awaitFile(Path file) {
        var deadline = site.now().plus(site.patience());
        while (!Files.exists(file)) {
            assertThat(site.now()).as("missing: %s", file).isBefore(deadline);
            Thread.onSpinWait();
        }
    }

    Path state(String name) {
        return site.settings().directory().resolve(name);
    }

    Mark.Launched supervisor(Job job) throws IOException {
        String claim = Premises.key(job.attempt.id(), 0, 0);
        return (Mark.Launched)
                Mark.parse(Files.readString(state("claims").resolve(claim), StandardCharsets.UTF_8), site.now());
    }
}
