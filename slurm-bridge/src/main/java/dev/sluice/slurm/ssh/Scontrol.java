package dev.sluice.slurm.ssh;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code scontrol}: release, hold, update and the configuration.
 *
 * <p>Of many targets it does what it can and names each that failed: {@code TEXT for job 12} or, of arrays, {@code 12_0-3: TEXT}
 * ({@code 12_[0-3]: TEXT} in 26.05). Releasing what is released or runs already succeeds.
 */
final class Scontrol {
    private static final Pattern FOR_JOB = Pattern.compile("(.*) for job ([0-9]+)(?:_\\[?([0-9,-]+)\\]?)?");
    private static final Pattern OF_ARRAY = Pattern.compile("([0-9]+)_\\[?([0-9,-]+)\\]?: (.*)");
    private static final Pattern OF_SQUEUE = Pattern.compile("slurm_load_jobs error: (.*)");
    private static final Pattern SLURM_USER = Pattern.compile(".*\\(([0-9]{1,10})\\)");
    private static final Pattern SUMMARY = Pattern.compile("slurm_(?:suspend|update_job|update) error.*");

    /** What it says of tasks that went well beside others that did not. */
    private static final String NO_ERROR = "No error";

    private Scontrol() {}

    /** Unguarded unless each has a key. */
    static List<String> release(List<Target> targets) {
        if (targets.size() > 1
                && targets.stream().allMatch(target -> target.key().isPresent())) {
            return Guarded.releases(targets);
        }
        String all = targets.stream().map(Target::toString).collect(Collectors.joining(","));
        List<String> command = List.of("scontrol", "release", all);
        return targets.size() > 1 ? command : Guarded.one(targets.getFirst(), command);
    }

    static List<String> hold(Target target) {
        return Guarded.one(target, List.of("scontrol", "hold", target.toString()));
    }

    static List<String> limit(Target target, Duration limit) {
        return Guarded.one(target, List.of("scontrol", "update", "JobId=" + target, "TimeLimit=" + minutes(limit)));
    }

    /** What SLURM keeps; rounded up, as it does. */
    static long minutes(Duration limit) {
        return limit.plusSeconds(59).toMinutes();
    }

    static List<String> config() {
        return List.of("scontrol", "show", "config");
    }

    /**
     * What failed, as far as the text names it.
     *
     * @param jobId empty for all: what was to look first could not, and nothing was sent
     */
    private record Complaint(OptionalLong jobId, Optional<TaskSet> tasks, String text) {
        boolean isAbout(Target target) {
            return jobId.isEmpty()
                    || target.jobId() == jobId.getAsLong()
                            && (tasks.isEmpty()
                                    || target.indices().isEmpty()
                                    || tasks.get().intersects(target.indices().get()));
        }
    }

    /** Many targets' answers; empty where the text does not tell, so that this one has to be asked alone. */
    static List<Optional<Answer<Done>>> parse(Outcome.Ended ended, List<Target> targets) {
        List<Complaint> complaints = new ArrayList<>();
        boolean strange = false;
        for (String line : ended.err().lines().map(String::strip).toList()) {
            Optional<Complaint> complaint = complaint(line);
            complaint.ifPresent(complaints::add);
            strange |= complaint.isEmpty()
                    && !line.isEmpty()
                    && !SUMMARY.matcher(line).matches();
        }
        boolean othersDone = ended.exit() == 0 || (!complaints.isEmpty() && !strange);
        List<Optional<Answer<Done>>> answers = new ArrayList<>();
        for (Target target : targets) {
            List<Complaint> about = complaints.stream()
                    .filter(complaint -> complaint.isAbout(target))
                    .toList();
            answers.add(
                    about.isEmpty()
                            ? othersDone ? Optional.of(Answer.said(Done.DONE)) : Optional.empty()
                            : Optional.of(worst(about)));
        }
        return answers;
    }

    /** Of an array whose tasks fared differently: what ended has nothing to release, and spoils nothing for the others. */
    private static Answer<Done> worst(List<Complaint> about) {
        List<Answer<Done>> answers = about.stream().map(Scontrol::answer).toList();
        boolean someDone = answers.stream().anyMatch(Answer.Said.class::isInstance);
        return answers.stream()
                .filter(answer -> !(answer instanceof Answer.Said) && !(someDone && isEnded(answer)))
                .findFirst()
                .orElseGet(() -> Answer.said(Done.DONE));
    }

    private static boolean isEnded(Answer<Done> answer) {
        return answer instanceof Answer.Refused<Done> refused
                && refused.refusal().code().equals(Refusals.ENDED);
    }

    private static Answer<Done> answer(Complaint complaint) {
        if (complaint.text().equals(NO_ERROR)) {
            return Answer.said(Done.DONE);
        }
        return Refusals.of(complaint.text())
                .<Answer<Done>>map(Answer.Refused::new)
                .orElseGet(() -> Answer.unknown(
                        complaint.jobId().isPresent()
                                ? "scontrol: " + complaint.text() + " for job "
                                        + complaint.jobId().getAsLong()
                                : "squeue: " + complaint.text()));
    }

    private static Optional<Complaint> complaint(String line) {
        Matcher job = FOR_JOB.matcher(line);
        if (job.matches()) {
            return complaint(job.group(2), Optional.ofNullable(job.group(3)), job.group(1));
        }
        Matcher squeue = OF_SQUEUE.matcher(line);
        if (squeue.matches()) {
            return Optional.of(new Complaint(OptionalLong.empty(), Optional.empty(), squeue.group(1)));
        }
        Matcher array = OF_ARRAY.matcher(line);
        return array.matches()
                ? complaint(array.group(1), Optional.of(array.group(2)), array.group(3))
                : Optional.empty();
    }

    private static Optional<Complaint> complaint(String jobId, Optional<String> tasks, String text) {
        try {
            return Optional.of(new Complaint(OptionalLong.of(Long.parseLong(jobId)), tasks.map(TaskSet::parse), text));
        } catch (InvalidValue | NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    /** One target's answer. */
    static Answer<Done> parse(Outcome.Ended ended, Target target) {
        if (ended.exit() == 0) {
            return Answer.said(Done.DONE);
        }
        Optional<Answer<Done>> told = parse(ended, List.of(target)).getFirst();
        if (told.isPresent() && !(told.get() instanceof Answer.Said)) {
            return told.get();
        }
        Optional<Refusal> bare =
                ended.err().lines().map(Refusals::of).flatMap(Optional::stream).findFirst();
        return bare.<Answer<Done>>map(Answer.Refused::new)
                .orElseGet(() -> Answer.unknown("scontrol: " + ended.complaint()));
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> config = new HashMap<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                config.putIfAbsent(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        return config;
    }

    /** The user id of SlurmUser, as whom slurmctld acts: {@code slurm(64030)}. */
    static Answer<Integer> slurmUser(Outcome.Ended ended) {
        Matcher user = SLURM_USER.matcher(pairs(ended.out()).getOrDefault("SlurmUser", ""));
        return ended.exit() == 0 && user.matches()
                ? Answer.said((int) Long.parseLong(user.group(1)))
                : Answer.unknown("scontrol show config told no SlurmUser: " + ended.complaint());
    }

    static Answer<ClusterFacts> facts(Outcome.Ended ended) {
        if (ended.exit() != 0) {
            return Answer.unknown("scontrol: " + ended.complaint());
        }
        Map<String, String> config = pairs(ended.out());
        Optional<String> version = value(config, "SLURM_VERSION");
        if (version.isEmpty()) {
            return Answer.unknown("scontrol show config printed no version: " + ended.complaint());
        }
        Optional<Boolean> accounting = Optional.ofNullable(config.get("AccountingStorageType"))
                .map(type -> type.equals("accounting_storage/slurmdbd"));
        Optional<Boolean> comments = accounting.map(kept -> kept
                && value(config, "AccountingStoreFlags").stream()
                        .flatMap(flags -> List.of(flags.split(",")).stream())
                        .anyMatch("job_comment"::equalsIgnoreCase));
        return Answer.said(new ClusterFacts(
                version.get(),
                value(config, "ClusterName"),
                number(config, "MinJobAge").map(Duration::ofSeconds),
                number(config, "MaxArraySize")
                        .map(size -> OptionalInt.of(Math.toIntExact(size)))
                        .orElse(OptionalInt.empty()),
                accounting,
                comments,
                value(config, "BOOT_TIME")
                        .filter(text -> text.matches("[0-9]{1,12}"))
                        .map(text -> Instant.ofEpochSecond(Long.parseLong(text)))));
    }

    private static Optional<String> value(Map<String, String> config, String name) {
        return Optional.ofNullable(config.get(name)).filter(text -> !text.isEmpty() && !text.equals("(null)"));
    }

    /** The number before a unit: {@code 300 sec}. */
    private static Optional<Long> number(Map<String, String> config, String name) {
        return value(config, name)
                .map(text -> text.split(" ", 2)[0])
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Long::valueOf);
    }
}
