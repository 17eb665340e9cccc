package dev.sluice.policy.project;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who is charged: a project with all below it, or one user for what he runs in a project itself.
 *
 * @param user empty for the whole project
 */
public record Payer(ProjectPath project, Optional<UserName> user) implements Comparable<Payer> {
    private static final Comparator<Payer> ORDER = Comparator.comparing(Payer::project)
            .thenComparing(payer -> payer.user().map(UserName::value).orElse(""));

    public static Payer of(ProjectPath project) {
        return new Payer(project, Optional.empty());
    }

    public static Payer of(ProjectPath project, UserName user) {
        return new Payer(project, Optional.of(user));
    }

    /** All who are charged for what a user runs in a project: each project from the top down, then the user. */
    public static List<Payer> of(List<ProjectPath> path, UserName user) {
        List<Payer> all = new ArrayList<>(path.size() + 1);
        path.forEach(project -> all.add(of(project)));
        all.add(of(path.getLast(), user));
        return all;
    }

    @Override
    public int compareTo(Payer other) {
        return ORDER.compare(this, other);
    }
}
