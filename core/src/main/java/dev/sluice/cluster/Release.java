package dev.sluice.cluster;

import dev.sluice.job.Refusal;

/** What came of a release. */
public sealed interface Release {
    /** The cluster may run it from now on. */
    record Released() implements Release {}

    /** The cluster has no such object. */
    record Absent() implements Release {}

    /** It is there, held by somebody else or by a limit. */
    record Refused(Refusal refusal) implements Release {}

    /** Nothing was sent: {@link Grant#notAfter()} had passed. */
    record TooLate() implements Release {}

    /** It may run now, or until the fence. */
    record Unknown(Doubt doubt) implements Release {}
}
