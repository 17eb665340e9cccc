package dev.sluice.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.Needs;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModulesTest {
    private static SortedSet<String> in(String body) {
        return Modules.loadedBy(Bytes.ofUtf8("#!/bin/bash\n" + body));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = " -> ",
            quoteCharacter = '§',
            value = {
                "module load gcc -> gcc",
                "module load gcc/13.2 openmpi/5.0 -> gcc/13.2 openmpi/5.0",
                "module add a b -> a b",
                "module -s load a -> a",
                "module load --silent a -> a",
                "module  load\ta   b -> a b",
                "module load 'a' \"b\" c\\/1 -> a b c/1",
                "module load a # b -> a",
                "module load a; module load b -> a b",
                "module purge && module load a -> a",
                "module swap PrgEnv-cray PrgEnv-gnu -> PrgEnv-gnu",
                "module switch a -> a",
                "module load a >/dev/null 2>&1 -> a",
                "module load a &> log -> a",
                "module load a 2>> log b -> a b",
                "module load a || exit 1 -> a",
                "module load a || { echo no; exit 1; } -> a",
                "module load a | cat -> a",
                "LMOD_QUIET=1 module load a -> a",
                "{ module load a; } -> a",
                "( module load a ) -> a",
                "for i in 1 2; do module load a; done -> a",
                "time module load a -> a",
                "ml a b/2 -> a b/2",
                "ml -x a -> a",
                "ml load a -> a",
                "ml swap a b -> b",
                "  module load a -> a",
                "source /etc/profile.d/m.sh && module load a -> a",
                "x=$(echo 'it'\\''s' | wc -l); module load a -> a",
                "x=\"$(echo \"it's\")\"; module load a -> a",
                "x=`it's`; module load a -> a",
                "x=${y:-it's}; module load a -> a",
                "x=$'it\\'s'; module load a -> a",
                "x=$((1<<2)); module load a -> a",
                "((x<<=2)); module load a -> a",
                "cat <<< EOF; module load a -> a",
                "module load $(cat mods) a -> a",
                "module load \"$X\" a gcc/$V g* -> a",
                "c > `tty`; module load a -> a",
                "module lo a -> a",
                "module load-any a -> a",
                "module load a -b -> a",
                "module load a || return 1 -> a",
                "module load a || { echo no >&2; return 1; } -> a",
                "module load a || ( echo no; exit 1 ) -> a",
                "die() { echo \"$1\"; exit 1; }; module load a || die no -> a",
                "module load a && module load b || exit 1 -> a b",
                "module load a && echo loaded -> a",
                "module list && module load a -> a",
                "[ x ] || exit 1; module load a -> a",
                "{ { module load a; }; module load b; } -> a b",
                "f() { module load a; }; f -> a",
                "f() ( module load a ); f -> a",
                "function f { module load a; }; f -> a",
                "function f() { module load a; }; f -> a",
                "f() { module load a; }; g() { f; }; g -> a",
                "f() { module load a; }; { f; } && f -> a",
                "module() { eval $(modulecmd bash $*); }; module load a -> a",
                "mods=(x y z); module load a -> a",
                "while read x; do y; done; module load a -> a",
                "ml -s x a -> a",
                "ml a -b +c d/e@1 -> a d/e@1",
                "module load a; module use /x; module load b -> a",
                "module load a; module load use.own b; module load c -> a",
                "module load cae/a/1.0-b_c+d -> cae/a/1.0-b_c+d",
            })
    void loaded(String line, String expected) {
        assertThat(in(line + "\n")).containsExactly(expected.split(" ", -1));
        assertThat(in(line)).as("without the last newline").containsExactly(expected.split(" ", -1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "module",
                "module load",
                "module list",
                "module avail gcc",
                "module purge",
                "module unload gcc",
                "module try-load gcc",
                "module load-any gcc icc",
                "module load $X",
                "module load \"gcc/$V\"",
                "module load 'a b'",
                "module load -- -x",
                "ml",
                "ml list",
                "ml av gcc",
                "ml -gcc",
                "ml purge",
                "# module load gcc",
                "#SBATCH module load gcc",
                "echo module load gcc",
                "echo 'module load gcc'",
                "echo '\nmodule load gcc\n'",
                "echo \"\nmodule load gcc\n\"",
                "x=$(module load gcc; which gcc)",
                "x=`module load gcc`",
                "if true; then module load gcc; fi",
                "if [ -d /x ]\nthen\n  module load gcc\nelse\n  module load icc\nfi",
                "case $(hostname) in\n a*) module load gcc;;\n *) module load icc;;\nesac",
                "[ -d /x ] && module load gcc",
                "[[ -d /x && -d /y ]] && module load gcc",
                "(( x > 1 )) && module load gcc",
                "command -v module >/dev/null && module load gcc",
                "module list | grep x && module load gcc",
                "[ -d /x ] &&\n  module load gcc",
                "module load gcc || true",
                "module load gcc || module load icc",
                "module load gcc ||\n module load icc",
                "module load gcc || :",
                "module use ~/mods; module load mine",
                "ml use ~/mods\nml mine",
                "export MODULEPATH=/x:$MODULEPATH\nmodule load mine",
                "MODULEPATH=/x\nmodule load mine",
                "setenv MODULEPATH /x\nmodule load mine",
                "modules load gcc",
                "cat > f <<EOF\nmodule load gcc\nEOF",
                "cat <<'E O' >f\nmodule load gcc\nE O\n",
                "cat <<-\"EOF\"\n\tmodule load gcc\n\tEOF\n",
                "cat <<A <<B\nx\nA\nmodule load gcc\nB\n",
                "x=$(cat <<EOF\nmodule load gcc\nEOF\n)\n",
                "cat <<EOF\nmodule load gcc\n",
                "module add-any gcc icc",
                "module load /home/me/mods/gcc ~/gcc ./gcc ../gcc",
                "module load {gcc,icc} gcc/* gcc=1 gcc?",
                "ml try-load gcc",
                "ml stash gcc",
                "ml list gcc",
                "module load gcc || echo without",
                "module load gcc || unknown_die",
                "module load gcc && module load icc || true",
                "module load gcc || { echo without; module load icc; }",
                "module load gcc || { [ x ] && exit 1; }",
                "[ x ] && { echo; module load gcc; }",
                "[ x ] && ( echo; module load gcc )",
                "[ x ] || { echo\nmodule load gcc\n}",
                "! ls /x && module load gcc",
                "f() if x; then module load gcc; fi; f",
                "f() if x; then exit 1; fi; module load gcc || f",
                "module is-avail gcc && module load gcc",
                "ml is-loaded x && ml gcc",
                "if command -v module > /dev/null 2>&1; then\n  for m in a b; do\n    { module load gcc; }\n  done\nfi",
                "while read x; do module load gcc; done",
                "until x; do module load gcc; done",
                "f() { module load gcc; }",
                "f() { module load gcc; }; [ x ] && f",
                "f() { module load gcc; }; if x; then f; fi",
                "f() { module load gcc; }; echo f",
                "f() { if x; then module load gcc; fi; }; f",
                "{ function f() { module load gcc; }; }",
                "function f { module load gcc; }; f() { :; }; f",
                "f() { return 1; }; module load gcc || f",
                "f() { module load mine; }; module use ~/mods; f",
                "x=(ml gcc); echo (ml gcc)",
                "for ml in a b; do :; done",
                "module restore mine; module load gcc",
                "ml r; ml gcc",
                "module prepend-path MODULEPATH /x; module load gcc",
                "module load use.own; module load gcc",
                "eval module load gcc",
                "bash -c 'module load gcc'",
                "( module load gcc",
                "{ module load gcc",
            })
    void notLoadedForSure(String body) {
        assertThat(in(body + "\n")).isEmpty();
    }

    @Test
    void whatFollowsAConditionAHereDocumentOrAnAlternativeCounts() {
        assertThat(in("if x; then module load no; fi\nmodule load a\n")).containsExactly("a");
        assertThat(in("[ x ] && module load no\nmodule load a\n")).containsExactly("a");
        assertThat(in("module load no || true\nmodule load a\n")).containsExactly("a");
        assertThat(in("cat <<EOF > x\nit's $(\nEOF\nmodule load a\n")).containsExactly("a");
        assertThat(in("cat <<-EOF\n\tmodule load no\n EOF\n\tEOF\nmodule load a"))
                .containsExactly("a");
        assertThat(in("case x in a) y;; esac; module load a\n")).containsExactly("a");
        assertThat(in("module load \\\n  a \\\n  b\n")).containsExactly("a", "b");
        assertThat(in("f() {\n  echo\n}\nmodule load a\n")).containsExactly("a");
    }

    @Test
    void behindOtherThings() {
        assertThat(in("#SBATCH -n 1\nset -e\ncd /x\nmodule load b a\nsrun ./a.out\n"))
                .containsExactly("a", "b");
    }

    @Test
    void aCShellsConditionsAndLoops() {
        assertThat(Modules.loadedBy(Bytes.ofUtf8("""
                        #!/bin/tcsh
                        if ( $?x && ( -d /x ) ) module load no
                        if ( $x > 3 ) then
                          module load no
                        else
                          module load neither
                        endif
                        switch ( $host )
                        case a*:
                          module load no
                          breaksw
                        endsw
                        foreach x ( ml no )
                          module load b
                        end
                        while ( $x )
                          module load no
                        end
                        set y = ( ml no )
                        module load a
                        """))).containsExactly("a", "b");
    }

    @Test
    void otherShells() {
        for (String shell : List.of("/bin/sh", "/bin/zsh", "/usr/bin/ksh", "/bin/bash -l", "/usr/bin/env bash")) {
            assertThat(Modules.loadedBy(Bytes.ofUtf8("#!" + shell + "\nmodule load a\n")))
                    .as(shell)
                    .containsExactly("a");
        }
    }

    @Test
    void whatIsDeeperThanIsFollowedIsNotTakenForSure() {
        assertThat(in("module load a\n" + "{ ".repeat(255) + "module load b" + "; }".repeat(255)))
                .containsExactly("a", "b");
        assertThat(in("module load a\n" + "{ ".repeat(300) + "module load b" + "; }".repeat(300) + "\nmodule load c"))
                .containsExactly("a");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("whatever stands around a script's lines, a condition around all of it takes everything back")
    void aConditionAroundEverything(int seed) {
        Random random = new Random(seed);
        String[] lines = {
            "module load a",
            "ml b",
            "{ module load c; }",
            "( ml d )",
            "f() { module load e; }",
            "f",
            "module load g || exit 1",
            "for i in 1; do ml h; done",
            "if x; then ml no; else ml no; fi",
            "case x in y) ml no;; esac",
            "[ x ] && { ml no; ml no; }",
            "cat <<E\nml no\nE",
            "while x; do ml no; done",
            "ml no || true"
        };
        StringBuilder body = new StringBuilder();
        boolean loads = false;
        for (int i = 0; i < 30; i++) {
            int line = random.nextInt(lines.length);
            loads |= line < 4 || line == 6 || line == 7;
            body.append(lines[line]).append('\n');
        }
        assertThat(in(body.toString()).isEmpty())
                .isEqualTo(!loads && !body.toString().contains("}\nf\n"));
        assertThat(in(body.toString())).doesNotContain("no");
        assertThat(in("{\n" + body + "}\n")).isEqualTo(in(body.toString()));
        assertThat(in("(\n" + body + ")\n")).isEqualTo(in(body.toString()));
        assertThat(in("all() {\n" + body + "}\nall\n")).isEqualTo(in(body.toString()));
        assertThat(in("all() {\n" + body + "}\n")).isEmpty();
        assertThat(in("if x; then\n" + body + "fi\n")).isEmpty();
        assertThat(in("[ x ] && {\n" + body + "}\n")).isEmpty();
        assertThat(in("x || (\n" + body + ")\n")).isEmpty();
        assertThat(in("{\n" + body + "} || true\n")).isEmpty();
        assertThat(in("module use x\n" + body)).isEmpty();
        assertThat(in("cat <<'X'\n" + body + "X\n")).isEmpty();
        assertThat(in("echo '" + body + "'\n")).isEmpty();
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    @Test
    void onlyShellsLoadModules() {
        String body = "\nmodule load gcc\n";
        assertThat(Modules.loadedBy(Bytes.ofUtf8("#!/usr/bin/python3" + body))).isEmpty();
        assertThat(Modules.loadedBy(Bytes.ofUtf8("#!/bin/tcsh" + body))).containsExactly("gcc");
        assertThat(Modules.loadedBy(Bytes.ofUtf8(body))).isEmpty();
    }

    @Test
    @DisplayName("B3 bytes that are no UTF-8, around and inside a name")
    void notUtf8() {
        assertThat(Modules.loadedBy(Bytes.of("#!/bin/sh\necho \u00ff\nmodule load a\u00ff b\n"
                        .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))))
                .containsExactly("b");
    }

    @Test
    @DisplayName("B4 lines of 64 KiB, and more modules than are kept")
    void longLines() {
        String names = IntStream.range(0, 20_000).mapToObj(i -> "m" + i).collect(Collectors.joining(" "));
        assertThat(in("module load " + names)).hasSize(Needs.MAX_MODULES);
        assertThat(in("echo " + "x".repeat(65_536) + "\nmodule load a\n")).containsExactly("a");
        assertThat(in("module load " + "x".repeat(65_536) + " a\n")).containsExactly("a");
    }
}
