package dev.sluice.spec;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Where a job may and would rather run, and under which of a cluster's own names.
 *
 * <p>Names of partitions, QOS, accounts and reservations are 1 to 128 ASCII letters, digits, {@code _ . + @ : -}, no dash
 * first: an option's argument that no shell and no list separator touches (FAULTS.md, B17), without look-alike letters (B22).
 *
 * @param allowed empty for every cluster
 * @param preferred wished for, not required; lies within what is allowed
 * @param refused never; nothing of it is allowed or preferred
 * @param partitions whichever starts first, as sbatch's {@code -p a,b}; empty for the cluster's default; at most {@value
 *     #MAX_PARTITIONS}
 * @param account the cluster's account to charge; empty for the one that the project maps to
 * @param constraint node features, in sbatch's {@code --constraint} language, at most {@value #MAX_CONSTRAINT} characters
 * @param nodeList nodes of the cluster that the job has to have, others beside them ({@code --nodelist}): host names and ranges as
 *     {@code n[1-3,7],login}, at most {@value #MAX_NODE_LIST} characters
 * @param excludedNodes nodes of the cluster that it must not have ({@code --exclude}), written alike
 */
public record Routing(
        SortedSet<ClusterName> allowed,
        SortedSet<ClusterName> preferred,
        SortedSet<ClusterName> refused,
        List<String> partitions,
        Optional<String> qos,
        Optional<String> account,
        Optional<String> constraint,
        Optional<String> reservation,
        Sharing sharing,
        Optional<String> nodeList,
        Optional<String> excludedNodes) {
    public static final int MAX_CLUSTERS = 256;
    public static final int MAX_PARTITIONS = 32;
    public static final int MAX_CONSTRAINT = 1024;
    public static final int MAX_NODE_LIST = 4096;

    private static final Pattern NATIVE_NAME = Pattern.compile("[A-Za-z0-9_.+@:][A-Za-z0-9_.+@:-]{0,127}");
    private static final Pattern CONSTRAINT =
            Pattern.compile("[A-Za-z0-9_.:=,*&|()\\[\\]+-]{1," + MAX_CONSTRAINT + "}");
    private static final Pattern NODE_LIST = Pattern.compile("(?![,-])[A-Za-z0-9_.,\\[\\]-]{1," + MAX_NODE_LIST + "}");

    /** Anywhere, by the cluster's defaults. */
    public static final Routing ANYWHERE = new Routing(
            Check.sorted(Set.<ClusterName>of()),
            Check.sorted(Set.<ClusterName>of()),
            Check.sorted(Set.<ClusterName>of()),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Sharing.CLUSTER_DEFAULT,
            Optional.empty(),
            Optional.empty());

    /** Who else may be on the job's nodes (sbatch {@code --exclusive}, {@code --oversubscribe}). */
    public enum Sharing {
        CLUSTER_DEFAULT,
        EXCLUSIVE,
        EXCLUSIVE_USER,
        EXCLUSIVE_MCS,
        EXCLUSIVE_TOPO,
        OVERSUBSCRIBE
    }

    public Routing {
        allowed = clusters("allowed clusters", allowed);
        preferred = clusters("preferred clusters", preferred);
        refused = clusters("refused clusters", refused);
        refuseOverlap("allowed clusters", allowed, refused);
        refuseOverlap("preferred clusters", preferred, refused);
        if (!allowed.isEmpty() && !allowed.containsAll(preferred)) {
            SortedSet<ClusterName> outside = new TreeSet<>(preferred);
            outside.removeAll(allowed);
            throw new InvalidValue("preferred clusters", "some of the allowed ones", outside.toString());
        }
        if (partitions.size() > MAX_PARTITIONS) {
            throw new InvalidValue("partition", "at most " + MAX_PARTITIONS, Integer.toString(partitions.size()));
        }
        partitions = List.copyOf(partitions);
        partitions.forEach(name -> checkNative("partition", name));
        if (Set.copyOf(partitions).size() < partitions.size()) {
            throw new InvalidValue("partition", "each name once", String.join(",", partitions));
        }
        qos.ifPresent(name -> checkNative("qos", name));
        account.ifPresent(name -> checkNative("account", name));
        reservation.ifPresent(name -> checkNative("reservation", name));
        constraint.ifPresent(Routing::checkConstraint);
        nodeList.ifPresent(text -> checkNodes("node list", text));
        excludedNodes.ifPresent(text -> checkNodes("excluded nodes", text));
    }

    private static SortedSet<ClusterName> clusters(String field, Collection<ClusterName> names) {
        if (names.size() > MAX_CLUSTERS) {
            throw new InvalidValue(field, "at most " + MAX_CLUSTERS, Integer.toString(names.size()));
        }
        return Check.sorted(names);
    }

    private static void refuseOverlap(String field, SortedSet<ClusterName> wanted, SortedSet<ClusterName> refused) {
        for (ClusterName cluster : wanted) {
            if (refused.contains(cluster)) {
                throw new InvalidValue(field, "none that is refused too", cluster.value());
            }
        }
    }

    private static void checkNative(String field, String name) {
        if (!NATIVE_NAME.matcher(name).matches()) {
            throw new InvalidValue(field, "1 to 128 ASCII letters, digits, and '_.+@:-', no '-' first", name);
        }
    }

    private static void checkConstraint(String text) {
        if (!CONSTRAINT.matcher(text).matches() || text.charAt(0) == '-') {
            throw new InvalidValue(
                    "constraint", "up to " + MAX_CONSTRAINT + " characters: features joined by & | * , ( ) [ ]", text);
        }
    }

    private static void checkNodes(String field, String text) {
        if (!NODE_LIST.matcher(text).matches()) {
            throw new InvalidValue(
                    field, "up to " + MAX_NODE_LIST + " characters: host names and ranges as n[1-3,7],login", text);
        }
    }

    /** Whether the user lets the job run there; the clusters have their own say. */
    public boolean permits(ClusterName cluster) {
        return !refused.contains(cluster) && (allowed.isEmpty() || allowed.contains(cluster));
    }

    public Routing withAllowed(Collection<ClusterName> value) {
        return new Routing(
                Check.sorted(value),
                preferred,
                refused,
                partitions,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withPreferred(Collection<ClusterName> value) {
        return new Routing(
                allowed,
                Check.sorted(value),
                refused,
                partitions,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withRefused(Collection<ClusterName> value) {
        return new Routing(
                allowed,
                preferred,
                Check.sorted(value),
                partitions,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withPartitions(List<String> value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                value,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withQos(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                Optional.of(value),
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withAccount(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                Optional.of(value),
                constraint,
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withConstraint(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                account,
                Optional.of(value),
                reservation,
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withReservation(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                account,
                constraint,
                Optional.of(value),
                sharing,
                nodeList,
                excludedNodes);
    }

    public Routing withSharing(Sharing value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                account,
                constraint,
                reservation,
                value,
                nodeList,
                excludedNodes);
    }

    public Routing withNodeList(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                Optional.of(value),
                excludedNodes);
    }

    public Routing withExcludedNodes(String value) {
        return new Routing(
                allowed,
                preferred,
                refused,
                partitions,
                qos,
                account,
                constraint,
                reservation,
                sharing,
                nodeList,
                Optional.of(value));
    }
}
