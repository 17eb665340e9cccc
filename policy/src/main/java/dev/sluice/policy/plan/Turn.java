package dev.sluice.policy.plan;

import dev.sluice.job.TaskSet;
import java.util.ArrayList;
import java.util.List;

/** A bucket in the picking: its next entry, and what of that entry has not been placed yet. */
final class Turn extends Pick {
    final Bucket bucket;
    final Turns.Stem stem;
    final Turns.Member member;
    TaskSet left;
    /** What of this entry was placed already, by place. */
    final List<Gift> gifts = new ArrayList<>(0);

    /** The index of {@link #first} in its bucket. */
    private int at;

    private final Turns turns;
    /** The entry when the key was renewed last. */
    private Entry known;

    private boolean over;

    Turn(Bucket bucket, Turns.Stem stem, Turns.Member member, Turns turns) {
        super(bucket.first());
        this.bucket = bucket;
        this.stem = stem;
        this.member = member;
        this.turns = turns;
        this.known = first;
        this.left = first.tasks;
        this.priorityClass = first.priorityClass;
        this.band = turns.band(priorityClass);
        this.guaranteed = stem.promised;
    }

    /** Some of the entry were placed. */
    void placed(TaskSet tasks) {
        if (tasks.equals(left)) {
            next();
        } else {
            left = left.minus(tasks);
        }
    }

    /** The entry gets no more in this plan, those behind it may. */
    void next() {
        gifts.clear();
        at++;
        if (at < bucket.size()) {
            first = bucket.get(at);
            left = first.tasks;
        } else {
            over = true;
        }
    }

    /** Nothing of the bucket gets any more in this plan. */
    void end() {
        over = true;
    }

    @Override
    Renewed renew() {
        Entry before = known;
        known = first;
        boolean was = guaranteed;
        guaranteed = guaranteed && !over && turns.guaranteed(bucket, stem);
        if (over || !turns.mayGet(this)) {
            return Renewed.GONE;
        }
        return guaranteed == was && first == before ? Renewed.SAME : Renewed.WORSE;
    }

    @Override
    Turn turn() {
        return this;
    }

    @Override
    String name() {
        return "";
    }
}
