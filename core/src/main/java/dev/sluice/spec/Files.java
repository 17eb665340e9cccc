package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a job works, reads and writes.
 *
 * <p>Output, error and input are sbatch's filename patterns ({@code %j}, {@code %A_%a}, a leading {@code \\} for none), kept
 * as written; relative ones count from the working directory, and {@code ..} is allowed: the file is opened by the job's user
 * with the job's rights. At most 4095 bytes (PATH_MAX) without control characters.
 *
 * @param workingDirectory absolute; empty for the image's own, or the user's home where there is no image
 * @param output empty for the default, {@code slurm-%j.out} or {@code slurm-%A_%a.out} in an array
 * @param error empty for the same file as the output
 * @param input empty for {@code /dev/null}
 * @param mounts at most {@value #MAX_MOUNTS}, each at a path of its own
 */
public record Files(
        Optional<String> workingDirectory,
        Optional<String> output,
        Optional<String> error,
        Optional<String> input,
        OpenMode openMode,
        List<Mount> mounts) {
    public static final int MAX_MOUNTS = 64;

    public static final Files DEFAULTS = new Files(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OpenMode.CLUSTER_DEFAULT,
            List.of());

    /** What becomes of an output file that is there already (sbatch {@code --open-mode}; default: JobFileAppend). */
    public enum OpenMode {
        CLUSTER_DEFAULT,
        TRUNCATE,
        APPEND
    }

    public Files {
        workingDirectory.ifPresent(path -> Check.path("working directory", path));
        output.ifPresent(pattern -> Check.line("output", pattern, Check.MAX_PATH));
        error.ifPresent(pattern -> Check.line("error", pattern, Check.MAX_PATH));
        input.ifPresent(pattern -> Check.line("input", pattern, Check.MAX_PATH));
        if (mounts.size() > MAX_MOUNTS) {
            throw new InvalidValue("mounts", "at most " + MAX_MOUNTS, Integer.toString(mounts.size()));
        }
        mounts = List.copyOf(mounts);
        Set<String> taken = new HashSet<>();
        for (Mount mount : mounts) {
            if (!taken.add(mount.path())) {
                throw new InvalidValue("mounts", "one mount a path", mount.path() + " twice");
            }
        }
    }

    public Files withWorkingDirectory(String path) {
        return new Files(Optional.of(path), output, error, input, openMode, mounts);
    }

    public Files withOutput(String pattern) {
        return new Files(workingDirectory, Optional.of(pattern), error, input, openMode, mounts);
    }

    public Files withError(String pattern) {
        return new Files(workingDirectory, output, Optional.of(pattern), input, openMode, mounts);
    }

    public Files withInput(String pattern) {
        return new Files(workingDirectory, output, error, Optional.of(pattern), openMode, mounts);
    }

    public Files withOpenMode(OpenMode mode) {
        return new Files(workingDirectory, output, error, input, mode, mounts);
    }

    public Files withMounts(List<Mount> all) {
        return new Files(workingDirectory, output, error, input, openMode, all);
    }
}
