package dev.sluice.slurm.rest;

import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.util.Optional;

/** What tests submit. */
final class Submissions {
    static final Submission PLAIN = of(Resources.DEFAULTS, Routing.ANYWHERE);

    private Submissions() {}

    static Submission commented(String comment) {
        return of(comment, Resources.DEFAULTS, Routing.ANYWHERE);
    }

    static Submission of(Resources resources, Routing routing) {
        return of("our key", resources, routing);
    }

    private static Submission of(String comment, Resources resources, Routing routing) {
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
                Optional.empty(),
                resources,
                routing,
                Optional.empty(),
                Optional.empty());
    }
}
