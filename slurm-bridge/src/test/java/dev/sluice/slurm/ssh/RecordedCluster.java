package dev.sluice.slurm.ssh;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import java.util.List;

/** What a cluster had, and its queue, as its commands printed them. */
public final class RecordedCluster {
    private RecordedCluster() {}

    public static Inventory inventory(String version) {
        return new Inventory(
                said(ScontrolInventory.parseNodes(Recordings.of(version, "nodes"))),
                said(ScontrolInventory.parsePartitions(Recordings.of(version, "partitions"))),
                said(ScontrolInventory.parseReservations(Recordings.of(version, "reservations"))));
    }

    public static List<JobRow> queue(String version) {
        return said(Squeue.parse(Recordings.of(version, "squeue"), Recordings.SEPARATOR));
    }

    private static <T> List<T> said(Answer<List<T>> answer) {
        if (answer instanceof Answer.Said<List<T>> said) {
            return said.value();
        }
        throw new AssertionError(answer);
    }
}
