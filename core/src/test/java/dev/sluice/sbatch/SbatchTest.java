package dev.sluice.sbatch;

import static dev.sluice.sbatch.Calls.job;
import static dev.sluice.sbatch.Calls.read;
import static dev.sluice.sbatch.Calls.refused;
import static dev.sluice.sbatch.Calls.submission;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Ask;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SbatchTest {
    private static final long MIB = 1 << 20;

    @Test
    void everyHonouredOptionOfAJobArrives() {
        JobSpec job = job(
                "-J",
                "fit",
                "-o",
                "%x-%j.out",
                "-e",
                "none",
                "-i",
                "in",
                "--open-mode=append",
                "-t",
                "90",
                "-N2-3",
                "-n",
                "6",
                "--ntasks-per-node=3",
                "-c",
                "4",
                "--mem-per-cpu=2G",
                "--gres=shard:2,gpu:A100:1",
                "-p",
                "a,b",
                "-A",
                "phys",
                "-q",
                "high",
                "-C",
                "intel&ib",
                "--exclusive=user",
                "-a",
                "0-7%2",
                "-d",
                "afterok:20:21",
                "-b",
                "now+1hour",
                "-D",
                "run",
                "--mail-type=END,FAIL",
                "--mail-user=a@b.c",
                "--no-requeue",
                "--signal=B:USR1@30",
                "-w",
                "n[1-2]",
                "-x",
                "n9",
                "--reservation=r",
                "-L",
                "matlab@s:2,x",
                "--comment=a b",
                "--tmp=1G",
                "--kill-on-invalid-dep=yes");
        assertThat(job.name()).isEqualTo("fit");
        assertThat(job.files())
                .isEqualTo(new Files(
                        Optional.of("/home/alice/run"),
                        Optional.of("%x-%j.out"),
                        Optional.of("/dev/null"),
                        Optional.of("in"),
                        Files.OpenMode.APPEND,
                        List.of()));
        Resources resources = job.ask().resources();
        assertThat(resources)
                .isEqualTo(Resources.DEFAULTS
                        .withNodes(new Nodes(2, 3))
                        .withTasks(6)
                        .withTasksPerNode(3)
                        .withCpusPerTask(4)
                        .withMemory(new Memory.PerCpu(2048 * MIB))
                        .withGres(Map.of("shard", 2L))
                        .withGpus(Gpus.of(Gpus.Per.NODE, "a100", 1))
                        .withLicenses(Map.of("matlab@s", 2, "x", 1))
                        .withTmpBytesPerNode(1024 * MIB));
        assertThat(job.ask().limit()).contains(Duration.ofMinutes(90));
        assertThat(job.ask().routing())
                .isEqualTo(Routing.ANYWHERE
                        .withPartitions(List.of("a", "b"))
                        .withAccount("phys")
                        .withQos("high")
                        .withConstraint("intel&ib")
                        .withSharing(Routing.Sharing.EXCLUSIVE_USER)
                        .withNodeList("n[1-2]")
                        .withExcludedNodes("n9")
                        .withReservation("r"));
        assertThat(job.array().orElseThrow()).hasToString("0,1,2,3,4,5,6,7%2".replace("0,1,2,3,4,5,6,7", "0-7"));
        assertThat(job.after()).hasToString("afterok:20,afterok:21");
        assertThat(job.begin()).contains(Instant.parse("2026-11-25T12:00:30Z"));
        assertThat(job.mail()).isEqualTo(Mail.of(List.of(Mail.Event.END, Mail.Event.FAIL), Optional.of("a@b.c")));
        assertThat(job.rules())
                .isEqualTo(Rules.DEFAULTS
                        .withRequeue(Rules.Requeue.OFF)
                        .withNeverSatisfied(Rules.NeverSatisfied.END)
                        .withEndSignal(new EndSignal(10, 30, EndSignal.Target.BATCH_SHELL)));
        assertThat(job.comment()).contains("a b");
    }

    @Test
    void aBareCallAsksForTheDefaults() {
        JobSpec job = job();
        assertThat(job.ask()).isEqualTo(Ask.DEFAULTS);
        assertThat(job.name()).isEqualTo("ok.sh");
        assertThat(job.rules()).isEqualTo(Rules.DEFAULTS);
        assertThat(job.files()).isEqualTo(Files.DEFAULTS.withWorkingDirectory("/home/alice"));
        assertThat(job.mail()).isEqualTo(Mail.NONE);
        assertThat(job(Map.of(), "#!/bin/sh\n").name()).isEqualTo("sbatch");
    }

    @Test
    void aScriptTakesItsArgumentsAsTheyAre() {
        JobSpec job = job(Map.of(), "#!/bin/sh\n", "-N1", "dir/run.sh", "--time=5", "$(id)", "");
        assertThat(((Work.Script) job.work()).args()).containsExactly("--time=5", "$(id)", "");
        assertThat(job.name()).isEqualTo("run.sh");
        assertThat(job.ask().limit()).isEmpty();
    }

    // ---- precedence ----

    @Test
    @DisplayName("B12 the command line beats the environment, and that beats the script; of two the last counts")
    void precedence() {
        String script = "#!/bin/sh\n#SBATCH -J script -t 10\n#SBATCH -p one -p two\n";
        Map<String, String> environment = Map.of("SBATCH_JOB_NAME", "environment", "SBATCH_TIMELIMIT", "20");
        assertThat(job(Map.of(), script, "x.sh").name()).isEqualTo("script");
        assertThat(job(environment, script, "x.sh").name()).isEqualTo("environment");
        JobSpec all = job(environment, script, "-t", "30", "-t", "40", "x.sh");
        assertThat(all.name()).isEqualTo("environment");
        assertThat(all.ask().limit()).contains(Duration.ofMinutes(40));
        assertThat(all.ask().routing().partitions()).containsExactly("two");
    }

    @Test
    @DisplayName("B12 kinds of memory exclude each other among words, and words beat the environment")
    void memories() {
        String script = "#!/bin/sh\n#SBATCH --mem=1G\n";
        assertThat(refused(read(Map.of(), script, "--mem-per-cpu=1G", "x")).lines())
                .containsExactly("sbatch: fatal: --mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.");
        Map<String, String> perCpu = Map.of("SBATCH_MEM_PER_CPU", "2G");
        assertThat(job(perCpu, script, "x").ask().resources().memory()).isEqualTo(new Memory.PerNode(1024 * MIB));
        assertThat(job(perCpu, "#!/bin/sh\n", "x").ask().resources().memory()).isEqualTo(new Memory.PerCpu(2048 * MIB));
        Map<String, String> perNode = Map.of("SBATCH_MEM_PER_NODE", "1G");
        assertThat(job(perNode, "#!/bin/sh\n", "--mem-per-cpu=2G", "x")
                        .ask()
                        .resources()
                        .memory())
                .isEqualTo(new Memory.PerCpu(2048 * MIB));
        Map<String, String> both = Map.of("SBATCH_MEM_PER_CPU", "2G", "SBATCH_MEM_PER_NODE", "1G");
        assertThat(refused(read(both, "#!/bin/sh\n", "x")).exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"'',OFF", "yes,OFF", "1,OFF", "0,ON", "no,ON"})
    void variablesOfFlagsAreSetByNothingYesAndNumbers(String value, Rules.Requeue expected) {
        assertThat(job(Map.of("SBATCH_NO_REQUEUE", value), "#!/bin/sh\n", "x")
                        .rules()
                        .requeue())
                .isEqualTo(expected);
    }

    // ---- values ----

    @ParameterizedTest
    @DisplayName("B9 times")
    @CsvSource({"1-2:3:4,93840", "0:30,60", "1,60", "1:00:01,3660", "2-,172800", "1-0,86400", "99-0,8553600"})
    void times(String text, long seconds) {
        assertThat(job("-t", text).ask().limit()).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @DisplayName("B9 no limit")
    @ValueSource(strings = {"0", "UNLIMITED", "infinite", "-1", "0:00", "-5"})
    void noLimit(String text) {
        assertThat(job("-t", text).ask().isUnlimited()).isTrue();
    }

    @ParameterizedTest
    @DisplayName("B9 B10 B11 values that sbatch or slurmctld would refuse, with its text")
    @CsvSource(
            delimiter = '|',
            value = {
                "-t|1-2:3:4:5|255|sbatch: error: Invalid --time specification",
                "-t|5-2:3:|255|sbatch: error: Invalid --time specification",
                "--mem|10X|255|sbatch: error: Invalid --mem specification",
                "--mem|-1|255|sbatch: error: Invalid --mem specification",
                "--tmp|x|255|sbatch: error: Invalid --tmp specification",
                "-N|4-2|255|sbatch: error: Maximum node count 2 is less than minimum node count 4",
                "-N|4-|255|sbatch: error: Maximum node count -1 is less than minimum node count 4",
                "-N|0|1|sbatch: error: Batch job submission failed: Node count specification invalid",
                "-c|0|1|'sbatch: error: Invalid numeric value \"0\" for --cpus-per-task.'",
                "-n|9999999999|1|sbatch: error: Numeric argument (9999999999) too large for --ntasks.",
                "-a|0-4294967295|1|sbatch: error: Batch job submission failed: Invalid job array specification",
                "-a|1-10:0|1|sbatch: error: Batch job submission failed: Invalid job array specification",
                "-a|5-1|1|sbatch: error: Batch job submission failed: Invalid job array specification",
                "-d|afterok:1,afterany:2?after:3|1|sbatch: error: Batch job submission failed: Job dependency problem",
                "--open-mode|x|255|sbatch: error: Invalid --open-mode specification",
                "--signal|USR1@70000|255|sbatch: error: Invalid --signal specification",
                "--signal|0|255|sbatch: error: Invalid --signal specification",
                "--gres|gpu:a:b:c|1|sbatch: error: Invalid generic resource (gres) specification",
                "--gid|0|255|sbatch: error: --gid only permitted by root user"
            })
    void badValues(String option, String value, int exitCode, String line) {
        Sbatch.Refused refused = refused(option, value);
        assertThat(refused.lines()).containsExactly(line);
        assertThat(refused.exitCode()).isEqualTo(exitCode);
    }

    @Test
    @DisplayName("B9 B10 forms of nodes, memory and arrays")
    void forms() {
        assertThat(job("-N", "2-4").ask().resources().nodes()).isEqualTo(new Nodes(2, 4));
        assertThat(job("-N", "1k").ask().resources().nodes()).isEqualTo(Nodes.exactly(1024));
        assertThat(job("--mem=0").ask().resources().memory()).isEqualTo(Memory.Unstated.WHOLE_NODE);
        assertThat(job("--mem=1500K").ask().resources().memory()).isEqualTo(new Memory.PerNode(2 * MIB));
        assertThat(job("-a", "1-5%0").array().orElseThrow().atOnce()).isZero();
        assertThat(job("-a", "1,1,1").tasks().size()).isEqualTo(1);
        assertThat(job("-N2", "--ntasks-per-node=4").ask().resources().tasks()).isEqualTo(8);
        assertThat(job("--tasks-per-node=4").ask().resources().tasksPerNode()).isEqualTo(OptionalInt.of(4));
        assertThat(job("-w", "n[1-3],n1").ask().resources().nodes()).isEqualTo(new Nodes(3, Nodes.MOST));
        assertThat(job("--gpus=a100:2").ask().resources().gpus()).isEqualTo(Gpus.of(Gpus.Per.JOB, "a100", 2));
        assertThat(job("--gpus-per-task=1").ask().resources().gpus()).isEqualTo(Gpus.of(Gpus.Per.TASK, "*", 1));
        assertThat(job("--gres=none").ask().resources()).isEqualTo(Resources.DEFAULTS);
        assertThat(job("--gres=lustre:2K").ask().resources().gres()).containsEntry("lustre", 2048L);
        assertThat(job("--signal=SIGTERM").rules().endSignal()).contains(new EndSignal(15, 60, EndSignal.Target.STEPS));
        assertThat(job("--mail-type=BEGIN,NONE,END").mail()).isEqualTo(Mail.NONE);
        assertThat(job("--mail-type=all").mail().events()).hasSize(6);
    }

    @Test
    void fewerTasksThanNodesTakeFewerNodesAndSaySo() {
        Sbatch.Submission submission = submission(read(Map.of(), "#!/bin/sh\n", "-N", "4", "-n", "2", "x"));
        assertThat(submission.warnings())
                .containsExactly("sbatch: warning: can't run 2 processes on 4 nodes, setting nnodes to 2");
        assertThat(submission.spec().ask().resources().nodes()).isEqualTo(Nodes.exactly(2));
    }

    @Test
    void whatExcludesEachOtherIsSaid() {
        assertThat(refused("--gres=gpu:1", "--gpus-per-node=1").lines())
                .containsExactly("sbatch: fatal: --gpus-per-node and --gres=gpu are mutually exclusive.");
        assertThat(refused("--exclusive", "-s").lines())
                .containsExactly("sbatch: fatal: --exclusive and --oversubscribe options are mutually exclusive");
        assertThat(refused("--gpus=2", "--gpus-per-node=1").lines().getFirst())
                .startsWith("sbatch: error: Sluice does not honour GPUs counted in two ways at once");
    }

    @Test
    void everyOptionThatIsNotHonouredIsRefusedByItsName() {
        for (Option option : Options.ALL) {
            if (option.isHonoured()
                    || option.name().equals("uid")
                    || option.name().equals("gid")) {
                continue;
            }
            String word = option + (option.argument() == Option.Argument.REQUIRED ? "=1" : "");
            assertThat(refused(word).lines())
                    .containsExactly("sbatch: error: Sluice does not honour " + option + "; leave it out");
            for (String variable : option.variables()) {
                assertThat(refused(read(Map.of(variable, "1"), "#!/bin/sh\n", "x"))
                                .lines())
                        .containsExactly("sbatch: error: Sluice does not honour " + option + "; leave it out");
            }
        }
        assertThat(refused("--signal=R:USR1").lines().getFirst()).contains("Sluice does not honour the R of --signal");
        assertThat(refused("-N", "2,4").lines().getFirst()).contains("a list of counts in --nodes");
    }

    @Test
    @DisplayName("B13 --wrap makes sbatch's script, and takes none beside it")
    void wrap() {
        Sbatch.Submission submission =
                submission(Sbatch.read(List.of("--wrap=echo hi"), Map.of(), name -> Optional.empty(), Calls.CONTEXT));
        assertThat(((Work.Script) submission.spec().work()).text().toLatin1())
                .isEqualTo("#!/bin/sh\n# This script was created by sbatch --wrap.\n\necho hi\n");
        assertThat(submission.spec().name()).isEqualTo("wrap");
        assertThat(refused("--wrap=x").lines())
                .containsExactly("sbatch: error: Script arguments not permitted with --wrap option");
    }

    @Test
    void whatTheCallerDoesAroundTheJobIsTold() {
        assertThat(submission(read(Map.of("SBATCH_WAIT", ""), "#!/bin/sh\n", "--parsable", "--test-only", "x"))
                        .manner())
                .isEqualTo(new Sbatch.Manner(Sbatch.Answer.PARSABLE, true, true, false));
        assertThat(read(Map.of(), "", "--help")).isEqualTo(Sbatch.Question.HELP);
    }

    // ---- environment ----

    private static Map<String, String> exported(Map<String, String> environment, String... words) {
        return job(environment, "#!/bin/sh\n", words).environment().variables();
    }

    @Test
    @DisplayName("B15 --export: all, none, nil and a list")
    void export() {
        Map<String, String> mine = Map.of("A", "1", "B", "2", "SLURM_X", "3", "SLURM_JWT", "secret");
        assertThat(exported(mine, "x"))
                .containsEntry("A", "1")
                .containsEntry("SLURM_SUBMIT_DIR", "/home/alice")
                .containsEntry("SLURM_UMASK", "0022")
                .doesNotContainKeys("SLURM_JWT", "SLURM_GET_USER_ENV", "SLURM_EXPORT_ENV");
        assertThat(exported(mine, "--export=ALL", "x")).containsEntry("A", "1");
        assertThat(exported(mine, "--export=NONE", "x"))
                .doesNotContainKeys("A", "B")
                .containsEntry("SLURM_X", "3")
                .containsEntry("SLURM_GET_USER_ENV", "1")
                .containsEntry("SLURM_EXPORT_ENV", "NONE");
        assertThat(exported(mine, "--export=NIL", "x")).doesNotContainKeys("A", "SLURM_GET_USER_ENV");
        assertThat(exported(mine, "--export=A,C=x=y,missing", "x"))
                .containsEntry("A", "1")
                .containsEntry("C", "x=y")
                .doesNotContainKeys("B", "missing");
        assertThat(exported(mine, "--export=ALL,A=5", "x"))
                .containsEntry("A", "5")
                .containsEntry("B", "2");
    }

    @Test
    @DisplayName(
            "B38 a comma in a value is a value's only in quotes, as with sbatch; the environment's own are never split")
    void commas() {
        assertThat(exported(Map.of(), "--export='X=a,b',Y=1", "x"))
                .containsEntry("X", "a,b")
                .containsEntry("Y", "1");
        assertThat(exported(Map.of(), "--export=B=1,LD_PRELOAD=/x", "x")).containsEntry("LD_PRELOAD", "/x");
        assertThat(exported(Map.of("V", "1,LD_PRELOAD=/x"), "--export=V", "x"))
                .containsEntry("V", "1,LD_PRELOAD=/x")
                .doesNotContainKey("LD_PRELOAD");
        assertThat(refused("--export=\"A=1").lines())
                .containsExactly("sbatch: error: Improperly formed environment variable (\"A=1)");
    }

    @Test
    void aVariableThatNoJobCanHoldIsLeftOutAndSaid() {
        Sbatch.Submission submission = submission(read(Map.of("a b", "1"), "#!/bin/sh\n", "x"));
        assertThat(submission.spec().environment().variables()).doesNotContainKey("a b");
        assertThat(submission.warnings()).hasSize(1);
    }
}
