package dev.sluice.gateway.http;

import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.Principal;
import dev.sluice.gateway.identity.Role;
import dev.sluice.gateway.wire.FederationViews;
import dev.sluice.gateway.wire.FederationViews.ProjectView;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.Budget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** How clusters stand, and what projects are and have used. */
final class FederationRoutes {
    private final Services services;

    FederationRoutes(Services services) {
        this.services = services;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/clusters", this::clusters);
        routes.add("POST", "/v1/clusters/{name}/drain", x -> drain(x, Event.Drain.ON));
        routes.add("POST", "/v1/clusters/{name}/resume", x -> drain(x, Event.Drain.OFF));
        routes.add("GET", "/v1/projects", this::projects);
        routes.add("GET", "/v1/usage", this::usage);
    }

    private void asking(Exchange exchange, Input.Command command, Function<Reply, Answer> good) {
        JobRoutes.with(
                exchange,
                Queries.none(QueryString.values(exchange.query())),
                none -> Asking.ask(services.desk(), exchange, command, Answers.Invalid.REQUEST, good));
    }

    private void clusters(Exchange exchange) {
        asking(
                exchange,
                new Input.AskClusters(Access.self(exchange.principal())),
                reply -> reply instanceof Reply.ClustersStand stand
                        ? Answer.json(200, FederationViews.clusters(stand))
                        : Answers.unexpected(reply));
    }

    private void drain(Exchange exchange, Event.Drain drain) {
        ClusterName cluster;
        try {
            cluster = new ClusterName(exchange.argument(0));
        } catch (InvalidValue e) {
            exchange.problem(Code.NOT_FOUND, "cluster: expected one of %s, found another".formatted(names()));
            return;
        }
        if (!services.access().operatesClusters(exchange.principal())) {
            exchange.problem(
                    Code.FORBIDDEN,
                    "expected an administrator, found " + exchange.principal().user());
            return;
        }
        asking(
                exchange,
                new Input.SetDrain(Access.operator(exchange.principal()), cluster, drain),
                reply -> reply instanceof Reply.Done ? Answer.underWay() : Answers.unexpected(reply));
    }

    private SortedSet<ClusterName> names() {
        return new TreeSet<>(services.bridges().keySet());
    }

    /** All that are configured and all that ever ran or were closed, as far as he may know of them. */
    private SortedMap<ProjectPath, Image.OfProject> seen(Principal principal, Reply.ProjectsStand stand) {
        Map<ProjectPath, Image.OfProject> standing = new HashMap<>();
        stand.projects().forEach(project -> standing.put(project.project(), project));
        SortedSet<ProjectPath> all = new TreeSet<>(services.access().projects());
        all.addAll(standing.keySet());
        SortedMap<ProjectPath, Image.OfProject> seen = new TreeMap<>();
        for (ProjectPath project : all) {
            if (services.access().role(principal, project).isPresent()) {
                seen.put(project, standing.getOrDefault(project, fresh(project)));
            }
        }
        return seen;
    }

    private static Image.OfProject fresh(ProjectPath project) {
        return new Image.OfProject(project, Budget.OPEN, 0, 0);
    }

    private void projects(Exchange exchange) {
        Principal principal = exchange.principal();
        asking(exchange, new Input.AskProjects(Access.self(principal)), reply -> {
            if (!(reply instanceof Reply.ProjectsStand stand)) {
                return Answers.unexpected(reply);
            }
            List<ProjectView> views = new ArrayList<>();
            seen(principal, stand).forEach((path, project) -> {
                Optional<Role> role = services.access().role(principal, path);
                views.add(new ProjectView(path, role.map(Role::text), project.budget(), members(principal, path)));
            });
            return Answer.json(200, FederationViews.projects(views));
        });
    }

    /** Who else is in it, the project's admins are told. */
    private Optional<SortedMap<UserName, String>> members(Principal principal, ProjectPath project) {
        boolean admin = services.access()
                .role(principal, project)
                .filter(role -> role == Role.ADMIN)
                .isPresent();
        return admin ? Optional.of(services.access().members(project)) : Optional.empty();
    }

    private void usage(Exchange exchange) {
        Principal principal = exchange.principal();
        asking(
                exchange,
                new Input.AskProjects(Access.self(principal)),
                reply -> reply instanceof Reply.ProjectsStand stand
                        ? Answer.json(
                                200,
                                FederationViews.usage(
                                        List.copyOf(seen(principal, stand).values())))
                        : Answers.unexpected(reply));
    }
}
