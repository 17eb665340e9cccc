package dev.sluice.sbatch;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reader of one call of {@code sbatch}: its words, the environment and the script become a job, or what sbatch would have said.
 *
 * <p>The command line beats {@code SBATCH_*} variables, and they beat {@code #SBATCH} lines; of one option given twice the last
 * counts. Pure: the same call gives the same answer. Thread-safe.
 */
public final class Sbatch {
    private static final String STANDARD_INPUT = "stdin";

    /**
     * Who calls, where and when.
     *
     * @param directory the working directory, absolute
     * @param host the name of the machine, for {@code SLURM_SUBMIT_HOST}
     * @param now in the caller's zone, in which {@code --begin=16:00} is meant
     * @param umask the caller's, 0 to 0777
     */
    public record Context(
            UserName user, ProjectPath project, String directory, String host, ZonedDateTime now, int umask) {}

    /** The script's bytes. */
    @FunctionalInterface
    public interface Scripts {
        /**
         * Reads a script.
         *
         * @param name as on the command line; empty for standard input
         * @return empty where it cannot be opened; no bytes for a directory
         */
        Optional<Bytes> read(Optional<String> name);
    }

    /** What a call comes to. */
    public sealed interface Outcome {}

    /**
     * A job to hand in.
     *
     * @param warnings lines for standard error
     */
    public record Submission(JobSpec spec, Manner manner, List<String> warnings) implements Outcome {
        public Submission {
            warnings = List.copyOf(warnings);
        }
    }

    /** A question that needs no job; exit code 0. */
    public enum Question implements Outcome {
        HELP,
        USAGE,
        VERSION
    }

    /** An end without a job: lines for standard error, and the exit code, which is not 0. */
    public record Refused(int exitCode, List<String> lines) implements Outcome {
        public Refused {
            lines = List.copyOf(lines);
        }
    }

    /**
     * What the caller does around the job.
     *
     * @param testOnly nothing is handed in; when it could start is told ({@code --test-only})
     * @param waits until the job has ended, with its exit code ({@code --wait})
     */
    public record Manner(Answer answer, boolean testOnly, boolean waits, boolean verbose) {}

    /** What is printed of a job that was accepted. */
    public enum Answer {
        SENTENCE,
        /** The id alone ({@code --parsable}). */
        PARSABLE,
        QUIET
    }

    private final Map<String, String> environment;
    private final Scripts scripts;
    private final Context context;

    private Sbatch(Map<String, String> environment, Scripts scripts, Context context) {
        this.environment = environment;
        this.scripts = scripts;
        this.context = context;
    }

    /**
     * Reads a call.
     *
     * @param words behind the name {@code sbatch}
     * @param environment all of the caller's; values may be secrets and go nowhere but into the job
     */
    public static Outcome read(List<String> words, Map<String, String> environment, Scripts scripts, Context context) {
        try {
            return new Sbatch(environment, scripts, context).outcome(words);
        } catch (Stop stop) {
            return new Refused(stop.exitCode(), stop.lines());
        } catch (InvalidValue e) {
            return new Refused(1, List.of("sbatch: error: " + e.getMessage()));
        }
    }

    private Outcome outcome(List<String> words) {
        CommandLine line = CommandLine.parse(words);
        Optional<Question> question = question(line);
        if (question.isPresent()) {
            return question.orElseThrow();
        }
        if (words.contains(":")) {
            // A word of its own, even behind the script: so sbatch has it.
            throw Stop.components(":");
        }
        Optional<String> wrap = line.given().stream()
                .filter(given -> given.option().name().equals("wrap"))
                .reduce((first, last) -> last)
                .flatMap(CommandLine.Given::value);
        if (wrap.isPresent() && !line.rest().isEmpty()) {
            throw Stop.error("Script arguments not permitted with --wrap option");
        }
        Optional<String> file = line.rest().stream().findFirst();
        Bytes script = wrap.isPresent() ? wrapped(wrap.orElseThrow()) : Script.checked(scripts.read(file), file);
        Choices choices = choices(line, script, file.map(Sbatch::baseName).orElse(STANDARD_INPUT));
        List<String> args = line.rest().isEmpty()
                ? List.of()
                : line.rest().subList(1, line.rest().size());
        String name = wrap.isPresent()
                ? "wrap"
                : file.map(Sbatch::baseName).filter(base -> !base.isEmpty()).orElse("sbatch");
        if (script.size() > Work.MAX_SCRIPT_BYTES) {
            throw Stop.submission("Pathname of a file, directory or other parameter too long");
        }
        return new Assembling(choices, environment, context).job(name, new Work.Script(script, args));
    }

    private static Optional<Question> question(CommandLine line) {
        for (CommandLine.Given given : line.given()) {
            switch (given.option().name()) {
                case "help" -> {
                    return Optional.of(Question.HELP);
                }
                case "usage" -> {
                    return Optional.of(Question.USAGE);
                }
                case "version" -> {
                    return Optional.of(Question.VERSION);
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    private static Bytes wrapped(String command) {
        return Bytes.ofUtf8("#!/bin/sh\n# This script was created by sbatch --wrap.\n\n" + command + "\n");
    }

    private Choices choices(CommandLine line, Bytes script, String scriptName) {
        Choices choices = new Choices(context.now());
        Directives directives = Directives.of(script, scriptName);
        CommandLine inScript = CommandLine.parse(directives.words());
        set(
                choices,
                inScript.given().stream()
                        .filter(given -> !Choices.isEarly(given.option()))
                        .toList());
        if (!inScript.rest().isEmpty()) {
            throw Stop.option("Invalid directive found in batch script: "
                    + inScript.rest().getFirst());
        }
        boolean ignoresOthers = choices.flag("ignore-pbs")
                || environment.containsKey("SBATCH_IGNORE_PBS")
                || line.given().stream().anyMatch(given -> given.option().name().equals("ignore-pbs"));
        if (!ignoresOthers) {
            for (CommandLine.Given given : Foreign.in(script, scriptName)) {
                choices.add(given);
            }
        }
        for (Option option : Options.ALL) {
            for (String variable : option.variables()) {
                String value = environment.get(variable);
                if (value != null) {
                    choices.fromEnvironment(option, value);
                }
            }
        }
        set(choices, line.given());
        return choices;
    }

    private static void set(Choices choices, List<CommandLine.Given> given) {
        given.forEach(each -> choices.set(each.option(), each.value(), Choices.Source.WORDS));
    }

    private static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
