package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.spec.Container;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.contract.Does;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a real Kubernetes says of jobs that wait in it, and that it is heard by lists and watches alone. */
final class ReasonsTest extends OnSharedKubernetes {
    private String why(Parked parked) {
        return why(steps, parked, Cursor.START);
    }

    private String why(Steps from, Parked parked, Cursor cursor) {
        Sighting seen = from.await(
                parked,
                sighting -> sighting instanceof Sighting.Pending(int run, String why) && !why.isEmpty(),
                cursor,
                site.patience());
        return ((Sighting.Pending) seen).why();
    }

    @Test
    void aJobThatNoNodeHasRoomForSaysSo() {
        assertThat(why(steps.released(site.waits())))
                .startsWith("Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void aJobWhoseImageIsNotThereSaysSo() {
        JobSpec spec = site.sample(new Does.Exits(0)).toBuilder()
                .container(Container.of("localhost/no-such-image:1"))
                .build();
        assertThat(why(steps.released(spec))).matches("(ErrImagePull|ImagePullBackOff): .*localhost/no-such-image:1.*");
    }

    @Test
    void aJobWhoseEnvironmentIsGoneSaysSo() {
        JobSpec spec = site.sample(new Does.Exits(0)).toBuilder()
                .work(new Work.Command(List.of("true")))
                .environment(Environment.of(Map.of("A", "b")))
                .build();
        Parked parked = steps.park(spec);
        String name = name(parked);
        kubectl("delete", "secret", name);
        assertThat(steps.release(parked)).isInstanceOf(Release.Released.class);
        assertThat(why(parked)).isEqualTo("CreateContainerConfigError: secret \"" + name + "\" not found");
    }

    /** Heard by the watch, by a list after a restart, and over when the quota is. */
    @Test
    void aJobThatAQuotaKeepsFromAPodSaysSo() {
        Parked first = steps.park(site.sample(new Does.Exits(0)));
        kubectl("create", "quota", "none", "--hard=pods=0");
        try {
            Cursor cursor = steps.cursor();
            assertThat(steps.release(first)).isInstanceOf(Release.Released.class);
            String expected = "FailedCreate: exceeded quota: none, requested: pods=1, used: pods=\\d, limited: pods=0";
            assertThat(why(steps, first, cursor)).matches(expected);
            try (KubernetesBridge restarted = site.another()) {
                assertThat(why(new Steps(site, restarted), first, Cursor.START)).matches(expected);
            }
        } finally {
            kubectl("delete", "quota", "none");
        }
        Sighting end = steps.await(first, Sighting.Ended.class::isInstance, Cursor.START, Duration.ofMinutes(3));
        assertThat(((Sighting.Ended) end).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
    }
}
