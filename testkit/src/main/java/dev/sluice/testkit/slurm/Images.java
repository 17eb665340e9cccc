package dev.sluice.testkit.slurm;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The cluster's images: there, or built now. */
final class Images {
    private static final String DIRECTORY = "docker/slurm-test-cluster";
    private static final String SCRIPT = DIRECTORY + "/build-images";

    private enum Told {
        NOTHING,
        LINES
    }

    private Images() {}

    /**
     * The tag of the image of this generation, which is there when this returns; a first build takes a minute or two and prints.
     * One at a time: a build may install what it needs.
     */
    static synchronized String of(Generation generation) {
        Path script = directory().resolve("build-images");
        if (run(Told.NOTHING, List.of("docker", "version", "--format", "{{.Server.Version}}")) == null) {
            throw new IllegalStateException(
                    "expected a Docker engine that answers, found none; start it with: build/setup docker");
        }
        if (run(Told.LINES, List.of(script.toString(), generation.suite())) == null) {
            throw new IllegalStateException("the image of SLURM " + generation.version()
                    + " was not built; see above, or run: " + SCRIPT + " " + generation.suite());
        }
        String tag = run(Told.NOTHING, List.of(script.toString(), "--tag", generation.suite()));
        if (tag == null) {
            throw new IllegalStateException("expected a tag from " + SCRIPT + " --tag, found none");
        }
        return tag;
    }

    /** Where the cluster's scripts are. */
    static Path directory() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(SCRIPT))) {
                return at.resolve(DIRECTORY);
            }
        }
        throw new IllegalStateException(
                "expected " + SCRIPT + " in or above " + Path.of("").toAbsolutePath() + ", found none");
    }

    /** What the command printed on both streams; null when it is not there or failed. */
    private static @Nullable String run(Told told, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            StringBuilder all = new StringBuilder();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    all.append(line).append('\n');
                    if (told == Told.LINES && !line.endsWith(" is there")) {
                        System.out.println(line);
                    }
                }
            }
            return process.waitFor() == 0 ? all.toString().strip() : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the images were built", e);
        }
    }
}
