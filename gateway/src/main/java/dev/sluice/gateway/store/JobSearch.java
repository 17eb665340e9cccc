package dev.sluice.gateway.store;

import dev.sluice.engine.JobQuery;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The condition that a query for jobs becomes.
 *
 * <p>Jobs are read by descending id until enough are found; where the asker sees only some users' and projects' jobs, those of
 * each by itself, and the newest of all these are taken. Where few jobs stand as is asked for, they come from an index.
 */
final class JobSearch {
    private static final String AND = " AND ";
    /** From so many on, jobs of a status are met soon enough by going through all. */
    private static final int MANY = 5_000;
    /** Of so many users and projects each is looked through by itself. */
    private static final int MOST_ARMS = 24;

    /** One column that an index with ids knows, and the number that it shall have. */
    private record Arm(String column, long number) {}

    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private final List<Arm> arms = new ArrayList<>();
    private final long most;

    private JobSearch(int most) {
        this.most = most;
        conditions.add("name IS NOT NULL");
    }

    /** Empty when nothing can match. */
    static Optional<JobSearch> of(JobQuery query, Session session) throws SQLException {
        JobSearch search = new JobSearch(query.most());
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
            search.statuses(query.statuses(), session);
        }
        query.labels()
                .forEach((key, value) -> search.where(
                        "json_extract(labels, ?) = ?", "$.values.\"" + key.replace("\"", "") + "\"", value));
        query.submittedFrom().ifPresent(from -> search.where("submitted >= ?", Times.bound(from)));
        query.submittedBefore().ifPresent(before -> search.where("submitted < ?", Times.bound(before)));
        query.below().ifPresent(below -> search.where("id < ?", (long) below.value()));
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
                arm("user", Words.find(session, Words.Kind.USER, of.user()));
                for (ProjectPath project : of.projects()) {
                    arm("project", Words.find(session, Words.Kind.PROJECT, project));
                }
                yield !arms.isEmpty();
            }
        };
    }

    private void arm(String column, int number) {
        if (number != Words.NONE) {
            arms.add(new Arm(column, number));
        }
    }

    private boolean cluster(Object cluster, Session session) throws SQLException {
        int number = Words.find(session, Words.Kind.CLUSTER, cluster);
        where(
                "id IN (SELECT id FROM jobs WHERE cluster = ? UNION SELECT job FROM slices WHERE cluster = ?)",
                (long) number,
                (long) number);
        return number != Words.NONE;
    }

    private void statuses(Set<Status> statuses, Session session) throws SQLException {
        Object[] names = statuses.stream().map(Status::name).toArray();
        String some = statuses.stream().map(s -> "?").collect(Collectors.joining(", "));
        String candidates = "SELECT id FROM jobs WHERE status > '' AND status IN (" + some
                + ") UNION ALL SELECT job FROM slices WHERE status IN (" + some + ")";
        if (!statuses.contains(Status.QUEUED) && few(candidates, names, session)) {
            conditions.add("id IN (" + candidates + ")");
        } else {
            String fresh = statuses.contains(Status.QUEUED) ? "status IS NULL OR " : "";
            conditions.add("(" + fresh + "+status IN (" + some + ") OR (status = '' AND EXISTS"
                    + " (SELECT 1 FROM slices WHERE job = id AND +slices.status IN (" + some + "))))");
        }
        values.addAll(List.of(names));
        values.addAll(List.of(names));
    }

    private static boolean few(String candidates, Object[] names, Session session) throws SQLException {
        PreparedStatement count =
                session.statement("SELECT count(*) FROM (SELECT 1 FROM (" + candidates + ") LIMIT " + MANY + ")");
        for (int i = 0; i < names.length; i++) {
            count.setString(i + 1, names[i].toString());
            count.setString(names.length + i + 1, names[i].toString());
        }
        try (ResultSet row = count.executeQuery()) {
            return row.next() && row.getInt(1) < MANY;
        }
    }

    /** The statement; the caller closes it. */
    PreparedStatement prepare(Session session, String select) throws SQLException {
        List<Object> bound = new ArrayList<>();
        String sql = select + " WHERE " + where(bound) + " ORDER BY id DESC LIMIT ?";
        bound.add(most);
        PreparedStatement statement = session.connection().prepareStatement(sql);
        for (int i = 0; i < bound.size(); i++) {
            if (bound.get(i) instanceof Long number) {
                statement.setLong(i + 1, number);
            } else {
                statement.setString(i + 1, bound.get(i).toString());
            }
        }
        return statement;
    }

    private String where(List<Object> bound) {
        String all = String.join(AND, conditions);
        if (arms.isEmpty()) {
            bound.addAll(values);
            return all;
        }
        if (arms.size() > MOST_ARMS) {
            bound.addAll(values);
            arms.forEach(arm -> bound.add(arm.number()));
            return all
                    + AND
                    + arms.stream()
                            .map(arm -> "+" + arm.column() + " = ?")
                            .collect(Collectors.joining(" OR ", "(", ")"));
        }
        List<String> parts = new ArrayList<>();
        for (Arm arm : arms) {
            parts.add("SELECT id FROM (SELECT id FROM jobs WHERE " + arm.column() + " = ? AND " + all
                    + " ORDER BY id DESC LIMIT ?)");
            bound.add(arm.number());
            bound.addAll(values);
            bound.add(most);
        }
        return "id IN (" + String.join(" UNION ALL ", parts) + ")";
    }
}
