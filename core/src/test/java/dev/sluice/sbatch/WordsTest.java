package dev.sluice.sbatch;

import static dev.sluice.sbatch.Calls.read;
import static dev.sluice.sbatch.Calls.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Words of the command line and of scripts. */
class WordsTest {
    private static String parsed(String... words) {
        CommandLine line = CommandLine.parse(List.of(words));
        return String.join(
                        " ",
                        line.given().stream()
                                .map(given -> given.option().name()
                                        + given.value()
                                                .map(value -> "=" + value)
                                                .orElse(""))
                                .toList())
                + " | " + String.join(" ", line.rest());
    }

    @Test
    void optionsAreTakenApartAsGetoptDoes() {
        assertThat(parsed("-N2", "-n", "4", "--time=5", "--mem", "1G", "run", "-x"))
                .isEqualTo("nodes=2 ntasks=4 time=5 mem=1G | run -x");
        assertThat(parsed("-HQv", "-Wc4", "--", "-x")).isEqualTo("hold quiet verbose wait cpus-per-task=4 | -x");
        assertThat(parsed("--part", "a", "--array=1", "-")).isEqualTo("partition=a array=1 | -");
        assertThat(parsed("--exclusive", "user")).isEqualTo("exclusive | user");
        assertThat(parsed("--mem=1", "--comment=")).isEqualTo("mem=1 comment= | ");
        assertThat(parsed("-t", "-5", "-k", "x")).isEqualTo("time=-5 no-kill | x");
        assertThat(parsed("-koff")).isEqualTo("no-kill=off | ");
    }

    @ParameterizedTest
    @DisplayName("B8 objections are getopt's own, exit code 255")
    @CsvSource(
            delimiter = '|',
            value = {
                "--bogus=3|unrecognized option '--bogus=3'",
                "-HZ|invalid option -- 'Z'",
                "--hold=1|option '--hold' doesn't allow an argument",
                "--ho=1|option '--hold' doesn't allow an argument",
                "--time|option '--time' requires an argument",
                "-t|option requires an argument -- 't'",
                "--mem-|option '--mem-' is ambiguous; possibilities: '--mem-bind' '--mem-per-cpu' '--mem-per-gpu'"
            })
    void objections(String word, String objection) {
        Sbatch.Refused refused = refused(read(Map.of(), "#!/bin/sh\n", word));
        assertThat(refused.lines())
                .containsExactly("sbatch: " + objection, "Try \"sbatch --help\" for more information");
        assertThat(refused.exitCode()).isEqualTo(255);
    }

    static Stream<Arguments> scripts() {
        return Stream.of(
                Arguments.of("#!/bin/sh\n#SBATCH -N2 --time=5\n#SBATCH\t-n 4\n", List.of("-N2", "--time=5", "-n", "4")),
                Arguments.of("#!/bin/sh\n##SBATCH -a\n# SBATCH -b\n #SBATCH -c\n#sbatch -d\n", List.of()),
                Arguments.of("#!/bin/sh\n\n# text\n#SBATCH -N1\necho\n#SBATCH -N2\n", List.of("-N1")),
                Arguments.of("#!/bin/sh\n  echo\n#SBATCH -N2\n", List.of()),
                Arguments.of("#SBATCH --comment=\"a b\" -J 'c \"d\"'", List.of("--comment=a b", "-J", "c \"d\"")),
                Arguments.of("#SBATCH -J a\\ b\\\"c -N1", List.of("-J", "a b\"c", "-N1")),
                Arguments.of("#SBATCH -N1 # -N2\n#SBATCH -J a#b -n2", List.of("-N1", "-J", "a")),
                Arguments.of("#SBATCH -J \"a#b\"", List.of("-J", "a#b")),
                Arguments.of("#SBATCH -J \"\" -N1", List.of("-J")),
                Arguments.of("#SBATCH --comment=é", List.of("--comment=é")),
                Arguments.of("#SBATCH-N1", List.of("-N1")));
    }

    @ParameterizedTest
    @DisplayName("B5 B6 directives")
    @MethodSource("scripts")
    void directives(String script, List<String> words) {
        assertThat(Directives.of(Bytes.ofUtf8(script), "x.sh").words()).isEqualTo(words);
    }

    @Test
    @DisplayName("B4 a long line")
    void aLongLine() {
        String name = "x".repeat(65_536);
        assertThat(Directives.of(Bytes.ofUtf8("#SBATCH --comment=" + name + "\n"), "x")
                        .words())
                .containsExactly("--comment=" + name);
    }

    @Test
    void badDirectives() {
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#SBATCH -J \"a\n", "d/x.sh")))
                .isEqualTo(new Sbatch.Refused(1, List.of("sbatch: fatal: x.sh: line 2: Unmatched `\"` in [ \"a]")));
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#SBATCH -N1 x -N2\n", "x.sh")))
                .isEqualTo(
                        new Sbatch.Refused(255, List.of("sbatch: error: Invalid directive found in batch script: x")));
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#SBATCH -t x\n", "-t", "5", "x.sh"))
                        .exitCode())
                .isEqualTo(255);
    }

    @ParameterizedTest
    @DisplayName("B16 heterogeneous jobs are refused, and what to do is said")
    @CsvSource({"hetjob,''", "packjob,''", "HetJob,''", "' hetjob -N1',''", "-N2,:"})
    void heterogeneousJobs(String second, String between) {
        List<String> words = between.isEmpty() ? List.of("-N1", "x.sh") : List.of("-N1", between, "-n4", "x.sh");
        Sbatch.Refused refused = refused(
                read(Map.of(), "#!/bin/sh\n#SBATCH -N1\n#SBATCH " + second + "\n", words.toArray(String[]::new)));
        String word = between.isEmpty() ? second.strip().split(" ")[0].toLowerCase(Locale.ROOT) : between;
        assertThat(refused)
                .isEqualTo(new Sbatch.Refused(
                        1,
                        List.of("sbatch: error: Sluice runs no heterogeneous jobs, whose components stand apart by '"
                                + word + "'; submit each component as a job of its own")));
    }

    private static JobSpec jobOf(String lines, String... words) {
        String[] all = Stream.concat(Stream.of(words), Stream.of("x.sh")).toArray(String[]::new);
        return Calls.job(Map.of("A", "1"), "#!/bin/sh\n" + lines, all);
    }

    @Test
    @DisplayName("B14 lines of PBS are sbatch's options, over #SBATCH lines and under the command line")
    void pbs() {
        JobSpec job = jobOf("""
                #SBATCH -J sbatch -t 5
                #PBS -N fit -j oe -V
                #PBS -l walltime=01:30:00,mem=4gb,nodes=2:ppn=4
                #PBS -q long -m abe -M a@b.c -A phys -W depend=afterok:20
                echo
                #PBS -o out
                """, "-A", "chem");
        assertThat(job.name()).isEqualTo("fit");
        assertThat(job.ask().limit()).contains(Duration.ofMinutes(90));
        assertThat(job.ask().resources())
                .isEqualTo(Resources.DEFAULTS
                        .withNodes(Nodes.exactly(2))
                        .withTasks(8)
                        .withMemory(new Memory.PerNode(4L << 30)));
        assertThat(job.ask().routing())
                .isEqualTo(Routing.ANYWHERE.withPartitions(List.of("long")).withAccount("chem"));
        assertThat(job.mail().events()).containsExactly(Mail.Event.BEGIN, Mail.Event.END, Mail.Event.FAIL);
        assertThat(job.after()).hasToString("afterok:20");
        assertThat(job.files().output()).contains("out");
        assertThat(jobOf("#PBS -l select=2:mpiprocs=4\n").ask().resources().tasksPerNode())
                .hasValue(4);
        assertThat(jobOf("#PBS -v B=2,A\n").environment().variables())
                .containsEntry("B", "2")
                .containsEntry("A", "1");
    }

    @Test
    @DisplayName("B14 lines of LSF are sbatch's options, and hide those of PBS")
    void bsub() {
        JobSpec job = jobOf("#PBS -N pbs\n#BSUB -J fit -n 2,4 -M 2048 -W 10 -q long -cwd /w -x\n#BSUB -m \"a b\"\n");
        assertThat(job.name()).isEqualTo("fit");
        assertThat(job.ask().resources().tasks()).isEqualTo(4);
        assertThat(job.ask().resources().memory()).isEqualTo(new Memory.PerCpu(2L << 20));
        assertThat(job.ask().limit()).contains(Duration.ofMinutes(10));
        assertThat(job.files().workingDirectory()).contains("/w");
        assertThat(job.ask().routing().sharing()).isEqualTo(Routing.Sharing.EXCLUSIVE);
        assertThat(job.ask().routing().nodeList()).contains("a,b");
    }

    @Test
    @DisplayName("B14 what of them Sluice does not honour is refused, and --ignore-pbs ignores them all")
    void otherSystems() {
        String script = "#!/bin/sh\n#PBS -h\n";
        assertThat(refused(read(Map.of(), script, "x")).lines().getFirst()).contains("does not honour --hold");
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#PBS -Z 1\n", "x"))
                        .lines()
                        .getFirst())
                .contains("-Z in #PBS lines");
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#PBS -l nodes=2:ppn=x\n", "x"))
                        .exitCode())
                .isNotZero();
        assertThat(read(Map.of(), script, "--ignore-pbs", "x")).isInstanceOf(Sbatch.Submission.class);
        assertThat(read(Map.of("SBATCH_IGNORE_PBS", "1"), script, "x")).isInstanceOf(Sbatch.Submission.class);
    }

    @Test
    @DisplayName("B3 a NUL in a script is refused in sbatch's words")
    void nul() {
        assertThat(refused(read(Map.of(), "#!/bin/sh\na\0b", "x")).lines())
                .containsExactly(
                        "sbatch: error: The Slurm controller does not allow scripts that",
                        "sbatch: error: contain a NULL character '\\0'.");
    }
}
