package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.Inside.Started;
import dev.sluice.slurm.InsideTest.Way;
import dev.sluice.slurm.script.BatchFile.LoginShell;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Rules;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs whose surroundings are not as they say, and what takes more than it may: what SLURM does with its own, it does with ours. */
@Tag("cluster")
@Order(3)
final class AmissTest {
    private static final int MAX_ARRAY_SIZE = 10_001;
    private static final int SIGUSR1 = 10;

    @SuppressWarnings("NullAway.Init") // each test opens its own first
    private Inside inside;

    private void open(Way way) {
        inside = way.open(LoginShell.NO, MAX_ARRAY_SIZE);
    }

    @AfterEach
    void close() {
        inside.close();
    }

    private String sbatch(String... words) {
        String[] whole = new String[words.length + 3];
        whole[0] = "sbatch";
        whole[1] = "--parsable";
        whole[2] = "--wait";
        System.arraycopy(words, 0, whole, 3, words.length);
        return inside.cluster.exec("alice", whole).stdout().strip();
    }

    @ParameterizedTest
    @EnumSource
    void aMissingWorkingDirectoryIsAsWithSbatch(Way way) {
        open(way);
        String missing = inside.directory + "/missing";
        sbatch("-D", missing, "-o", inside.directory + "/theirs", "--wrap", "pwd");
        Started job = inside.start(inside.job("pwd")
                .files(Files.DEFAULTS.withWorkingDirectory(missing).withOutput(inside.directory + "/ours"))
                .build());
        inside.ends(job);
        assertThat(inside.text("ours").lines().toList().getLast())
                .isEqualTo(inside.text("theirs").lines().toList().getLast())
                .isEqualTo("/tmp");
    }

    @ParameterizedTest
    @EnumSource
    void anOutputInAMissingDirectoryIsAsWithSbatch(Way way) {
        open(way);
        Files here = Files.DEFAULTS.withWorkingDirectory(inside.directory);
        String theirs = sbatch("-D", inside.directory, "-o", "theirs/out", "--wrap", "touch theirs.mark");
        Started job = inside.start(inside.job("touch ours.mark")
                .files(here.withOutput("ours/%j.out"))
                .build());
        Started array = inside.start(inside.job("echo ran")
                .files(here.withOutput("array/%j.out"))
                .array(new ArraySpec(TaskSet.of(1)))
                .build());
        inside.ends(job);
        assertThat(state(job.binding().nativeId())).isEqualTo(state(theirs));
        assertThat(isThere("ours.mark")).isEqualTo(isThere("theirs.mark"));
        assertThat(inside.ends(array)).containsEntry(1, new AttemptEnd.Finished(Verdict.SUCCEEDED));
        String output = "array/" + array.id() + ".out";
        assertThat(inside.text(output)).isEqualTo("ran");
        assertThat(inside.cluster
                        .exec("alice", "stat", "-c", "%a", inside.directory + "/" + output)
                        .text())
                .isEqualTo("644");
    }

    private boolean isThere(String name) {
        return inside.cluster
                .exec("alice", "test", "-e", inside.directory + "/" + name)
                .succeeded();
    }

    private String state(String id) {
        return inside.cluster
                .exec("alice", "scontrol", "show", "job", "-o", id)
                .text()
                .replaceAll(".*(JobState=[A-Z]+) (Reason=\\S+) .*(ExitCode=\\S+).*", "$1 $2 $3");
    }

    @ParameterizedTest
    @EnumSource
    void theSignalBeforeTheEndReachesTheProgram(Way way) {
        open(way);
        // It may be sent up to 60 s early (sbatch(1), --signal), and not before the program's first line has run.
        Started job = inside.start(inside.job("trap 'echo told; exit 0' USR1\nwhile :; do sleep 0.2; done")
                .ask(Ask.DEFAULTS.withLimit(Duration.ofMinutes(3)))
                .rules(Rules.DEFAULTS.withEndSignal(new EndSignal(SIGUSR1, 110, EndSignal.Target.BATCH_SHELL)))
                .build());
        // slurmstepd sends another signal behind it, and writes into the job's output when nobody is left to hear that.
        assertThat(inside.output(job).lines().filter(line -> !line.contains("error: _handle_signal_container")))
                .containsExactly("told");
    }

    @ParameterizedTest
    @EnumSource
    void whatTookTooMuchMemoryOrTimeIsToldSo(Way way) {
        open(way);
        Started late = inside.start(inside.job("exec sleep 300")
                .ask(Ask.DEFAULTS.withLimit(Duration.ofMinutes(1)))
                .build());
        Started large = inside.start(inside.job("exec tail /dev/zero").build());
        assertThat(inside.ends(large)).containsEntry(0, new AttemptEnd.Finished(new Verdict.OutOfMemory()));
        assertThat(inside.ends(late)).containsEntry(0, new AttemptEnd.Finished(new Verdict.TimedOut()));
    }

    @ParameterizedTest
    @EnumSource
    void toolsKnowATaskOfAnArrayByOurIds(Way way) {
        open(way);
        Started job = inside.start(inside.job("squeue -h -r -j ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID -o '%F_%K'\n"
                        + "squeue -h -r -j $SLURM_JOB_ID -o '%F_%K'\n"
                        + "srun -n1 sh -c 'echo $SLURM_JOB_ID ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID'\n"
                        + "[ $SLURM_ARRAY_TASK_ID = 4 ] || { scancel $SLURM_JOB_ID; sleep 60; }\nsleep 3\n")
                .array(new ArraySpec(TaskSet.of(4, 7)))
                .files(Files.DEFAULTS.withOutput(inside.directory + "/%a.out"))
                .build());
        assertThat(inside.ends(job))
                .containsEntry(4, new AttemptEnd.Finished(Verdict.SUCCEEDED))
                .containsEntry(7, new AttemptEnd.Stopped());
        for (int task : new int[] {4, 7}) {
            String seen = job.binding().nativeId() + "_" + task;
            int own = job.id() + (task == 4 ? 0 : 1);
            assertThat(inside.text(task + ".out").lines()).startsWith(seen, seen, own + " " + job.id() + "_" + task);
        }
    }
}
