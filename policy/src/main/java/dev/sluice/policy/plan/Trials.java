package dev.sluice.policy.plan;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tries what would let one waiting job start now: each change is planned again, for that job alone, with what a plan of all others has
 * left. What does not let it start is not told.
 */
final class Trials {
    private static final int MOST = 8;

    private final State state;
    private final Round round;
    private final Instant now;

    Trials(State state, Round round, Instant now) {
        this.state = state;
        this.round = round;
        this.now = now;
    }

    /** For the tries the job gives up the room that is kept for it, as it would if it were changed. */
    List<Change> of(Candidate job) {
        Optional<Round.Kept> own =
                round.kept(job.project()).filter(kept -> kept.job().equals(job.job()));
        own.ifPresent(kept ->
                round.room().forgo(kept.place(), kept.at(), kept.place().spot().limit(job.ask())));
        List<Change> changes = tried(job);
        own.ifPresent(kept -> round.room()
                .reserve(kept.place(), kept.at(), kept.place().spot().limit(job.ask())));
        return changes;
    }

    private List<Change> tried(Candidate job) {
        boolean stuck = state.room(job.job()) <= 0;
        Optional<ProjectPath> closed = state.closedBy(job.project());
        Set<Change> all = new LinkedHashSet<>();
        if (stuck || closed.isPresent()) {
            if (!stuck) {
                place(job.ask(), job, false)
                        .ifPresent(place -> all.add(new Change.OpenBudget(closed.get(), where(place))));
            } else if (closed.isEmpty()) {
                place(job.ask(), job, false).ifPresent(place -> all.add(new Change.MoreAtOnce(where(place))));
            }
            return List.copyOf(all);
        }
        shorter(job, all);
        less(job, all);
        elsewhere(job, all);
        withoutModules(job, all);
        undrained(job, all);
        return all.stream().limit(MOST).toList();
    }

    private static Change.Where where(Fit.Place place) {
        return new Change.Where(place.spot().cluster().name(), place.spot().name());
    }

    /** Where one task of the job would start now if it asked this; empty for nowhere. */
    private Optional<Fit.Place> place(Ask ask, Candidate job, boolean undrained) {
        Shape shape = Shape.of(ask);
        for (Spot spot : state.board.spots()) {
            ClusterView cluster = spot.cluster();
            boolean possible = job.refusedBy().of(cluster.name()).isEmpty()
                    && open(ask, cluster, undrained)
                    && state.ledger.branch(job.project()).allows(cluster.name())
                    && Filters.wanted(ask.routing(), cluster, spot.capacity().name())
                    && Filters.ofPartition(shape, spot).isEmpty();
            if (!possible) {
                continue;
            }
            Fit.Place place = Fit.Place.of(shape, spot, state.ledger.lines);
            boolean starts = round.room().of(place, spot.limit(ask)) > 0
                    && round.allowed(job.project(), job.user(), place.counted()) > 0;
            if (starts) {
                return Optional.of(place);
            }
        }
        return Optional.empty();
    }

    private static boolean open(Ask ask, ClusterView cluster, boolean undrained) {
        List<Reason> reasons = Filters.ofCluster(ask, cluster);
        return undrained
                ? !reasons.isEmpty() && reasons.stream().allMatch(Reason.Drained.class::isInstance)
                : reasons.isEmpty();
    }

    /** With the longest limit that does not delay anybody: whole minutes. */
    private void shorter(Candidate job, Set<Change> all) {
        for (Spot spot : state.board.spots()) {
            Shape shape = Shape.of(job.ask());
            Fit.Place place = Fit.Place.of(shape, spot, state.ledger.lines);
            Optional<Duration> longest = round.room().longest(place);
            Duration most = Duration.ofMinutes(Math.min(
                    longest.map(Duration::toMinutes).orElse(0L), spot.capacity().maxMinutes()));
            boolean shortens = most.isPositive() && most.compareTo(spot.limit(job.ask())) < 0
                    || most.isPositive()
                            && job.ask()
                                    .limit()
                                    .filter(limit -> limit.compareTo(most) > 0)
                                    .isPresent();
            if (shortens) {
                Ask ask = job.ask().withLimit(most);
                place(ask, job, false).ifPresent(found -> all.add(new Change.ShorterLimit(most, where(found))));
            }
        }
    }

    /** With no more than is free, of the one thing that is short. */
    private void less(Candidate job, Set<Change> all) {
        Resources resources = job.ask().resources();
        Shape shape = Shape.of(job.ask());
        for (Spot spot : state.board.spots()) {
            List<Load.Lack> lacks = round.room().free(spot).lacks(spot.need(shape));
            if (lacks.size() != 1 || resources.nodes().least() > 1 || resources.tasks() > 1) {
                continue;
            }
            Dimension dimension = lacks.getFirst().dimension();
            long free = lacks.getFirst().has();
            less(resources, dimension, free)
                    .ifPresent(smaller -> place(job.ask().withResources(smaller), job, false)
                            .ifPresent(found -> all.add(new Change.AskLess(dimension, free, where(found)))));
        }
        boolean typed = resources.gpus().counts().keySet().stream().anyMatch(type -> !type.equals(Gpus.ANY_TYPE));
        if (typed) {
            int sum = resources.gpus().counts().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            SortedMap<String, Integer> any = new TreeMap<>();
            any.put(Gpus.ANY_TYPE, sum);
            Ask ask = job.ask()
                    .withResources(resources.withGpus(new Gpus(resources.gpus().per(), any)));
            place(ask, job, false).ifPresent(found -> all.add(new Change.AnyGpuType(where(found))));
        }
    }

    private static Optional<Resources> less(Resources resources, Dimension dimension, long free) {
        if (free <= 0) {
            return Optional.empty();
        }
        return switch (dimension) {
            case Dimension.Plain.CPUS ->
                Optional.of(resources.withCpusPerTask((int) Math.min(free, Resources.MAX_CPUS_PER_TASK)));
            case Dimension.Plain.MEMORY -> Optional.of(resources.withMemory(new Memory.PerNode(free)));
            case Dimension.Plain.GPUS -> Optional.empty();
            case Dimension.GpusOf _ -> Optional.empty();
        };
    }

    private void elsewhere(Candidate job, Set<Change> all) {
        Routing routing = job.ask().routing();
        if (!routing.partitions().isEmpty()) {
            for (Spot spot : state.board.spots()) {
                Ask ask = job.ask()
                        .withRouting(
                                routing.withPartitions(List.of(spot.capacity().name())));
                place(ask, job, false).ifPresent(found -> all.add(new Change.OtherPartition(where(found))));
            }
        }
        boolean bound = !routing.allowed().isEmpty()
                || !routing.refused().isEmpty()
                || !routing.preferred().isEmpty();
        if (bound) {
            Routing free = routing.withAllowed(Collections.emptySortedSet())
                    .withRefused(Collections.emptySortedSet())
                    .withPreferred(Collections.emptySortedSet());
            place(job.ask().withRouting(free), job, false)
                    .ifPresent(found -> all.add(new Change.OtherCluster(where(found))));
        }
    }

    private void withoutModules(Candidate job, Set<Change> all) {
        Needs needs = job.ask().needs();
        place(job.ask().withNeeds(needs.withModules(List.of())), job, false)
                .filter(found -> Reason.Modules.of(needs, found.spot().cluster().modules())
                        .isPresent())
                .ifPresent(found -> all.add(new Change.NoModules(where(found))));
    }

    private void undrained(Candidate job, Set<Change> all) {
        place(job.ask(), job, true).ifPresent(found -> all.add(new Change.Undrain(where(found))));
    }
}
