package dev.sluice.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OpeningTest {
    private static Opening of(String latin1) {
        return Opening.of(Bytes.of(latin1.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    }

    private static Opening runs(String interpreter, String argument) {
        return new Opening.Runs(Bytes.ofUtf8(interpreter), Bytes.ofUtf8(argument));
    }

    @Test
    void theLineIsSplitAsLinuxDoes() {
        assertThat(of("#!/bin/sh\n")).isEqualTo(runs("/bin/sh", ""));
        assertThat(of("#! \t/bin/bash  -l -e \t\nx")).isEqualTo(runs("/bin/bash", "-l -e"));
        assertThat(of("#!/bin/sh")).isEqualTo(runs("/bin/sh", ""));
        assertThat(of("#!/opt/caf\u00c3\u00a9/sh\n")).isEqualTo(runs("/opt/café/sh", ""));
        assertThat(of("#!/opt/\u00ff\n"))
                .isEqualTo(new Opening.Runs(Bytes.of(new byte[] {'/', 'o', 'p', 't', '/', (byte) 0xff}), Bytes.EMPTY));
    }

    @Test
    @DisplayName("B1 no shebang: sbatch's three lines")
    void noShebang() {
        assertThat(of("echo x\n")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of(" #!/bin/sh\n")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of("#\n#!/bin/sh\n")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of("#!\n/bin/sh")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of("#! \t")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of("\u007fELF\0\0\0")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(Opening.Refused.NO_INTERPRETER.lines())
                .containsExactly(
                        "This does not look like a batch script.  The first",
                        "line must start with #! followed by the path to an interpreter.",
                        "For instance: #!/bin/sh");
    }

    @Test
    @DisplayName("B2 CRLF: sbatch's two lines; a lone CR is none of its business")
    void dosLineBreaks() {
        assertThat(of("#!/bin/sh\r\necho\r\n")).isEqualTo(Opening.Refused.DOS_LINE_BREAKS);
        assertThat(of("#!/bin/sh\necho\recho\n")).isEqualTo(runs("/bin/sh", ""));
        assertThat(Opening.Refused.DOS_LINE_BREAKS.lines())
                .containsExactly(
                        "Batch script contains DOS line breaks (\\r\\n)",
                        "instead of expected UNIX line breaks (\\n).");
    }

    @Test
    @DisplayName("B3 a BOM hides the shebang; NUL is refused; what is not UTF-8 is taken")
    void oddBytes() {
        assertThat(of("\u00ef\u00bb\u00bf#!/bin/sh\n")).isEqualTo(Opening.Refused.NO_INTERPRETER);
        assertThat(of("#!/bin/sh\necho \0\r\n")).isEqualTo(Opening.Refused.NUL);
        assertThat(of("#!/bin/sh\necho \u00fe\u00ff\n")).isEqualTo(runs("/bin/sh", ""));
    }

    @Test
    @DisplayName("B7 an empty script, a blank one, and a binary that begins with NUL, in sbatch's words")
    void blank() {
        assertThat(of("")).isEqualTo(Opening.Refused.EMPTY);
        assertThat(of(" \n\t\r\u000b\f")).isEqualTo(Opening.Refused.ONLY_WHITESPACE);
        assertThat(of("\0\1\2")).isEqualTo(Opening.Refused.ONLY_WHITESPACE);
        assertThat(Opening.Refused.EMPTY.lines()).containsExactly("Batch script is empty!");
        assertThat(Opening.Refused.ONLY_WHITESPACE.lines()).containsExactly("Batch script contains only whitespace!");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#!/bin/sh",
                "#!/usr/bin/env bash",
                "#!/usr/bin/env -S bash -l",
                "#!/usr/bin/env A=b zsh",
                "#!tcsh -f"
            })
    void shells(String line) {
        assertThat(((Opening.Runs) of(line + "\n")).isShell()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "#!/usr/bin/python3",
        "#!/usr/bin/env python3",
        "#!/usr/bin/env",
        "#!/bin/bashful",
        "#!/usr/bin/env -S A=b"
    })
    void noShells(String line) {
        assertThat(((Opening.Runs) of(line + "\n")).isShell()).isFalse();
    }
}
