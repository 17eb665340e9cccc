package dev.sluice.slurm;

import dev.sluice.cluster.Accounts;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.ReadingDoor;
import dev.sluice.slurm.door.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Two doors to one cluster: what the first cannot tell, the second is asked, and for a while it is asked at once. A change in doubt
 * is not: whoever wants it reads first what has become of it. Thread-safe.
 */
final class Fallback implements ReadingDoor {
    /** What both would say. */
    private static final Set<String> GONE = Set.of(Door.ABSENT, Door.ENDED);

    private static final long SPARED_NANOS = Duration.ofSeconds(20).toNanos();

    private final ReadingDoor first;
    private final ReadingDoor second;
    private final LongSupplier nanos;
    private volatile long failedAt;

    /** @param nanos as {@link System#nanoTime} */
    Fallback(ReadingDoor first, ReadingDoor second, LongSupplier nanos) {
        this.first = first;
        this.second = second;
        this.nanos = nanos;
        failedAt = nanos.getAsLong() - SPARED_NANOS;
    }

    private boolean isSpared() {
        return nanos.getAsLong() - failedAt < SPARED_NANOS;
    }

    private <T> Answer<T> ask(Function<ReadingDoor, Answer<T>> question) {
        if (isSpared()) {
            return question.apply(second);
        }
        Answer<T> answer = question.apply(first);
        if (answer instanceof Answer.Unknown<T>) {
            failedAt = nanos.getAsLong();
            return question.apply(second);
        }
        return answer;
    }

    @Override
    public Answer<ClusterFacts> facts() {
        return ask(ReadingDoor::facts);
    }

    @Override
    public List<Answer<Door.Done>> release(Owner owner, List<Target> targets, Instant fence) {
        if (isSpared()) {
            return second.release(owner, targets, fence);
        }
        List<Answer<Door.Done>> answers = first.release(owner, targets, fence);
        if (answers.stream().anyMatch(Answer.Unknown.class::isInstance)) {
            failedAt = nanos.getAsLong();
        }
        return answers;
    }

    private Answer<Door.Done> change(Function<ReadingDoor, Answer<Door.Done>> change) {
        if (isSpared()) {
            return change.apply(second);
        }
        Answer<Door.Done> answer = change.apply(first);
        return switch (answer) {
            case Answer.Said<Door.Done> said -> answer;
            // It may not act as that account, which the other may have submitted as; nothing was sent.
            case Answer.Refused<Door.Done> refused ->
                GONE.contains(refused.refusal().code()) ? answer : change.apply(second);
            case Answer.Unknown<Door.Done> unknown -> {
                failedAt = nanos.getAsLong();
                yield answer;
            }
        };
    }

    @Override
    public Answer<Door.Done> hold(Owner owner, Target target, Instant fence) {
        return change(door -> door.hold(owner, target, fence));
    }

    @Override
    public Answer<Door.Done> cancel(Owner owner, Target target, Instant fence) {
        return change(door -> door.cancel(owner, target, fence));
    }

    @Override
    public Answer<Door.Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
        return change(door -> door.limit(owner, target, limit, fence));
    }

    @Override
    public int releasesAtOnce() {
        return isSpared() ? second.releasesAtOnce() : first.releasesAtOnce();
    }

    @Override
    public Answer<List<JobRow>> queue() {
        return ask(ReadingDoor::queue);
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
        return ask(ReadingDoor::inventory);
    }

    @Override
    public Answer<Accounts.Known> accounts() {
        return ask(ReadingDoor::accounts);
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
