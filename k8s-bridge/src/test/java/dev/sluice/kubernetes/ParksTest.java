package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Supply;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.ScriptedServer;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.Namespaces;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order a park makes what it makes: the Secret, by which a whole park is told from a half, is the last. */
class ParksTest {
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
    private static final JobSpec GANG = JobSpec.builder(
                    "sample", new ProjectPath("lattice"), ALICE, Work.Command.of("/bin/true"))
            .container(Container.of("alpine:3.22"))
            .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(2))
            .build();
    private static final String NAMESPACE = "/namespaces/sluice-lattice/";
    private static final String JOB = "POST /apis/batch/v1" + NAMESPACE + "jobs";
    private static final String SERVICE = "POST /api/v1" + NAMESPACE + "services";
    private static final String SECRET = "POST /api/v1" + NAMESPACE + "secrets";

    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), Duration.ofSeconds(1));
    private final InstantSource clock = InstantSource.fixed(NOW);
    private final KubernetesSettings settings = new KubernetesSettings(
            Site.plain(KUBE).withNamespaces(new Namespaces("sluice-%p")),
            ID.realm(),
            new TreeMap<>(Map.of(ALICE, Account.of("alice", 2001, 2001, List.of()))),
            false,
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofDays(7),
            Supply.Ownership.GUEST,
            List.of(),
            clock);
    private final Parks parks = new Parks(settings, api, new Mirror(clock), new Halves(api, clock));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private Parking park() {
        return parks.park(ATTEMPT, GANG, NOW.plus(Duration.ofMinutes(1)));
    }

    private ScriptedServer madeJob() {
        return server.says(
                201,
                "{\"kind\":\"Job\",\"metadata\":{\"namespace\":\"sluice-lattice\",\"name\":\"" + Keys.name(ID)
                        + "\",\"uid\":\"u\"}}");
    }

    private static String status(int code, String reason) {
        return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + code + ",\"reason\":\"" + reason
                + "\",\"message\":\"m\"}";
    }

    @Test
    @Fault({"F6", "F7"})
    void theSecretOfAGangIsMadeLast() {
        madeJob().says(201, "{\"kind\":\"Service\"}").says(201, "{\"kind\":\"Secret\"}");
        assertThat(park()).isInstanceOf(Parking.Parked.class);
        assertThat(server.asked().stream().map(ParksTest::withoutQuery)).containsExactly(JOB, SERVICE, SECRET);
    }

    @Test
    @Fault({"F6", "F7"})
    void withoutItsServiceAGangHasNoSecretEither() {
        madeJob().says(503, status(503, "ServiceUnavailable"));
        assertThat(park()).isInstanceOf(Parking.Unknown.class);
        assertThat(server.asked().stream().map(ParksTest::withoutQuery)).containsExactly(JOB, SERVICE);
    }

    private static String withoutQuery(String request) {
        return request.replaceFirst("\\?.*", "");
    }
}
