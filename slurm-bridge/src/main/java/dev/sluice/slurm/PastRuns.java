package dev.sluice.slurm;

import dev.sluice.cluster.PastRun;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The runs that jobs in the queue had before they were requeued, which accounting alone can tell. Each is asked for once, and once
 * more after a while where that brought less than all of them. Thread-safe.
 */
final class PastRuns {
    private static final int MOST = 10_000;

    /** Between two questions about the same runs, and after one that was refused. */
    private static final Duration AGAIN = Duration.ofSeconds(60);

    /** A job may have lost its records for good. */
    private static final int QUESTIONS = 3;

    private final Accounting accounting;
    private final LongSupplier nanos;
    private final Map<Key, Told> told = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
            return size() > MOST;
        }
    };
    private long refusedUntil;

    private record Key(long ownId, long submitted, int run) {
        static Key of(Entry entry) {
            return new Key(entry.row().ownId(), entry.row().submitted().getEpochSecond(), States.run(entry.row()));
        }
    }

    private record Told(List<PastRun> runs, int questions, long askedAt) {
        boolean suffices(int run, long now) {
            return runs.size() >= run || questions >= QUESTIONS || now - askedAt < AGAIN.toNanos();
        }
    }

    /** @param nanos as {@link System#nanoTime}: a clock that is moved moves no pause */
    PastRuns(Accounting accounting, LongSupplier nanos) {
        this.accounting = accounting;
        this.nanos = nanos;
        refusedUntil = nanos.getAsLong();
    }

    /** Those of each entry, in the same order. */
    List<List<PastRun>> of(List<Entry> entries) {
        ask(unknown(entries));
        List<List<PastRun>> all = new ArrayList<>();
        synchronized (this) {
            for (Entry entry : entries) {
                Told known = States.run(entry.row()) == 0 ? null : told.get(Key.of(entry));
                all.add(known == null ? List.of() : known.runs());
            }
        }
        return all;
    }

    private synchronized List<Entry> unknown(List<Entry> entries) {
        long now = nanos.getAsLong();
        if (now - refusedUntil < 0) {
            return List.of();
        }
        List<Entry> unknown = new ArrayList<>();
        for (Entry entry : entries) {
            int run = States.run(entry.row());
            Told known = run == 0 ? null : told.get(Key.of(entry));
            if (run > 0 && unknown.size() < Accounting.AT_ONCE && (known == null || !known.suffices(run, now))) {
                unknown.add(entry);
            }
        }
        return unknown;
    }

    private void ask(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Set<Long> ids = new HashSet<>();
        entries.forEach(entry -> ids.add(entry.row().jobId()));
        Answer<List<JobRow>> answer = accounting.records(ids);
        synchronized (this) {
            long now = nanos.getAsLong();
            if (answer instanceof Answer.Refused<List<JobRow>>) {
                refusedUntil = now + AGAIN.toNanos();
            }
            if (!(answer instanceof Answer.Said<List<JobRow>> said)) {
                return;
            }
            for (Entry entry : entries) {
                Told before = told.get(Key.of(entry));
                List<PastRun> runs = Runs.of(with(entry, said.value()), entry.tag(), entry.binding()).stream()
                        .filter(each -> each.last().row().ownId() == entry.row().ownId())
                        .findFirst()
                        .map(Runs::past)
                        .orElse(List.of());
                told.put(Key.of(entry), new Told(runs, before == null ? 1 : before.questions() + 1, now));
            }
        }
    }

    /** Its run in the queue is the last of them: accounting may get that when it starts, as that of 22.05 does. */
    private static List<JobRow> with(Entry entry, List<JobRow> records) {
        List<JobRow> all = new ArrayList<>(records);
        all.removeIf(
                row -> row.ownId() == entry.row().ownId() && Entry.binding(row).equals(entry.binding()));
        all.add(entry.row());
        return all;
    }
}
