package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * The letters that a cluster writes about a job (sbatch {@code --mail-type} and {@code --mail-user}).
 *
 * <p>Recipients are handed to the cluster's mail program as an argument, so each is letters, digits and {@code _ . + @ % = ~ -}, no
 * dash first.
 *
 * @param to user names or addresses joined by commas, at most {@value #MAX_TO} characters; empty for the job's user
 */
public record Mail(SortedSet<Event> events, Optional<String> to) {
    public static final int MAX_TO = 1024;

    /** No letters. */
    public static final Mail NONE = new Mail(Check.sorted(Set.<Event>of()), Optional.empty());

    private static final Pattern TO =
            Pattern.compile("[A-Za-z0-9_.+@%=~][A-Za-z0-9_.+@%=~-]*(,[A-Za-z0-9_.+@%=~][A-Za-z0-9_.+@%=~-]*)*");

    /** What a letter may be about; sbatch's names. */
    public enum Event {
        BEGIN,
        END,
        FAIL,
        REQUEUE,
        INVALID_DEPEND,
        STAGE_OUT,
        TIME_LIMIT,
        TIME_LIMIT_90,
        TIME_LIMIT_80,
        TIME_LIMIT_50,
        /** A letter for each task of an array instead of one for the array. */
        ARRAY_TASKS
    }

    public Mail {
        events = Check.sorted(events);
        to.ifPresent(Mail::checkTo);
        // Nobody is told of nothing: one value, so that equal jobs are equal.
        to = events.isEmpty() ? Optional.empty() : to;
    }

    public static Mail of(Collection<Event> events, Optional<String> to) {
        return new Mail(Check.sorted(events), to);
    }

    private static void checkTo(String text) {
        if (text.length() > MAX_TO || !TO.matcher(text).matches()) {
            throw new InvalidValue(
                    "mail recipient",
                    "up to " + MAX_TO + " characters: letters, digits and '_.+@%=~-', no '-' first, joined by ','",
                    text);
        }
    }

    public boolean isNone() {
        return events.isEmpty();
    }
}
