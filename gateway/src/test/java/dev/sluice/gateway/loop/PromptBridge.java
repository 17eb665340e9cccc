package dev.sluice.gateway.loop;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.StandIn;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster of one node on which whatever is released has succeeded at once; it hangs or throws where told. */
final class PromptBridge extends StandIn {
    final AtomicInteger parks = new AtomicInteger();
    final AtomicInteger starts = new AtomicInteger();
    /** Opened, a call that hangs goes on. */
    final CountDownLatch thaw = new CountDownLatch(1);

    final CountDownLatch hung = new CountDownLatch(1);
    volatile Mood mood = Mood.WELL;

    enum Mood {
        WELL,
        /** Parks throw what no bridge should. */
        THROWS,
        /** Parks hang, and do not mind being interrupted. */
        HANGS
    }

    PromptBridge(String name) {
        super(new ClusterName(name), CapacityReading.Amount.of(1_000, 1L << 40));
    }

    @Override
    public Parking park(Attempt attempt, JobSpec spec, Instant fence) {
        parks.incrementAndGet();
        switch (mood) {
            case WELL -> {}
            case THROWS -> throw new IllegalStateException("a bridge with a defect");
            case HANGS -> hang();
        }
        return super.park(attempt, spec, fence);
    }

    private void hang() {
        hung.countDown();
        while (thaw.getCount() > 0) {
            try {
                thaw.await();
            } catch (InterruptedException ignored) {
                // As a socket does that minds nobody.
            }
        }
    }

    @Override
    protected Sighting released(Grant grant) {
        starts.addAndGet(grant.tasks().size());
        Instant now = Instant.now();
        return new Sighting.Ended(0, new AttemptEnd.Finished(Verdict.SUCCEEDED), now, now);
    }
}
