package dev.sluice.testkit.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a program in a cluster gets and leaves, whichever shell it is run by. */
@Tag("cluster")
final class ExecTest {
    private final SlurmCluster cluster = SlurmCluster.shared(Generation.V26_05);

    @Test
    void aProgramGetsItsWordsAsTheyAreAndBothStreamsComeBackWhole() {
        String word = "a 'b' \"c\" $HOME `id` \\ \n\n# é\t*";
        Result both =
                cluster.exec("alice", "sh", "-c", "printf %s \"$1\"; printf '%s\\n' \"$1\" >&2; exit 3", "-", word);
        assertThat(both.exit()).isEqualTo(3);
        assertThat(both.stdout()).isEqualTo(word);
        assertThat(both.stderr()).isEqualTo(word + "\n");
        assertThat(cluster.exec("alice", "true")).isEqualTo(new Result(List.of("true"), 0, "", ""));
    }

    @Test
    void itRunsAsItsUserInHisHomeWithoutInput() {
        assertThat(cluster.exec("alice", "sh", "-c", "id -un; pwd; echo $HOME; cat")
                        .text())
                .isEqualTo("alice\n/home/alice\n/home/alice");
        assertThat(cluster.exec("root", "id", "-u").text()).isEqualTo("0");
    }

    /** A program that goes on in the background writes to nobody else's output, and is not waited for. */
    @Test
    void whatStaysBehindIsLeftAlone() {
        assertThat(cluster.exec("alice", "sh", "-c", "(sleep 0.3; echo late; echo late >&2) & echo soon")
                        .stdout())
                .isEqualTo("soon\n");
        assertThat(cluster.exec("alice", "sh", "-c", "sleep 0.6; echo next")).satisfies(next -> {
            assertThat(next.stdout()).isEqualTo("next\n");
            assertThat(next.stderr()).isEmpty();
        });
    }

    @Test
    void aShellThatIsKilledIsSaidAndTheNextProgramHasAnother() {
        assertThatThrownBy(
                        () -> cluster.exec("alice", "sh", "-c", "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat); sleep 1"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("the shell of alice");
        assertThat(cluster.exec("alice", "id", "-un").text()).isEqualTo("alice");
    }

    @Test
    void whoIsNotThereIsSaid() {
        assertThatThrownBy(() -> cluster.exec("nobody-there", "true")).hasMessageContaining("nobody-there");
    }
}
