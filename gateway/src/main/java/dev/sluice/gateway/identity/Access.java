package dev.sluice.gateway.identity;

import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Decides who may what. Pure and immutable, for any thread.
 *
 * <p>The list of projects is flat: a role in {@code physics} is none in {@code physics/lattice}. A user's own jobs are always
 * seen by him. He touches them while he is a submitter of their project, or when that project is configured no more, so that
 * nothing runs on that only a stranger could stop.
 */
public final class Access {
    /** The project that there is when none is configured. */
    public static final ProjectPath DEFAULT = new ProjectPath("default");

    private final Set<UserName> admins;
    private final Set<UserName> banned;
    private final SortedMap<ProjectPath, ProjectSettings> projects;
    private final Set<ProjectPath> names;
    private final Map<UserName, SortedMap<ProjectPath, Role>> memberships;

    private final Unlisted unlisted;

    /** What there is where no project is listed. */
    public enum Unlisted {
        /** One project, in which everybody who is let in may submit. */
        ONE_FOR_ALL,
        /** None: the list is yet to come. */
        NONE
    }

    public Access(AccessSettings settings) {
        this(settings, Unlisted.ONE_FOR_ALL);
    }

    public Access(AccessSettings settings, Unlisted unlisted) {
        this.unlisted = unlisted;
        this.admins = Set.copyOf(settings.admins());
        this.banned = Set.copyOf(settings.banned());
        SortedMap<ProjectPath, ProjectSettings> byPath = new TreeMap<>();
        Map<UserName, SortedMap<ProjectPath, Role>> byUser = new HashMap<>();
        settings.projects().forEach((name, project) -> {
            ProjectPath path = new ProjectPath(name);
            byPath.put(path, project);
            project.members()
                    .forEach((member, role) -> byUser.computeIfAbsent(new UserName(member), user -> new TreeMap<>())
                            .put(path, role));
        });
        this.projects = Collections.unmodifiableSortedMap(byPath);
        this.names = byPath.isEmpty() && unlisted == Unlisted.ONE_FOR_ALL
                ? Set.of(DEFAULT)
                : Collections.unmodifiableSet(byPath.keySet());
        this.memberships = byUser;
    }

    /** What may be done with a job. */
    public sealed interface Touch {
        /** In this capacity. */
        record May(Input.Requester as) implements Touch {}

        /** He sees it, and may not touch it. */
        record MayNot(String why) implements Touch {}

        /** He may not even know that it exists. */
        record Hidden() implements Touch {}
    }

    /** Whether anything at all is allowed. */
    public boolean banned(Principal principal) {
        return banned.contains(principal.user());
    }

    /** Whether he may everything. */
    public boolean admin(Principal principal) {
        return everywhere(principal) && capped(principal, Role.ADMIN) == Role.ADMIN;
    }

    private boolean everywhere(Principal principal) {
        return switch (principal.source()) {
            case Principal.Source.Loopback loopback -> true;
            case Principal.Source.Token token -> admins.contains(principal.user());
        };
    }

    private static Role capped(Principal principal, Role role) {
        return principal.cap().map(role::atMost).orElse(role);
    }

    /** What he is in a project; empty for a stranger to it. */
    public Optional<Role> role(Principal principal, ProjectPath project) {
        if (everywhere(principal)) {
            return Optional.of(capped(principal, Role.ADMIN));
        }
        if (projects.isEmpty() && unlisted == Unlisted.ONE_FOR_ALL && project.equals(DEFAULT)) {
            return Optional.of(capped(principal, Role.SUBMITTER));
        }
        return Optional.ofNullable(memberships
                        .getOrDefault(principal.user(), Collections.emptySortedMap())
                        .get(project))
                .map(role -> capped(principal, role));
    }

    /** His roles by project; for who may everything, in all projects that are configured. */
    public SortedMap<ProjectPath, Role> roles(Principal principal) {
        SortedMap<ProjectPath, Role> roles = new TreeMap<>();
        for (ProjectPath project : names) {
            role(principal, project).ifPresent(role -> roles.put(project, role));
        }
        return roles;
    }

    /** All projects that one may submit to, by name. */
    public Set<ProjectPath> projects() {
        return names;
    }

    /**
     * Projects that have unfinished jobs and are listed no more: their jobs go on, and nobody but an administrator sees or touches
     * them.
     *
     * @param unfinished how many unfinished jobs each project has
     * @return a sentence for each
     */
    public List<String> missing(SortedMap<ProjectPath, Integer> unfinished) {
        List<String> sentences = new ArrayList<>();
        unfinished.forEach((project, jobs) -> {
            if (!names.contains(project)) {
                sentences.add("access.projects: expected " + project + ", which has " + jobs + " unfinished job"
                        + (jobs == 1 ? "" : "s")
                        + ", found no such project; put it back until they are over, or cancel them");
            }
        });
        return sentences;
    }

    /** What the project is, for people. */
    public String description(ProjectPath project) {
        ProjectSettings settings = projects.get(project);
        return settings == null ? "" : settings.description();
    }

    /** Who is what in a project, in words. */
    public SortedMap<UserName, String> members(ProjectPath project) {
        SortedMap<UserName, String> members = new TreeMap<>();
        ProjectSettings settings = projects.get(project);
        if (settings != null) {
            settings.members().forEach((user, role) -> members.put(new UserName(user), role.text()));
        }
        return members;
    }

    /** Whose jobs he may see. */
    public JobQuery.Scope scope(Principal principal) {
        return everywhere(principal)
                ? new JobQuery.Scope.Everything()
                : new JobQuery.Scope.Of(
                        principal.user(), new HashSet<>(roles(principal).keySet()));
    }

    public boolean maySee(Principal principal, UserName owner, ProjectPath project) {
        return everywhere(principal)
                || owner.equals(principal.user())
                || role(principal, project).isPresent();
    }

    /** Why he may not submit such a job; empty: he may. */
    public Optional<String> maySubmit(Principal principal, UserName owner, ProjectPath project) {
        Optional<Role> role = names.contains(project) ? role(principal, project) : Optional.empty();
        if (role.isEmpty() || !role.get().atLeast(Role.SUBMITTER)) {
            // The same words whether there is such a project or not: its name is nobody else's business.
            return Optional.of("project: expected one in which %s is a submitter, of which there are %s, found %s"
                    .formatted(principal.user(), mine(principal), project));
        }
        if (!owner.equals(principal.user()) && !admin(principal)) {
            return Optional.of(
                    "user: expected %s, found %s: only an admin submits for others".formatted(principal.user(), owner));
        }
        return banned.contains(owner)
                ? Optional.of("user: expected one who is not banned, found " + owner)
                : Optional.empty();
    }

    private Set<ProjectPath> mine(Principal principal) {
        Set<ProjectPath> mine = new TreeSet<>();
        roles(principal).forEach((project, role) -> {
            if (role.atLeast(Role.SUBMITTER)) {
                mine.add(project);
            }
        });
        return mine;
    }

    /** The project that is meant when none is named: the only one that he may submit to; empty when there is no such one. */
    public Optional<ProjectPath> usual(Principal principal) {
        Set<ProjectPath> mine = mine(principal);
        return mine.size() == 1 ? Optional.of(mine.iterator().next()) : Optional.empty();
    }

    /** What he may do with a job. */
    public Touch touch(Principal principal, UserName owner, ProjectPath project) {
        if (!maySee(principal, owner, project)) {
            return new Touch.Hidden();
        }
        Optional<Role> role = role(principal, project);
        if (role.isPresent() && role.get().atLeast(Role.OPERATOR)) {
            return new Touch.May(new Input.Requester(principal.user(), Input.Role.OPERATOR));
        }
        boolean own = owner.equals(principal.user());
        boolean orphan = !names.contains(project) && capped(principal, Role.SUBMITTER) == Role.SUBMITTER;
        if (own && (orphan || role.isPresent() && role.get().atLeast(Role.SUBMITTER))) {
            return new Touch.May(new Input.Requester(principal.user(), Input.Role.USER));
        }
        return new Touch.MayNot(
                own
                        ? "expected a submitter of project %s, found %s, who is none (any more, or with this token)"
                                .formatted(project, principal.user())
                        : "expected the job's owner or an operator of project %s, found %s"
                                .formatted(project, principal.user()));
    }

    /** Whether he may drain and resume clusters, or whatever else is of all projects: who may everything, or an operator so capped. */
    public boolean operatesClusters(Principal principal) {
        return everywhere(principal) && capped(principal, Role.ADMIN).atLeast(Role.OPERATOR);
    }

    /** Whether he may read what is told of the gateway as a whole, as its metrics: who is anything in any project. */
    public boolean watches(Principal principal) {
        return everywhere(principal) || !roles(principal).isEmpty();
    }

    /** He himself, for what needs no more than that. */
    public static Input.Requester self(Principal principal) {
        return new Input.Requester(principal.user(), Input.Role.USER);
    }

    /** In the capacity of an operator, where {@link #operatesClusters} or {@link #admin} said so. */
    public static Input.Requester operator(Principal principal) {
        return new Input.Requester(principal.user(), Input.Role.OPERATOR);
    }
}
