package dev.sluice.testkit.fake;

import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The record of what ended (slurmdbd): it outlives the queue and its crashes, may be absent, away or late, and keeps what a
 * crash lost as pending or running for ever.
 */
final class AccountingBook {
    /** An end of one task's last run. */
    record Row(NativeJob job, int slot, TaskState.Over over) {}

    /** A task that the controller does not know and whose end is not on record. */
    record Ghost(NativeJob job, int slot, int run, String incarnation, long since) {}

    private record Key(NativeJob job, int slot) {}

    private final boolean kept;
    private final Agenda agenda;
    private final Outages outages;
    private final FaultCounts faults;
    private final List<Row> rows = new ArrayList<>();
    private final Set<Row> coming = new LinkedHashSet<>();
    private final Map<Key, Row> last = new HashMap<>();
    private final Map<AttemptId, List<Row>> byKey = new HashMap<>();
    private final Map<Key, Ghost> ghosts = new LinkedHashMap<>();

    AccountingBook(FakeSettings.Accounting accounting, Agenda agenda, Outages outages, FaultCounts faults) {
        this.kept = accounting == FakeSettings.Accounting.KEPT;
        this.agenda = agenda;
        this.outages = outages;
        this.faults = faults;
    }

    boolean kept() {
        return kept;
    }

    /** Whether it can be read now. */
    boolean answers() {
        return kept && outages.accounting <= agenda.now();
    }

    /** An end that it is to learn of, as soon as it can. */
    void ended(NativeJob job, int slot, TaskState.Over over) {
        if (!kept || job.ours.isEmpty()) {
            return;
        }
        long lag = outages.lagMs;
        if (lag > 0) {
            faults.count(Fault.ACCOUNTING_LAGS);
        }
        Row row = new Row(job, slot, over);
        if (lag == 0 && answers()) {
            land(row);
        } else {
            coming.add(row);
            agenda.at(Math.max(agenda.now() + lag, outages.accounting), () -> landOrWait(row));
        }
    }

    private void landOrWait(Row row) {
        if (!coming.contains(row)) {
            return;
        }
        if (answers()) {
            coming.remove(row);
            land(row);
        } else {
            agenda.at(outages.accounting, () -> landOrWait(row));
        }
    }

    /** All that it has not heard of yet lands at once. */
    void catchUp() {
        coming.forEach(this::land);
        coming.clear();
    }

    private void land(Row row) {
        Key key = new Key(row.job(), row.slot());
        ghosts.remove(key);
        rows.add(row);
        last.put(key, row);
        row.job()
                .key
                .ifPresent(
                        id -> byKey.computeIfAbsent(id, x -> new ArrayList<>(1)).add(row));
    }

    /** The queue forgot a task whose end may not be on record. */
    void lost(NativeJob job, int slot, TaskState state, long changes) {
        Key key = new Key(job, slot);
        if (kept && job.ours.isPresent() && end(job, slot, state.incarnation()).isEmpty()) {
            ghosts.put(key, new Ghost(job, slot, state.run(), state.incarnation(), changes));
        }
    }

    /** The task's end, where it is on record for this incarnation. */
    Optional<TaskState.Over> end(NativeJob job, int slot, String incarnation) {
        @Nullable Row row = last.get(new Key(job, slot));
        return row != null && row.over().incarnation().equals(incarnation) ? Optional.of(row.over()) : Optional.empty();
    }

    /** Rows that landed behind a position, in their order. */
    List<Row> since(int position) {
        return rows.subList(Math.min(position, rows.size()), rows.size());
    }

    int size() {
        return rows.size();
    }

    List<Row> rows(AttemptId key) {
        return byKey.getOrDefault(key, List.of());
    }

    /** What it has as pending or running and the queue does not know. */
    List<Ghost> ghosts() {
        List<Ghost> all = new ArrayList<>(ghosts.size());
        for (Ghost ghost : ghosts.values()) {
            if (!ghost.job().queued || ghost.job().states[ghost.slot()] instanceof TaskState.Gone) {
                all.add(ghost);
            }
        }
        return all;
    }

    /** Others removed the object's records too. */
    void erase(NativeJob job) {
        for (int slot = 0; slot < job.states.length; slot++) {
            ghosts.remove(new Key(job, slot));
        }
    }

    /** What a look shows of an end. */
    static Sighting.Ended sighting(TaskState.Over over, long skewMs) {
        return new Sighting.Ended(
                over.run(),
                over.end(),
                Instant.ofEpochMilli(over.started() + skewMs),
                Instant.ofEpochMilli(over.at() + skewMs));
    }
}
