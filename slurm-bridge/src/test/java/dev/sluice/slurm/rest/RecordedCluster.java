package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import java.io.IOException;
import java.util.List;
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

    /** Its array in parts, as its queue had it. */
    public static List<JobRow> array(String version) {
        try {
            return JobLists.controller(Recorded.of(version, "array").reader()).rows();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }
}
