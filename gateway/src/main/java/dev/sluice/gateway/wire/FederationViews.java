package dev.sluice.gateway.wire;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.engine.Breaker;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Reply;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.Budget;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Clusters, projects and what they used: {@code Cluster}, {@code Project}, {@code Usage}. */
public final class FederationViews {
    private static final Keys<Budget> BUDGETS = Keys.ofValues(Budget.class);

    private FederationViews() {}

    public static byte[] clusters(Reply.ClustersStand stand) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("clusters");
            stand.clusters().forEach(cluster -> cluster(out, cluster));
            out.endList().end();
        });
    }

    private static void cluster(JsonWriter out, Reply.ClusterStanding cluster) {
        out.begin()
                .text("name", cluster.name())
                .text("health", health(cluster))
                .flag("drained", cluster.drain() == Event.Drain.ON);
        switch (cluster.breaker()) {
            case Breaker.Closed closed -> {}
            case Breaker.Open open -> out.time("silentSince", open.since()).time("retryAt", open.until());
        }
        out.number("attempts", cluster.attempts());
        cluster.capacity().ifPresent(capacity -> capacity(out, capacity));
        out.end();
    }

    private static String health(Reply.ClusterStanding cluster) {
        if (cluster.breaker() instanceof Breaker.Open) {
            return "down";
        }
        return cluster.capacity().isPresent() ? "up" : "unknown";
    }

    private static void capacity(JsonWriter out, Capacity capacity) {
        out.time("asOf", capacity.asOf()).beginList("partitions");
        for (PartitionCapacity partition : capacity.partitions()) {
            out.begin().text("name", partition.name());
            amount(out, "total", partition.total());
            amount(out, "others", partition.others());
            amount(out, "largestNode", partition.largest());
            out.number("limitMinutes", partition.maxMinutes()).end();
        }
        out.endList();
    }

    private static void amount(JsonWriter out, String name, Amount amount) {
        out.begin(name)
                .number("cpus", amount.cpus())
                .number("memoryBytes", amount.memory())
                .numbers("gpus", amount.gpus())
                .end();
    }

    /**
     * A project as one caller sees it.
     *
     * @param role the caller's, in lower case; empty for none
     * @param members roles by user, in lower case; empty when they are not the caller's to see
     */
    public record ProjectView(
            ProjectPath project, Optional<String> role, Budget budget, Optional<SortedMap<UserName, String>> members) {}

    public static byte[] projects(List<ProjectView> projects) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("projects");
            for (ProjectView project : projects) {
                out.begin()
                        .text("project", project.project())
                        .text("role", project.role())
                        .text("budget", BUDGETS.text(project.budget()));
                project.members().ifPresent(members -> {
                    out.begin("members");
                    members.forEach((user, role) -> out.text(user.value(), role));
                    out.end();
                });
                out.end();
            }
            out.endList().end();
        });
    }

    /** What these projects have used; which ones the caller may see was decided before. */
    public static byte[] usage(List<Image.OfProject> projects) {
        return JsonWriter.bytes(out -> {
            out.begin().beginList("projects");
            for (Image.OfProject project : projects) {
                out.begin()
                        .text("project", project.project())
                        .thousandths("cpuSeconds", project.cpuMillis())
                        .number("runs", project.runs())
                        .end();
            }
            out.endList().end();
        });
    }
}
