package dev.sluice.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.spec.Environment;
import dev.sluice.testkit.contract.JobStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends JobStoreContract {
    @TempDir
    Path directory;

    @Override
    protected JobStore create() throws StoreLost {
        return SqliteStore.open(new DataDirectory(directory.resolve("data")));
    }

    /** Readers come and go, so that there is always one; and the log begins anew all the same. */
    @Test
    void theLogStaysShortThoughSomebodyAlwaysReads()
            throws StoreLost, StaleEpoch, IOException, InterruptedException, ExecutionException {
        DataDirectory data = new DataDirectory(directory.resolve("busy"));
        AtomicBoolean over = new AtomicBoolean();
        long longest = 0;
        try (SqliteStore store = SqliteStore.open(data);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                readers.add(threads.submit(() -> {
                    while (!over.get()) {
                        assertThat(store.events(store.newest() - 2, 2)).hasSizeLessThanOrEqualTo(2);
                    }
                    return 0;
                }));
            }
            Scene scene = new Scene(store);
            for (int i = 0; i < 1_000; i++) {
                scene.submit(Scene.plain("big")
                        .environment(Environment.of(Map.of("A", "x".repeat(100_000))))
                        .build());
                longest = Math.max(longest, Files.size(data.log()));
            }
            over.set(true);
            for (Future<?> reader : readers) {
                assertThat(reader.get()).isEqualTo(0);
            }
        }
        assertThat(Files.size(data.database())).isGreaterThan(90L << 20);
        assertThat(longest).isLessThan(96L << 20);
    }

    @Override
    protected JobStore reopen(JobStore open) throws StoreLost {
        open.close();
        return create();
    }
}
