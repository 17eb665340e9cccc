package dev.sluice.testkit.fake;

/** Whose manners the fake cluster has. */
public enum Flavour {
    /**
     * Native ids are numbers that come back after a crash; a job's incarnation is its submit time in seconds, new with every
     * requeue; two parks make two objects; the controller forgets what it acknowledged last.
     */
    SLURM,
    /**
     * Objects are named by their key, so there is one at most; the incarnation is a uid; a hold is refused once it has started;
     * nothing acknowledged is ever forgotten.
     */
    KUBERNETES
}
