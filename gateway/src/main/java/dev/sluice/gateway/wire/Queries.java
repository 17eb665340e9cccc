package dev.sluice.gateway.wire;

import dev.sluice.engine.JobQuery;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The parameters of each route, as pure functions of their texts. */
public final class Queries {
    public static final int DEFAULT_LIMIT = 100;

    private Queries() {}

    /**
     * Of {@code GET /v1/jobs}. One more job than the page holds is not asked for: a page that is full may be followed by an empty
     * one.
     *
     * @param scope whose jobs the caller may see
     */
    public static Reading<JobQuery> jobs(Map<String, List<String>> raw, JobQuery.Scope scope) {
        Parameters parameters = new Parameters(raw);
        Optional<UserName> user = parameters.value("user", UserName::new);
        Optional<ProjectPath> project = parameters.value("project", ProjectPath::new);
        Optional<String> name = parameters.text("name");
        List<Status> statuses = parameters.values("status", Status::parse);
        Optional<ClusterName> cluster = parameters.value("cluster", ClusterName::new);
        SortedMap<String, String> labels = labels(parameters);
        Optional<Instant> from = parameters.time("submittedFrom");
        Optional<Instant> before = parameters.time("submittedBefore");
        OptionalInt limit = parameters.count("limit", 1, JobQuery.MOST);
        Optional<JobId> below = parameters.value(
                "cursor", text -> new JobId(PageMark.readJob(text).orElseThrow(() -> cursor(text))));
        return parameters.reading(() -> new JobQuery(
                scope,
                user,
                project,
                name,
                statuses.isEmpty() ? Set.of() : EnumSet.copyOf(statuses),
                cluster,
                labels,
                from,
                before,
                below,
                limit.orElse(DEFAULT_LIMIT)));
    }

    private static SortedMap<String, String> labels(Parameters parameters) {
        SortedMap<String, String> labels = new TreeMap<>();
        List<String[]> pairs = parameters.values("label", text -> {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidValue("label", "key=value", text);
            }
            return new String[] {text.substring(0, equals), text.substring(equals + 1)};
        });
        for (String[] pair : pairs) {
            String other = labels.putIfAbsent(pair[0], pair[1]);
            if (other != null && !other.equals(pair[1])) {
                parameters.refuse("label", "one value a key", pair[0] + " twice");
            }
        }
        return labels;
    }

    private static InvalidValue cursor(String text) {
        return new InvalidValue("cursor", "the next of the page before", text);
    }

    /** The cursor of the page behind this one; empty when there is none. */
    public static Optional<String> next(JobQuery query, List<JobId> page) {
        return page.size() < query.most() ? Optional.empty() : Optional.of(PageMark.job(page.getLast()));
    }

    /** @param after only groups whose lowest task lies above; -1 for all */
    public record TaskPage(int after, int limit) {}

    /** Of {@code GET /v1/jobs/{id}/tasks}. */
    public static Reading<TaskPage> tasks(Map<String, List<String>> raw) {
        Parameters parameters = new Parameters(raw);
        int limit = parameters.count("limit", 1, JobQuery.MOST).orElse(DEFAULT_LIMIT);
        Optional<Integer> after =
                parameters.value("cursor", text -> PageMark.readTask(text).orElseThrow(() -> cursor(text)));
        return parameters.reading(() -> new TaskPage(after.orElse(-1), limit));
    }

    /** Of the routes that do something with some tasks of a job: those meant, or empty for all. */
    public static Reading<Optional<TaskSet>> taskSet(Map<String, List<String>> raw) {
        Parameters parameters = new Parameters(raw);
        Optional<TaskSet> tasks = parameters.value("tasks", Tasks::parse);
        return parameters.reading(() -> tasks);
    }

    /** Of {@code POST /v1/jobs}. */
    public enum Submission {
        FOR_GOOD,
        DRY_RUN
    }

    public static Reading<Submission> submission(Map<String, List<String>> raw) {
        Parameters parameters = new Parameters(raw);
        boolean dry = parameters.flag("dryRun");
        return parameters.reading(() -> dry ? Submission.DRY_RUN : Submission.FOR_GOOD);
    }

    /** @param after behind which sequence; empty where the request says nothing */
    public record EventPage(OptionalLong after, int limit) {}

    /** Of the routes of events. */
    public static Reading<EventPage> events(Map<String, List<String>> raw) {
        Parameters parameters = new Parameters(raw);
        OptionalLong after = parameters.number("after", 0, Long.MAX_VALUE);
        int limit = parameters.count("limit", 1, JobQuery.MOST).orElse(DEFAULT_LIMIT);
        return parameters.reading(() -> new EventPage(after, limit));
    }

    /** Of a route that takes none. */
    public static Reading<Boolean> none(Map<String, List<String>> raw) {
        return new Parameters(raw).reading(() -> true);
    }

    /** Of {@code /v1/jobs/{id}} and its like: the id in a path. */
    public static Optional<JobId> jobId(String text) {
        boolean plain = !text.isEmpty() && text.length() <= 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long value = plain ? Long.parseLong(text) : 0;
        return value >= 1 && value <= Integer.MAX_VALUE ? Optional.of(new JobId((int) value)) : Optional.empty();
    }
}
