package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Target;
import dev.sluice.spec.Bytes;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is done under an id, by a real shell with a squeue, a scancel and a scontrol of its own. */
@Timeout(60)
final class GuardedTest {
    private static final AttemptId ATTEMPT = AttemptId.random(7, new Random(1));
    private static final AttemptId OTHER = AttemptId.random(7, new Random(2));
    private static final Target TARGET = Target.of(12).only(ATTEMPT);
    private static final Target TASKS = new Target(13, Optional.of(TaskSet.parse("0-3,7"))).only(OTHER);

    private static final String LOOKED_AT_12 = "squeue -h -a -t all -j 12 -o %k";
    private static final String NO_CONTROLLER =
            "slurm_load_jobs error: Unable to contact slurm controller (connect failure)";

    @TempDir
    Path directory = Path.of("");

    /** @param acts what squeue is asked and what is done then, a line each */
    private record Ran(List<String> acts, Outcome.Ended ended) {}

    @Test
    @Fault({"F46", "F52"})
    void onlyWhatHasOurKeyNowIsActedOn() throws Exception {
        assertThat(acts("echo '" + ATTEMPT + " mine'", Scancel.argv(TARGET))).containsExactly("scancel 12");
        assertThat(acts("echo '" + ATTEMPT + "+1000'", Scontrol.hold(TARGET))).containsExactly("scontrol hold 12");
        assertThat(acts("echo " + ATTEMPT, Scontrol.limit(TARGET, Duration.ofMinutes(3))))
                .containsExactly("scontrol update JobId=12 TimeLimit=3");
        assertThat(acts("echo " + OTHER, Scontrol.release(List.of(TASKS))))
                .containsExactly("scontrol release 13_[0-3,7]");
        for (String comment : List.of(OTHER + " mine", "(null)", "x " + ATTEMPT, "")) {
            for (List<String> argv : List.of(
                    Scancel.argv(TARGET),
                    Scontrol.hold(TARGET),
                    Scontrol.limit(TARGET, Duration.ofMinutes(3)),
                    Scontrol.release(List.of(TARGET)))) {
                Ran ran = run("echo '" + comment + "'", argv);
                assertThat(ran.acts()).as("%s of %s", argv, comment).containsExactly(LOOKED_AT_12);
                assertThat(Scancel.parse(ran.ended())).isEqualTo(Answer.said(Done.DONE));
                assertThat(code(Scontrol.parse(ran.ended(), TARGET))).isEqualTo(Door.ABSENT);
            }
        }
    }

    @Test
    void whatHasNoKeyIsActedOnWhateverItIs() throws Exception {
        Target any = Target.of(12);
        assertThat(run("echo '(null)'", Scancel.argv(any)).acts()).containsExactly("scancel 12");
        assertThat(run("echo '(null)'", Scontrol.release(List.of(any, TASKS))).acts())
                .containsExactly("scontrol release 12,13_[0-3,7]");
    }

    @Test
    @Fault({"F46", "F52"})
    void ofManyThoseAreReleasedThatHaveTheirKeysNow() throws Exception {
        List<Target> targets = List.of(
                TARGET,
                TASKS,
                Target.of(14).only(ATTEMPT),
                Target.of(15).only(ATTEMPT),
                Target.of(16).only(ATTEMPT),
                Target.of(17).only(OTHER));
        // 14 is another's, 15 is nobody's, 16 is told of in another's comment; 13 has three entries.
        Ran ran = run(
                "printf '%s\\n' '17 " + OTHER + "+1000 x' '14 (null)' '13 " + OTHER + "' '13 " + OTHER + " y' '13 "
                        + OTHER + "' '16 x' ' 16 " + ATTEMPT.toString().substring(1) + "' '12 " + ATTEMPT
                        + " two words' '' 'third line'",
                Scontrol.release(targets));
        assertThat(ran.acts())
                .containsExactly(
                        "squeue -h -a -t all --me -j 12,13,14,15,16,17 -o %F %k", "scontrol release 12,13_[0-3,7],17");
        assertThat(Scontrol.parse(ran.ended(), targets))
                .extracting(told -> code(told.orElseThrow()))
                .containsExactly("done", "done", Door.ABSENT, Door.ABSENT, Door.ABSENT, "done");
    }

    @Test
    void ofManyThatAreAllGoneNothingIsReleased() throws Exception {
        List<Target> targets = List.of(TARGET, TASKS);
        Ran ran = run("echo '12 (null)'", Scontrol.release(targets));
        assertThat(ran.acts()).hasSize(1);
        assertThat(Scontrol.parse(ran.ended(), targets))
                .extracting(told -> code(told.orElseThrow()))
                .containsExactly(Door.ABSENT, Door.ABSENT);
    }

    @Test
    void aSilentControllerIsUnknownAndNothingIsDone() throws Exception {
        String silent = "echo '" + NO_CONTROLLER + "' >&2; exit 1";
        Ran one = run(silent, Scontrol.hold(TARGET));
        assertThat(one.acts()).containsExactly(LOOKED_AT_12);
        assertThat(code(Scontrol.parse(one.ended(), TARGET))).isEqualTo("unknown");
        List<Target> targets = List.of(TARGET, TASKS);
        Ran many = run(silent, Scontrol.release(targets));
        assertThat(many.acts()).hasSize(1);
        assertThat(Scontrol.parse(many.ended(), targets))
                .as("and none waits for it once more alone")
                .extracting(told -> code(told.orElseThrow()))
                .containsExactly("unknown", "unknown");
        assertThat(code(Scancel.parse(Recordings.ended(1, "", NO_CONTROLLER + "\n"))))
                .isEqualTo("unknown");
    }

    @Test
    void anIdThatTheControllerDoesNotKnowIsGone() {
        Outcome.Ended unknown = Recordings.ended(1, "", "slurm_load_jobs error: Invalid job id specified\n");
        assertThat(Scancel.parse(unknown)).isEqualTo(Answer.said(Done.DONE));
        assertThat(code(Scontrol.parse(unknown, TARGET))).isEqualTo(Door.ABSENT);
    }

    /** As many as the door sends in one command. */
    @Test
    void twoThousandAreLookedThroughAtOnce() throws Exception {
        List<Target> targets = LongStream.range(0, 2000)
                .mapToObj(i -> Target.of(60_000_000 + i).only(ATTEMPT))
                .toList();
        Ran ran = run(
                "i=60000000; while [ $i -lt 60001999 ]; do echo $i " + ATTEMPT + "; i=$((i + 1)); done",
                Scontrol.release(targets));
        assertThat(ran.acts()).hasSize(2);
        assertThat(ran.acts().get(1)).startsWith("scontrol release 60000000,").endsWith(",60001998");
        assertThat(code(Scontrol.parse(ran.ended(), targets).getLast().orElseThrow()))
                .isEqualTo(Door.ABSENT);
    }

    private static String code(Answer<Done> answer) {
        return switch (answer) {
            case Answer.Said<Done> done -> "done";
            case Answer.Refused<Done> refused -> refused.refusal().code();
            case Answer.Unknown<Done> unknown -> "unknown";
        };
    }

    private List<String> acts(String squeue, List<String> argv) throws IOException, InterruptedException {
        Ran ran = run(squeue, argv);
        assertThat(ran.ended().exit()).as(ran.ended().err()).isZero();
        assertThat(ran.acts().getFirst()).startsWith("squeue ");
        return ran.acts().subList(1, ran.acts().size());
    }

    private Ran run(String squeue, List<String> argv) throws IOException, InterruptedException {
        Path done = directory.resolve("done");
        Files.writeString(done, "");
        program("squeue", "echo squeue \"$@\" >>" + done + "\n" + squeue);
        program("scancel", "echo scancel \"$@\" >>" + done);
        program("scontrol", "echo scontrol \"$@\" >>" + done);
        String text = Command.of(List.of("PATH=" + directory + ":" + System.getenv("PATH")), argv, Bytes.EMPTY)
                .text();
        // By a file, as the remote program's by a line: the words of thousands are more than one argument may hold.
        Path script = directory.resolve("script");
        Files.writeString(script, text + "\n");
        Path said = directory.resolve("said");
        Process shell = new ProcessBuilder("sh", script.toString())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(done.toFile()))
                .redirectError(said.toFile())
                .start();
        int exit = shell.waitFor();
        return new Ran(Files.readAllLines(done), Recordings.ended(exit, "", Files.readString(said)));
    }

    private void program(String name, String script) throws IOException {
        Path program = directory.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
