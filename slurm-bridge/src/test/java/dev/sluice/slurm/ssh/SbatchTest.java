package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Refusal;
import dev.sluice.job.Refusal.Retry;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Submitted;
import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SbatchTest {
    static Submission submission(String name, String comment, Bytes script) {
        return new Submission(
                name,
                comment,
                script,
                Optional.empty(),
                "slurm-%j.out",
                Optional.empty(),
                "/dev/null",
                Files.OpenMode.CLUSTER_DEFAULT,
                Optional.empty(),
                Optional.empty(),
                Resources.DEFAULTS,
                Routing.ANYWHERE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    @Test
    void aPlainJobAsksForNothingThatItsUserDidNot() {
        assertThat(Sbatch.argv(submission("n", "key", Bytes.EMPTY)))
                .containsExactly(
                        "sbatch",
                        "--parsable",
                        "--hold",
                        "--no-requeue",
                        "--job-name=n",
                        "--comment=key",
                        "--output=slurm-%j.out",
                        "--input=/dev/null");
    }

    /** What is not given is the partition's to say; of seconds SLURM keeps whole minutes. */
    @ParameterizedTest
    @CsvSource({"3153600000, --time=UNLIMITED", "61, --time=2", "120, --time=2"})
    void aLimitIsMinutesOrNone(long seconds, String option) {
        Submission plain = submission("n", "key", Bytes.EMPTY);
        Submission limited = new Submission(
                plain.name(),
                plain.comment(),
                plain.script(),
                plain.directory(),
                plain.output(),
                plain.error(),
                plain.input(),
                plain.openMode(),
                plain.array(),
                Optional.of(Duration.ofSeconds(seconds)),
                plain.resources(),
                plain.routing(),
                plain.nice(),
                plain.signal(),
                plain.mail());
        assertThat(Sbatch.argv(limited)).contains(option);
    }

    @Test
    void everyFieldIsAnOption() {
        Resources resources = Resources.DEFAULTS
                .withNodes(new Nodes(2, 4))
                .withTasks(9)
                .withTasksPerNode(4)
                .withCpusPerTask(3)
                .withMemory(new Memory.PerNode((1L << 30) + 1))
                .withGpus(new Gpus(Gpus.Per.NODE, new TreeMap<>(Map.of("a100", 2, Gpus.ANY_TYPE, 1))))
                .withGres(Map.of("nic", 2L))
                .withTmpBytesPerNode(5L << 20)
                .withLicenses(Map.of("matlab@srv", 2));
        Routing routing = Routing.ANYWHERE
                .withPartitions(List.of("a", "b"))
                .withAccount("phys")
                .withQos("high")
                .withConstraint("x&y")
                .withReservation("r")
                .withSharing(Routing.Sharing.EXCLUSIVE_USER);
        Submission job = new Submission(
                "n",
                "key",
                Bytes.EMPTY,
                Optional.of("/scratch"),
                "o",
                Optional.of("e"),
                "i",
                Files.OpenMode.APPEND,
                Optional.of(new Submission.Array(TaskSet.of(0, 1, 2, 7), 2)),
                Optional.of(Duration.ofMinutes(90)),
                resources,
                routing,
                Optional.of(500),
                Optional.of(new EndSignal(10, 60, EndSignal.Target.BATCH_SHELL)),
                Optional.of(new Submission.Mail("END,FAIL", Optional.of("a@b"))));
        assertThat(Sbatch.argv(job))
                .containsSubsequence(
                        "--chdir=/scratch",
                        "--output=o",
                        "--error=e",
                        "--input=i",
                        "--open-mode=append",
                        "--array=0-2,7%2",
                        "--time=90",
                        "--nodes=2-4",
                        "--ntasks=9",
                        "--ntasks-per-node=4",
                        "--cpus-per-task=3",
                        "--mem=1025M",
                        "--gres=gpu:1,gpu:a100:2,nic:2",
                        "--tmp=5M",
                        "--licenses=matlab@srv:2",
                        "--partition=a,b",
                        "--account=phys",
                        "--qos=high",
                        "--constraint=x&y",
                        "--reservation=r",
                        "--exclusive=user",
                        "--nice=500",
                        "--signal=B:10@60",
                        "--mail-type=END,FAIL",
                        "--mail-user=a@b");
    }

    @ParameterizedTest
    @CsvSource({"JOB, --gpus=h100:2", "TASK, --gpus-per-task=h100:2", "NODE, --gres=gpu:h100:2"})
    void gpusByWhatTheyAreFor(Gpus.Per per, String option) {
        Submission plain = submission("n", "c", Bytes.EMPTY);
        Submission job = new Submission(
                plain.name(),
                plain.comment(),
                plain.script(),
                plain.directory(),
                plain.output(),
                plain.error(),
                plain.input(),
                plain.openMode(),
                plain.array(),
                plain.limit(),
                plain.resources().withGpus(Gpus.of(per, "h100", 2)),
                plain.routing(),
                plain.nice(),
                plain.signal(),
                plain.mail());
        assertThat(Sbatch.argv(job)).contains(option);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "97\n",
                "97;lab\n",
                "a plugin greets\n97;lab\nand says good-bye\n",
                "Submitted batch job 97\n",
                "Submitted batch job 97 on cluster\n97\n"
            })
    @Fault("F3")
    void theIdIsFoundAmidWarnings(String out) {
        Answer<Submitted> answer = Sbatch.parse(Recordings.ended(0, out, "sbatch: warning: can't run 1 processes\n"));
        Submitted submitted = ((Answer.Said<Submitted>) answer).value();
        assertThat(submitted.jobId()).isEqualTo(97);
        assertThat(submitted.notes()).anyMatch(note -> note.contains("can't run 1 processes"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n",
                "sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)\n",
                "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n",
                "sbatch: error: Batch job submission failed: Unexpected message received\n",
                "sbatch: error: Batch job submission failed: something that a later version says\n",
                "env: 'sbatch': No such file or directory\n",
                "Segmentation fault\n",
                ""
            })
    @Fault("F2")
    void whatIsNotSurelyARefusalIsUnknown(String err) {
        for (int exit : new int[] {1, 127, 139}) {
            assertThat(Sbatch.parse(Recordings.ended(exit, "", err)))
                    .as("exit " + exit)
                    .isInstanceOf(Answer.Unknown.class);
        }
        assertThat(Sbatch.parse(Recordings.ended(0, "", err))).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void anIdBesideAFailureAndTwoIdsProveNothing() {
        assertThat(Sbatch.parse(Recordings.ended(
                        1, "97\n", "sbatch: error: Batch job submission failed: Invalid qos specification\n")))
                .isInstanceOf(Answer.Unknown.class);
        assertThat(Sbatch.parse(Recordings.ended(0, "97\n98\n", ""))).isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @CsvSource({
        "sbatch-partition, unknown-partition, NEVER",
        "sbatch-account, unknown-account, NEVER",
        "sbatch-policy, policy-limit, LATER",
        "sbatch-option, invalid-option, NEVER"
    })
    void refusalsOfAllVersions(String recording, String code, Retry retry) {
        for (String version : List.of("22.05", "24.11", "26.05")) {
            Answer<Submitted> answer = Sbatch.parse(Recordings.of(version, recording));
            Refusal refusal = ((Answer.Refused<Submitted>) answer).refusal();
            assertThat(refusal.code()).as(version).isEqualTo(code);
            assertThat(refusal.retry()).as(version).isEqualTo(retry);
            assertThat(refusal.message()).as(version).doesNotContain("sbatch: ");
        }
    }

    @Test
    @DisplayName("B38 a comma stays within its option")
    void aCommaStaysWithinItsOption() {
        Submission job = submission("a,LD_PRELOAD=x", "k B=1,LD_PRELOAD=/x", Bytes.EMPTY);
        assertThat(Sbatch.argv(job))
                .contains("--job-name=a,LD_PRELOAD=x", "--comment=k B=1,LD_PRELOAD=/x")
                .noneMatch(word -> word.startsWith("--export"));
    }
}
