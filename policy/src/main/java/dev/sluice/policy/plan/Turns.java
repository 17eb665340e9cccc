package dev.sluice.policy.plan;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.project.Caps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is, again and again, while a plan is made: the highest band; those within what they are guaranteed; then down the tree
 * the project with the least share for its weight; in the project the highest class; the user with the least share; the oldest.
 */
final class Turns {
    private final Ledger ledger;
    private final Board board;
    private final PolicySettings settings;
    private final long tick;
    private final Room room;
    private final Map<ProjectPath, Stem> stems = new HashMap<>();
    private @Nullable Root root;

    Turns(State state, Room room, Instant now) {
        this.ledger = state.ledger;
        this.board = state.board;
        this.settings = state.settings;
        this.room = room;
        this.tick = ledger.ticks.at(now);
    }

    int band(int priorityClass) {
        return settings.band(priorityClass);
    }

    /**
     * Takes a project in; all come before the first {@link #next}.
     *
     * @param blocked tells the bucket whose turn comes though there is no room for it
     */
    void add(ProjectPath project, Waiting waiting, Supplier<Optional<Bucket>> blocked) {
        Stem stem = stem(ledger.branch(project), waiting.first());
        stem.own = new Own(waiting, blocked, stem);
    }

    /** Whether anything can come of it: there is room, or it may be kept or taken back. */
    boolean mayGet(Turn turn) {
        return turn.guaranteed || turn.member.wants(turn.bucket);
    }

    private Stem stem(Branch branch, Entry first) {
        Stem known = stems.get(branch.path());
        if (known != null) {
            return known;
        }
        Stem stem = new Stem(first, branch, branch.parent == null ? null : stem(branch.parent, first));
        stems.put(branch.path(), stem);
        return stem;
    }

    /** The bucket whose turn it is; null when there is none any more. */
    @Nullable
    Turn next() {
        Root all = root;
        if (all == null) {
            if (stems.isEmpty()) {
                return null;
            }
            all = grow();
            root = all;
        }
        return all.renew() == Pick.Renewed.GONE ? null : all.turn();
    }

    /** From the leaves up, as what is above hopes for the best of what is below. */
    private Root grow() {
        List<Stem> deepestFirst = new ArrayList<>(stems.values());
        deepestFirst.sort((one, other) -> Integer.compare(other.depth, one.depth));
        Root all = new Root(deepestFirst.getFirst().first);
        for (Stem stem : deepestFirst) {
            if (stem.own != null) {
                stem.own.share = stem.own.ownShare();
                stem.hope(stem.own);
                stem.add(stem.own);
            }
            if (stem.above == null) {
                all.add(stem);
            } else {
                stem.above.hope(stem);
                stem.above.add(stem);
            }
        }
        return all;
    }

    /** How many more tasks of this size a user may have in a project, by limits and caps, of whomever had a turn or not. */
    long allowed(ProjectPath project, UserName user, long[] each) {
        Branch branch = ledger.branch(project);
        long most = Long.MAX_VALUE;
        Member member = null;
        Stem own = stems.get(project);
        if (own != null && own.own != null) {
            member = own.own.member(user);
        }
        long his = member == null ? ledger.user(project, user).tasks : member.standing.tasks;
        for (@Nullable Branch at = branch; at != null; at = at.parent) {
            Stem stem = stems.get(at.path());
            Standing standing = stem == null ? new Standing(at.account, ledger, tick) : stem.standing;
            most = Math.min(most, standing.room(at, each));
            Caps caps = at.project.caps();
            if (caps.running().isPresent()) {
                most = Math.min(most, Math.max(0, caps.running().getAsInt() - standing.tasks));
            }
            if (caps.runningPerUser().isPresent()) {
                most = Math.min(most, Math.max(0, caps.runningPerUser().getAsInt() - his));
            }
        }
        return most;
    }

    /** Whether a task more of a bucket, somewhere where it could run, is within what its project or one above it is guaranteed. */
    boolean guaranteed(Bucket bucket, Stem stem) {
        if (stem.promised) {
            for (Fit.Place place : bucket.fit().places(board, ledger.lines)) {
                if (stem.guarantor(place.counted()) != null) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All projects together. */
    private static final class Root extends Pick.Group {
        Root(Entry first) {
            super(first, Pick.PROJECTS);
        }

        @Override
        void begin() {}

        @Override
        double ownShare() {
            return 0;
        }

        @Override
        long given() {
            return 0;
        }

        @Override
        String name() {
            return "";
        }
    }

    /** A project with those below it. */
    final class Stem extends Pick.Group {
        final Branch branch;
        final @Nullable Stem above;
        final Standing standing;
        /** Whether it, or one above it, may give a guarantee in this plan. */
        final boolean promised;

        private final int depth;
        private @Nullable Own own;

        Stem(Entry first, Branch branch, @Nullable Stem above) {
            super(first, Pick.PROJECTS);
            this.branch = branch;
            this.above = above;
            this.depth = above == null ? 0 : above.depth + 1;
            this.standing = new Standing(branch.account, ledger, tick);
            this.promised = (above != null && above.promised) || (branch.guarantees && standing.guarantees(branch));
            this.share = ownShare();
        }

        @Override
        void begin() {}

        @Override
        double ownShare() {
            return standing.share(branch, board.totals());
        }

        @Override
        long given() {
            return standing.tasks;
        }

        @Override
        String name() {
            return branch.path().value();
        }

        /** How many more tasks this project and those above it may have, by their caps, for this user. */
        long room(Member member) {
            long room = Long.MAX_VALUE;
            for (@Nullable Stem at = this; at != null; at = at.above) {
                Caps caps = at.branch.project.caps();
                if (caps.running().isPresent()) {
                    room = Math.min(room, Math.max(0, caps.running().getAsInt() - at.standing.tasks));
                }
                if (caps.runningPerUser().isPresent()) {
                    room = Math.min(room, Math.max(0, caps.runningPerUser().getAsInt() - member.standing.tasks));
                }
            }
            return room;
        }

        /** How many more tasks of this size this project and those above it may have, by nominal and borrowing limit. */
        long room(long[] each) {
            long room = Long.MAX_VALUE;
            for (@Nullable Stem at = this; at != null; at = at.above) {
                if (at.branch.limits) {
                    room = Math.min(room, at.standing.room(at.branch, each));
                }
            }
            return room;
        }

        /** Whose guarantee has room for one more task of this size: this project, or the nearest above it; null for nobody. */
        @Nullable
        Branch guarantor(long[] each) {
            for (@Nullable Stem at = this; at != null; at = at.above) {
                if (at.branch.guarantees && at.standing.guarantees(at.branch, each)) {
                    return at.branch;
                }
            }
            return null;
        }

        void take(Member member, long[] each, long times) {
            for (@Nullable Stem at = this; at != null; at = at.above) {
                at.standing.take(each, times);
            }
            if (member.own.standing() != standing) {
                member.own.standing().take(each, times);
            }
            member.standing.take(each, times);
        }
    }

    /** What a project runs itself, beside those below it: one among them, of weight 1. */
    final class Own extends Pick.Group {
        private final Stem stem;
        private final Waiting waiting;
        private final Supplier<Optional<Bucket>> tellBlocked;
        /** As it was told; null before somebody asks, who does so only where there is no room. */
        private @Nullable Optional<Bucket> blocked;

        private final List<Member> members = new ArrayList<>();
        private @Nullable Standing standing;

        Own(Waiting waiting, Supplier<Optional<Bucket>> blocked, Stem stem) {
            super(waiting.first(), Pick.USERS);
            this.stem = stem;
            this.waiting = waiting;
            this.tellBlocked = blocked;
            this.priorityClass = first.priorityClass;
            this.band = band(priorityClass);
            this.guaranteed = stem.promised;
        }

        /** All its users, where any of them may get something; else him alone whose bucket is blocked. */
        @Override
        void begin() {
            if (stem.promised || room.isAnyOpen(waiting.fits())) {
                waiting.users().forEach(user -> add(user, user.buckets()));
            } else if (room.keeps()) {
                blocked().ifPresent(bucket -> add(waiting.of(bucket.kind.user()), new Bucket[] {bucket}));
            }
        }

        private void add(Waiting.OfUser user, Bucket[] buckets) {
            Member member = new Member(user, buckets, this);
            members.add(member);
            add(member);
        }

        private Optional<Bucket> blocked() {
            Optional<Bucket> known = blocked;
            if (known == null) {
                known = tellBlocked.get();
                blocked = known;
            }
            return known;
        }

        /** Null for one who was not worth a thought yet. */
        private @Nullable Member member(UserName user) {
            for (Member member : members) {
                if (member.user.equals(user)) {
                    return member;
                }
            }
            return null;
        }

        /** The project's own where nothing is below it; so not before all projects were taken in. */
        Standing standing() {
            Standing known = standing;
            if (known == null && ledger.below(stem.branch).isEmpty()) {
                known = stem.standing;
                standing = known;
            } else if (known == null) {
                List<Standing> others = new ArrayList<>();
                for (Branch below : ledger.below(stem.branch)) {
                    others.add(new Standing(below.account, ledger, tick));
                }
                known = stem.standing.without(others);
                standing = known;
            }
            return known;
        }

        @Override
        double ownShare() {
            return standing().share(null, board.totals());
        }

        @Override
        long given() {
            return standing().tasks;
        }

        @Override
        String name() {
            return "";
        }
    }

    /** A user in a project. */
    final class Member extends Pick.Group {
        final UserName user;
        final Standing standing;
        private final Own own;
        private final Bucket[] buckets;
        /** How many of his buckets were taken in, or passed over. */
        private int taken;
        /** The one taken in last. */
        private @Nullable Turn last;

        /** @param buckets at least one, by their first entries */
        Member(Waiting.OfUser user, Bucket[] buckets, Own own) {
            super(buckets[0].first(), Pick.BUCKETS);
            this.user = user.name;
            this.own = own;
            this.buckets = buckets;
            this.standing = new Standing(user.account(ledger, own.stem.branch), ledger, tick);
            this.priorityClass = first.priorityClass;
            this.band = band(priorityClass);
            this.guaranteed = own.stem.promised;
            this.share = ownShare();
        }

        @Override
        void begin() {
            addNext();
        }

        /** The next of his buckets is not better than the one before it was, and so is taken in when that became worse. */
        @Override
        void worsened(Pick pick) {
            if (pick == last) {
                addNext();
            }
        }

        private void addNext() {
            while (taken < buckets.length) {
                Bucket bucket = buckets[taken++];
                if (wants(bucket) || guaranteed(bucket, own.stem)) {
                    Turn turn = new Turn(bucket, own.stem, this, Turns.this);
                    last = turn;
                    add(turn);
                    return;
                }
            }
        }

        boolean wants(Bucket bucket) {
            return room.isOpen(bucket.fit()) || (room.keeps() && isBlocked(bucket));
        }

        /** Whether room is kept for it where there is none. */
        boolean isBlocked(Bucket bucket) {
            return own.blocked().filter(blocked -> blocked == bucket).isPresent();
        }

        @Override
        double ownShare() {
            return standing.share(null, board.totals());
        }

        @Override
        long given() {
            return standing.tasks;
        }

        @Override
        String name() {
            return "";
        }
    }
}
