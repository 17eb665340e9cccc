package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.InvalidValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Traces as others write them: the Standard Workload Format, and comma-separated values. */
class ReadersTest {
    private static final String GOOD = "1 0 5 100 4 90 512 8 3600 1024 1 7 2 -1 3 1 -1 -1";

    private static Trace swf(String text) {
        return SwfReader.read(text.lines().iterator());
    }

    @Test
    void whatAJobAskedForGoesBeforeWhatItGot() {
        Trace trace = swf("""
                ; Version: 2.2
                ; Computer: Linux cluster
                ;  UnixStartTime: 1000000000
                ;MaxProcs: 128  (of 130)
                ; MaxNodes: 64
                ; Note: a note: with a colon

                2 10.4 -1 99.6 4 -1 512 -1 -1 -1 0 -1 -1 -1 -1 -1 -1 -1
                   %s
                """.formatted(GOOD));
        assertThat(trace)
                .isEqualTo(new Trace(
                        Optional.of(Instant.ofEpochSecond(1_000_000_000)),
                        OptionalInt.of(128),
                        List.of(
                                new TraceJob(1, 0, 100, 8, OptionalLong.of(3600), 1 << 20, 0, "7", "2", "3"),
                                new TraceJob(2, 10, 100, 4, OptionalLong.empty(), 1 << 19, 0, "", "", "")),
                        new TreeMap<>()));
    }

    @Test
    void jobsThatCannotBeReplayedAreCountedByTheirReason() {
        Trace trace = swf("""
                1 0 -1 -1 4 -1 -1 -1 -1 -1 5 1 1 1 1 1 -1 -1
                2 0 -1 0 4 -1 -1 -1 -1 -1 5 1 1 1 1 1 -1 -1
                3 0 -1 0 4 -1 -1 -1 -1 -1 1 1 1 1 1 1 -1 -1
                4 0 -1 9 -1 -1 -1 0 -1 -1 1 1 1 1 1 1 -1 -1
                5 0 -1 9 4 -1 -1 -1 -1 -1 2 1 1 1 1 1 -1 -1
                5 0 -1 9 4 -1 -1 -1 -1 -1 3 1 1 1 1 1 -1 -1
                6 -1 -1 9 4 -1 -1 -1 -1 -1 1 1 1 1 1 1 -1 -1
                """);
        assertThat(trace.jobs().stream().map(TraceJob::number)).containsExactly(3L);
        assertThat(trace.leftOut())
                .isEqualTo(Map.of(
                        "never ran",
                        2,
                        "of unknown size",
                        1,
                        "part of another line's job",
                        2,
                        "of unknown submit time",
                        1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    1 2 3                                        | line 2: expected 18 numbers, found 3 words: 1 2 3
                    1 0 5 100 4 90 512 8 3600 x 1 7 2 -1 3 1 -1 -1 | line 2, field 10 (requested memory): expected a number, -1 for unknown, found x
                    1 0 5 NaN 4 90 512 8 3600 1 1 7 2 -1 3 1 -1 -1 | line 2, field 4 (run time): expected a number, -1 for unknown, found NaN
                    1 0 5 100 4 90 512 99999999 3600 1 1 7 2 -1 3 1 -1 -1 | line 2, CPUs: expected 1 to 16777216 CPUs, found 99999999
                    """)
    void aBadLineIsNamed(String line, String message) {
        assertThatThrownBy(() -> swf(GOOD + "\n" + line))
                .isInstanceOf(InvalidValue.class)
                .hasMessage(message);
    }

    @Test
    void commaSeparatedValuesNameTheirColumns() {
        Trace trace = CsvReader.read("""
                user,submit,cpus,run,memory,gpus,limit,group
                ada,60,4,30,1073741824,2,90,physics

                ,0,1,5.6,,,,
                """.lines().iterator());
        assertThat(trace.jobs())
                .containsExactly(
                        new TraceJob(3, 0, 6, 1, OptionalLong.empty(), 0, 0, "", "", ""),
                        new TraceJob(1, 60, 30, 4, OptionalLong.of(90), 1 << 30, 2, "ada", "physics", ""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    submit,run,cpus,colour;           | line 1: expected the columns submit, run, cpus, limit, memory, gpus, user, group, queue, each once, found colour
                    submit,run,cpus,run;              | line 1: expected the columns submit, run, cpus, limit, memory, gpus, user, group, queue, each once, found run
                    submit,run;                       | line 1: expected a column cpus, found submit,run
                    submit,run,cpus;1,2               | line 2: expected 3 values, found 2 of them: 1,2
                    submit,run,cpus;1,2,3;1,two,3     | line 3, run: expected a number from 0, found two
                    submit,run,cpus;1,2,              | line 2, cpus: expected a number, found nothing
                    submit,run,cpus;1,2,0             | line 2, CPUs: expected 1 to 16777216 CPUs, found 0
                    submit,run,cpus;-1,2,1            | line 2, submit: expected a number from 0, found -1
                    """)
    void aBadLineOfThemIsNamed(String lines, String message) {
        assertThatThrownBy(() -> CsvReader.read(lines.replace(';', '\n').lines().iterator()))
                .isInstanceOf(InvalidValue.class)
                .hasMessage(message);
    }

    @Test
    void whatIsWrittenIsRead() {
        Trace drawn = LublinFeitelson.draw(new LublinFeitelson.Size(200, 64, 3), new SplittableRandom(5));
        assertThat(SwfReader.read(SwfWriter.lines(drawn, "drawn").iterator())).isEqualTo(drawn);
    }
}
