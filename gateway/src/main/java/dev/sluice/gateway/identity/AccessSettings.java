package dev.sluice.gateway.identity;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Resource;
import dev.sluice.settings.Setting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who may what, as the site configures it. */
public record AccessSettings(
        @Setting(text = "Users who may everything, in all projects.")
        List<UserName> admins,

        @Setting(text = "Users who may nothing, whatever token they show and whatever their roles are.")
        List<UserName> banned,

        @Setting(
                text = "The projects by name. Without any there is one, 'default', in which everybody who is let in"
                        + " may submit.")
        SortedMap<String, ProjectSettings> projects) {
    /** @throws InvalidValue for names that no project can have, and for projects that contradict each other */
    public AccessSettings {
        List<InvalidValue> problems = new ArrayList<>();
        for (String name : projects.keySet()) {
            try {
                new ProjectPath(name);
            } catch (InvalidValue e) {
                problems.add(e);
            }
        }
        InvalidValue.throwIfAny(problems);
        ProjectTree.problems(projects(projects).values()).forEach(each -> {
            InvalidValue problem = each.problem();
            problems.add(new InvalidValue("projects." + key(each), problem.expected(), problem.found()));
        });
        InvalidValue.throwIfAny(problems);
        admins = List.copyOf(admins);
        banned = List.copyOf(banned);
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
    }

    /** Where a word of a project's stands, below {@code projects}. */
    private static String key(ProjectTree.Contradiction each) {
        String word = switch (each.word()) {
            case NOMINAL -> "shares." + each.resource().map(Resource::toString).orElse("") + ".nominal";
            case CLUSTERS -> "clusters";
            case MOST_PRIORITY -> "most-priority";
        };
        return each.project() + "." + word;
    }

    private static SortedMap<ProjectPath, Project> projects(SortedMap<String, ProjectSettings> settings) {
        SortedMap<ProjectPath, Project> projects = new TreeMap<>();
        settings.forEach((name, project) -> {
            ProjectPath path = new ProjectPath(name);
            projects.put(path, project.project(path));
        });
        return projects;
    }

    /**
     * A cluster's name in these settings.
     *
     * @param key where it stands below them
     */
    public record Named(String key, ClusterName cluster) {}

    /** Every cluster that a project names. */
    public List<Named> clusters() {
        List<Named> named = new ArrayList<>();
        projects.forEach((name, project) -> {
            project.shares()
                    .keySet()
                    .forEach(resource -> resource.cluster()
                            .ifPresent(cluster ->
                                    named.add(new Named("projects." + name + ".shares." + resource, cluster))));
            project.clusters().forEach(cluster -> named.add(new Named("projects." + name + ".clusters", cluster)));
        });
        return named;
    }

    /** The projects, as planning needs to know them. */
    public ProjectTree tree() {
        return new ProjectTree(projects(projects));
    }

    /** One open project, and no admin but who comes over the loopback. */
    public static AccessSettings open() {
        return new AccessSettings(List.of(), List.of(), new TreeMap<>());
    }
}
