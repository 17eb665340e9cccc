package dev.sluice.engine;

/** Another gateway leads: whatever this one decides is void. */
public final class StaleEpoch extends Exception {
    private static final long serialVersionUID = 1L;

    public StaleEpoch(long ours, long theirs) {
        super("epoch " + ours + " is over: " + theirs + " leads");
    }
}
