package dev.sluice.policy.plan;

import dev.sluice.job.ClusterName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.load.Load;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Resource;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The resources that are counted, each at its place in arrays: CPUs, memory and GPUs over the federation, and whatever else some
 * project has a quota of.
 */
final class Lines {
    final List<Resource> resources;

    private Lines(List<Resource> resources) {
        this.resources = resources;
    }

    static Lines of(ProjectTree tree) {
        SortedSet<Resource> all = new TreeSet<>();
        for (Dimension dimension : Dimension.Plain.values()) {
            all.add(Resource.everywhere(dimension));
        }
        for (Project project : tree.projects().values()) {
            all.addAll(project.quotas().keySet());
        }
        return new Lines(List.copyOf(all));
    }

    int count() {
        return resources.size();
    }

    /** What a load on a cluster counts in each line. */
    long[] of(ClusterName cluster, Load load) {
        long[] amounts = new long[resources.size()];
        for (int line = 0; line < amounts.length; line++) {
            Resource resource = resources.get(line);
            amounts[line] = resource.covers(cluster) ? load.of(resource.dimension()) : 0;
        }
        return amounts;
    }
}
