package dev.sluice.policy.plan;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * One of several from which the next is picked, at some level of the tree: a project, a user in it, a bucket of his.
 *
 * <p>While a plan is made, all that is given away makes keys worse and never better. So a key may be out of date as long as it is not
 * on top: there it is renewed, and sinks if it became worse.
 */
abstract class Pick {
    int band;
    boolean guaranteed;
    int priorityClass;
    double share;
    Entry first;

    Pick(Entry first) {
        this.first = first;
    }

    private static final Comparator<Pick> BANDS =
            Comparator.comparingInt((Pick pick) -> -pick.band).thenComparing(pick -> !pick.guaranteed);

    /** Between projects of one parent. */
    static final Comparator<Pick> PROJECTS =
            BANDS.thenComparingDouble(pick -> pick.share).thenComparing(Pick::name);

    /** Between users of one project. */
    static final Comparator<Pick> USERS = BANDS.thenComparingInt(pick -> -pick.priorityClass)
            .thenComparingDouble(pick -> pick.share)
            .thenComparing(pick -> pick.first, Entry.ORDER);

    /** Between buckets of one user. */
    static final Comparator<Pick> BUCKETS = BANDS.thenComparing(pick -> pick.first, Entry.ORDER);

    /** Renews the key; false when there is nothing left. */
    abstract boolean renew();

    /** The bucket whose turn it is. */
    abstract Turn turn();

    abstract String name();

    /** Several, the best of which is on top. */
    abstract static class Group extends Pick {
        private final PriorityQueue<Pick> below;

        Group(Entry first, Comparator<Pick> order) {
            super(first);
            this.below = new PriorityQueue<>(order);
        }

        void add(Pick pick) {
            below.add(pick);
        }

        abstract double ownShare();

        @Override
        boolean renew() {
            while (!below.isEmpty()) {
                Pick top = below.remove();
                if (!top.renew()) {
                    continue;
                }
                below.add(top);
                if (below.peek() == top) {
                    band = top.band;
                    guaranteed = top.guaranteed;
                    priorityClass = top.priorityClass;
                    first = top.first;
                    share = ownShare();
                    return true;
                }
            }
            return false;
        }

        @Override
        Turn turn() {
            Pick top = below.peek();
            if (top == null) {
                throw new IllegalStateException("nothing to pick from");
            }
            return top.turn();
        }
    }
}
