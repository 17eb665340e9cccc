package dev.sluice.slurm;

import dev.sluice.job.Attempt;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.script.BatchFile;
import dev.sluice.slurm.script.IndexMap;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Routing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What SLURM is told of an attempt. */
final class Submissions {
    private Submissions() {}

    /** The tag of an attempt on a cluster with arrays of that size. */
    static Tag tag(Attempt attempt, SlurmSettings settings) {
        return new Tag(attempt.id(), IndexMap.of(attempt.tasks(), settings.maxArraySize()));
    }

    static Submission of(Attempt attempt, JobSpec spec, Tag tag, Owner owner, SlurmSettings settings) {
        BatchFile file =
                new BatchFile(attempt, spec, tag.map(), settings.habits().of(owner.name()));
        TaskSet natives = tag.map().toNative(attempt.tasks());
        return new Submission(
                spec.name(),
                tag.comment(spec.comment()),
                file.render(),
                spec.files().workingDirectory().or(() -> settings.home().map(home -> home.replace("%u", owner.name()))),
                file.output(),
                file.error(),
                file.input(),
                Files.OpenMode.APPEND,
                spec.array().map(array -> new Submission.Array(natives, array.atOnce())),
                spec.ask().limit(),
                spec.ask().resources(),
                routing(attempt, spec, settings.urgency()),
                settings.urgency().nice(spec.priorityClass()),
                spec.rules().endSignal(),
                mail(spec.mail()));
    }

    /**
     * Of several partitions that the user named the one that was chosen; who names none has SLURM's default, which the planner
     * does not always know. Who names no QOS has that of his priority.
     */
    private static Routing routing(Attempt attempt, JobSpec spec, Urgency urgency) {
        Routing asked = spec.ask().routing();
        Routing routing = asked.qos().isPresent()
                ? asked
                : urgency.quality(spec.priorityClass()).map(asked::withQos).orElse(asked);
        return attempt.partition()
                .filter(routing.partitions()::contains)
                .map(chosen -> routing.withPartitions(List.of(chosen)))
                .orElse(routing);
    }

    private static Optional<Submission.Mail> mail(Mail mail) {
        if (mail.events().isEmpty()) {
            return Optional.empty();
        }
        String types = mail.events().stream().map(Mail.Event::name).collect(Collectors.joining(","));
        return Optional.of(new Submission.Mail(types, mail.to()));
    }
}
