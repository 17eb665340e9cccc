package dev.sluice.sbatch;

import java.util.Arrays;
import java.util.List;

/**
 * The end of the reading of one call, with what sbatch would have written on standard error and ended with. It never leaves {@link
 * Sbatch}.
 */
final class Stop extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The code of a bad option, {@code exit(-1)}. */
    private static final int BAD_OPTION = 255;

    private static final int FAILURE = 1;

    private final int exitCode;
    private final transient List<String> lines;

    private Stop(int exitCode, List<String> lines) {
        super(String.join("\n", lines), null, false, false);
        this.exitCode = exitCode;
        this.lines = lines;
    }

    int exitCode() {
        return exitCode;
    }

    List<String> lines() {
        return lines;
    }

    /** getopt's own objection. */
    static Stop usage(String objection) {
        return new Stop(BAD_OPTION, List.of("sbatch: " + objection, "Try \"sbatch --help\" for more information"));
    }

    /** The value of an option is refused. */
    static Stop option(String message) {
        return new Stop(BAD_OPTION, List.of("sbatch: error: " + message));
    }

    static Stop optionAfter(String first, String message) {
        return new Stop(BAD_OPTION, List.of(first, "sbatch: error: " + message));
    }

    static Stop fatal(String message) {
        return new Stop(FAILURE, List.of("sbatch: fatal: " + message));
    }

    static Stop error(String... messages) {
        return new Stop(
                FAILURE,
                Arrays.stream(messages)
                        .map(message -> "sbatch: error: " + message)
                        .toList());
    }

    /** What slurmctld says of a job, where it can be told here already. */
    static Stop submission(String reason) {
        return error("Batch job submission failed: " + reason);
    }

    /** What sbatch can do and Sluice does not. */
    static Stop unsupported(String what) {
        return error("Sluice does not honour " + what + "; leave it out");
    }

    /**
     * A heterogeneous job: each component has an ask of its own, and all start at the same instant on one cluster.
     *
     * @param word by which the components are told apart
     */
    static Stop components(String word) {
        return error("Sluice runs no heterogeneous jobs, whose components stand apart by '" + word
                + "'; submit each component as a job of its own");
    }
}
