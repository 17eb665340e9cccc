package dev.sluice.policy.plan;

import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.load.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes capacity back from those who borrow it for one who is within what he is guaranteed.
 *
 * <p>It ends: capacity is taken back only for tasks with which a project stays within its nominal amounts, and only from projects
 * above theirs. What was taken back had lain above, so that it never takes anything back itself; and while tasks are on their way
 * out, what they hold counts as given back.
 */
final class Reclaims {
    /** How often in one plan nothing that could be taken back is looked for in vain. */
    private static final int FAILURES = 8;

    private static final int MOST_VICTIMS = 1000;

    private final State state;
    private final Room room;
    private final Instant now;
    /** What this plan takes back, by partition and by project. */
    private final Map<Spot, Load> coming = new HashMap<>();

    private final Map<Branch, long[]> taken = new HashMap<>();
    private final Map<AttemptId, TaskSet> chosen = new HashMap<>();
    private int failures;

    Reclaims(State state, Room room, Instant now) {
        this.state = state;
        this.room = room;
        this.now = now;
    }

    /** Tasks of one attempt that started together. */
    private record Group(Held held, TaskSet tasks, Instant started) {}

    /** The lowest class first, then what started last; what has not started yet comes before all. */
    private static final Comparator<Group> CHEAPEST = Comparator.comparingInt(
                    (Group group) -> group.held().charge.priorityClass())
            .thenComparing(Group::started, Comparator.reverseOrder())
            .thenComparing(group -> group.held().charge.attempt());

    private record Victim(Group group, int task) {}

    /**
     * Where one task of a turn gets what it needs without more ado: by what others were asked to give back already, or are asked now;
     * empty for nowhere.
     *
     * @param moves takes in what is to be taken back
     */
    Optional<Fit.Place> of(Turn turn, List<Fit.Place> ranked, List<Move> moves) {
        for (Fit.Place place : ranked) {
            Spot spot = place.spot();
            Branch guarantor = turn.stem.guarantor(place.counted());
            boolean gives = spot.givesBackToUs() && !room.isAside(place);
            if (!gives || guarantor == null) {
                continue;
            }
            Load window = spot.window(state.settings);
            Load has = room.free(spot)
                    .plus(window, -1)
                    .plus(spot.leaving(), 1)
                    .plus(coming.getOrDefault(spot, Load.NONE), 1);
            if (has.holds(place.need()) > 0) {
                room.hold(spot, place.need());
                return Optional.of(place);
            }
            if (failures < FAILURES) {
                List<Victim> victims = victims(guarantor, place, has);
                if (victims.isEmpty() || !lasts(place, victims)) {
                    failures++;
                } else {
                    take(turn, place, victims, moves);
                    return Optional.of(place);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether, once they are gone, a task has room until it ends, and runs into nothing that its cluster sets aside. */
    private boolean lasts(Fit.Place place, List<Victim> victims) {
        Spot spot = place.spot();
        if (Room.meetsMaintenance(place, now, place.limit())) {
            return false;
        }
        if (spot.asides().isEmpty()) {
            return true;
        }
        Map<AttemptId, TaskSet> gone = new HashMap<>(chosen);
        for (Victim victim : victims) {
            gone.merge(victim.group().held().charge.attempt(), TaskSet.of(victim.task()), TaskSet::union);
        }
        Profile after = room.workOut(spot);
        for (Held held : spot.tenants()) {
            Charge charge = held.charge;
            TaskSet going =
                    charge.leaving().orElse(TaskSet.EMPTY).union(gone.getOrDefault(charge.attempt(), TaskSet.EMPTY));
            Duration limit = spot.limit(charge.ask());
            charge.unstarted()
                    .ifPresent(tasks -> giveBack(
                            after, held, tasks.intersect(going), charge.since().plus(limit)));
            charge.runs()
                    .forEach(run -> giveBack(
                            after,
                            held,
                            run.tasks().intersect(going),
                            run.started().plus(limit)));
        }
        return after.holds(place.need(), now.plus(place.limit())) > 0;
    }

    private void giveBack(Profile profile, Held held, TaskSet tasks, Instant end) {
        if (!tasks.isEmpty() && end.isAfter(now)) {
            profile.take(held.each.times(tasks.size()).negative(), now, end);
        }
    }

    private void take(Turn turn, Fit.Place place, List<Victim> victims, List<Move> moves) {
        TreeMap<AttemptId, TaskSet> byAttempt = new TreeMap<>();
        for (Victim victim : victims) {
            Held held = victim.group().held();
            TaskSet task = TaskSet.of(victim.task());
            byAttempt.merge(held.charge.attempt(), task, TaskSet::union);
            chosen.merge(held.charge.attempt(), task, TaskSet::union);
            coming.merge(place.spot(), held.each, (sum, each) -> sum.plus(each, 1));
            lend(held, 1);
        }
        byAttempt.forEach((attempt, tasks) -> moves.add(new Move.Reclaim(attempt, tasks, turn.first.job())));
        room.hold(place.spot(), place.need());
    }

    private void lend(Held held, int sign) {
        for (@Nullable Branch at = state.ledger.branch(held.charge.project()); at != null; at = at.parent) {
            long[] sum = taken.computeIfAbsent(at, branch -> new long[held.counted.length]);
            for (int line = 0; line < sum.length; line++) {
                sum[line] += sign * held.counted[line];
            }
        }
    }

    /** Whom to take it from: the fewest; of those the lowest class, and what started last. None where it cannot be done. */
    private List<Victim> victims(Branch gainer, Fit.Place place, Load has) {
        List<Group> groups = groups(place.spot());
        groups.removeIf(group -> !lends(group.held(), gainer, place));
        groups.sort(CHEAPEST);
        for (Group group : groups) {
            if (has.plus(group.held().each, 1).holds(place.need()) > 0) {
                return List.of(new Victim(group, group.tasks().last()));
            }
        }
        List<Victim> all = several(groups, gainer, place, has);
        all.forEach(victim -> lend(victim.group().held(), -1));
        return all;
    }

    /** One after the other that gives most of what is missing, until it suffices; then without those that are not needed. */
    private List<Victim> several(List<Group> groups, Branch gainer, Fit.Place place, Load has) {
        List<Victim> victims = new ArrayList<>();
        Map<Group, TaskSet> left = new HashMap<>();
        Load sum = has;
        while (sum.holds(place.need()) == 0) {
            Group best = null;
            double most = 0;
            for (Group group : groups) {
                TaskSet rest = left.getOrDefault(group, group.tasks());
                double gives = rest.isEmpty() ? 0 : gives(group.held().each, sum, place.need());
                if (gives > most && lends(group.held(), gainer, place)) {
                    best = group;
                    most = gives;
                }
            }
            if (best == null || victims.size() == MOST_VICTIMS) {
                victims.forEach(victim -> lend(victim.group().held(), -1));
                victims.clear();
                return victims;
            }
            TaskSet rest = left.getOrDefault(best, best.tasks());
            victims.add(new Victim(best, rest.last()));
            left.put(best, rest.minus(TaskSet.of(rest.last())));
            lend(best.held(), 1);
            sum = sum.plus(best.held().each, 1);
        }
        return needed(victims, place, sum);
    }

    private List<Victim> needed(List<Victim> victims, Fit.Place place, Load all) {
        List<Victim> dearest = new ArrayList<>(victims);
        dearest.sort(Comparator.comparing(Victim::group, CHEAPEST).reversed());
        Set<Victim> spared = new HashSet<>();
        Load sum = all;
        for (Victim victim : dearest) {
            Load without = sum.plus(victim.group().held().each, -1);
            if (without.holds(place.need()) > 0) {
                sum = without;
                spared.add(victim);
                lend(victim.group().held(), -1);
            }
        }
        victims.removeAll(spared);
        return victims;
    }

    /** How much of what is missing a task gives, each dimension's part added up. */
    private static double gives(Load each, Load has, Load need) {
        double sum = 0;
        for (Load.Lack lack : has.lacks(need)) {
            long missing = lack.need() - lack.has();
            sum += Math.min(1, (double) each.of(lack.dimension()) / missing);
        }
        return sum;
    }

    private List<Group> groups(Spot spot) {
        List<Group> groups = new ArrayList<>();
        for (Held held : spot.tenants()) {
            Charge charge = held.charge;
            if (!charge.preemptible()) {
                continue;
            }
            TaskSet gone =
                    charge.leaving().orElse(TaskSet.EMPTY).union(chosen.getOrDefault(charge.attempt(), TaskSet.EMPTY));
            charge.unstarted().ifPresent(tasks -> add(groups, held, tasks.minus(gone), Instant.MAX));
            charge.runs().forEach(run -> add(groups, held, run.tasks().minus(gone), run.started()));
        }
        return groups;
    }

    private static void add(List<Group> groups, Held held, TaskSet tasks, Instant started) {
        if (!tasks.isEmpty()) {
            groups.add(new Group(held, tasks, started));
        }
    }

    /**
     * Whether what it holds is borrowed, as the one sees it whose guarantee is short: it is not his own, and its project and all above it
     * that are not above him too hold more than they are guaranteed.
     */
    private boolean lends(Held held, Branch gainer, Fit.Place place) {
        Branch owner = state.ledger.branch(held.charge.project());
        if (isAbove(gainer, owner)) {
            return false;
        }
        for (@Nullable Branch at = owner; at != null && !isAbove(at, gainer); at = at.parent) {
            if (!borrows(at, held, place)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is the other, or above it. */
    private static boolean isAbove(Branch branch, Branch other) {
        for (@Nullable Branch at = other; at != null; at = at.parent) {
            if (at == branch) {
                return true;
            }
        }
        return false;
    }

    private boolean borrows(Branch branch, Held held, Fit.Place place) {
        long[] gone = taken.get(branch);
        for (int line = 0; line < held.counted.length; line++) {
            if (held.counted[line] > 0 && place.counted()[line] > 0) {
                long holds = branch.account.held[line] - branch.account.leaving[line] - (gone == null ? 0 : gone[line]);
                if (holds > branch.nominal[line]) {
                    return true;
                }
            }
        }
        return false;
    }
}
