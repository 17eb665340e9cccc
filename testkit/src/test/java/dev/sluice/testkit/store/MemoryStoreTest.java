package dev.sluice.testkit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.Batch;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.JobStoreContract;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryStoreTest extends JobStoreContract {
    @Override
    protected JobStore create() {
        return new MemoryStore(MemoryStore.Fencing.KEPT);
    }

    @Override
    protected JobStore reopen(JobStore open) {
        return open;
    }

    @Test
    @Fault("F57")
    void aCommitThatFailsIsThereOrNotAsItWasTold() throws StaleEpoch, StoreLost {
        MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
        Batch empty = new Batch(store.lead(), Instant.EPOCH, List.of(), List.of());
        for (MemoryStore.Fate fate : MemoryStore.Fate.values()) {
            store.failNextCommit(fate);
            assertThatThrownBy(() -> store.commit(empty)).isInstanceOf(StoreLost.class);
            store.commit(empty);
        }
        assertThat(store.events(0, 1)).isEmpty();
    }
}
