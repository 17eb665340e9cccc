package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import java.util.Optional;

/** What a cluster had, as slurmrestd told it. Reservations were not recorded. */
public final class RecordedCluster {
    private RecordedCluster() {}

    public static Inventory inventory(String version) {
        JsonNode none = Wire.MAPPER.createObjectNode();
        Answer<Inventory> answer = new InventoryReader(Optional.of("debug"))
                .inventory(
                        Answer.said(Recorded.of(version, "nodes").body()),
                        Answer.said(Recorded.of(version, "partitions").body()),
                        Answer.said(none));
        if (answer instanceof Answer.Said<Inventory> said) {
            return said.value();
        }
        throw new AssertionError(answer);
    }
}
