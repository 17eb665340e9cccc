package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.ScriptedServer;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Manifest;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a parked Job is taken back while somebody else writes to it. */
class StopsTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final ClusterName KUBE = new ClusterName("kube");
    private static final UserName ALICE = new UserName("alice");
    private static final AttemptId ID = new AttemptId(7, 8);
    private static final Attempt ATTEMPT = new Attempt(
            ID,
            new JobId(JobId.FIRST),
            ALICE,
            KUBE,
            Optional.empty(),
            TaskSet.SOLE,
            1,
            Optional.empty(),
            Refusals.NONE);
    private static final JobSpec SPEC = JobSpec.builder(
                    "sample", new ProjectPath("lattice"), ALICE, Work.Command.of("/bin/true"))
            .container(Container.of("alpine:3.22"))
            .build();
    private static final Account ACCOUNT = Account.of("alice", 2001, 2001, List.of());
    private static final String NO_PODS =
            "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}";

    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), Duration.ofSeconds(1));
    private final InstantSource clock = InstantSource.fixed(NOW);
    private final Mirror mirror = new Mirror(clock);
    private final Stops stops =
            new Stops(api, new Reads(api, mirror, new Halves(api, clock), ID.realm(), clock), mirror, clock);
    private final Manifest manifest = Manifest.of(ATTEMPT, SPEC, ACCOUNT, Site.plain(KUBE));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

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

    private static String status(int code, String reason) {
        return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + code + ",\"reason\":\"" + reason
                + "\",\"message\":\"m\"}";
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
