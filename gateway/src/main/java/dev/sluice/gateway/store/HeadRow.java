package dev.sluice.gateway.store;

import dev.sluice.engine.JobHead;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Rules;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a job's head and spec lie in columns: what every job has in one of its own, the rest as a difference to those. */
final class HeadRow {
    /** The columns of a head in the table of jobs, in the order in which {@link #read} takes them. */
    static final String COLUMNS = "id, tasks, user, project, priority, submitted, ask, rules, more, twin";

    static final int COLUMN_COUNT = 10;

    private static final Codec<JobHead> HEAD = Codec.of(JobHead.class);
    private static final Codec<JobSpec> SPEC = Codec.of(JobSpec.class);
    private static final Codec<Labels> LABELS = Codec.of(Labels.class);

    /** A spec in which everything is as the codec has it for what was not written. */
    private static final JobSpec BARE = SPEC.read("""
            {"name":"-","project":"p","user":"u","work":{"type":"Command","argv":["-"]}}""");

    /** How many different rests of heads are kept so that jobs with equal ones share them. */
    private static final int MOST_RESTS = 10_000;

    private final Words words;
    private final Map<String, JobHead> rests = new HashMap<>();

    /** For one thread: rows that it reads share what is equal in them. */
    HeadRow(Words words) {
        this.words = words;
    }

    /** What a head is by its columns alone. */
    private static JobHead columns(
            JobId id,
            TaskSet tasks,
            UserName user,
            ProjectPath project,
            int priority,
            Instant submitted,
            Ask ask,
            Rules rules,
            long twin) {
        return new JobHead(
                id,
                tasks,
                user,
                project,
                priority,
                submitted,
                ask,
                rules,
                0,
                NO_DEPENDENCIES,
                Optional.empty(),
                Refusals.NONE,
                Optional.empty(),
                twin);
    }

    private static final Dependencies NO_DEPENDENCIES = BARE.after();

    /** What the columns do not say of a head; null for nothing. */
    static @Nullable String more(JobHead head) {
        return difference(
                head,
                columns(
                        head.id(),
                        head.tasks(),
                        head.user(),
                        head.project(),
                        head.priorityClass(),
                        head.submitted(),
                        head.ask(),
                        head.rules(),
                        head.twin()));
    }

    /** What tells a head from another of the same job; null for nothing. */
    static @Nullable String difference(JobHead head, JobHead base) {
        if (head == base) {
            return null;
        }
        String text = HEAD.write(head, base);
        return text.equals("{}") ? null : text;
    }

    static JobHead differing(JobHead base, @Nullable String difference) {
        return difference == null ? base : HEAD.read(difference, base);
    }

    static @Nullable String tasks(TaskSet tasks) {
        return tasks.equals(TaskSet.SOLE) ? null : tasks.toString();
    }

    static TaskSet tasks(@Nullable String text) {
        return text == null ? TaskSet.SOLE : TaskSet.parse(text);
    }

    static @Nullable String labels(Labels labels) {
        return labels.values().isEmpty() ? null : LABELS.write(labels);
    }

    static Labels labels(@Nullable String text) {
        return text == null ? BARE.labels() : LABELS.read(text);
    }

    /** Reads a head from a row of which {@link #COLUMNS} are the first columns. */
    JobHead read(ResultSet row, Session session) throws SQLException {
        int user = row.getInt(3);
        int project = row.getInt(4);
        int ask = row.getInt(7);
        int rules = row.getInt(8);
        String more = row.getString(9);
        JobHead head = columns(
                new JobId(row.getInt(1)),
                tasks(row.getString(2)),
                words.value(session, user, UserName.class),
                words.value(session, project, ProjectPath.class),
                row.getInt(5),
                Times.instant(row.getLong(6)),
                words.value(session, ask, Ask.class),
                words.value(session, rules, Rules.class),
                row.getLong(10));
        return more == null ? head : with(head, more);
    }

    private JobHead with(JobHead head, String more) {
        JobHead sample = rests.get(more);
        if (sample == null) {
            sample = HEAD.read(more, head);
            if (rests.size() >= MOST_RESTS) {
                rests.clear();
            }
            rests.put(more, sample);
            return sample;
        }
        return new JobHead(
                head.id(),
                head.tasks(),
                head.user(),
                head.project(),
                head.priorityClass(),
                head.submitted(),
                head.ask(),
                head.rules(),
                sample.atOnce(),
                sample.after(),
                sample.begin(),
                sample.barred(),
                sample.image(),
                head.twin());
    }

    /** A spec as far as the head that it was accepted with does not say it. */
    static String spec(JobSpec spec, JobHead accepted) {
        return SPEC.write(spec, base(accepted, spec.name()));
    }

    static JobSpec spec(String body, JobHead accepted, String name) {
        return SPEC.read(body, base(accepted, name));
    }

    private static JobSpec base(JobHead head, String name) {
        return BARE.toBuilder()
                .name(name)
                .project(head.project())
                .user(head.user())
                .ask(head.ask())
                .rules(head.rules())
                .priorityClass(head.priorityClass())
                .build();
    }
}
