package dev.sluice.policy.trace;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Supply;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.plan.ClusterView;
import dev.sluice.policy.project.HalfLife;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;

/** A modelled cluster at work: what runs, what waits in its own queue, and which of that starts next. */
final class Pool {
    /** How far behind the first of the queue is looked for what may go before it (SLURM: bf_max_job_test). */
    private static final int BACKFILL_DEPTH = 100;

    final ModelCluster model;
    final Load total;
    final Meter ours;
    final Meter natives;
    private final LinkedHashSet<Try> queue = new LinkedHashSet<>();
    private final LinkedHashSet<Try> running = new LinkedHashSet<>();
    private Load free;
    private Load nativeLoad = Load.NONE;
    private long nativeRunning;
    private long nativeWaiting;
    private long oursWaiting;
    /** Whether what others run or wait for has changed since it was last told. */
    private boolean isNews = true;

    Pool(ModelCluster model, HalfLife halfLife) {
        this.model = model;
        this.total = Load.of(model.total());
        this.free = total;
        this.ours = new Meter(halfLife);
        this.natives = new Meter(halfLife);
    }

    /** Whether it would ever take this. */
    boolean takes(Load need, long limit) {
        return total.lacks(need).isEmpty()
                && Math.ceilDiv(limit, 60) <= model.maxTime().toMinutes();
    }

    void enqueue(Try fresh) {
        queue.add(fresh);
        count(fresh, 1);
    }

    private void count(Try each, int more) {
        if (each.isNative()) {
            nativeWaiting += more;
            isNews = true;
        } else {
            oursWaiting += more;
        }
    }

    /** Takes out of the queue what has not begun. */
    void withdraw(Try waiting) {
        if (queue.remove(waiting)) {
            count(waiting, -1);
        }
    }

    boolean hasOursWaiting() {
        return oursWaiting > 0;
    }

    /** What of the queue begins now; it runs from here on. */
    List<Try> begin(long now) {
        List<Try> begun = new ArrayList<>();
        Iterator<Try> waiting = queue.iterator();
        while (waiting.hasNext() && free.cpus() > 0) {
            Try next = waiting.next();
            if (fits(next.need, free)) {
                waiting.remove();
                start(next, now);
                begun.add(next);
            } else if (model.kind() == ModelCluster.Kind.SLURM) {
                backfill(next, waiting, now, begun);
                break;
            }
        }
        return begun;
    }

    private static boolean fits(Load need, Load room) {
        return room.holds(need) > 0;
    }

    /** What is behind the first and does not delay it: it is over before the first could begin, or takes what that leaves. */
    private void backfill(Try first, Iterator<Try> behind, long now, List<Try> begun) {
        Load room = free;
        long shadow = now;
        List<Try> ending = new ArrayList<>(running);
        ending.sort(Comparator.comparingLong(each -> each.started + each.limit));
        for (Try each : ending) {
            if (fits(first.need, room)) {
                break;
            }
            room = room.plus(each.need, 1);
            shadow = each.started + each.limit;
        }
        Load spare = room.plus(first.need, -1);
        for (int depth = 0; depth < BACKFILL_DEPTH && behind.hasNext() && free.cpus() > 0; depth++) {
            Try each = behind.next();
            boolean isShort = now + each.limit <= shadow;
            if (fits(each.need, free) && (isShort || fits(each.need, spare))) {
                spare = isShort ? spare : spare.plus(each.need, -1);
                behind.remove();
                start(each, now);
                begun.add(each);
            }
        }
    }

    private void start(Try begun, long now) {
        count(begun, -1);
        begun.started = now;
        running.add(begun);
        free = free.plus(begun.need, -1);
        if (begun.isNative()) {
            natives.add(begun.need.cpus(), now);
            nativeLoad = nativeLoad.plus(begun.need, 1);
            nativeRunning++;
        } else {
            ours.add(begun.need.cpus(), now);
        }
    }

    void end(Try over, long now) {
        over.over = true;
        running.remove(over);
        free = free.plus(over.need, 1);
        if (over.isNative()) {
            natives.add(-over.need.cpus(), now);
            nativeLoad = nativeLoad.plus(over.need, -1);
            nativeRunning--;
            isNews = true;
        } else {
            ours.add(-over.need.cpus(), now);
        }
    }

    /** Whether others' work there has changed since the last {@link #view}. */
    boolean hasNews() {
        return isNews;
    }

    ClusterView view() {
        isNews = false;
        Amount others = new Amount(nativeLoad.cpus(), nativeLoad.memory(), new TreeMap<>(nativeLoad.types()));
        return model.view(others, new Supply.Others(nativeRunning, nativeWaiting));
    }
}
