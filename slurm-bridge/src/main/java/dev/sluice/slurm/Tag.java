package dev.sluice.slurm;

import dev.sluice.job.AttemptId;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.script.IndexMap;
import java.util.Optional;

/**
 * Our key on a SLURM job: the first word of its comment, the user's own comment behind it.
 *
 * @param map how its array's indices stand for ours: {@code ID+10000} where they do not say it themselves
 */
record Tag(AttemptId attempt, IndexMap map) {
    String comment(Optional<String> users) {
        return this + users.map(text -> " " + text).orElse("");
    }

    /** The tag that a comment begins with; empty for everybody else's. */
    static Optional<Tag> of(String comment) {
        int blank = comment.indexOf(' ');
        String word = blank < 0 ? comment : comment.substring(0, blank);
        int plus = word.indexOf('+');
        Optional<AttemptId> attempt = AttemptId.read(plus < 0 ? word : word.substring(0, plus));
        if (attempt.isEmpty()) {
            return Optional.empty();
        }
        try {
            IndexMap map = plus < 0 ? IndexMap.SAME : new IndexMap(index(word.substring(plus + 1)));
            return Optional.of(new Tag(attempt.get(), map));
        } catch (InvalidValue e) {
            return Optional.empty();
        }
    }

    private static int index(String digits) {
        TaskSet one = TaskSet.parse(digits);
        if (one.size() != 1) {
            throw new InvalidValue("index offset", "one index of an array", digits);
        }
        return one.first();
    }

    @Override
    public String toString() {
        return map.isSame() ? attempt.toString() : attempt + "+" + map.offset();
    }
}
