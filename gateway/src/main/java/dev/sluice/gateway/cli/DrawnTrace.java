package dev.sluice.gateway.cli;

import dev.sluice.policy.trace.LublinFeitelson;
import dev.sluice.policy.trace.Trace;
import java.util.Optional;
import java.util.SplittableRandom;
import picocli.CommandLine.Option;

/** The options by which {@code simulate} draws a trace after a published model. */
final class DrawnTrace {
    @Option(
            names = "--generate",
            paramLabel = "N",
            description = "Draw so many jobs after the model of Lublin and Feitelson instead of reading a trace.")
    private Optional<Integer> jobs = Optional.empty();

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "The same seed draws the same jobs (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--processors",
            paramLabel = "N",
            defaultValue = "128",
            description = "Those of the machine that they are drawn for (default: ${DEFAULT-VALUE}).")
    private int processors;

    @Option(
            names = "--groups",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many groups hand them in (default: ${DEFAULT-VALUE}).")
    private int groups;

    @Option(
            names = "--load",
            paramLabel = "PART",
            description = "Which part of those processors' time they ask for, as 0.9; without it as the model has it.")
    private Optional<Double> load = Optional.empty();

    boolean isAsked() {
        return jobs.isPresent();
    }

    /** How to draw it again. */
    String note() {
        return "drawn after Lublin and Feitelson (2003): sluice simulate --generate " + jobs.orElse(0) + " --seed "
                + seed
                + " --processors " + processors + " --groups " + groups
                + load.map(part -> " --load " + part).orElse("");
    }

    /** Empty where none is asked for. */
    Optional<Trace> trace() {
        return jobs.map(count -> LublinFeitelson.draw(
                        new LublinFeitelson.Size(count, processors, groups), new SplittableRandom(seed)))
                .map(trace -> load.map(part -> LublinFeitelson.at(part, trace)).orElse(trace));
    }
}
