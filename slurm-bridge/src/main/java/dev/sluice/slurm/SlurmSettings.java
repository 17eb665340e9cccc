package dev.sluice.slurm;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Supply;
import dev.sluice.job.ClusterName;
import dev.sluice.slurm.script.BatchFile;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What a bridge is made with.
 *
 * @param realm whose objects are ours
 * @param home where a job without a working directory works, {@code %u} for its account; empty: the door's own default
 * @param maxArraySize one more than the highest index of an array there (slurm.conf, MaxArraySize)
 * @param minJobAge for how long its controller knows what ended (slurm.conf, MinJobAge)
 * @param accountingPatience for how long accounting may answer without the end of what has left the queue
 * @param life how long a request of ours may still act after it was sent, skew included
 * @param urgency what a job's priority is there
 * @param ownership who hands jobs in there
 * @param fileSystems roots of what its nodes mount
 * @param modules environment modules that jobs find there
 * @param period between two looks at the whole queue, at the least
 */
public record SlurmSettings(
        ClusterName cluster,
        long realm,
        Owners owners,
        BatchFile.Habits habits,
        Optional<String> home,
        int maxArraySize,
        Duration minJobAge,
        Duration accountingPatience,
        Duration life,
        Urgency urgency,
        Supply.Ownership ownership,
        List<String> fileSystems,
        AvailableModules modules,
        Duration period,
        InstantSource clock) {
    public SlurmSettings {
        fileSystems = List.copyOf(fileSystems);
    }
}
