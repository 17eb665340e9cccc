package dev.sluice.slurm.door;

import dev.sluice.job.TaskSet;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.Optional;

/**
 * A job as SLURM is to get it: always held. Its environment and arguments lie in the script, so that both doors submit the same.
 *
 * @param name the user's own, untouched
 * @param comment begins with our key
 * @param script what SLURM runs; UTF-8 without NUL
 * @param directory absolute; empty for the owner's home
 * @param output as SLURM shall read it, {@code %} patterns of its own in it, absolute or relative to the directory
 * @param error empty for the same as the output
 * @param array SLURM's own indices and how many at once (0: no limit)
 * @param limit as an {@link dev.sluice.spec.Ask} has it: empty for the partition's default
 * @param resources nodes, tasks, cpus, memory, GPUs, licences, tmp, other gres
 * @param routing partitions, account, QOS, constraint, reservation, node lists, sharing
 * @param nice by how much it stands back in the cluster's own order; empty for the cluster's default
 * @param signal what announces the end of the limit
 * @param mail who is told of what by SLURM's own mail program
 */
public record Submission(
        String name,
        String comment,
        Bytes script,
        Optional<String> directory,
        String output,
        Optional<String> error,
        String input,
        Files.OpenMode openMode,
        Optional<Array> array,
        Optional<Duration> limit,
        Resources resources,
        Routing routing,
        Optional<Integer> nice,
        Optional<EndSignal> signal,
        Optional<Mail> mail) {
    public record Array(TaskSet indices, int atOnce) {}

    /**
     * @param types as sbatch's {@code --mail-type} takes them, joined by commas
     * @param user empty for the owner
     */
    public record Mail(String types, Optional<String> user) {}
}
