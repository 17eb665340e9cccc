package dev.sluice.slurm.ssh;

/** A command's output is not what it should be. */
final class UnreadableOutput extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableOutput(String why) {
        super(why);
    }
}
