package dev.sluice.slurm.door;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Tasks of one job as SLURM has them: an entry of the controller's queue, or a record of accounting.
 *
 * @param jobId what sbatch printed; of an array, the array's
 * @param ownId what SLURM itself calls this entry; differs from {@code jobId} for tasks that were split off
 * @param indices which tasks of an array; {@link Indices.Sole} for a job that is none
 * @param comment empty where there is none, and in accounting where it is not kept (AccountingStoreFlags)
 * @param submitted whole seconds; a requeue changes it
 * @param restarts SLURM's restart count; empty where the source does not tell (sacct before 24.05)
 * @param states the base state first, then flags, in SLURM's words: {@code [RUNNING, COMPLETING]}; never empty
 * @param reason why it waits or how it ended, in SLURM's words; may be empty
 * @param started empty before the start; for what is pending SLURM's guess is left out
 * @param ended empty before the end; for what runs, its limit is left out
 * @param exit empty before the end
 * @param place where it runs or ran
 * @param ownerUid the owner's user id; empty where the source does not tell
 * @param canceller who asked for the end, of what was cancelled
 */
public record JobRow(
        long jobId,
        long ownId,
        Indices indices,
        String owner,
        String comment,
        Instant submitted,
        OptionalInt restarts,
        List<String> states,
        String reason,
        Optional<Instant> started,
        Optional<Instant> ended,
        Optional<Exit> exit,
        Place place,
        OptionalInt ownerUid,
        Canceller canceller) {
    public JobRow {
        states = List.copyOf(states);
        if (states.isEmpty()) {
            throw new IllegalArgumentException("a job has a state");
        }
    }

    /** A row of a source that does not tell the user id. */
    public JobRow(
            long jobId,
            long ownId,
            Indices indices,
            String owner,
            String comment,
            Instant submitted,
            OptionalInt restarts,
            List<String> states,
            String reason,
            Optional<Instant> started,
            Optional<Instant> ended,
            Optional<Exit> exit,
            Place place) {
        this(
                jobId,
                ownId,
                indices,
                owner,
                comment,
                submitted,
                restarts,
                states,
                reason,
                started,
                ended,
                exit,
                place,
                OptionalInt.empty(),
                Canceller.UNTOLD);
    }

    /** The same, with the word of accounting on who cancelled it. */
    public JobRow cancelledBy(Canceller who) {
        return new JobRow(
                jobId, ownId, indices, owner, comment, submitted, restarts, states, reason, started, ended, exit, place,
                ownerUid, who);
    }

    /**
     * Where it runs or ran, what it has there, and who is charged for that.
     *
     * @param partition several, joined by commas, while it waits
     * @param nodes as a host list; empty where it has none
     * @param tres what was allocated, {@code cpu=2,mem=100M,node=1,gres/gpu:a100=1}; empty where nothing was
     * @param account empty where there is none, or the source was not asked
     */
    public record Place(String partition, String nodes, String tres, String account) {
        public static final Place NONE = new Place("", "", "");

        /** Of a source that is not asked for the account. */
        public Place(String partition, String nodes, String tres) {
            this(partition, nodes, tres, "");
        }
    }

    /**
     * How the batch script ended.
     *
     * @param code 0 to 255. Of {@link Origin#SACCT} it is 128 less where it was 128 and more (facts: 255 is printed as 127)
     * @param signal what killed it, 0 for none
     */
    public record Exit(int code, int signal, Origin origin) {}

    /** Who told an exit code. */
    public enum Origin {
        EXACT,
        SACCT
    }

    /** Who cancelled a job. */
    public enum Canceller {
        /** The source does not tell: the controller never does, accounting not yet. */
        UNTOLD,
        /** SLURM itself, as root, as its own account or without naming anybody; or an administrator as one of these. */
        SLURM,
        /** Its owner, or anybody else with a name. */
        PERSON
    }
}
