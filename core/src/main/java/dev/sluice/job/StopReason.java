package dev.sluice.job;

/** Why an attempt shall stop. */
public enum StopReason {
    /** Its task shall end. Final: nothing overrides it. */
    CANCEL,
    /** It shall not start here, but on another cluster. What runs is left running. */
    REROUTE,
    /** Its user wants it not to start for now. What runs is left running. */
    HOLD_BY_USER,
    /** An operator wants it not to start for now. What runs is left running. */
    HOLD_BY_OPERATOR,
    /** Its capacity goes back to whom it is due. Running or not. */
    RECLAIM,
    /** It shall start again. Running or not. */
    REQUEUE;

    /** Whether it spares what runs already. */
    public boolean sparesRunning() {
        return switch (this) {
            case REROUTE, HOLD_BY_USER, HOLD_BY_OPERATOR -> true;
            case CANCEL, RECLAIM, REQUEUE -> false;
        };
    }
}
