package dev.sluice.script;

import dev.sluice.sbatch.FilenamePattern;
import dev.sluice.sbatch.FilenamePattern.Literal;
import dev.sluice.sbatch.FilenamePattern.Part;
import dev.sluice.sbatch.FilenamePattern.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * sbatch's filename pattern for one job of ours (sbatch(1), "filename pattern"): its ids are ours, the rest stays SLURM's. What
 * SLURM cannot know, since each task of an array has an id of ours, the shell expands that runs before the user's program.
 */
public final class OutputPath {
    private static final String NUMBERS = "AabJjnt";

    private final List<Part> parts;
    private final boolean array;
    private final boolean sameIndices;

    private OutputPath(List<Part> parts, boolean array, boolean sameIndices) {
        this.parts = parts;
        this.array = array;
        this.sameIndices = sameIndices;
    }

    /** @param sameIndices whether SLURM's indices are ours */
    public static OutputPath of(String pattern, boolean array, boolean sameIndices) {
        return new OutputPath(new FilenamePattern(pattern).parts(), array, sameIndices);
    }

    /** The pattern for SLURM to go on with; empty where only the batch file can. */
    public Optional<String> forSlurm(int job) {
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            switch (part) {
                case Literal literal -> out.append(literal.text().replace("%", "%%"));
                case Value value -> {
                    boolean ours = "AjJ".indexOf(value.letter()) >= 0;
                    if (array && onlyWeKnow(value.letter())) {
                        return Optional.empty();
                    }
                    out.append(ours ? value.padded(Integer.toString(job)) : slurms(value));
                }
            }
        }
        return Optional.of(out.toString());
    }

    /** Of a task of an array. */
    private boolean onlyWeKnow(char letter) {
        return switch (letter) {
            case 'j', 'J' -> true;
            case 'a', 'b' -> !sameIndices;
            default -> false;
        };
    }

    private static String slurms(Value value) {
        return "%" + (value.width() == 0 ? "" : value.width()) + value.letter();
    }

    /**
     * The same as a word of that shell, in which {@code sluice_index}, {@code sluice_own} (the id of the job or task) and {@code
     * sluice_user} are set.
     */
    public String forShell(int job, String name) {
        Map<Character, String> values = Map.ofEntries(
                Map.entry('A', Integer.toString(job)),
                Map.entry('a', "$sluice_index"),
                Map.entry('b', "$((sluice_index % 10))"),
                Map.entry('j', "$sluice_own"),
                Map.entry('J', "$sluice_own"),
                Map.entry('N', "${SLURMD_NODENAME:-}"),
                Map.entry('n', "0"),
                Map.entry('s', "batch"),
                Map.entry('t', "0"),
                Map.entry('u', "$sluice_user"));
        StringBuilder out = new StringBuilder();
        for (Part part : parts) {
            out.append(
                    switch (part) {
                        case Literal literal -> ShellWord.quoted(literal.text());
                        case Value value when value.letter() == '%' -> ShellWord.quoted("%");
                        case Value value when value.letter() == 'x' -> ShellWord.quoted(name);
                        case Value value -> '"' + printed(value, values.getOrDefault(value.letter(), "")) + '"';
                    });
        }
        return out.toString();
    }

    private static String printed(Value value, String expression) {
        boolean number = NUMBERS.indexOf(value.letter()) >= 0 && value.width() > 0;
        return number ? "$(printf %0" + value.width() + "d " + expression + ")" : expression;
    }
}
