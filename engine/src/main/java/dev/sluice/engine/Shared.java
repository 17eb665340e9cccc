package dev.sluice.engine;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Rules;
import java.util.HashMap;
import java.util.Map;

/** What jobs have in common, so that equal values cost the heap once. */
final class Shared {
    /** A table begins anew when it holds so many: then equal ones may be there twice. */
    private static final int MAX = 100_000;

    private final Map<UserName, UserName> users = new HashMap<>();
    private final Map<ProjectPath, ProjectPath> projects = new HashMap<>();
    private final Map<Ask, Ask> asks = new HashMap<>();
    private final Map<Rules, Rules> rules = new HashMap<>();
    private final Map<Refusals, Refusals> refusals = new HashMap<>();

    /** The same head, made of values that other jobs have already. */
    JobHead of(JobHead head) {
        return new JobHead(
                head.id(),
                head.tasks(),
                shared(users, head.user()),
                shared(projects, head.project()),
                head.priorityClass(),
                head.submitted(),
                shared(asks, head.ask()),
                shared(rules, head.rules()),
                head.atOnce(),
                head.after(),
                head.begin(),
                shared(refusals, head.barred()),
                head.image(),
                head.twin());
    }

    private static <T> T shared(Map<T, T> table, T value) {
        if (table.size() >= MAX) {
            table.clear();
        }
        T known = table.putIfAbsent(value, value);
        return known == null ? value : known;
    }
}
