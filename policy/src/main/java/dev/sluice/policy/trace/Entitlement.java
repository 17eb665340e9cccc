package dev.sluice.policy.trace;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.project.ProjectTree;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What each of some projects would have of an amount that is shared out by weight at each level of the tree: as much as it wants,
 * and what it leaves goes to the others (weighted max-min fairness). Guarantees are not looked at.
 */
final class Entitlement {
    private final ProjectTree tree;

    Entitlement(ProjectTree tree) {
        this.tree = tree;
    }

    private record Claim(ProjectPath project, double want) {}

    /** Claims below one project of the level, or its own. */
    private record Branch(double weight, double want, List<Claim> claims) {
        Branch and(Claim claim) {
            List<Claim> all = new ArrayList<>(claims);
            all.add(claim);
            return new Branch(weight, want + claim.want(), all);
        }
    }

    /**
     * Shares out.
     *
     * @param wants by project; {@link Double#POSITIVE_INFINITY} for as much as there is
     * @return by project. What a project runs itself counts as if it were a project below it of weight 1
     */
    SortedMap<ProjectPath, Double> of(double whole, SortedMap<ProjectPath, Double> wants) {
        List<Claim> claims = new ArrayList<>();
        wants.forEach((project, want) -> claims.add(new Claim(project, want)));
        SortedMap<ProjectPath, Double> parts = new TreeMap<>();
        share(claims, 0, whole, parts);
        return parts;
    }

    private void share(List<Claim> claims, int level, double whole, SortedMap<ProjectPath, Double> parts) {
        SortedMap<ProjectPath, Branch> branches = new TreeMap<>();
        for (Claim claim : claims) {
            List<ProjectPath> path = ProjectTree.path(claim.project());
            boolean isOwn = path.size() == level;
            ProjectPath key = isOwn ? claim.project() : path.get(level);
            double weight = isOwn ? 1 : tree.get(key).weight();
            branches.merge(key, new Branch(weight, claim.want(), List.of(claim)), (known, fresh) -> known.and(claim));
        }
        List<Branch> open = new ArrayList<>(branches.values());
        double left = whole;
        while (!open.isEmpty()) {
            double unit = left / open.stream().mapToDouble(Branch::weight).sum();
            List<Branch> content = open.stream()
                    .filter(each -> each.want() <= unit * each.weight())
                    .toList();
            List<Branch> served = content.isEmpty() ? List.copyOf(open) : content;
            for (Branch branch : served) {
                double part = Math.min(branch.want(), unit * branch.weight());
                left -= part;
                give(branch, level, part, parts);
            }
            open.removeAll(served);
        }
    }

    private void give(Branch branch, int level, double part, SortedMap<ProjectPath, Double> parts) {
        Claim first = branch.claims().getFirst();
        if (branch.claims().size() == 1) {
            parts.put(first.project(), part);
        } else {
            share(branch.claims(), level + 1, part, parts);
        }
    }
}
