package dev.sluice.cluster;

import dev.sluice.job.Refusal;

/** What came of a change. */
public sealed interface Alteration {
    record Altered() implements Alteration {}

    record Refused(Refusal refusal) implements Alteration {}

    record Absent() implements Alteration {}

    record Unknown(Doubt doubt) implements Alteration {}
}
