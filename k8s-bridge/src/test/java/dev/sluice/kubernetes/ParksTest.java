package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Supply;
import dev.sluice.job.ProjectPath;
import dev.sluice.kubernetes.api.ScriptedServer;
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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** In which order a park makes what it makes: the Secret, by which a whole park is told from a half, is the last. */
class ParksTest extends OnScriptedServer {
    private static final JobSpec GANG = JobSpec.builder(
                    "sample", new ProjectPath("lattice"), ALICE, Work.Command.of("/bin/true"))
            .container(Container.of("alpine:3.22"))
            .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)).withTasks(2))
            .build();
    private static final String NAMESPACE = "/namespaces/sluice-lattice/";
    private static final String JOB = "POST /apis/batch/v1" + NAMESPACE + "jobs";
    private static final String SERVICE = "POST /api/v1" + NAMESPACE + "services";
    private static final String SECRET = "POST /api/v1" + NAMESPACE + "secrets";

    private final KubernetesSettings settings = new KubernetesSettings(
            Site.plain(KUBE).withNamespaces(new Namespaces("sluice-%p")),
            ID.realm(),
            new TreeMap<>(Map.of(ALICE, ACCOUNT)),
            false,
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofDays(7),
            Supply.Ownership.GUEST,
            List.of(),
            AvailableModules.NONE,
            clock);
    private final Parks parks = new Parks(settings, api, new Mirror(clock), new Halves(api, clock));

    private Parking park() {
        return parks.park(ATTEMPT, GANG, NOW.plus(Duration.ofMinutes(1)));
    }

    private ScriptedServer madeJob() {
        return server.says(
                201,
                "{\"kind\":\"Job\",\"metadata\":{\"namespace\":\"sluice-lattice\",\"name\":\"" + Keys.name(ID)
                        + "\",\"uid\":\"u\"}}");
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
