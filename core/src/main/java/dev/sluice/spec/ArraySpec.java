package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;

/**
 * The tasks of an array job and how many of them may run at once.
 *
 * @param indices 1 to {@value #MAX_TASKS} of them; none above {@link TaskSet#MAX_INDEX}. A site's or cluster's MaxArraySize may
 *     be lower and is not checked here
 * @param atOnce 0 for no limit, as in sbatch's {@code %0} and scontrol's {@code ArrayTaskThrottle=0}
 */
public record ArraySpec(TaskSet indices, int atOnce) {
    /** What one job may bring; a third of what MaxArraySize can be, so that one block of ids stays a small part of them. */
    public static final int MAX_TASKS = 1_000_000;

    public static final int NO_LIMIT = 0;

    private static final String FIELD = "array";
    private static final int MAX_TEXT = 65_536;
    private static final int MAX_NUMBER_DIGITS = 9;

    public ArraySpec {
        if (indices.isEmpty()) {
            throw new InvalidValue(FIELD, "at least one index", "none");
        }
        if (indices.size() > MAX_TASKS) {
            throw new InvalidValue(FIELD, "at most " + MAX_TASKS + " indices", indices.size() + " indices");
        }
        Check.range("array tasks at once", atOnce, 0, MAX_TASKS);
    }

    public ArraySpec(TaskSet indices) {
        this(indices, NO_LIMIT);
    }

    /**
     * Reads sbatch's {@code --array}: indices and ranges with an optional step, joined by commas, then an optional {@code %} and
     * the number at once, as {@code 0-15:4,32%3}. Brackets around the indices are allowed, as squeue prints them. An index named
     * twice is there once.
     *
     * @throws InvalidValue for everything else, ranges that descend and steps of 0 among it
     */
    public static ArraySpec parse(String text) {
        if (text.length() > MAX_TEXT) {
            throw new InvalidValue(FIELD, "at most " + MAX_TEXT + " characters", text);
        }
        String inner = withoutBrackets(text);
        int percent = inner.indexOf('%');
        int atOnce = percent < 0 ? NO_LIMIT : number(inner.substring(percent + 1), text);
        String indices = percent < 0 ? inner : withoutBrackets(inner.substring(0, percent));
        return new ArraySpec(tasks(indices, text), atOnce);
    }

    private static String withoutBrackets(String text) {
        return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    }

    private static TaskSet tasks(String indices, String whole) {
        TaskSet.Builder builder = new TaskSet.Builder();
        long named = 0;
        for (String part : indices.split(",", -1)) {
            int colon = part.indexOf(':');
            String range = colon < 0 ? part : part.substring(0, colon);
            int dash = range.indexOf('-');
            if (colon >= 0 && dash < 0) {
                throw new InvalidValue(FIELD, "a step only behind a range, as 0-15:4", whole);
            }
            String last = range.substring(dash + 1);
            int from = index(dash < 0 ? last : range.substring(0, dash), whole);
            int to = index(last, whole);
            int step = colon < 0 ? 1 : number(part.substring(colon + 1), whole);
            if (to < from || step == 0) {
                throw new InvalidValue(FIELD, "ranges that ascend, by a step of at least 1", whole);
            }
            // Counted before they are made, repeats too: no text costs more work than the largest array.
            named += (to - from) / step + 1;
            if (named > MAX_TASKS) {
                throw new InvalidValue(FIELD, "at most " + MAX_TASKS + " indices", whole);
            }
            builder.add(TaskSet.range(from, to, step));
        }
        return builder.build();
    }

    private static int index(String digits, String whole) {
        int index = number(digits, whole);
        if (index > TaskSet.MAX_INDEX) {
            throw new InvalidValue(FIELD, "no index above " + TaskSet.MAX_INDEX, whole);
        }
        return index;
    }

    private static int number(String digits, String whole) {
        boolean plain = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain) {
            throw new InvalidValue(FIELD, "indices and ranges as 0-15:4,32 and at once as %3", whole);
        }
        if (digits.length() > MAX_NUMBER_DIGITS) {
            throw new InvalidValue(FIELD, "no index above " + TaskSet.MAX_INDEX, whole);
        }
        return Integer.parseInt(digits);
    }

    /** The text form, without steps: {@code 0,4,8,12%3}. */
    @Override
    public String toString() {
        return atOnce == NO_LIMIT ? indices.toString() : indices + "%" + atOnce;
    }
}
