package dev.sluice.spec;

/**
 * The signal that announces the end of the time limit (sbatch {@code --signal}).
 *
 * @param number 1 to 64
 * @param secondsBefore 0 to 65,535; SLURM may send it up to 60 s earlier
 */
public record EndSignal(int number, int secondsBefore, Target target) {
    /** Who gets it: sbatch's default, or its {@code B:}. */
    public enum Target {
        /** All steps, not the batch shell. */
        STEPS,
        /** The batch shell alone. */
        BATCH_SHELL
    }

    public EndSignal {
        Check.range("signal", number, 1, 64);
        Check.range("signal's seconds before the end", secondsBefore, 0, 65_535);
    }
}
