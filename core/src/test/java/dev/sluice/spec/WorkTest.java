package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.InvalidValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class WorkTest {
    @Test
    void bytesAreKeptExactlyAndApartFromTheirSource() {
        byte[] source = {'#', '!', (byte) 0xff, 0, '\r', '\n', (byte) 0xc3};
        Bytes bytes = Bytes.of(source);
        source[0] = 'x';
        byte[] out = bytes.toArray();
        assertThat(out).containsExactly('#', '!', 0xff, 0, '\r', '\n', 0xc3);
        out[1] = 'y';
        assertThat(bytes.at(1)).isEqualTo('!');
        assertThat(bytes.at(2)).isEqualTo(0xff);
        assertThat(bytes).isEqualTo(Bytes.of(new byte[] {'#', '!', (byte) 0xff, 0, '\r', '\n', (byte) 0xc3}));
        assertThat(bytes).hasSameHashCodeAs(Bytes.of(bytes.toArray())).hasToString("7 bytes");
        assertThat(bytes).isNotEqualTo(Bytes.of(new byte[] {'#'}));
        assertThat(bytes.slice(2, 4)).isEqualTo(Bytes.of(new byte[] {(byte) 0xff, 0}));
        assertThat(bytes.toLatin1()).isEqualTo("#!\u00ff\0\r\n\u00c3");
    }

    @Test
    @DisplayName("B7 an empty script and one over 4 MiB are refused, one of 4 MiB is taken")
    void scriptSizes() {
        assertRefused("script", () -> new Work.Script(Bytes.EMPTY));
        assertThat(new Work.Script(Bytes.of(new byte[4_194_304])).text().size()).isEqualTo(4_194_304);
        assertRefused("script", () -> new Work.Script(Bytes.of(new byte[4_194_305])));
    }

    @Test
    @DisplayName("B15 an argument takes 131,071 bytes of UTF-8, as execve does")
    void argumentSizes() {
        assertThat(Work.Command.of("p", "é".repeat(65_535) + "x").argv()).hasSize(2);
        InvalidValue refused = assertRefused("command[1]", () -> Work.Command.of("p", "é".repeat(65_536)));
        assertThat(refused.found()).doesNotContain("é");
        assertRefused("command", () -> new Work.Command(Collections.nCopies(16_385, "x")));
        assertRefused("command", () -> new Work.Command(Collections.nCopies(9, "x".repeat(131_000))));
        assertThat(new Work.Command(Collections.nCopies(16_384, "x")).argv()).hasSize(16_384);
    }

    @Test
    @DisplayName("B39 NUL in an argument is refused without showing the argument")
    void nulInAnArgument() {
        InvalidValue refused =
                assertRefused("script arguments[0]", () -> new Work.Script(Bytes.ofUtf8("#!"), List.of("se\0cret")));
        assertThat(refused).hasMessageNotContaining("cret");
    }

    @Test
    @DisplayName("B3 an argument that UTF-8 cannot carry is refused, any other is kept: newlines, quotes, nothing")
    void argumentsAreExact() {
        assertRefused("command[1]", () -> Work.Command.of("p", "\ud83d"));
        assertRefused("command[1]", () -> Work.Command.of("p", "\ude00\ud83d"));
        Work.Command command = Work.Command.of("p", "", "a b\n'\"$(id)", "\ud83d\ude00", "\u0007");
        assertThat(command.argv()).containsExactly("p", "", "a b\n'\"$(id)", "\ud83d\ude00", "\u0007");
    }

    @Test
    void aCommandHasAProgram() {
        assertRefused("command", () -> new Work.Command(List.of()));
        assertRefused("command", () -> Work.Command.of("", "x"));
        assertRefused("container command", () -> new Work.Entrypoint(List.of(""), List.of()));
        assertThat(new Work.Entrypoint(List.of(), List.of())).isEqualTo(Work.Entrypoint.OF_IMAGE);
    }

    @Test
    void listsAreCopied() {
        List<String> argv = new ArrayList<>(List.of("p"));
        Work.Command command = new Work.Command(argv);
        argv.add("x");
        assertThat(command.argv()).containsExactly("p");
    }

    @Test
    void noTextShowsWhatMayBeASecret() {
        assertThat(Work.Command.of("curl", "-u", "me:secret").toString()).doesNotContain("secret");
        assertThat(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nsecret"), List.of("secret")).toString())
                .doesNotContain("secret");
        assertThat(new Work.Entrypoint(List.of("secret"), List.of("secret")).toString())
                .doesNotContain("secret");
    }
}
