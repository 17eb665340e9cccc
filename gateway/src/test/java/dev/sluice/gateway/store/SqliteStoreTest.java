package dev.sluice.gateway.store;

import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.testkit.contract.JobStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends JobStoreContract {
    @TempDir
    Path directory;

    @Override
    protected JobStore create() throws StoreLost {
        return SqliteStore.open(new DataDirectory(directory.resolve("data")));
    }

    @Override
    protected JobStore reopen(JobStore open) throws StoreLost {
        open.close();
        return create();
    }
}
