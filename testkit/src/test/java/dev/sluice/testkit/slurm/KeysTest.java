package dev.sluice.testkit.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys that docker/slurm-test-cluster makes for use by hand. */
@Tag("cluster")
final class KeysTest {
    private static final int AT_ONCE = 8;
    private static final String MAKE = """
            here=$1
            . "$here/common.sh"
            make_keys
            for key in id user_ca; do
                ssh-keygen -y -f "$here/.keys/$key" | cut -d' ' -f2
                cut -d' ' -f2 "$here/.keys/$key.pub"
            done
            """;

    @Test
    void clustersThatStartAtOnceHaveTheSamePairs(@TempDir Path directory) throws IOException, InterruptedException {
        Files.copy(Images.directory().resolve("common.sh"), directory.resolve("common.sh"));
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            all.add(new ProcessBuilder("bash", "-euc", MAKE, "make-keys", directory.toString())
                    .redirectErrorStream(true)
                    .start());
        }
        List<String> said = new ArrayList<>();
        for (Process each : all) {
            said.add(new String(each.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            assertThat(each.waitFor()).as(said.getLast()).isZero();
        }
        List<String> keys = said.getFirst().lines().toList();
        assertThat(keys).hasSize(4);
        assertThat(keys.get(0)).isEqualTo(keys.get(1)).isNotEqualTo(keys.get(2));
        assertThat(keys.get(2)).isEqualTo(keys.get(3));
        assertThat(said).containsOnly(said.getFirst());
    }
}
