package dev.sluice.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ScriptNeedsTest {
    private static final List<String> ROOTS = List.of("/scratch", "/home", "/data", "/work");
    private static final Work SCRIPT = new Work.Script(
            Bytes.ofUtf8("#!/bin/bash\nmodule load gcc/13\ncp /data/x .\n"), List.of("--to=/scratch/y"));

    private static JobSpec.Builder job(Work work) {
        return JobSpec.builder("fit", new ProjectPath("p"), new UserName("alice"), work);
    }

    @Test
    void everythingThatAJobSaysCounts() {
        JobSpec job = job(SCRIPT)
                .ask(Ask.DEFAULTS.withNeeds(Needs.of(List.of(), List.of("/archive"))))
                .files(Files.DEFAULTS.withWorkingDirectory("/home/alice").withOutput("/work/%j.out"))
                .build();
        assertThat(ScriptNeeds.of(job, ROOTS))
                .isEqualTo(Needs.of(List.of("gcc/13"), List.of("/archive", "/data", "/home", "/scratch", "/work")));
    }

    @Test
    void aCommandsArgumentsCount() {
        assertThat(ScriptNeeds.of(
                        job(Work.Command.of("/scratch/bin/x", "/data")).build(), ROOTS))
                .isEqualTo(Needs.of(List.of(), List.of("/data", "/scratch")));
    }

    @Test
    void insideAContainerPathsAndModulesAreTheImages() {
        JobSpec job = job(SCRIPT)
                .container(Container.of("ubuntu"))
                .files(Files.DEFAULTS.withWorkingDirectory("/home/alice").withOutput("/work/%j.out"))
                .build();
        assertThat(ScriptNeeds.of(job, ROOTS)).isEqualTo(Needs.of(List.of(), List.of("/work")));
    }

    @Test
    void whoSaysWhichModulesAJobNeedsHasTheLastWord() {
        for (List<String> said : List.of(List.of("cuda"), List.<String>of())) {
            Needs needs = Needs.of(List.of(), List.of("/archive")).withModules(said);
            JobSpec job = job(SCRIPT).ask(Ask.DEFAULTS.withNeeds(needs)).build();
            assertThat(ScriptNeeds.of(job, ROOTS))
                    .isEqualTo(Needs.of(List.of(), List.of("/archive", "/data", "/scratch"))
                            .withModules(said));
        }
    }

    @Test
    void whatIsFoundNeverOverflowsWhatIsExplicit() {
        List<String> roots = IntStream.range(0, Needs.MAX_FILE_SYSTEMS)
                .mapToObj(i -> "/f" + i)
                .toList();
        JobSpec job = job(SCRIPT)
                .ask(Ask.DEFAULTS.withNeeds(Needs.of(List.of(), roots)))
                .build();
        assertThat(ScriptNeeds.of(job, ROOTS).fileSystems())
                .hasSize(roots.size())
                .doesNotContain("/scratch");
    }

    static IntStream seeds() {
        return IntStream.range(0, 25);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("B3 B28 any bytes are taken, and the answers are valid needs")
    void anyBytes(int seed) {
        Random random = new Random(seed);
        String[] pieces = {
            "module ",
            "load ",
            "ml ",
            "gcc ",
            "/scratch",
            "/",
            "\n",
            "\n",
            " ",
            ";",
            "|",
            "||",
            "&&",
            "&",
            "(",
            ")",
            "((",
            "))",
            "$(",
            "${",
            "}",
            "`",
            "'",
            "\"",
            "\\",
            "#",
            "<<EOF\n",
            "EOF\n",
            "<<",
            "<<-",
            "<<<",
            ">",
            "<",
            "if ",
            "fi ",
            "case ",
            "esac ",
            "$'",
            "$",
            "=",
            "-",
            "\0",
            "\u00ff",
            "\r\n",
            "use ",
            "{ ",
            "} ",
            "f() ",
            "f",
            "function ",
            "done ",
            "while ",
            "exit",
            "! "
        };
        for (int round = 0; round < 400; round++) {
            StringBuilder script = new StringBuilder(random.nextBoolean() ? "#!/bin/bash\n" : "");
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                script.append(
                        random.nextInt(4) == 0
                                ? "" + (char) random.nextInt(256)
                                : pieces[random.nextInt(pieces.length)]);
            }
            Bytes bytes = Bytes.of(script.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            if (!bytes.isEmpty()) {
                Needs needs = ScriptNeeds.of(job(new Work.Script(bytes)).build(), ROOTS);
                assertThat(ROOTS).containsAll(needs.fileSystems());
            }
        }
    }

    @ParameterizedTest
    @DisplayName("B4 B28 four megabytes of anything cost linear time")
    @ValueSource(
            strings = {
                "\n",
                "(",
                "$(",
                "${",
                "`",
                "'",
                "\"",
                "\\",
                "<<A\n",
                "<<A ",
                "<<\n",
                "((",
                "$((",
                "module load a\n",
                "a ",
                "a;",
                "/",
                " /",
                "/scratch ",
                "/scratchx ",
                "#",
                "#\n",
                "\"$(",
                "$'",
                "||",
                "module load a ||\n",
                "if ",
                "[ x ] &&",
                "1>",
                "{ ",
                "{ x; }\n",
                "{ ml a b c d e f\n",
                "f() { ml a b c d; }\n",
                "f() { f; }\nf\n",
                "f;",
                "if x; then { ( \n",
                "done ",
                "fi } ",
                "while x; do case y in ",
                "{ f || ! x && ( ml a ); } \n"
            })
    void linearTime(String piece) {
        String text = "#!/bin/sh\n" + piece.repeat((4 << 20) / piece.length() - 10);
        JobSpec job = job(new Work.Script(Bytes.ofUtf8(text))).build();
        Needs needs = Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> ScriptNeeds.of(job, ROOTS));
        assertThat(needs.moduleNames().size()).isLessThanOrEqualTo(Needs.MAX_MODULES);
    }
}
