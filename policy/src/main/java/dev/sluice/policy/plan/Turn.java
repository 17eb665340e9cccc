package dev.sluice.policy.plan;

import dev.sluice.job.TaskSet;
import java.util.Iterator;

/** A bucket in the picking: its next entry, and what of that entry has not been placed yet. */
final class Turn extends Pick {
    final Bucket bucket;
    final Turns.Stem stem;
    final Turns.Member member;
    TaskSet left;
    private final Iterator<Entry> rest;
    private final Turns turns;
    private boolean over;

    Turn(Bucket bucket, Turns.Stem stem, Turns.Member member, Turns turns) {
        super(bucket.entries.first());
        this.bucket = bucket;
        this.stem = stem;
        this.member = member;
        this.turns = turns;
        this.rest = bucket.entries.iterator();
        this.left = rest.next().candidate().tasks();
        this.band = turns.band(first.candidate().priorityClass());
        this.priorityClass = first.candidate().priorityClass();
        this.guaranteed = turns.guaranteed(this);
    }

    /** Some of the entry were placed. */
    void placed(TaskSet tasks) {
        left = left.minus(tasks);
        if (left.isEmpty()) {
            next();
        }
    }

    /** The entry gets no more in this plan, those behind it may. */
    void next() {
        if (rest.hasNext()) {
            first = rest.next();
            left = first.candidate().tasks();
        } else {
            over = true;
        }
    }

    /** Nothing of the bucket gets any more in this plan. */
    void end() {
        over = true;
    }

    @Override
    boolean renew() {
        if (over) {
            return false;
        }
        guaranteed = guaranteed && turns.guaranteed(this);
        return true;
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
