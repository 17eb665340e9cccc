package dev.sluice.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.spec.Bytes;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileSystemsTest {
    private static final List<String> ROOTS = List.of("/scratch", "/home", "/home/shared", "/données");

    private static SortedSet<String> in(String body) {
        return FileSystems.namedBy(Bytes.ofUtf8("#!/bin/sh\n" + body), ROOTS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cd /scratch/me",
                "cd /scratch",
                "cd /scratch/",
                "/scratch/bin/x",
                "x --data=/scratch/d",
                "x \"/scratch/d\"",
                "x '/scratch'",
                "PATH=/bin:/scratch/bin:$PATH",
                "x </scratch/a >/scratch/b",
                "x >/scratch/b",
                "(/scratch/x)",
                "x;/scratch/y",
                "gcc -I/scratch/include",
                "x ${Y:-/scratch}",
                "#SBATCH --output=/scratch/%j.out",
                "  #SBATCH -o /scratch/x",
                "cat <<EOF\ndata: /scratch/in\nEOF",
                "x a,/scratch",
                "x=(/scratch/a)",
                "cp {/scratch,/x}/y",
                "[/scratch]",
                "x\t/scratch\tb",
            })
    void named(String line) {
        assertThat(in(line + "\n")).contains("/scratch");
        assertThat(in(line)).contains("/scratch");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cd scratch",
                "cd /scratch2",
                "cd /scratch-old",
                "cd /scratch.bak",
                "cd /scratch_1",
                "cd /scratché",
                "cd /data/scratch",
                "cd $HOME/scratch",
                "cd ${X}/scratch",
                "cd \"$X\"/scratch",
                "cd ~/scratch",
                "cd ../scratch",
                "cd $(pwd)/scratch",
                "cd *//scratch",
                "curl https://host/scratch/x",
                "curl https:///scratch",
                "# once in /scratch",
                "   # once in /scratch",
                "x--I/scratch",
                "cd /scratch$X",
                "cd /scratch*",
                "cd /SCRATCH",
            })
    void notNamed(String line) {
        assertThat(in(line + "\n")).doesNotContain("/scratch");
    }

    @Test
    void theInnermostRootCounts() {
        assertThat(in("ls /home/shared/x")).containsExactly("/home/shared");
        assertThat(in("ls /home/sharedx")).containsExactly("/home");
        assertThat(in("ls /home/shared /home/me")).containsExactly("/home", "/home/shared");
    }

    @Test
    @DisplayName("B3 roots beyond ASCII are found as UTF-8, in scripts and in arguments")
    void beyondAscii() {
        assertThat(in("ls /données/x")).containsExactly("/données");
        assertThat(FileSystems.namedBy("--in=/données/é", ROOTS)).containsExactly("/données");
        assertThat(FileSystems.namedBy("# /scratch", ROOTS)).containsExactly("/scratch");
    }

    @Test
    void anInterpreterHasItsPlaceToo() {
        assertThat(FileSystems.namedBy(Bytes.ofUtf8("#!/home/me/env/bin/python\n"), ROOTS))
                .containsExactly("/home");
    }

    @Test
    void rootsThatAreNoneAreIgnoredAndTheAnswerIsBounded() {
        List<String> odd = List.of("/", "", "scratch", "/scratch/", "/a/../b", "/x");
        assertThat(FileSystems.namedBy("cd / scratch /scratch/ /a/../b /x", odd))
                .containsExactly("/x");
        List<String> many = IntStream.range(0, 100).mapToObj(i -> "/r" + i).toList();
        assertThat(FileSystems.namedBy(String.join(" ", many), many)).hasSize(64);
    }
}
