package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final ClusterName K8S = new ClusterName("k8s");

    @Test
    void eachClusterIsThereOnceWithWhatItSaidFirst() {
        Refusals refusals =
                Refusals.NONE.and(K8S, "no image").and(HPC, "no account").and(K8S, "no volume");
        assertThat(refusals.all()).extracting(Refusals.By::cluster).containsExactly(HPC, K8S);
        assertThat(refusals.of(K8S)).hasValue("no image");
        assertThat(refusals.of(new ClusterName("spare"))).isEmpty();
    }

    @Test
    void theOrderInWhichTheySaidItMakesNoDifference() {
        assertThat(Refusals.NONE.and(K8S, "a").and(HPC, "b"))
                .isEqualTo(Refusals.NONE.and(HPC, "b").and(K8S, "a"));
        assertThat(Refusals.NONE.and(K8S, "a").and(Refusals.NONE).isEmpty()).isFalse();
    }
}
