package dev.sluice.policy.trace;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.trace.Item.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whose each job of a trace is, and how its users are called here. */
final class Owners {
    private static final int MOST_NAME = 63;

    private final SortedMap<ProjectPath, Takes> takes;
    private final List<Pool> guests;
    private final Map<String, UserName> users = new HashMap<>();
    private final Map<String, ProjectPath> groups = new HashMap<>();
    private final SortedMap<ProjectPath, Integer> indices = new TreeMap<>();

    /** Looks at all jobs for which projects there are. */
    Owners(Scenario scenario, Collection<Pool> pools, List<TraceJob> jobs) {
        this.takes = scenario.projects();
        this.guests =
                pools.stream().filter(pool -> pool.model.natives().isPresent()).toList();
        jobs.forEach(job -> project(job).ifPresent(project -> indices.put(project, 0)));
        int index = 0;
        for (ProjectPath project : projects()) {
            indices.put(project, index++);
        }
    }

    /** All that have jobs, by path. */
    List<ProjectPath> projects() {
        return new ArrayList<>(indices.keySet());
    }

    /** Empty where nobody takes it. */
    Optional<Owner> of(TraceJob job) {
        Optional<Owner> project = project(job).map(path -> {
            Integer index = indices.get(path);
            return new Owner.Ours(index == null ? 0 : index, path, user(job.user()));
        });
        return project.or(() -> natively(job).map(Owner.Native::new));
    }

    private Optional<ProjectPath> project(TraceJob job) {
        if (takes.isEmpty()) {
            return natively(job).isPresent()
                    ? Optional.empty()
                    : Optional.of(groups.computeIfAbsent(
                            job.group(), name -> new ProjectPath("group-" + plain(name, "unknown"))));
        }
        for (SortedMap.Entry<ProjectPath, Takes> each : takes.entrySet()) {
            if (each.getValue().takes(job)) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    private Optional<Pool> natively(TraceJob job) {
        return guests.stream()
                .filter(pool ->
                        pool.model.natives().filter(theirs -> theirs.takes(job)).isPresent())
                .findFirst();
    }

    private UserName user(String name) {
        return users.computeIfAbsent(name, key -> new UserName("u-" + plain(key, "unknown")));
    }

    /** What is neither a letter of ASCII nor a digit becomes a dash. */
    private static String plain(String name, String fallback) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
        String cut = plain.length() > MOST_NAME - 8 ? plain.substring(0, MOST_NAME - 8) : plain;
        return cut.isEmpty() ? fallback : cut;
    }
}
