package dev.sluice.local;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import java.time.Instant;

/** How a task that had started ended, as its record has it. */
record End(AttemptEnd how, Instant started, Instant at) {
    static String interrupted(Instant started, Instant at, String why) {
        return "interrupted 0 " + started.toEpochMilli() + " " + at.toEpochMilli() + "\n" + why + "\n";
    }

    /** {@code word number started at}, then a line for a person. */
    static End parse(String text, Instant otherwise) {
        String[] lines = text.split("\n", 3);
        String[] words = lines[0].split(" ", -1);
        String note = lines.length > 1 ? lines[1].strip() : "";
        try {
            if (words.length == 4) {
                Instant started = Instant.ofEpochMilli(Long.parseLong(words[2]));
                Instant at = Instant.ofEpochMilli(Long.parseLong(words[3]));
                // The wall clock may have been set back meanwhile.
                return new End(
                        how(words[0], Integer.parseInt(words[1]), note), started, at.isBefore(started) ? started : at);
            }
        } catch (NumberFormatException e) {
            // as below
        }
        return new End(new AttemptEnd.Interrupted("the record of its end is not readable"), otherwise, otherwise);
    }

    private static AttemptEnd how(String word, int number, String note) {
        return switch (word) {
            case "exited" ->
                new AttemptEnd.Finished(number == 0 ? Verdict.SUCCEEDED : new Verdict.Failed(number, 0, note));
            case "signal" -> new AttemptEnd.Finished(new Verdict.Failed(0, number, note));
            case "timeout" -> new AttemptEnd.Finished(new Verdict.TimedOut());
            case "stopped" -> new AttemptEnd.Stopped();
            default -> new AttemptEnd.Interrupted(note);
        };
    }
}
