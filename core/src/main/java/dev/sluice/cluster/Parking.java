package dev.sluice.cluster;

import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import java.util.List;

/** What came of a park. */
public sealed interface Parking {
    /** @param notes what the cluster said besides: warnings, mostly empty */
    record Parked(Binding binding, List<String> notes) implements Parking {}

    /** The cluster surely holds no object of it. */
    record Refused(Refusal refusal) implements Parking {}

    /** There may be an object of it, now or until the fence. */
    record Unknown(Doubt doubt) implements Parking {}
}
