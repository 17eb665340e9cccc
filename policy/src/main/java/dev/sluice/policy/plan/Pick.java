package dev.sluice.policy.plan;

import java.util.Comparator;

/**
 * One of several from which the next is picked, at some level of the tree: a project, a user in it, a bucket of his.
 *
 * <p>While a plan is made, all that is given away makes keys worse and never better. So a key may be better than it should as long as
 * it is not on top: there it is renewed, and sinks if it became worse. Keys therefore begin as the best that they could be, and most
 * are never worked out.
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

    /** Between projects of one parent. */
    static final Comparator<Pick> PROJECTS = (one, other) -> {
        int order = compareBands(one, other);
        order = order == 0 ? Double.compare(one.share, other.share) : order;
        return order == 0 ? one.name().compareTo(other.name()) : order;
    };

    /** Between users of one project. */
    static final Comparator<Pick> USERS = (one, other) -> {
        int order = compareBands(one, other);
        order = order == 0 ? Integer.compare(other.priorityClass, one.priorityClass) : order;
        order = order == 0 ? Double.compare(one.share, other.share) : order;
        return order == 0 ? Entry.ORDER.compare(one.first, other.first) : order;
    };

    /** Between buckets of one user. */
    static final Comparator<Pick> BUCKETS = (one, other) -> {
        int order = compareBands(one, other);
        return order == 0 ? Entry.ORDER.compare(one.first, other.first) : order;
    };

    private static int compareBands(Pick one, Pick other) {
        int order = Integer.compare(other.band, one.band);
        return order == 0 ? Boolean.compare(other.guaranteed, one.guaranteed) : order;
    }

    /** What became of a key when it was renewed. */
    enum Renewed {
        SAME,
        WORSE,
        /** At least its share is worse, and what is below it was not looked at: whether it is still on top comes first. */
        STALE,
        /** There is nothing left to pick. */
        GONE
    }

    abstract Renewed renew();

    /** The bucket whose turn it is. */
    abstract Turn turn();

    abstract String name();

    /** Several, the best of which is on top. */
    abstract static class Group extends Pick {
        private final Heap below;
        private boolean begun;
        /** How much it had been {@linkplain #given} when its share was worked out last. */
        private long shareAsOf = Long.MIN_VALUE;

        Group(Entry first, Comparator<Pick> order) {
            super(first);
            this.below = new Heap(order);
        }

        void add(Pick pick) {
            below.add(pick);
        }

        abstract double ownShare();

        /** Grows with all that changes {@link #ownShare}. */
        abstract long given();

        /** Before its key is renewed for the first time: adds those below it that were not worth a thought until now. */
        abstract void begin();

        /** One below it is as good as it was no more. */
        void worsened(Pick pick) {}

        @Override
        Renewed renew() {
            long given = given();
            if (given != shareAsOf) {
                shareAsOf = given;
                double now = ownShare();
                if (now != share) {
                    share = now;
                    return Renewed.STALE;
                }
            }
            if (!begun) {
                begun = true;
                begin();
            }
            for (Pick top = below.top(); top != null; top = below.top()) {
                switch (top.renew()) {
                    case GONE -> {
                        below.removeTop();
                        worsened(top);
                    }
                    case SAME -> {
                        return follow(top);
                    }
                    case STALE -> below.sinkTop();
                    case WORSE -> {
                        below.sinkTop();
                        worsened(top);
                        if (below.top() == top) {
                            return follow(top);
                        }
                    }
                }
            }
            return Renewed.GONE;
        }

        private Renewed follow(Pick top) {
            boolean same = band == top.band
                    && guaranteed == top.guaranteed
                    && priorityClass == top.priorityClass
                    && first == top.first;
            band = top.band;
            guaranteed = top.guaranteed;
            priorityClass = top.priorityClass;
            first = top.first;
            return same ? Renewed.SAME : Renewed.WORSE;
        }

        /** The key as good as one of those below it may make it. */
        void hope(Pick best) {
            band = Math.max(band, best.band);
            guaranteed |= best.guaranteed;
        }

        @Override
        Turn turn() {
            Pick top = below.top();
            if (top == null) {
                throw new IllegalStateException("nothing to pick from");
            }
            return top.turn();
        }
    }
}
