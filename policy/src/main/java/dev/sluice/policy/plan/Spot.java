package dev.sluice.policy.plan;

import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply.Others;
import dev.sluice.cluster.Supply.Ownership;
import dev.sluice.cluster.Supply.Queue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.spec.Ask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A partition of a cluster that was seen, with what our tasks hold of it. */
final class Spot {
    private static final int WIDE = 8;

    private ClusterView cluster;
    private final ClusterTerms terms;
    private final Load total;
    /** What tasks of ours may hold of it together. */
    private final Load usable;

    private final Load largest;
    private PartitionCapacity capacity;
    private Load others;
    private List<Aside> asides;
    private final Optional<String> name;
    private Load ours = Load.NONE;
    /** Of what is ours, that which was asked to end. */
    private Load leaving = Load.NONE;
    /** Of what is ours, wide tasks that wait in its cluster's queue; and how many each project has of them. */
    private Load wideQueued = Load.NONE;

    private final Map<ProjectPath, Integer> wideQueuedOf = new HashMap<>();
    /** What of ours is over at the latest by then, by whole minutes since the epoch, rounded up. */
    private final TreeMap<Long, Load> ends = new TreeMap<>();

    private final LinkedHashSet<Held> tenants = new LinkedHashSet<>();
    /** Others that have nodes in common with it. */
    private List<Overlap> overlaps = List.of();

    /** Its place in the board's list of all spots. */
    int index;

    Spot(ClusterView cluster, PartitionCapacity capacity, ClusterTerms terms) {
        this.cluster = cluster;
        this.capacity = capacity;
        this.name = cluster.named(capacity);
        this.terms = terms;
        this.total = Load.of(capacity.total());
        this.usable = terms.part() == ClusterTerms.WHOLE ? total : total.percent(terms.part());
        this.largest = Load.of(capacity.largest());
        this.others = Load.of(capacity.others());
        this.asides = Aside.of(cluster, capacity);
    }

    /** It was seen again, and only what others have there is different. */
    void see(ClusterView again, PartitionCapacity now) {
        cluster = again;
        capacity = now;
        others = Load.of(now.others());
        asides = Aside.of(again, now);
    }

    /**
     * Another partition with some of the same nodes. Which of them a task holds nobody knows beforehand: it counts as if all were
     * used alike.
     *
     * @param mine which part of what is held here is held there, too, 0 to 1
     * @param others which part of what is held there is held here, too
     */
    record Overlap(Spot spot, double mine, double others) {
        static Overlap between(Spot spot, Spot other) {
            String name = spot.capacity.name();
            String otherName = other.capacity.name();
            return new Overlap(other, spot.cluster.overlap(name, otherName), spot.cluster.overlap(otherName, name));
        }
    }

    void overlaps(List<Overlap> value) {
        overlaps = value;
    }

    List<Overlap> overlaps() {
        return overlaps;
    }

    ClusterView cluster() {
        return cluster;
    }

    /** What of it only some may use for a time. */
    List<Aside> asides() {
        return asides;
    }

    /** Of what is ours, tasks that name a reservation and wait in its cluster's queue. */
    Load queuedFor(String reservation) {
        Load queued = Load.NONE;
        for (Held held : tenants) {
            if (held.charge
                    .ask()
                    .routing()
                    .reservation()
                    .filter(reservation::equals)
                    .isPresent()) {
                queued = queued.plus(held.each, held.unstarted());
            }
        }
        return queued;
    }

    PartitionCapacity capacity() {
        return capacity;
    }

    Load total() {
        return total;
    }

    ClusterTerms terms() {
        return terms;
    }

    Load usable() {
        return usable;
    }

    Load largest() {
        return largest;
    }

    /** Whether what is free here stays free until we give it away. */
    boolean owned() {
        return cluster.ownership() == Ownership.OWNED;
    }

    /**
     * Whether the cluster keeps room for a wide one of ours that waits in its queue, beside those of others: then that is left to it.
     * Where nobody else hands jobs in, or the cluster starts whatever fits, we keep it, as far as it is free.
     */
    boolean plansByItself() {
        return !owned() && cluster.queue() == Queue.KEEPS_ROOM;
    }

    /** Whether what is given back here is ours again: where others wait for it, too, it may be theirs. */
    boolean givesBackToUs() {
        return owned() || cluster.queue() == Queue.STARTS_WHAT_FITS && ahead() == 0;
    }

    /** How many jobs of others wait here for nodes and nothing else, as far as anybody knows. */
    private long ahead() {
        return capacity.terms().others().map(Others::ahead).orElse(0L);
    }

    /** How a move names it. */
    Optional<String> name() {
        return name;
    }

    /** What one task takes here. */
    Load need(Shape shape) {
        return shape.demand.on(total, largest);
    }

    /** How long a task runs here at the most: by its own limit, else by what the partition allows. */
    Duration limit(Ask ask) {
        Duration most = Duration.ofMinutes(capacity.maxMinutes());
        return ask.limit().filter(limit -> limit.compareTo(most) < 0).orElse(most);
    }

    void hold(Held held, int sign) {
        if (sign > 0) {
            tenants.add(held);
        } else {
            tenants.remove(held);
        }
        ours = ours.plus(held.each, (long) sign * held.tasks());
        leaving = leaving.plus(held.each, (long) sign * held.leaving());
        int waiting = wide(held.each) ? held.unstarted() : 0;
        if (waiting > 0) {
            wideQueued = wideQueued.plus(held.each, (long) sign * waiting);
            wideQueuedOf.merge(held.charge.project(), sign * waiting, Integer::sum);
        }
        for (Held.End end : held.ends()) {
            ends.compute(minute(end.at()), (at, sum) -> {
                Load changed = (sum == null ? Load.NONE : sum).plus(held.each, (long) sign * end.tasks());
                return sign < 0 && changed.isNone() ? null : changed;
            });
        }
    }

    private static long minute(Instant at) {
        return Math.ceilDiv(at.getEpochSecond(), 60L);
    }

    /** Attempts of ours that are here. */
    Collection<Held> tenants() {
        return tenants;
    }

    /** What was asked to end and has not. */
    Load leaving() {
        return leaving;
    }

    /** What is over at the latest at which instant, in any order. */
    List<Freed> freed() {
        List<Freed> freed = new ArrayList<>(ends.size());
        freed(1, freed);
        overlaps.forEach(overlap -> overlap.spot().freed(overlap.others(), freed));
        return freed;
    }

    private void freed(double part, List<Freed> freed) {
        for (Map.Entry<Long, Load> end : ends.entrySet()) {
            freed.add(new Freed(
                    Instant.ofEpochSecond(end.getKey() * 60), end.getValue().part(part)));
        }
    }

    record Freed(Instant at, Load load) {}

    /** How much may be handed over besides what is free. */
    Load window(PolicySettings settings) {
        return usable.percent(settings.windowPercent());
    }

    /** What may still be given away: what nobody holds, and the window. */
    Load free(PolicySettings settings) {
        return settings.windowPercent() == 0 ? unheld() : unheld().plus(window(settings), 1);
    }

    /**
     * What nobody holds, as far as it may be ours. Where others hand jobs in, too, a wide one of ours that waits in the cluster's own queue holds nothing: the
     * cluster keeps room for it as it sees fit, and starts others around it.
     */
    Load unheld() {
        Load unheld = total.plus(others, -1).plus(ours, -1);
        for (Overlap overlap : overlaps) {
            unheld = unheld.plus(overlap.spot().heldBesides().part(overlap.others()), -1);
        }
        if (usable != total) {
            unheld = unheld.min(usable.plus(ours, -1));
        }
        return plansByItself() ? unheld.plus(wideQueued, 1) : unheld;
    }

    /** What tasks of ours hold here, but for those that the cluster plans for. */
    private Load heldBesides() {
        return plansByItself() ? ours.plus(wideQueued, -1) : ours;
    }

    /** Whether one task of this size takes so much that room for it hardly comes by chance: an eighth of anything there is. */
    boolean wide(Load need) {
        return total.holds(need) < WIDE;
    }

    /** How many wide tasks of a project wait in the cluster's queue here. */
    int wideQueued(ProjectPath project) {
        return wideQueuedOf.getOrDefault(project, 0);
    }
}
