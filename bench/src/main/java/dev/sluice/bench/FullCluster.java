package dev.sluice.bench;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.ClusterName;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.StandIn;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A cluster that others have filled: jobs for it are taken, and wait. */
final class FullCluster extends StandIn {
    static final ClusterName NAME = new ClusterName("full");
    private static final CapacityReading.Amount ALL = CapacityReading.Amount.of(1_000, 1L << 40);
    private static final Doubt NEVER = new Doubt("nothing is ever placed here");

    FullCluster() {
        super(NAME, ALL);
    }

    @Override
    public CapacityReading capacity() {
        return new CapacityReading.Capacity(
                Instant.now(), List.of(new CapacityReading.PartitionCapacity(NAME.value(), ALL, ALL, ALL, 1_000_000)));
    }

    /** Nothing will change: the long poll lasts as long as it may. */
    @Override
    public Sweep observe(Cursor after, Duration wait) {
        try {
            new CountDownLatch(1).await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        return new Sweep.Seen(Instant.now(), Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, List.of(), new Cursor("on"));
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        return new Parking.Unknown(NEVER);
    }

    @Override
    protected Sighting released(Grant grant) {
        throw new IllegalStateException("nothing is ever parked here");
    }
}
