package dev.sluice.slurm;

import dev.sluice.cluster.Accounts;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.door.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A cluster that is two lists, the controller's and accounting's, and notes what it was told to do. For one thread. */
final class QueueDoor implements Door {
    enum Accounting {
        ANSWERS,
        AWAY,
        /** It takes no credentials, for a while. */
        REFUSES,
        NONE
    }

    final List<JobRow> queued = new ArrayList<>();
    final List<JobRow> recorded = new ArrayList<>();
    final List<String> acts = new ArrayList<>();
    /** The jobs that accounting was asked for, question by question. */
    final List<Set<Long>> questions = new ArrayList<>();

    Accounting accounting = Accounting.ANSWERS;
    boolean silent;

    /** Of a controller that was started long ago. */
    Answer<ClusterFacts> facts = controllerOf(Instant.EPOCH);

    int factsAsked;

    /** What it was asked to act on last. */
    Target actedOn = Target.of(0);

    /** What acts on these jobs are told, and then not done. */
    final Map<Long, Answer<Done>> refusing = new HashMap<>();

    /** The fence of the last act. */
    Instant fence = Instant.EPOCH;

    int releasesAtOnce = Integer.MAX_VALUE;

    boolean closed;

    /** What becomes of the queue by an act. */
    UnaryOperator<List<JobRow>> effect = rows -> rows;

    Answer<Inventory> inventory = Answer.unknown("nobody asks here");

    /** What goes on while the queue is read. */
    Runnable meanwhile = () -> {};

    /** What the next submit is told. */
    Answer<Submitted> submitted = Answer.unknown("nobody submits here");

    QueueDoor queued(Rows... rows) {
        queued.clear();
        for (Rows each : rows) {
            queued.add(each.row());
        }
        return this;
    }

    QueueDoor recorded(Rows... rows) {
        recorded.clear();
        for (Rows each : rows) {
            recorded.add(each.row());
        }
        return this;
    }

    private synchronized Answer<Done> act(String what, Target target, Instant until) {
        acts.add(what + " " + target);
        actedOn = target;
        fence = until;
        if (refusing.containsKey(target.jobId())) {
            return refusing.get(target.jobId());
        }
        List<JobRow> after = List.copyOf(effect.apply(List.copyOf(queued)));
        queued.clear();
        queued.addAll(after);
        return Answer.said(Done.DONE);
    }

    @Override
    public Answer<ClusterFacts> facts() {
        factsAsked++;
        return facts;
    }

    /** What a controller tells that was started then. */
    static Answer<ClusterFacts> controllerOf(Instant at) {
        return Answer.said(new ClusterFacts(
                "22.05.8",
                Optional.empty(),
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(at)));
    }

    @Override
    public Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
        acts.add("submit");
        return submitted;
    }

    @Override
    public List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence) {
        return targets.stream().map(target -> act("release", target, fence)).toList();
    }

    @Override
    public int releasesAtOnce() {
        return releasesAtOnce;
    }

    @Override
    public Answer<Done> hold(Owner owner, Target target, Instant fence) {
        return act("hold", target, fence);
    }

    @Override
    public Answer<Done> cancel(Owner owner, Target target, Instant fence) {
        return act("cancel", target, fence);
    }

    @Override
    public Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
        return act("limit", target, fence);
    }

    @Override
    public Answer<List<JobRow>> queue() {
        meanwhile.run();
        return silent ? Answer.unknown("slurmctld does not answer") : Answer.said(List.copyOf(queued));
    }

    @Override
    public Answer<List<JobRow>> queue(Set<Long> jobIds) {
        return queue().map(rows ->
                rows.stream().filter(row -> jobIds.contains(row.jobId())).toList());
    }

    @Override
    public Answer<List<JobRow>> records(Set<Long> jobIds) {
        questions.add(Set.copyOf(jobIds));
        return switch (accounting) {
            case ANSWERS ->
                Answer.said(recorded.stream()
                        .filter(row -> jobIds.contains(row.jobId()))
                        .toList());
            case AWAY -> Answer.unknown("slurmdbd does not answer");
            case REFUSES -> new Answer.Refused<>(Refusal.later("credentials", "slurmrestd took no credentials"));
            case NONE -> new Answer.Refused<>(Refusal.never(NO_ACCOUNTING, "there is no slurmdbd"));
        };
    }

    @Override
    public Answer<Inventory> inventory() {
        return inventory;
    }

    @Override
    public Answer<Accounts.Known> accounts() {
        return Answer.unknown("nobody asks here");
    }

    @Override
    public void close() {
        closed = true;
    }
}
