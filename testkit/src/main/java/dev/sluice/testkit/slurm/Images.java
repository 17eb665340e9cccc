package dev.sluice.testkit.slurm;

import dev.sluice.testkit.container.Script;
import dev.sluice.testkit.container.Script.Told;
import java.nio.file.Path;

/** The cluster's images: there, or built now. */
final class Images {
    private static final String SCRIPT = "docker/slurm-test-cluster/build-images";

    private Images() {}

    /** Where the cluster's scripts are. */
    static Path directory() {
        return Script.find(SCRIPT).directory();
    }

    /**
     * The tag of the image of this generation, which is there when this returns; a first build takes a minute or two and prints.
     * One at a time: a build may install what it needs.
     */
    static synchronized String of(Generation generation) {
        Script script = Script.find(SCRIPT);
        Script.needDocker();
        if (script.run(Told.PROGRESS, generation.suite()).isEmpty()) {
            throw new IllegalStateException("the image of SLURM " + generation.version()
                    + " was not built; see above, or run: " + SCRIPT + " " + generation.suite());
        }
        return script.run(Told.NOTHING, "--tag", generation.suite())
                .orElseThrow(() -> new IllegalStateException("expected a tag from " + SCRIPT + " --tag, found none"));
    }
}
