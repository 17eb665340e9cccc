package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.JobSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a job's priority on its way to SLURM. */
class SubmissionsTest {
    private static final Urgency URGENCY = new Urgency(
            new TreeMap<>(Map.of(10, "normal", 1000, "high")), new TreeMap<>(Map.of(0, 500, 100, 200, 1000, 0)));

    private static Submission of(JobSpec spec, Urgency urgency) {
        SlurmSettings plain = Samples.settings(InstantSource.system(), Duration.ofMinutes(5), Duration.ZERO);
        SlurmSettings settings = new SlurmSettings(
                plain.cluster(),
                plain.realm(),
                plain.owners(),
                plain.habits(),
                plain.home(),
                plain.maxArraySize(),
                plain.minJobAge(),
                plain.accountingPatience(),
                plain.life(),
                urgency,
                plain.ownership(),
                plain.fileSystems(),
                plain.modules(),
                plain.period(),
                plain.clock());
        Attempt attempt = Samples.attempt(TaskSet.SOLE);
        return Submissions.of(attempt, spec, Submissions.tag(attempt, settings), new Owner("alice"), settings);
    }

    private static JobSpec of(int priority) {
        return Samples.spec().toBuilder().priorityClass(priority).build();
    }

    @ParameterizedTest
    @CsvSource({
        "0, , 500",
        "9, , 500",
        "10, normal, 500",
        "100, normal, 200",
        "999, normal, 200",
        "1000, high, 0",
        "1000000, high, 0"
    })
    void theHighestThatIsNotAboveItsPriorityIsTheJobs(int priority, String qos, int nice) {
        Submission submission = of(of(priority), URGENCY);
        assertThat(submission.routing().qos()).isEqualTo(Optional.ofNullable(qos));
        assertThat(submission.nice()).contains(nice);
    }

    @Test
    void whoNamesAQosHasThatOne() {
        JobSpec spec = of(1000);
        JobSpec named = spec.toBuilder()
                .ask(spec.ask().withRouting(spec.ask().routing().withQos("tiny")))
                .build();
        assertThat(of(named, URGENCY).routing().qos()).contains("tiny");
        assertThat(of(named, URGENCY).nice()).contains(0);
    }

    @Test
    void withoutTablesTheClusterIsToldNothing() {
        assertThat(of(of(1000), Urgency.NONE).routing().qos()).isEmpty();
        assertThat(of(of(1000), Urgency.NONE).nice()).isEmpty();
    }
}
