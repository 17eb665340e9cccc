package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;

/** A {@link StoreLost} that comes up while rows are being loaded, where no checked exception can pass. */
public final class LoadingFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StoreLost lost;

    LoadingFailed(StoreLost lost) {
        super(lost.getMessage(), lost);
        this.lost = lost;
    }

    public StoreLost lost() {
        return lost;
    }
}
