package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The conditions that a job waits for: all of them, or any one. sbatch knows no mixture ("only one separator may be used").
 *
 * @param list in the order given, at most {@value #MAX}; {@code afterok:20:21} is two
 */
public record Dependencies(Mode mode, List<Dependency> list) {
    public static final int MAX = 1024;
    public static final Dependencies NONE = new Dependencies(Mode.ALL, List.of());

    private static final String FIELD = "dependency";
    private static final int MAX_TEXT = 65_536;

    /** Joined by a comma, or by a question mark. */
    public enum Mode {
        ALL,
        ANY
    }

    public Dependencies {
        if (list.size() > MAX) {
            throw new InvalidValue(FIELD, "at most " + MAX + " conditions", Integer.toString(list.size()));
        }
        list = List.copyOf(list);
        // Of fewer than two, all and any are the same.
        mode = list.size() < 2 ? Mode.ALL : mode;
    }

    public static Dependencies allOf(Dependency... list) {
        return new Dependencies(Mode.ALL, List.of(list));
    }

    public static Dependencies anyOf(Dependency... list) {
        return new Dependencies(Mode.ANY, List.of(list));
    }

    public boolean isNone() {
        return list.isEmpty();
    }

    /**
     * Reads sbatch's {@code --dependency}. A bare number is afterany, as sbatch has it.
     *
     * @throws InvalidValue for unknown kinds, both separators in one text, and afterburstbuffer, which no cluster of the
     *     federation could be asked about
     */
    public static Dependencies parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new InvalidValue(FIELD, "at most " + MAX_TEXT + " characters", text);
        }
        boolean any = text.indexOf('?') >= 0;
        if (any && text.indexOf(',') >= 0) {
            throw new InvalidValue(FIELD, "either ',' for all or '?' for any, not both", text);
        }
        List<Dependency> list = new ArrayList<>();
        for (String term : text.split(any ? "\\?" : ",", -1)) {
            parseTerm(term, text, list);
        }
        return new Dependencies(any ? Mode.ANY : Mode.ALL, list);
    }

    private static void parseTerm(String term, String whole, List<Dependency> into) {
        String[] parts = term.split(":", -1);
        if (term.equals(Dependency.Singleton.SINGLETON.toString())) {
            into.add(Dependency.Singleton.SINGLETON);
            return;
        }
        if (parts[0].equals("afterburstbuffer")) {
            throw new InvalidValue(FIELD, "a kind other than afterburstbuffer, which Sluice cannot follow", whole);
        }
        boolean bare = !parts[0].isEmpty() && isDigit(parts[0].charAt(0));
        Dependency.Kind kind = bare ? Dependency.Kind.AFTER_ANY : kind(parts[0], whole);
        int from = bare ? 0 : 1;
        if (parts.length == from) {
            throw new InvalidValue(FIELD, "a job id behind " + parts[0], whole);
        }
        for (int i = from; i < parts.length; i++) {
            into.add(onJob(kind, parts[i], whole));
        }
    }

    private static Dependency.Kind kind(String text, String whole) {
        Optional<Dependency.Kind> kind = Arrays.stream(Dependency.Kind.values())
                .filter(k -> k.text().equals(text))
                .findFirst();
        return kind.orElseThrow(() -> new InvalidValue(
                FIELD, "after, afterany, afterok, afternotok, aftercorr with :job ids, or singleton", whole));
    }

    /** {@code job[_task][+minutes]}. */
    private static Dependency onJob(Dependency.Kind kind, String text, String whole) {
        int plus = text.indexOf('+');
        String named = plus < 0 ? text : text.substring(0, plus);
        Duration delay = plus < 0 ? Duration.ZERO : Duration.ofMinutes(number(text.substring(plus + 1), whole));
        int underscore = named.indexOf('_');
        JobId job = new JobId(number(underscore < 0 ? named : named.substring(0, underscore), whole));
        OptionalInt task =
                underscore < 0 ? OptionalInt.empty() : OptionalInt.of(number(named.substring(underscore + 1), whole));
        return new Dependency.OnJob(kind, job, task, delay);
    }

    private static int number(String digits, String whole) {
        boolean plain =
                !digits.isEmpty() && digits.length() <= 10 && digits.chars().allMatch(Dependencies::isDigit);
        long value = plain ? Long.parseLong(digits) : -1;
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new InvalidValue(FIELD, "job[_task][+minutes] in numbers below 2^31", whole);
        }
        return (int) value;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /** As sbatch spells it; {@link #parse} gives an equal value. */
    @Override
    public String toString() {
        return String.join(
                switch (mode) {
                    case ALL -> ",";
                    case ANY -> "?";
                },
                list.stream().map(Dependency::toString).toList());
    }
}
