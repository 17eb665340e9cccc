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
        return of("our key", limit, Resources.DEFAULTS, Routing.ANYWHERE);
    }

    static Submission commented(String comment) {
        return of(comment, Optional.empty(), Resources.DEFAULTS, Routing.ANYWHERE);
    }

    static Submission of(Resources resources, Routing routing) {
        return of("our key", Optional.empty(), resources, routing);
    }

    private static Submission of(String comment, Optional<Duration> limit, Resources resources, Routing routing) {
        return new Submission(
                "a name",
                comment,
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
                Optional.empty(),
                Optional.empty());
    }
}
