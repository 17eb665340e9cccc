package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Event;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.JobId;
import dev.sluice.testkit.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway's process that is killed: what it said is on disk is there. */
class KillTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path home;

    private static Process start(Path data, int seed) throws IOException {
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        path,
                        CommitMain.class.getName(),
                        data.toString(),
                        Integer.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    @Fault({"F1", "F10"})
    void whatWasAcknowledgedIsThereAfterAKill() throws IOException, InterruptedException, StoreLost, StaleEpoch {
        DataDirectory directory = new DataDirectory(home.resolve("data"));
        SplittableRandom random = new SplittableRandom(3);
        TreeSet<JobId> told = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            Process gateway = start(directory.path(), round);
            try (BufferedReader lines = gateway.inputReader()) {
                assertThat(lines.readLine()).isEqualTo("leads");
                for (int i = random.nextInt(120); i >= 0; i--) {
                    told.add(new JobId(Integer.parseInt(lines.readLine())));
                }
                assertThatThrownBy(() -> SqliteStore.open(directory))
                        .isInstanceOf(StoreLost.class)
                        .hasMessageContaining("(process " + gateway.pid() + ")");
                // Not the process's own method, which closes the stream.
                gateway.toHandle().destroyForcibly();
                // What it had said before it died counts too; a line that was cut off does not.
                List<String> rest = new ArrayList<>(lines.lines().toList());
                rest.removeIf(
                        line -> line.length() < Integer.toString(JobId.FIRST).length());
                rest.forEach(line -> told.add(new JobId(Integer.parseInt(line))));
            }
            gateway.waitFor();
            check(directory, told);
        }
        assertThat(told).hasSizeGreaterThan(ROUNDS);
    }

    private static void check(DataDirectory directory, TreeSet<JobId> told) throws StoreLost, StaleEpoch {
        SqliteStore store = SqliteStore.open(directory);
        try {
            TreeSet<JobId> there = new TreeSet<>();
            long sequence = 0;
            for (StoredEvent event : store.events(0, Integer.MAX_VALUE)) {
                assertThat(event.sequence()).isEqualTo(++sequence);
                if (event.event() instanceof Event.Accepted accepted) {
                    there.add(accepted.job());
                }
            }
            assertThat(there).containsAll(told);
            assertThat(there.size() - told.size())
                    .as("of the last commit the answer is missing")
                    .isBetween(0, ROUNDS);
            for (JobId job : told) {
                assertThat(store.spec(job)).isPresent();
            }
            assertThat(new Scene(store, 1_000 + told.size())
                            .submit(Scene.plain("after").build()))
                    .as("no id twice")
                    .isGreaterThan(there.last());
            told.add(store.jobs(JobQuery.newest(new JobQuery.Scope.Everything(), 1))
                    .getFirst()
                    .head()
                    .id());
        } finally {
            store.close();
        }
    }
}
