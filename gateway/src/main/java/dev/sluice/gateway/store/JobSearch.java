package dev.sluice.gateway.store;

import dev.sluice.engine.JobQuery;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The condition that a query for jobs becomes.
 *
 * <p>Jobs are read by descending id until enough are found. Where few can match, because what is asked for only live jobs have,
 * the candidates come from an index instead.
 */
final class JobSearch {
    private static final String AND = " AND ";

    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    private JobSearch() {
        conditions.add("name IS NOT NULL");
    }

    /** Empty when nothing can match. */
    static Optional<JobSearch> of(JobQuery query, Session session) throws SQLException {
        JobSearch search = new JobSearch();
        boolean possible = search.scope(query.scope(), session)
                && (query.user().isEmpty()
                        || search.word("user", Words.Kind.USER, query.user().get(), session))
                && (query.project().isEmpty()
                        || search.word(
                                "project", Words.Kind.PROJECT, query.project().get(), session))
                && (query.cluster().isEmpty() || search.cluster(query.cluster().get(), session));
        if (!possible) {
            return Optional.empty();
        }
        query.name().ifPresent(name -> search.where("name = ?", name));
        if (!query.statuses().isEmpty()) {
            search.statuses(query.statuses());
        }
        query.labels()
                .forEach((key, value) -> search.where(
                        "json_extract(labels, ?) = ?", "$.values.\"" + key.replace("\"", "") + "\"", value));
        query.submittedFrom().ifPresent(from -> search.where("submitted >= ?", Times.bound(from)));
        query.submittedBefore().ifPresent(before -> search.where("submitted < ?", Times.bound(before)));
        query.below().ifPresent(below -> search.where("id < ?", (long) below.value()));
        search.values.add((long) query.most());
        return Optional.of(search);
    }

    private void where(String condition, Object... with) {
        conditions.add(condition);
        values.addAll(List.of(with));
    }

    private boolean word(String column, Words.Kind kind, Object value, Session session) throws SQLException {
        int number = Words.find(session, kind, value);
        where(column + " = ?", (long) number);
        return number != Words.NONE;
    }

    private boolean scope(JobQuery.Scope scope, Session session) throws SQLException {
        return switch (scope) {
            case JobQuery.Scope.Everything all -> true;
            case JobQuery.Scope.Of of -> {
                int user = Words.find(session, Words.Kind.USER, of.user());
                List<Long> projects = new ArrayList<>();
                for (ProjectPath project : of.projects()) {
                    int number = Words.find(session, Words.Kind.PROJECT, project);
                    if (number != Words.NONE) {
                        projects.add((long) number);
                    }
                }
                String some = projects.stream().map(p -> "?").collect(Collectors.joining(", "));
                conditions.add("(user = ?" + (projects.isEmpty() ? "" : " OR project IN (" + some + ")") + ")");
                values.add((long) user);
                values.addAll(projects);
                yield user != Words.NONE || !projects.isEmpty();
            }
        };
    }

    private boolean cluster(Object cluster, Session session) throws SQLException {
        int number = Words.find(session, Words.Kind.CLUSTER, cluster);
        where(
                "id IN (SELECT id FROM jobs WHERE cluster = ? UNION SELECT job FROM slices WHERE cluster = ?)",
                (long) number,
                (long) number);
        return number != Words.NONE;
    }

    private void statuses(Set<Status> statuses) {
        Object[] names = statuses.stream().map(Status::name).toArray();
        String some = statuses.stream().map(s -> "?").collect(Collectors.joining(", "));
        boolean few = statuses.stream().noneMatch(status -> status.ended() || status == Status.QUEUED);
        if (few) {
            conditions.add("id IN (SELECT id FROM jobs WHERE status > '' AND status IN (" + some
                    + ") UNION SELECT job FROM slices WHERE status IN (" + some + "))");
        } else {
            String fresh = statuses.contains(Status.QUEUED) ? "status IS NULL OR " : "";
            conditions.add("(" + fresh + "+status IN (" + some + ") OR (status = '' AND EXISTS"
                    + " (SELECT 1 FROM slices WHERE job = id AND +slices.status IN (" + some + "))))");
        }
        values.addAll(List.of(names));
        values.addAll(List.of(names));
    }

    /** The statement; the caller closes it. */
    PreparedStatement prepare(Session session, String select) throws SQLException {
        String sql = select + " WHERE " + String.join(AND, conditions) + " ORDER BY id DESC LIMIT ?";
        PreparedStatement statement = session.connection().prepareStatement(sql);
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Long number) {
                statement.setLong(i + 1, number);
            } else {
                statement.setString(i + 1, values.get(i).toString());
            }
        }
        return statement;
    }
}
