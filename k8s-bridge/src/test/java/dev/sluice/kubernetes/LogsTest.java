package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.LogReading;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What a real kubelet hands out of a task's log: by parts, after the end, and when it has rotated the file. */
final class LogsTest extends OnSharedKubernetes {
    private LogReading read(Parked parked, int task, long offset) {
        return site.bridge().log(parked.attempt(), parked.binding(), task, LogReading.Stream.OUTPUT, offset);
    }

    private String all(Parked parked, int task, long from) {
        StringBuilder out = new StringBuilder();
        long at = from;
        while (true) {
            LogReading reading = read(parked, task, at);
            assertThat(reading).isInstanceOf(LogReading.Chunk.class);
            LogReading.Chunk chunk = (LogReading.Chunk) reading;
            out.append(chunk.bytes().toLatin1());
            assertThat(chunk.next()).isEqualTo(from + out.length());
            if (chunk.end()) {
                return out.toString();
            }
            at = chunk.next();
        }
    }

    /** Every byte that a program can write, colours and what is no text among them, of each task its own. */
    @Test
    @Fault("B27")
    void whatATaskWroteIsReadByteForByteFromAnyOffsetAfterItsEnd() {
        JobSpec spec = site.runs("""
            #!/bin/sh
            printf '%s\\033[31mred\\000\\377\\376\\rover\\n\\n' "$SLURM_ARRAY_TASK_ID"
            i=0
            while [ $i -lt 40000 ]; do echo "line $i"; i=$((i+1)); done
            printf 'no line end'
            """).toBuilder().array(ArraySpec.parse("2,7")).build();
        Parked parked = steps.released(spec);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            lines.append("line ").append(i).append('\n');
        }
        Instant deadline = site.now().plus(site.patience());
        for (int task : new int[] {2, 7}) {
            String expected = task + "\u001b[31mred\0\u00ff\u00fe\rover\n\n" + lines + "no line end";
            while (!(read(parked, task, 0) instanceof LogReading.Chunk)) {
                assertThat(site.now()).isBefore(deadline);
            }
            steps.awaitEnd(parked);
            String read = all(parked, task, 0);
            assertThat(Arrays.mismatch(
                            read.getBytes(StandardCharsets.ISO_8859_1), expected.getBytes(StandardCharsets.ISO_8859_1)))
                    .as("where task %d differs: %s", task, read.substring(0, Math.min(40, read.length())))
                    .isEqualTo(-1);
            assertThat(all(parked, task, 300_001)).isEqualTo(expected.substring(300_001));
            assertThat(all(parked, task, expected.length())).isEmpty();
        }
    }

    /** The kubelet of the test cluster keeps files of 10 MiB, and looks each 10 s. */
    @Test
    void aLogThatWasRotatedIsNotTakenForOneThatEnded() {
        Parked parked = steps.running(site.runs("""
            #!/bin/sh
            head -c 600000 /dev/zero | tr '\\0' x
            while [ ! -e "/marks/$SLUICE_RUN.go" ]; do sleep 1; done
            head -c 12000000 /dev/zero | tr '\\0' y
            echo
            while :; do echo later; sleep 1; done
            """));
        Instant deadline = site.now().plus(site.patience());
        long offset = 0;
        while (offset < 500_000) {
            if (read(parked, 0, offset) instanceof LogReading.Chunk chunk) {
                offset = chunk.next();
            }
            assertThat(site.now()).as("read up to %d", offset).isBefore(deadline);
        }
        long beyond = offset + 100_000_000;
        assertThat(read(parked, 0, beyond)).as("nobody has read that far").isInstanceOf(LogReading.Chunk.class);
        Marks.of(site.cluster()).inside("touch /marks/" + parked.attempt().id() + ".0.0.go");
        LogReading reading = read(parked, 0, offset);
        while (!(reading instanceof LogReading.Cannot)) {
            assertThat(site.now()).as("%s", reading).isBefore(deadline);
            reading = read(parked, 0, offset);
        }
        assertThat(((LogReading.Cannot) reading).why()).startsWith("its node has put away what was read of it before");
        // At first there is nothing in the new file.
        LogReading.Chunk rest = (LogReading.Chunk) read(parked, 0, 0);
        while (!rest.bytes().toLatin1().contains("later")) {
            assertThat(site.now()).as("%s", rest).isBefore(deadline);
            rest = (LogReading.Chunk) read(parked, 0, 0);
        }
        assertThat(rest.end()).isFalse();
        steps.stop(parked);
    }
}
