package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Canceller;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Who ended runs that were cancelled and may have been SLURM's own doing: the controller names nobody, accounting does. Each is asked
 * for until that is told, or until accounting has answered without it for a whole patience; what it was away counts for nothing, as
 * in {@link Departed}. Thread-safe.
 */
final class Cancellers {
    private static final int MOST = 10_000;

    private final Accounting accounting;
    private final Duration patience;
    private final LongSupplier nanos;
    private final Map<Run, Question> questions = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Run, Question> eldest) {
            return size() > MOST;
        }
    };
    private long silentAt;

    /** What is known of one canceller. */
    enum Told {
        SLURM,
        PERSON,
        NOT_YET,
        /** Nobody can tell. */
        NEVER
    }

    private record Run(long ownId, long submitted, int run) {
        static Run of(Entry entry) {
            return new Run(entry.row().ownId(), entry.row().submitted().getEpochSecond(), States.run(entry.row()));
        }
    }

    private static final class Question {
        final long since;
        Optional<Long> asked = Optional.empty();
        Told told = Told.NOT_YET;

        Question(long since) {
            this.since = since;
        }
    }

    /**
     * @param patience for how long accounting may answer without an end before that counts as none
     * @param nanos as {@link System#nanoTime}: a clock that is moved moves no patience
     */
    Cancellers(Accounting accounting, Duration patience, LongSupplier nanos) {
        this.accounting = accounting;
        this.patience = patience;
        this.nanos = nanos;
        silentAt = nanos.getAsLong() - patience.toNanos();
    }

    /** That of each, in the same order: as its row says, or else accounting. */
    List<Told> of(List<Entry> cancelled) {
        ask(turn(cancelled));
        List<Told> all = new ArrayList<>();
        synchronized (this) {
            for (Entry entry : cancelled) {
                Question question = questions.get(Run.of(entry));
                all.add(
                        entry.row().canceller() != Canceller.UNTOLD
                                ? told(entry.row().canceller())
                                : question == null ? Told.NOT_YET : question.told);
            }
        }
        return all;
    }

    private static Told told(Canceller canceller) {
        return switch (canceller) {
            case SLURM -> Told.SLURM;
            case PERSON -> Told.PERSON;
            case UNTOLD -> Told.NOT_YET;
        };
    }

    private synchronized List<Entry> turn(List<Entry> cancelled) {
        long now = nanos.getAsLong();
        List<Entry> turn = new ArrayList<>();
        for (Entry entry : cancelled) {
            if (entry.row().canceller() != Canceller.UNTOLD || turn.size() >= Accounting.AT_ONCE) {
                continue;
            }
            Question question = questions.computeIfAbsent(Run.of(entry), run -> new Question(now));
            if (question.told == Told.NOT_YET
                    && question.asked
                            .map(at -> now - at >= Departed.AGAIN.toNanos())
                            .orElse(true)) {
                question.asked = Optional.of(now);
                turn.add(entry);
            }
        }
        return turn;
    }

    private void ask(List<Entry> turn) {
        if (turn.isEmpty()) {
            return;
        }
        Set<Long> ids = new LinkedHashSet<>();
        turn.forEach(entry -> ids.add(entry.row().jobId()));
        Answer<List<JobRow>> answer = accounting.records(ids);
        synchronized (this) {
            switch (answer) {
                case Answer.Said<List<JobRow>> said -> turn.forEach(entry -> note(entry, said.value()));
                case Answer.Refused<List<JobRow>> refused -> {
                    if (refused.refusal().code().equals(Door.NO_ACCOUNTING)) {
                        turn.forEach(entry -> answered(entry, Told.NEVER));
                    } else {
                        silentAt = nanos.getAsLong();
                    }
                }
                case Answer.Unknown<List<JobRow>> unknown -> silentAt = nanos.getAsLong();
            }
        }
    }

    private void note(Entry entry, List<JobRow> records) {
        Optional<Canceller> canceller = Runs.of(records, entry.tag(), entry.binding()).stream()
                .flatMap(runs -> runs.all().stream())
                .filter(each -> Run.of(each).equals(Run.of(entry)))
                .map(each -> each.row().canceller())
                .filter(each -> each != Canceller.UNTOLD)
                .findFirst();
        if (canceller.isPresent()) {
            answered(entry, told(canceller.get()));
        } else if (isOverdue(questions.get(Run.of(entry)))) {
            answered(entry, Told.NEVER);
        }
    }

    private boolean isOverdue(@org.jspecify.annotations.Nullable Question question) {
        long now = nanos.getAsLong();
        return question != null && now - question.since >= patience.toNanos() && now - silentAt >= patience.toNanos();
    }

    private void answered(Entry entry, Told told) {
        Question question = questions.get(Run.of(entry));
        if (question != null) {
            question.told = told;
        }
    }
}
