package dev.sluice.policy.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What an administrator says of clusters, and of what counts how much. */
class PlacementTermsTest {
    private static final Prices PRICES = new Prices(1, 2, 3, Collections.emptySortedMap());
    private static final SortedSet<String> NEAR = roots("/home", "/scratch", "/work", "/archive");
    private static final SortedMap<String, ProjectPath> NATIVES =
            new TreeMap<>(Map.of("lqcd", new ProjectPath("lattice")));

    private static SortedSet<String> roots(String... roots) {
        return new TreeSet<>(Set.of(roots));
    }

    @Test
    void ofFileSystemsThatPartIsNearWhoseDataLiesThere() {
        ClusterTerms terms = ClusterTerms.PLAIN.withNear(NEAR);
        assertThat(terms.nearness(roots("/scratch", "/work"))).isEqualTo(1);
        assertThat(terms.nearness(roots("/scratch", "/work", "/tape", "/nas"))).isEqualTo(0.5);
        assertThat(terms.nearness(roots("/tape"))).isZero();
        assertThat(terms.nearness(roots())).isEqualTo(1);
    }

    @Test
    void whereNobodySaidWhatIsNearAllIs() {
        assertThat(ClusterTerms.PLAIN.nearness(roots("/tape"))).isEqualTo(1);
        assertThat(ClusterTerms.PLAIN.withNear(roots()).nearness(roots("/tape")))
                .as("said that nothing is")
                .isZero();
    }

    @Test
    void aPartIsOneToAHundredPercent() {
        assertThat(ClusterTerms.PLAIN.withPart(1).part()).isEqualTo(1);
        assertThat(ClusterTerms.PLAIN.withPart(100)).isEqualTo(ClusterTerms.PLAIN);
        assertThatThrownBy(() -> ClusterTerms.PLAIN.withPart(0)).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> ClusterTerms.PLAIN.withPart(101)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void whatIsSaidOfAClusterLeavesAllElseThatWasSaid() {
        ClusterTerms all = new ClusterTerms(PRICES, Optional.of(NEAR), 50, NATIVES);
        assertThat(all.withPrices(Prices.FREE))
                .isEqualTo(new ClusterTerms(Prices.FREE, Optional.of(NEAR), 50, NATIVES));
        assertThat(all.withNear(roots("/x")))
                .isEqualTo(new ClusterTerms(PRICES, Optional.of(roots("/x")), 50, NATIVES));
        assertThat(all.withPart(10)).isEqualTo(new ClusterTerms(PRICES, Optional.of(NEAR), 10, NATIVES));
        assertThat(all.withNatives(Collections.emptySortedMap()))
                .isEqualTo(new ClusterTerms(PRICES, Optional.of(NEAR), 50, Collections.emptySortedMap()));
    }

    @Test
    void whatIsSaidOfOneClusterLeavesTheWeightsAndTheOthers() {
        ClusterName hpc = new ClusterName("hpc");
        ClusterName k8s = new ClusterName("k8s");
        Weights weights = new Weights(1, 2, 3, 4, 5);
        ClusterTerms half = ClusterTerms.PLAIN.withPart(50);
        Placement placement = Placement.DEFAULT.withWeights(weights).with(hpc, half);
        assertThat(placement.weights()).isEqualTo(weights);
        assertThat(placement.of(hpc)).isEqualTo(half);
        assertThat(placement.of(k8s)).isEqualTo(ClusterTerms.PLAIN);
        assertThat(placement.with(k8s, half).clusters()).isEqualTo(Map.of(hpc, half, k8s, half));
    }

    @Test
    void setsThatAreChangedLaterChangeNoTerms() {
        SortedSet<String> near = roots("/scratch");
        ClusterTerms terms = ClusterTerms.PLAIN.withNear(near);
        near.add("/tape");
        assertThat(terms.nearness(roots("/tape"))).isZero();
    }

    @Test
    void aWeightIsZeroToAThousand() {
        assertThat(new Weights(0, 1000, 0, 0, 0).data()).isEqualTo(1000);
        for (double bad : new double[] {-0.1, 1000.1, Double.NaN}) {
            assertThatThrownBy(() -> new Weights(bad, 1, 1, 1, 1)).isInstanceOf(InvalidValue.class);
            assertThatThrownBy(() -> new Weights(1, bad, 1, 1, 1)).isInstanceOf(InvalidValue.class);
            assertThatThrownBy(() -> new Weights(1, 1, bad, 1, 1)).isInstanceOf(InvalidValue.class);
            assertThatThrownBy(() -> new Weights(1, 1, 1, bad, 1)).isInstanceOf(InvalidValue.class);
            assertThatThrownBy(() -> new Weights(1, 1, 1, 1, bad)).isInstanceOf(InvalidValue.class);
        }
    }
}
