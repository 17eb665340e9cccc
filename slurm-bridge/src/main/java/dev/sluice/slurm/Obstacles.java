package dev.sluice.slurm;

import dev.sluice.job.Refusal;
import dev.sluice.script.Opening;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.util.ArrayList;
import java.util.List;

/** What of a job no SLURM cluster of ours can honour. What this one cannot, its controller says. */
final class Obstacles {
    private Obstacles() {}

    static List<Refusal> of(JobSpec spec, SlurmSettings settings) {
        List<Refusal> all = new ArrayList<>();
        String cluster = settings.cluster().value();
        if (spec.container().isPresent()) {
            all.add(Refusal.never(
                    "image",
                    "expected a job without an image on " + cluster + ", which runs programs of its own nodes"));
        }
        if (!spec.files().mounts().isEmpty()) {
            all.add(Refusal.never(
                    "mounts", "expected a job without mounts on " + cluster + "; its nodes have what they have"));
        }
        if (spec.work() instanceof Work.Script script && Opening.of(script.text()) instanceof Opening.Refused refused) {
            all.add(Refusal.never("script", String.join(" ", refused.lines())));
        }
        if (settings.owners().of(spec.user()).isEmpty()) {
            all.add(Refusal.never(
                    "no-account",
                    "expected a user with an account on " + cluster + ", found " + spec.user()
                            + "; an administrator maps users to accounts"));
        }
        return all;
    }
}
