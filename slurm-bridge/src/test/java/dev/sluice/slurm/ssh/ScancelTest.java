package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptId;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Target;
import dev.sluice.spec.Bytes;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is cancelled under an id, by a real shell with a squeue and a scancel of its own. */
@Timeout(60)
final class ScancelTest {
    private static final AttemptId ATTEMPT = AttemptId.random(7, new Random(1));
    private static final AttemptId OTHER = AttemptId.random(7, new Random(2));
    private static final Target TARGET = Target.of(12).only(ATTEMPT);

    @TempDir
    Path directory = Path.of("");

    @Test
    @Fault({"F46", "F52"})
    void onlyWhatHasOurKeyNowIsCancelled() throws Exception {
        assertThat(acts("echo '" + ATTEMPT + " mine'", TARGET)).isEqualTo("scancel 12\n");
        assertThat(acts("echo '" + OTHER + " mine'", TARGET)).isEmpty();
        assertThat(acts("echo '(null)'", TARGET)).as("a native job of his").isEmpty();
        assertThat(acts("echo 'x " + ATTEMPT + "'", TARGET)).isEmpty();
        assertThat(acts("exit 1", TARGET)).isEmpty();
        assertThat(acts("echo '(null)'", Target.of(12))).as("whatever it is").isEqualTo("scancel 12\n");
    }

    @Test
    void whatIsGoneIsDoneAndASilentControllerIsUnknown() {
        assertThat(Scancel.parse(Recordings.ended(1, "", "slurm_load_jobs error: Invalid job id specified\n")))
                .isEqualTo(Answer.said(Done.DONE));
        assertThat(Scancel.parse(Recordings.ended(
                        1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n")))
                .isInstanceOf(Answer.Unknown.class);
    }

    private String acts(String squeue, Target target) throws IOException, InterruptedException {
        Path done = directory.resolve("done");
        Files.writeString(done, "");
        program("squeue", squeue);
        program("scancel", "echo scancel \"$@\" >>" + done);
        String text = Command.of(
                        List.of("PATH=" + directory + ":" + System.getenv("PATH")), Scancel.argv(target), Bytes.EMPTY)
                .text();
        Process shell =
                new ProcessBuilder("sh", "-c", text).redirectErrorStream(true).start();
        shell.getOutputStream().close();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(shell.waitFor()).as("nothing said is nothing done").isEqualTo(squeue.equals("exit 1") ? 1 : 0);
        return Files.readString(done);
    }

    private void program(String name, String script) throws IOException {
        Path program = directory.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
