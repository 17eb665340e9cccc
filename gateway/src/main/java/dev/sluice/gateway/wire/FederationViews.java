package dev.sluice.gateway.wire;

import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Supply;
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
    private static final Keys<Supply.PartitionState> STATES = Keys.ofValues(Supply.PartitionState.class);
    private static final Keys<Supply.Ownership> OWNERSHIPS = Keys.ofValues(Supply.Ownership.class);
    private static final Keys<Supply.Purpose> PURPOSES = Keys.ofValues(Supply.Purpose.class);

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
            out.number("limitMinutes", partition.maxMinutes());
            terms(out, partition.terms());
            out.end();
        }
        out.endList().text("defaultPartition", capacity.defaultPartition());
        supply(out, capacity.supply());
    }

    private static void terms(JsonWriter out, Supply.Terms terms) {
        out.number("defaultMinutes", terms.defaultMinutes());
        out.text("state", STATES.text(terms.state()));
        terms.maxNodes().ifPresent(most -> out.number("maxNodes", most));
        if (terms.nodes().all() > 0) {
            counts(out, "nodes", terms.nodes());
        }
        terms.others()
                .ifPresent(others -> out.begin("otherJobs")
                        .number("running", others.running())
                        .number("ahead", others.ahead())
                        .end());
    }

    private static void supply(JsonWriter out, Supply supply) {
        supply.ownership().ifPresent(ownership -> out.text("ownership", OWNERSHIPS.text(ownership)));
        if (!supply.fileSystems().isEmpty()) {
            out.texts("fileSystems", supply.fileSystems());
        }
        if (!supply.nodes().isEmpty()) {
            out.beginList("nodes");
            supply.nodes().forEach(group -> group(out, group));
            out.endList();
        }
        if (!supply.reservations().isEmpty()) {
            out.beginList("reservations");
            supply.reservations().forEach(reservation -> reservation(out, reservation));
            out.endList();
        }
    }

    private static void group(JsonWriter out, Supply.NodeGroup group) {
        out.begin();
        amount(out, "each", group.each());
        out.numbers("gres", group.gres()).texts("features", group.features()).texts("partitions", group.partitions());
        counts(out, "counts", group.counts());
        out.end();
    }

    private static void counts(JsonWriter out, String name, Supply.NodeCounts counts) {
        out.begin(name)
                .number("free", counts.free())
                .number("partly", counts.partly())
                .number("full", counts.full())
                .number("down", counts.down())
                .end();
    }

    private static void reservation(JsonWriter out, Supply.Reservation reservation) {
        out.begin()
                .text("name", reservation.name())
                .text("purpose", PURPOSES.text(reservation.purpose()))
                .time("start", reservation.start())
                .time("end", reservation.end())
                .text("nodes", reservation.nodes())
                .number("nodeCount", reservation.nodeCount())
                .end();
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
