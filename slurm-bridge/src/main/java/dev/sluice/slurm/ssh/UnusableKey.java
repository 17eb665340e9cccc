package dev.sluice.slurm.ssh;

/** A key file or a list of host keys that cannot be used. */
public final class UnusableKey extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableKey(String why, Throwable cause) {
        super(why, cause);
    }
}
