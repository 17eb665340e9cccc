package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Stopping;
import dev.sluice.job.Binding;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.manifest.Manifest;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a parked Job is taken back while somebody else writes to it. */
class StopsTest extends OnScriptedServer {
    private static final JobSpec SPEC = JobSpec.builder(
                    "sample", new ProjectPath("lattice"), ALICE, Work.Command.of("/bin/true"))
            .container(Container.of("alpine:3.22"))
            .build();
    private static final String NO_PODS =
            "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}";

    private final Mirror mirror = new Mirror(clock);
    private final Stops stops =
            new Stops(api, new Reads(api, mirror, new Halves(api, clock), ID.realm(), clock), mirror, clock);
    private final Manifest manifest = Manifest.of(ATTEMPT, SPEC, ACCOUNT, Site.plain(KUBE));

    /** The parked Job in this version, without pods. */
    private Binding there(String version) {
        Job job = manifest.job()
                .edit()
                .editMetadata()
                .withUid("u")
                .withResourceVersion(version)
                .endMetadata()
                .build();
        server.says(200, new KubernetesSerialization().asJson(job)).says(200, NO_PODS);
        return Ours.binding(job);
    }

    private Stopping stop(Binding binding) {
        return stops.stop(ID, binding, TaskSet.SOLE, Duration.ofSeconds(5), NOW.plus(Duration.ofMinutes(1)));
    }

    /** The Job controller notes in each that it is suspended, a moment after it was made. */
    @Test
    @Fault("F14")
    void whatChangedBeforeItWasDeletedIsReadAgainAndDeleted() {
        Binding binding = there("1");
        server.says(409, status(409, "Conflict"));
        there("2");
        server.says(200, "{\"kind\":\"Status\",\"status\":\"Success\"}").says(404, status(404, "NotFound"));
        assertThat(stop(binding)).isInstanceOf(Stopping.NeverRan.class);
        assertThat(server.asked())
                .filteredOn(asked -> asked.startsWith("DELETE"))
                .hasSize(2);
    }

    @Test
    void whatChangesEachTimeIsInDoubt() {
        Binding binding = there("1");
        server.says(409, status(409, "Conflict"));
        for (int version = 2; version <= 5; version++) {
            there(Integer.toString(version));
            server.says(409, status(409, "Conflict"));
        }
        assertThat(stop(binding))
                .isInstanceOfSatisfying(
                        Stopping.Unknown.class,
                        unknown -> assertThat(unknown.doubt().why()).contains("it changed each time"));
    }
}
