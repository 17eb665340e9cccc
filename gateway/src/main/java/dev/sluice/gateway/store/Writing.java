package dev.sluice.gateway.store;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.JobHead;
import dev.sluice.engine.JobRecord;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import java.net.URI;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The statements that put one batch on disk, within one transaction of the writer's session. */
final class Writing {
    private static final Codec<Image> IMAGE = Codec.of(Image.class);
    private static final Codec<Image.Key> KEY = Codec.of(Image.Key.class);
    private static final Codec<JobRecord.Placing> PLACING = Codec.of(JobRecord.Placing.class);
    private static final Codec<JobRecord.Run> RUN = Codec.of(JobRecord.Run.class);
    private static final Codec<Binding> BINDING = Codec.of(Binding.class);

    private final Session session;
    private final Words words;
    private final HeadRow heads;
    private final Batch batch;
    private final long at;
    private final Notices notices;
    private final Map<JobId, Draft> drafts = new LinkedHashMap<>();
    private final Set<JobId> changed = new LinkedHashSet<>();
    private final Set<JobId> forgotten = new HashSet<>();
    private long sequence;

    /** @param sequence of the newest event so far */
    Writing(Session session, Words words, Batch batch, long sequence) {
        this.session = session;
        this.words = words;
        this.heads = new HeadRow(words);
        this.batch = batch;
        this.at = Times.nanos(batch.at());
        this.sequence = sequence;
        this.notices = new Notices(session, at);
    }

    /** A job that this batch accepts: its row is written once, when all of it is known. */
    private static final class Draft {
        private final Event.Accepted accepted;
        private final long sequence;
        private Labels labels;
        private Optional<JobHead> head = Optional.empty();
        private StateRow state = StateRow.NONE;

        Draft(Event.Accepted accepted, long sequence) {
            this.accepted = accepted;
            this.sequence = sequence;
            this.labels = accepted.spec().labels();
        }
    }

    /** Writes it all. @return the sequence of the newest event */
    long write() throws SQLException {
        for (Event.Recorded event : batch.events()) {
            record(event);
        }
        Uses uses = new Uses(session, at);
        for (Image.Row row : batch.rows()) {
            switch (row.key()) {
                case Image.Key.OfJob key -> job(key.job(), row.image());
                case Image.Key.OfSlice key -> slice(key, row.image());
                case Image.Key.OfUse key -> uses.collect(key.use(), row.image());
                case Image.Key.OfCluster key -> rest(row);
                case Image.Key.OfLeftover key -> rest(row);
                case Image.Key.OfProject key -> rest(row);
                case Image.Key.OfUsage key -> rest(row);
                case Image.Key.OfIds key -> rest(row);
            }
        }
        uses.write();
        for (Draft draft : drafts.values()) {
            insert(draft);
        }
        for (JobId job : changed) {
            if (!drafts.containsKey(job)) {
                session.row("UPDATE jobs SET changed = ? WHERE id = ?")
                        .put(at)
                        .put(job.value())
                        .write();
            }
        }
        return sequence;
    }

    // Events

    private void record(Event.Recorded event) throws SQLException {
        sequence++;
        String body = EventRow.body(event);
        String kind = EventRow.kind(event);
        session.row("INSERT INTO events (sequence, at, job, kind, body) VALUES (?, ?, ?, ?, ?)")
                .put(sequence)
                .put(at)
                .put(EventRow.job(event))
                .put(kind)
                .put(body)
                .write();
        if (event instanceof Event.OfJob of) {
            changed.add(of.job());
        }
        if (event instanceof Event.Accepted accepted) {
            drafts.put(accepted.job(), new Draft(accepted, sequence));
            accepted.spec().webhook().ifPresent(url -> notices.expect(accepted.job(), url.toString()));
        }
        if (event instanceof Event.Labelled labelled) {
            label(labelled);
        }
        if (event instanceof Event.Placed placed) {
            place(placed);
        }
        if (event instanceof Event.OfTasks of) {
            bind(of);
            notices.consider(of, sequence, kind, body);
        }
        if (event instanceof Event.Charged charged) {
            charge(charged);
        }
        if (event instanceof Event.Forgotten of) {
            forgotten.add(of.job());
        }
    }

    private void label(Event.Labelled labelled) throws SQLException {
        Draft draft = drafts.get(labelled.job());
        if (draft != null) {
            draft.labels = labelled.labels();
        } else {
            session.row("UPDATE jobs SET labels = ? WHERE id = ?")
                    .put(HeadRow.labels(labelled.labels()))
                    .put(labelled.job().value())
                    .write();
        }
    }

    private void place(Event.Placed placed) throws SQLException {
        Attempt attempt = placed.to().attempt();
        session.row("INSERT INTO attempts (job, attempt, placed, body) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET body = excluded.body, binding = NULL")
                .put(placed.job().value())
                .put(attempt.id().toString())
                .put(sequence)
                .put(PLACING.write(new JobRecord.Placing(attempt, Optional.empty(), batch.at(), placed.why())))
                .write();
    }

    private void bind(Event.OfTasks event) throws SQLException {
        if (event.to() instanceof JobState.Live live && live.phase() instanceof Phase.Bound bound) {
            session.row("UPDATE attempts SET binding = ? WHERE job = ? AND attempt = ?")
                    .put(BINDING.write(bound.binding()))
                    .put(event.job().value())
                    .put(live.attempt().id().toString())
                    .write();
        }
    }

    private void charge(Event.Charged run) throws SQLException {
        session.row("INSERT INTO runs (job, charged, body) VALUES (?, ?, ?)")
                .put(run.job().value())
                .put(sequence)
                .put(RUN.write(new JobRecord.Run(run.tasks(), run.attempt(), run.run(), run.started(), run.ended())))
                .write();
    }

    // Rows

    private void job(JobId job, Optional<Image> image) throws SQLException {
        if (image.isEmpty()) {
            if (forgotten.contains(job)) {
                session.row("UPDATE jobs SET live = 0 WHERE id = ?")
                        .put(job.value())
                        .write();
            } else {
                new Purging(session, words).remove(job.value());
            }
            return;
        }
        JobHead head = ((Image.OfJob) image.get()).head();
        Draft draft = drafts.get(job);
        if (draft != null) {
            draft.head = Optional.of(head);
        } else if (!update(head)) {
            insert(head, head, 1, 0, null, StateRow.NONE);
        }
    }

    /** Changes a head that is there, and keeps in what it differed when it was accepted; false when it is not there. */
    private boolean update(JobHead head) throws SQLException {
        PreparedStatement query = session.statement("SELECT " + HeadRow.COLUMNS + ", was FROM jobs WHERE id = ?");
        query.setInt(1, head.id().value());
        JobHead accepted;
        try (ResultSet row = query.executeQuery()) {
            if (!row.next()) {
                return false;
            }
            accepted = HeadRow.differing(heads.read(row, session), row.getString(HeadRow.COLUMN_COUNT + 1));
        }
        session.row("UPDATE jobs SET live = 1, user = ?, project = ?, ask = ?, rules = ?, size = ?, tasks = ?,"
                        + " priority = ?, submitted = ?, twin = ?, more = ?, was = ? WHERE id = ?")
                .put(number(Words.Kind.USER, head.user()))
                .put(number(Words.Kind.PROJECT, head.project()))
                .put(number(Words.Kind.ASK, head.ask()))
                .put(number(Words.Kind.RULES, head.rules()))
                .put(head.tasks().size())
                .put(HeadRow.tasks(head.tasks()))
                .put(head.priorityClass())
                .put(Times.nanos(head.submitted()))
                .put(head.twin())
                .put(HeadRow.more(head))
                .put(HeadRow.difference(accepted, head))
                .put(head.id().value())
                .write();
        return true;
    }

    private int number(Words.Kind kind, Object value) throws SQLException {
        return words.number(session, kind, value);
    }

    private void insert(Draft draft) throws SQLException {
        JobHead accepted = draft.accepted.head();
        JobHead head = draft.head.orElse(accepted);
        insert(head, accepted, draft.head.isPresent() ? 1 : 0, draft.sequence, draft, draft.state);
        session.row("INSERT INTO specs (job, body) VALUES (?, ?)")
                .put(head.id().value())
                .put(HeadRow.spec(draft.accepted.spec(), accepted))
                .write();
    }

    private void insert(JobHead head, JobHead accepted, int live, long sequence, @Nullable Draft draft, StateRow state)
            throws SQLException {
        Optional<JobSpec> spec = draft == null ? Optional.empty() : Optional.of(draft.accepted.spec());
        long submitted = Times.nanos(head.submitted());
        session.row("INSERT INTO jobs (id, live, accepted, user, project, ask, rules, size, tasks, priority, submitted,"
                        + " twin, more, was, name, labels, webhook, changed, status, cluster, state)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .put(head.id().value())
                .put(live)
                .put(sequence)
                .put(number(Words.Kind.USER, head.user()))
                .put(number(Words.Kind.PROJECT, head.project()))
                .put(number(Words.Kind.ASK, head.ask()))
                .put(number(Words.Kind.RULES, head.rules()))
                .put(head.tasks().size())
                .put(HeadRow.tasks(head.tasks()))
                .put(head.priorityClass())
                .put(submitted)
                .put(head.twin())
                .put(HeadRow.more(head))
                .put(HeadRow.difference(accepted, head))
                .put(spec.map(JobSpec::name).orElse(null))
                .put(draft == null ? null : HeadRow.labels(draft.labels))
                .put(spec.flatMap(JobSpec::webhook).map(URI::toString).orElse(null))
                .put(at == submitted ? null : (Long) at)
                .put(state.status())
                .put(cluster(state))
                .put(state.state())
                .write();
    }

    private @Nullable Integer cluster(StateRow state) throws SQLException {
        Optional<ClusterName> cluster = state.cluster();
        return cluster.isPresent() ? number(Words.Kind.CLUSTER, cluster.get()) : null;
    }

    private void slice(Image.Key.OfSlice key, Optional<Image> image) throws SQLException {
        if (image.isEmpty()) {
            if (!forgotten.contains(key.job())) {
                unslice(key);
            }
            return;
        }
        Image.OfSlice slice = (Image.OfSlice) image.get();
        StateRow state = StateRow.of(slice.state());
        if (slice.tasks().equals(TaskSet.SOLE) && isSole(key.job(), state)) {
            return;
        }
        session.row("INSERT INTO slices (job, lowest, tasks, status, cluster, state) VALUES (?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET tasks = excluded.tasks, status = excluded.status,"
                        + " cluster = excluded.cluster, state = excluded.state")
                .put(key.job().value())
                .put(key.lowest())
                .put(slice.tasks().toString())
                .put(state.status() == null ? "QUEUED" : state.status())
                .put(cluster(state))
                .put(state.state())
                .write();
    }

    /** Writes the state of a job that is no array to its own row; false when it is an array's. */
    private boolean isSole(JobId job, StateRow state) throws SQLException {
        Draft draft = drafts.get(job);
        if (draft != null) {
            boolean sole = draft.accepted.head().tasks().equals(TaskSet.SOLE);
            draft.state = sole ? state : draft.state;
            return sole;
        }
        return session.row("UPDATE jobs SET status = ?, cluster = ?, state = ? WHERE id = ? AND tasks IS NULL")
                        .put(state.status())
                        .put(cluster(state))
                        .put(state.state())
                        .put(job.value())
                        .write()
                > 0;
    }

    private void unslice(Image.Key.OfSlice key) throws SQLException {
        boolean sole = key.lowest() == TaskSet.SOLE.first() && isSole(key.job(), StateRow.NONE);
        if (!sole) {
            session.row("DELETE FROM slices WHERE job = ? AND lowest = ?")
                    .put(key.job().value())
                    .put(key.lowest())
                    .write();
        }
    }

    private void rest(Image.Row row) throws SQLException {
        String key = KEY.write(row.key());
        if (row.image().isEmpty()) {
            session.row("DELETE FROM rest WHERE key = ?").put(key).write();
        } else {
            session.row("INSERT INTO rest (key, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body")
                    .put(key)
                    .put(IMAGE.write(row.image().get()))
                    .write();
        }
    }
}
