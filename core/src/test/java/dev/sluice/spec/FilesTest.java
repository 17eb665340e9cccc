package dev.sluice.spec;

import static dev.sluice.spec.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FilesTest {
    private static Mount mount(String path) {
        return new Mount("data", path, Optional.empty(), Mount.Access.READ_ONLY);
    }

    @Test
    @DisplayName("B18 patterns are kept as written, '..' and percents too: the file is opened with the user's rights")
    void patternsAreKept() {
        Files files =
                Files.DEFAULTS.withOutput("../../etc/x").withError("\\%j.err").withInput("in %A_%4a %x");
        assertThat(files.output()).contains("../../etc/x");
        assertThat(files.error()).contains("\\%j.err");
        assertThat(files.input()).contains("in %A_%4a %x");
    }

    @ParameterizedTest
    @DisplayName("B17 B39 control characters in a pattern or directory are refused")
    @ValueSource(strings = {"/a\nb", "/a\0b", "/a\u001b[2Jb", "/a\u2028b", "/a\u202eb", ""})
    void controlCharacters(String text) {
        assertRefused("output", () -> Files.DEFAULTS.withOutput(text));
        assertRefused("error", () -> Files.DEFAULTS.withError(text));
        assertRefused("input", () -> Files.DEFAULTS.withInput(text));
        assertRefused("working directory", () -> Files.DEFAULTS.withWorkingDirectory(text));
    }

    @Test
    void pathsAreBoundedByPathMax() {
        assertThat(Files.DEFAULTS.withOutput("x".repeat(4095)).output()).isPresent();
        assertRefused("output", () -> Files.DEFAULTS.withOutput("x".repeat(4096)));
        assertRefused("working directory", () -> Files.DEFAULTS.withWorkingDirectory("relative"));
    }

    @ParameterizedTest
    @DisplayName("B26 a mount names a volume; its path stays inside the job")
    @ValueSource(strings = {"/", "data", "/a/../b", "/a/./b", "/a//b", "/a/", "/a:b", "/a,b", "/a\nb"})
    void mountPaths(String path) {
        assertRefused("mount path", () -> mount(path));
    }

    @Test
    @DisplayName("B26 a volume is a name and never a host path")
    void volumesAreNames() {
        for (String volume : List.of("/etc", "../x", "", "a/b", "Data", "-a", "a-", "a".repeat(64))) {
            assertRefused("mount volume", () -> new Mount(volume, "/d", Optional.empty(), Mount.Access.READ_WRITE));
        }
        for (String sub : List.of("/etc", "../x", "a/../b", "", "a//b")) {
            assertRefused("mount sub-path", () -> new Mount("d", "/d", Optional.of(sub), Mount.Access.READ_WRITE));
        }
        assertThat(new Mount("d", "/d", Optional.of("a b/c"), Mount.Access.READ_WRITE).subPath())
                .contains("a b/c");
    }

    @Test
    void mountsAreFewAndEachHasAPathOfItsOwn() {
        assertRefused("mounts", () -> Files.DEFAULTS.withMounts(List.of(mount("/a"), mount("/a"))));
        assertRefused("mounts", () -> Files.DEFAULTS.withMounts(Collections.nCopies(65, mount("/a"))));
        assertThat(Files.DEFAULTS.withMounts(List.of(mount("/b"), mount("/a"))).mounts())
                .containsExactly(mount("/b"), mount("/a"));
    }

    @Test
    void eachWitherChangesItsOwnField() {
        Files files = Files.DEFAULTS
                .withWorkingDirectory("/w")
                .withOutput("o")
                .withError("e")
                .withInput("i")
                .withOpenMode(Files.OpenMode.APPEND)
                .withMounts(List.of(mount("/m")));
        assertThat(files)
                .isEqualTo(new Files(
                        Optional.of("/w"),
                        Optional.of("o"),
                        Optional.of("e"),
                        Optional.of("i"),
                        Files.OpenMode.APPEND,
                        List.of(mount("/m"))));
    }
}
