package dev.sluice.spec;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;

/** The plain job that tests change one thing of. */
final class Samples {
    private Samples() {}

    static JobSpec.Builder job() {
        return JobSpec.builder(
                "fit",
                new ProjectPath("physics/lattice"),
                new UserName("alice"),
                new Work.Script(Bytes.ofUtf8("#!/bin/sh\nhostname\n")));
    }
}
