package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Quoting, and the one remote command, by the shells of this machine. */
final class WordsTest {
    private static final String NASTY = " \t'\"\\$`!*?[]{}()<>|&;#~%^=-,:\r\u0001é☃😀ab";

    /** sh, and what other login shells are installed here. */
    static Stream<String> shells() {
        return Stream.of("/bin/sh", "/bin/bash", "/bin/dash", "/bin/tcsh", "/bin/csh", "/usr/bin/fish", "/bin/ksh")
                .filter(shell -> Files.isExecutable(Path.of(shell)));
    }

    private record Ran(int exit, String out, String err) {}

    private static Ran run(String shell, byte[] input) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(shell, "-c", RemoteProgram.COMMAND);
        builder.environment().put("SECRET", "of the account's own");
        Process process = builder.start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException early) {
            // It ended without reading all: what it printed tells.
        }
        String out = text(process.getInputStream());
        String err = text(process.getErrorStream());
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out, err);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static byte[] line(long deadline, long seconds, int leastUid, List<String> words, String rest) {
        Command command = new Command(Words.line(words), Bytes.EMPTY);
        byte[] head = RemoteProgram.line("MARK", deadline, seconds, leastUid, command);
        return (new String(head, StandardCharsets.UTF_8) + rest).getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @MethodSource("shells")
    @DisplayName("B17 any text is one word in the end")
    void anyTextIsOneWord(String shell) throws Exception {
        long seed = 20261125;
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                words.add(word(random));
            }
            List<String> command = new ArrayList<>(List.of("printf", "<%s>\\n"));
            command.addAll(words);
            StringBuilder expected = new StringBuilder("MARK run\n");
            words.forEach(word -> expected.append('<').append(word).append(">\n"));
            assertThat(run(shell, line(0, 20, 0, command, "")).out())
                    .as("seed " + seed + ", round " + round)
                    .isEqualTo(expected.toString());
        }
    }

    private static String word(Random random) {
        int[] points = NASTY.codePoints().toArray();
        StringBuilder word = new StringBuilder();
        int length = random.nextInt(12);
        for (int i = 0; i < length; i++) {
            word.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return word.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\nb", "\n", "\ud83d", "\ude00x"})
    @DisplayName("B39 NUL, a line break and half a character are refused before anything is sent")
    void whatCannotBeCarriedIsRefused(String word) {
        assertThatThrownBy(() -> Words.quoted(word)).isInstanceOf(InvalidValue.class);
    }

    @ParameterizedTest
    @MethodSource("shells")
    void theRestOfTheInputIsTheCommands(String shell) throws Exception {
        Ran ran = run(shell, line(0, 20, 0, List.of("cat"), "#!/bin/sh\n'quo\"te\\\n"));
        assertThat(ran).isEqualTo(new Ran(0, "MARK run\n#!/bin/sh\n'quo\"te\\\n", "MARK run\n"));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void aProgramOfManyLinesArrivesAsItIs(String shell) throws Exception {
        Command program = Command.program(
                "for w; do\n  echo \"[$w]\"\ndone\necho 'it'\\''s'\n", List.of("a b", "c"), Bytes.EMPTY);
        assertThat(run(shell, RemoteProgram.line("MARK", 0, 20, 0, program)).out())
                .isEqualTo("MARK run\n[a b]\n[c]\nit's\n");
    }

    @Test
    void nothingRunsAfterTheDeadlineOrForALowUserId() throws Exception {
        assertThat(run("/bin/sh", line(1, 20, 0, List.of("echo", "ran"), "")))
                .isEqualTo(new Ran(125, "MARK late\n", ""));
        Ran low = run("/bin/sh", line(0, 20, Integer.MAX_VALUE, List.of("echo", "ran"), ""));
        assertThat(low.out()).startsWith("MARK uid ").doesNotContain("ran");
        assertThat(low.exit()).isEqualTo(125);
    }

    @Test
    void theEnvironmentIsClean() throws Exception {
        String out = run("/bin/sh", line(0, 20, 0, List.of("env"), "")).out();
        assertThat(out).contains("HOME=").doesNotContain("SECRET");
    }

    @Test
    void aCommandIsEndedAtItsLimit() throws Exception {
        assertThat(run("/bin/sh", line(0, 1, 0, List.of("sleep", "60"), "")).exit())
                .isEqualTo(124);
    }
}
