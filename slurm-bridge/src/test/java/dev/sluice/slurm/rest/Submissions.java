package dev.sluice.slurm.rest;

import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.util.Optional;

/** What tests submit. */
final class Submissions {
    static final Submission PLAIN = of(Resources.DEFAULTS, Routing.ANYWHERE);

    private Submissions() {}

    static Submission limited(Optional<Duration> limit) {
        return of(limit, Resources.DEFAULTS, Routing.ANYWHERE);
    }

    static Submission of(Resources resources, Routing routing) {
        return of(Optional.empty(), resources, routing);
    }

    private static Submission of(Optional<Duration> limit, Resources resources, Routing routing) {
        return new Submission(
                "a name",
                "our key",
                Bytes.ofUtf8("#!/bin/sh\n"),
                Optional.empty(),
                "slurm-%j.out",
                Optional.empty(),
                "/dev/null",
                Files.OpenMode.CLUSTER_DEFAULT,
                Optional.empty(),
                limit,
                resources,
                routing,
                Optional.empty(),
                Optional.empty());
    }
}
