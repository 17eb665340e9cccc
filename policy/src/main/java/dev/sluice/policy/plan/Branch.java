package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A project in the tree, with its books and what it is promised, line by line. */
final class Branch {
    final Project project;
    final @Nullable Branch parent;
    /** Those right below it of which anything was heard. */
    final TreeMap<ProjectPath, Branch> below = new TreeMap<>();

    final Account account;
    final Map<UserName, Account> users = new HashMap<>();
    final long[] nominal;
    final long[] most;
    final double[] weights;
    /** Whether a line counts for its share: those over the federation, and where it has a weight on one cluster. */
    final boolean[] shared;
    /** Whether anything is guaranteed or limited here: most projects of a large tree have neither. */
    final boolean guarantees;
    /** The same of it and those above it. */
    final boolean promised;

    final boolean limits;

    private final boolean anywhere;

    Branch(Project project, @Nullable Branch parent, Lines lines) {
        this.project = project;
        this.parent = parent;
        this.account = new Account(lines.count());
        this.nominal = new long[lines.count()];
        this.most = new long[lines.count()];
        this.weights = new double[lines.count()];
        this.shared = new boolean[lines.count()];
        boolean guaranteed = false;
        boolean limited = false;
        List<Resource> resources = lines.resources;
        for (int line = 0; line < resources.size(); line++) {
            Quota quota = project.quotas().getOrDefault(resources.get(line), Quota.NONE);
            nominal[line] = quota.nominal();
            most[line] = quota.most();
            weights[line] = project.weightOf(resources.get(line));
            shared[line] =
                    resources.get(line).cluster().isEmpty() || quota.weight().isPresent();
            guaranteed |= quota.nominal() > 0;
            limited |= quota.most() < Long.MAX_VALUE;
        }
        this.guarantees = guaranteed;
        this.promised = guaranteed || (parent != null && parent.promised);
        this.limits = limited;
        this.anywhere = project.clusters().isEmpty() && (parent == null || parent.anywhere);
    }

    /** Whether its jobs may run there, by its own word and of those above it. */
    boolean allows(ClusterName cluster) {
        if (anywhere) {
            return true;
        }
        boolean own = project.clusters().isEmpty() || project.clusters().contains(cluster);
        return own && (parent == null || parent.allows(cluster));
    }

    ProjectPath path() {
        return project.path();
    }
}
