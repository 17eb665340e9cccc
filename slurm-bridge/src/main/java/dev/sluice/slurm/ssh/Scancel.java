package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Target;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code scancel}: of an unknown or ended job it says nothing and ends with 0.
 */
final class Scancel {
    private static final Pattern ERROR = Pattern.compile("scancel: error: Kill job error on job id \\S+: (.*)");

    private Scancel() {}

    private static final String ABSENT = "Invalid job id specified";

    static List<String> argv(Target target) {
        return Guarded.one(target, List.of("scancel", target.toString()));
    }

    static Answer<Done> parse(Outcome.Ended ended) {
        for (String line : ended.err().lines().toList()) {
            Matcher error = ERROR.matcher(line.strip());
            if (error.matches()) {
                Optional<Refusal> refusal = Refusals.of(error.group(1));
                return refusal.<Answer<Done>>map(Answer.Refused::new)
                        .orElseGet(() -> Answer.unknown("scancel: " + ended.complaint()));
            }
        }
        if (ended.err().contains(ABSENT)) {
            return Answer.said(Done.DONE);
        }
        return ended.exit() == 0 ? Answer.said(Done.DONE) : Answer.unknown("scancel: " + ended.complaint());
    }
}
