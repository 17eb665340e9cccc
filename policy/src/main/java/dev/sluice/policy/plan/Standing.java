package dev.sluice.policy.plan;

import org.jspecify.annotations.Nullable;

/** How one who pays stands while a plan is made: what it gives him counts as his. */
final class Standing {
    /**
     * How much what is held now weighs against what was used: the share is the one that he would have 1/{@value} of a mean life
     * of usage later if all he holds went on. So what is given away at one instant is divided as usage is in the long run.
     */
    private static final double NOW = 1.0 / 16;

    final long[] held;
    long tasks;
    private final double[] used;

    Standing(Account account, Ledger ledger, long tick) {
        this.held = account.held.clone();
        this.tasks = account.tasks;
        this.used = account.used(ledger.ticks, ledger.lines, tick);
    }

    private Standing(long[] held, long tasks, double[] used) {
        this.held = held;
        this.tasks = tasks;
        this.used = used;
    }

    /** This less what others have of it. */
    Standing without(Iterable<Standing> others) {
        long[] rest = held.clone();
        double[] usedRest = used.clone();
        long tasksRest = tasks;
        for (Standing other : others) {
            tasksRest -= other.tasks;
            for (int line = 0; line < rest.length; line++) {
                rest[line] -= other.held[line];
                usedRest[line] = Math.max(0, usedRest[line] - other.used[line]);
            }
        }
        return new Standing(rest, tasksRest, usedRest);
    }

    void take(long[] each, long times) {
        for (int line = 0; line < held.length; line++) {
            held[line] += each[line] * times;
        }
        tasks += times;
    }

    private double uses(int line) {
        return used[line] * (1 - NOW) + held[line] * NOW;
    }

    /**
     * His share of what nominal amounts leave, by the resource of which it is largest (dominant resource fairness: Ghodsi and others,
     * NSDI 2011), over his weight. From −1 to 0 while all of it lies within what he is guaranteed: how much of that is in use.
     */
    double share(@Nullable Branch branch, long[] totals) {
        double share = -1;
        for (int line = 0; line < held.length; line++) {
            boolean counts = totals[line] > 0 && (branch == null || branch.shared[line]);
            if (counts) {
                share = Math.max(share, share(branch, totals, line));
            }
        }
        return share;
    }

    private double share(@Nullable Branch branch, long[] totals, int line) {
        double uses = uses(line);
        if (branch == null) {
            return uses / totals[line];
        }
        long nominal = branch.nominal[line];
        return nominal > 0 && uses < nominal
                ? (uses - nominal) / nominal
                : (uses - nominal) / (totals[line] * branch.weights[line]);
    }

    /** Whether anything of a guarantee is left. */
    boolean guarantees(Branch branch) {
        for (int line = 0; line < held.length; line++) {
            if (held[line] < branch.nominal[line]) {
                return true;
            }
        }
        return false;
    }

    /** Whether one more task stays within a guarantee of all that it needs and that is guaranteed at all. */
    boolean guarantees(Branch branch, long[] each) {
        boolean any = false;
        for (int line = 0; line < held.length; line++) {
            if (branch.nominal[line] > 0 && each[line] > 0) {
                if (held[line] + each[line] > branch.nominal[line]) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    /** How many more tasks stay within nominal and borrowing limit. */
    long room(Branch branch, long[] each) {
        long room = Long.MAX_VALUE;
        for (int line = 0; line < held.length; line++) {
            if (branch.most[line] < Long.MAX_VALUE && each[line] > 0) {
                room = Math.min(room, Math.max(0, branch.most[line] - held[line]) / each[line]);
            }
        }
        return room;
    }
}
