package dev.sluice.sbatch;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls of sbatch by Alice, on a Wednesday in Berlin. */
final class Calls {
    static final Sbatch.Context CONTEXT = new Sbatch.Context(
            new UserName("alice"),
            new ProjectPath("physics"),
            "/home/alice",
            "login1",
            ZonedDateTime.parse("2026-11-25T12:00:30+01:00[Europe/Berlin]"),
            0022);

    private Calls() {}

    static Sbatch.Outcome read(Map<String, String> environment, String script, String... words) {
        return Sbatch.read(List.of(words), environment, name -> Optional.of(Bytes.ofUtf8(script)), CONTEXT);
    }

    /** The job of a call with a plain script. */
    static JobSpec job(String... words) {
        String[] all = new String[words.length + 1];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "ok.sh";
        return job(Map.of(), "#!/bin/sh\n", all);
    }

    static JobSpec job(Map<String, String> environment, String script, String... words) {
        return submission(read(environment, script, words)).spec();
    }

    static Sbatch.Submission submission(Sbatch.Outcome outcome) {
        if (outcome instanceof Sbatch.Submission submission) {
            return submission;
        }
        throw new AssertionError(outcome.toString());
    }

    static Sbatch.Refused refused(String... words) {
        String[] all = new String[words.length + 1];
        System.arraycopy(words, 0, all, 0, words.length);
        all[words.length] = "ok.sh";
        return refused(read(Map.of(), "#!/bin/sh\n", all));
    }

    static Sbatch.Refused refused(Sbatch.Outcome outcome) {
        if (outcome instanceof Sbatch.Refused refused) {
            return refused;
        }
        throw new AssertionError(outcome.toString());
    }
}
