package dev.sluice.sbatch;

import static dev.sluice.sbatch.Calls.read;
import static dev.sluice.sbatch.Calls.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import java.util.List;
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
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#SBATCH hetjob\n", "x.sh"))
                        .lines()
                        .getFirst())
                .contains("components of a job (hetjob)");
        assertThat(refused(read(Map.of(), "#!/bin/sh\n#SBATCH -t x\n", "-t", "5", "x.sh"))
                        .exitCode())
                .isEqualTo(255);
    }

    @Test
    @DisplayName("B14 lines of PBS and LSF are refused, or ignored where that is asked for")
    void otherSystems() {
        String script = "#!/bin/sh\n#PBS -N x\n";
        assertThat(refused(read(Map.of(), script, "x")).lines().getFirst()).contains("#PBS", "--ignore-pbs");
        assertThat(read(Map.of(), script, "--ignore-pbs", "x")).isInstanceOf(Sbatch.Submission.class);
        assertThat(read(Map.of("SBATCH_IGNORE_PBS", "1"), "#!/bin/sh\n#BSUB -q x\n", "x"))
                .isInstanceOf(Sbatch.Submission.class);
        assertThat(read(Map.of(), "#!/bin/sh\necho\n#PBS -N x\n", "x")).isInstanceOf(Sbatch.Submission.class);
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
