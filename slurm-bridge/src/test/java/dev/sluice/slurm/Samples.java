package dev.sluice.slurm;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.slurm.door.Remains;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The bridge of {@link Rows}' job of alice, and what it is asked about her. */
final class Samples {
    /** For how long a request may act. */
    static final Duration LIFE = Duration.ofSeconds(65);

    private Samples() {}

    static SlurmSettings settings(InstantSource clock, Duration minJobAge, Duration patience) {
        return new SlurmSettings(
                new ClusterName("slurm"),
                Rows.REALM,
                new Owners(Owners.Unnamed.SAME_NAME, new TreeMap<>(), Set.of()),
                new BatchFile.Habits(new BatchFile.Claims(Optional.empty()), BatchFile.LoginShell.NO, new TreeMap<>()),
                Optional.of("/home/%u"),
                10_001,
                minJobAge,
                patience,
                LIFE,
                Urgency.NONE,
                Supply.Ownership.GUEST,
                List.of(),
                AvailableModules.UNKNOWN,
                Duration.ZERO,
                clock);
    }

    /** Of a cluster without accounting. */
    static Launches launches(Optional<Remains> remains) {
        QueueDoor door = new QueueDoor();
        door.accounting = QueueDoor.Accounting.NONE;
        Accounting accounting = new Accounting(door, Accounting.PAUSE, () -> 0, Runnable::run);
        return new Launches(
                remains,
                new Gates(remains, LIFE, BatchFile.Claims.RETENTION),
                new Cancellers(accounting, Duration.ZERO, () -> 0),
                new Restarts(door::facts),
                new Known());
    }

    static JobSpec spec() {
        return JobSpec.builder(
                        "sample", new ProjectPath("physics"), new UserName("alice"), Work.Command.of("/bin/true"))
                .build();
    }

    static Attempt attempt(TaskSet tasks) {
        return new Attempt(
                Rows.ATTEMPT,
                new JobId(JobId.FIRST),
                new UserName("alice"),
                new ClusterName("slurm"),
                Optional.empty(),
                tasks,
                1,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
    }
}
