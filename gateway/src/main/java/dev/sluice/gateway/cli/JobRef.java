package dev.sluice.gateway.cli;

import dev.sluice.job.InvalidValue;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job as somebody names it: {@code 1000000000}, or one task of an array as {@code 1000000000_7}. The id of a task alone is an id
 * like any other.
 */
record JobRef(int id, OptionalInt task) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,10})(?:_(\\d{1,7}))?");

    static JobRef parse(String text) {
        Matcher matcher = FORM.matcher(text);
        long id = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
        if (id < 1 || id > Integer.MAX_VALUE) {
            throw new InvalidValue("job", "a job's id as 1000000000, or a task of it as 1000000000_7", text);
        }
        String task = matcher.group(2);
        return new JobRef((int) id, task == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(task)));
    }

    @Override
    public String toString() {
        return task.isPresent() ? id + "_" + task.getAsInt() : Integer.toString(id);
    }
}
