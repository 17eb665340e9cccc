package dev.sluice.slurm;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Two doors to one cluster: what the first cannot tell, the second is asked, and for a while it is asked at once. Only reads are
 * repeated, and releases, whose repetition does nothing. Thread-safe.
 */
final class Fallback implements Door {
    private static final long SPARED_NANOS = Duration.ofSeconds(20).toNanos();

    private final Door first;
    private final Door second;
    private volatile long failedAt = System.nanoTime() - SPARED_NANOS;

    Fallback(Door first, Door second) {
        this.first = first;
        this.second = second;
    }

    private <T> Answer<T> ask(Function<Door, Answer<T>> question) {
        if (System.nanoTime() - failedAt < SPARED_NANOS) {
            return question.apply(second);
        }
        Answer<T> answer = question.apply(first);
        if (answer instanceof Answer.Unknown<T>) {
            failedAt = System.nanoTime();
            return question.apply(second);
        }
        return answer;
    }

    @Override
    public Answer<ClusterFacts> facts() {
        return ask(Door::facts);
    }

    @Override
    public Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
        return first.submit(owner, submission, fence);
    }

    @Override
    public List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence) {
        if (System.nanoTime() - failedAt < SPARED_NANOS) {
            return second.release(owner, targets, fence);
        }
        List<Answer<Done>> answers = first.release(owner, targets, fence);
        if (answers.stream().anyMatch(Answer.Unknown.class::isInstance)) {
            failedAt = System.nanoTime();
        }
        return answers;
    }

    @Override
    public Answer<Done> hold(Owner owner, Target target, Instant fence) {
        return first.hold(owner, target, fence);
    }

    @Override
    public Answer<Done> cancel(Owner owner, Target target, Instant fence) {
        return first.cancel(owner, target, fence);
    }

    @Override
    public Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
        return first.limit(owner, target, limit, fence);
    }

    @Override
    public Answer<List<JobRow>> queue() {
        return ask(Door::queue);
    }

    @Override
    public Optional<Answer<Map<String, String>>> states() {
        return first.states();
    }

    @Override
    public Answer<List<JobRow>> queue(Set<Long> jobIds) {
        return ask(door -> door.queue(jobIds));
    }

    @Override
    public Answer<List<JobRow>> records(Set<Long> jobIds) {
        return ask(door -> door.records(jobIds));
    }

    @Override
    public Answer<Inventory> inventory() {
        return ask(Door::inventory);
    }

    @Override
    public Answer<List<Association>> associations() {
        return ask(Door::associations);
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
