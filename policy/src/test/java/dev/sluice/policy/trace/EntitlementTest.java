package dev.sluice.policy.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ProjectPath;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What weights come to, worked out by hand. */
class EntitlementTest {
    private static final double ALL = Double.POSITIVE_INFINITY;
    private static final Entitlement ENTITLEMENT = new Entitlement(ProjectTree.of(List.of(
            Project.of(new ProjectPath("art"), 1),
            Project.of(new ProjectPath("physics"), 3),
            Project.of(new ProjectPath("physics/lattice"), 2))));

    private static SortedMap<ProjectPath, Double> amounts(Object... pairs) {
        SortedMap<ProjectPath, Double> amounts = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            amounts.put(new ProjectPath((String) pairs[i]), ((Number) pairs[i + 1]).doubleValue());
        }
        return amounts;
    }

    @Test
    void weightsDivideAmongThoseThatWantAll() {
        assertThat(ENTITLEMENT.of(8, amounts("art", ALL, "physics", ALL))).isEqualTo(amounts("art", 2, "physics", 6));
        assertThat(ENTITLEMENT.of(8, amounts("art", ALL))).isEqualTo(amounts("art", 8));
        assertThat(ENTITLEMENT.of(8, amounts())).isEmpty();
    }

    @Test
    void whatOneLeavesTheOthersGetByWeight() {
        assertThat(ENTITLEMENT.of(9, amounts("art", 1, "physics", ALL, "unknown", ALL)))
                .isEqualTo(amounts("art", 1, "physics", 6, "unknown", 2));
        assertThat(ENTITLEMENT.of(9, amounts("art", 1, "physics", 2))).isEqualTo(amounts("art", 1, "physics", 2));
    }

    @Test
    void aProjectSharesItsOwnPartWithThoseBelowIt() {
        assertThat(ENTITLEMENT.of(8, amounts("art", ALL, "physics", ALL, "physics/lattice", ALL)))
                .isEqualTo(amounts("art", 2, "physics", 2, "physics/lattice", 4));
        assertThat(ENTITLEMENT.of(8, amounts("art", ALL, "physics", ALL, "physics/lattice", 1)))
                .isEqualTo(amounts("art", 2, "physics", 5, "physics/lattice", 1));
        assertThat(ENTITLEMENT.of(8, amounts("art", ALL, "physics/lattice", ALL)))
                .isEqualTo(amounts("art", 2, "physics/lattice", 6));
    }
}
