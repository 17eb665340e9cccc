package dev.sluice.gateway.store;

import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobState;
import dev.sluice.job.Status;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the state of some tasks lies in columns: its status and its cluster for those who look for jobs, and all of it. */
record StateRow(
        @Nullable String status,
        Optional<ClusterName> cluster,
        @Nullable String state) {
    /** Of a job whose slices have rows of their own, or of one that has none. */
    static final StateRow NONE = new StateRow("", Optional.empty(), "");

    /** In the queue and never tried, as most are. */
    static final StateRow FRESH = new StateRow(null, Optional.empty(), null);

    private static final Codec<JobState> CODEC = Codec.of(JobState.class);

    static StateRow of(JobState state) {
        if (state.equals(JobState.Waiting.FRESH)) {
            return FRESH;
        }
        Optional<ClusterName> cluster =
                state instanceof JobState.Live live ? Optional.of(live.attempt().cluster()) : Optional.empty();
        return new StateRow(Status.of(state).name(), cluster, CODEC.write(state));
    }

    static JobState read(@Nullable String state) {
        return state == null ? JobState.Waiting.FRESH : CODEC.read(state);
    }
}
