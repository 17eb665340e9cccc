package dev.sluice.policy.project;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All projects, checked as a whole. A project that nobody has declared, or one between declared ones, is {@linkplain Project#plain
 * plain}: jobs outlive the file that named their project.
 */
public record ProjectTree(SortedMap<ProjectPath, Project> projects) {
    public static final ProjectTree EMPTY = new ProjectTree(Collections.emptySortedMap());

    /** @throws InvalidValue for all {@link #problems} together */
    public ProjectTree {
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
        InvalidValue.throwIfAny(
                problems(projects.values()).stream().map(Contradiction::problem).toList());
    }

    public static ProjectTree of(Collection<Project> all) {
        SortedMap<ProjectPath, Project> byPath = new TreeMap<>();
        for (Project project : all) {
            if (byPath.put(project.path(), project) != null) {
                throw new InvalidValue("projects", "each once", project.path().value());
            }
        }
        return new ProjectTree(byPath);
    }

    /** The project as it was declared, or a plain one. */
    public Project get(ProjectPath path) {
        Project project = projects.get(path);
        return project == null ? Project.plain(path) : project;
    }

    /** From the top of the tree down to the project itself. */
    public static List<ProjectPath> path(ProjectPath project) {
        List<ProjectPath> path = new ArrayList<>();
        for (Optional<ProjectPath> at = Optional.of(project);
                at.isPresent();
                at = at.get().parent()) {
            path.add(at.get());
        }
        return path.reversed();
    }

    /**
     * What a project says that does not go with another one's word.
     *
     * @param project whose word it is
     * @param resource whose quota is meant; empty where it is none
     * @param problem its field says what of which project is wrong
     */
    public record Contradiction(ProjectPath project, Optional<Resource> resource, Word word, InvalidValue problem) {}

    /** Which word of a project's. */
    public enum Word {
        NOMINAL,
        CLUSTERS,
        MOST_PRIORITY
    }

    /** All that contradicts itself: guarantees that those above do not have to give, clusters and classes that are wider than theirs. */
    public static List<Contradiction> problems(Collection<Project> all) {
        SortedMap<ProjectPath, Project> byPath = new TreeMap<>();
        all.forEach(project -> byPath.put(project.path(), project));
        List<Contradiction> problems = new ArrayList<>();
        Map<ProjectPath, SortedMap<Resource, Long>> promises = promises(byPath);
        for (Project project : byPath.values()) {
            promised(project, promises.getOrDefault(project.path(), Collections.emptySortedMap()), problems);
            above(project, byPath).ifPresent(parent -> narrower(project, parent, problems));
        }
        return problems;
    }

    /** The nearest one above that was declared. */
    private static Optional<Project> above(Project project, SortedMap<ProjectPath, Project> byPath) {
        Optional<ProjectPath> at = project.path().parent();
        while (at.isPresent()) {
            Project found = byPath.get(at.get());
            if (found != null) {
                return Optional.of(found);
            }
            at = at.get().parent();
        }
        return Optional.empty();
    }

    /** What the projects right below each declared one are promised together, or as much as can be counted. */
    private static Map<ProjectPath, SortedMap<Resource, Long>> promises(SortedMap<ProjectPath, Project> byPath) {
        Map<ProjectPath, SortedMap<Resource, Long>> promises = new HashMap<>();
        for (Project below : byPath.values()) {
            Optional<Project> parent = below.quotas().isEmpty() ? Optional.empty() : above(below, byPath);
            parent.ifPresent(owner -> {
                SortedMap<Resource, Long> sums = promises.computeIfAbsent(owner.path(), path -> new TreeMap<>());
                below.quotas().forEach((resource, quota) -> sums.merge(resource, quota.nominal(), ProjectTree::sum));
            });
        }
        return promises;
    }

    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    /** A project that names a guarantee has at least what those right below it are promised of it. */
    private static void promised(Project project, SortedMap<Resource, Long> promised, List<Contradiction> problems) {
        project.quotas().forEach((resource, quota) -> {
            Long sum = promised.get(resource);
            if (sum != null && sum > quota.nominal()) {
                InvalidValue problem = new InvalidValue(
                        "nominal " + resource + " of project " + project.path(),
                        "at least " + sum + ", which those below it are promised together",
                        Long.toString(quota.nominal()));
                problems.add(new Contradiction(project.path(), Optional.of(resource), Word.NOMINAL, problem));
            }
        });
    }

    private static void narrower(Project project, Project parent, List<Contradiction> problems) {
        if (!parent.clusters().isEmpty() && !parent.clusters().containsAll(project.clusters())) {
            SortedSet<ClusterName> beyond = new TreeSet<>(project.clusters());
            beyond.removeAll(parent.clusters());
            InvalidValue problem = new InvalidValue(
                    "clusters of project " + project.path(),
                    "some of those of " + parent.path() + ", " + parent.clusters(),
                    beyond.toString());
            problems.add(new Contradiction(project.path(), Optional.empty(), Word.CLUSTERS, problem));
        }
        if (parent.mostPriority().isPresent()
                && project.mostPriority().orElse(0) > parent.mostPriority().getAsInt()) {
            InvalidValue problem = new InvalidValue(
                    "most priority of project " + project.path(),
                    "at most that of " + parent.path() + ", "
                            + parent.mostPriority().getAsInt(),
                    Integer.toString(project.mostPriority().orElse(0)));
            problems.add(new Contradiction(project.path(), Optional.empty(), Word.MOST_PRIORITY, problem));
        }
    }

    /** Whether a project's jobs may run on a cluster, by its own word and those above it. */
    public boolean allows(ProjectPath project, ClusterName cluster) {
        return path(project).stream()
                .map(this::get)
                .allMatch(each -> each.clusters().isEmpty() || each.clusters().contains(cluster));
    }

    /** The highest priority class that a project's jobs may have. */
    public int mostPriority(ProjectPath project) {
        return path(project).stream()
                .map(this::get)
                .mapToInt(each -> each.mostPriority().orElse(Integer.MAX_VALUE))
                .min()
                .orElse(Integer.MAX_VALUE);
    }
}
