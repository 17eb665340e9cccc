package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Verdict;
import dev.sluice.kubernetes.Steps.Parked;
import dev.sluice.kubernetes.manifest.Namespaces;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Quotas and users' own rights on a real Kubernetes: what a project may hold, and in whose name its Jobs are made. */
final class RoomsTest extends OnSharedKubernetes {
    private String inAnyNamespace(String... words) {
        return site.cluster().kubectl(words);
    }

    /** Without a volume of the node's, so that no namespace is in its way. */
    private JobSpec job(String project, int cpus) {
        return site.sample(new Does.Exits(0)).toBuilder()
                .project(new ProjectPath(project))
                .work(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nexit 0\n")))
                .files(Files.DEFAULTS)
                .resources(Resources.DEFAULTS.withTasks(cpus))
                .build();
    }

    @Test
    @Fault("B30")
    void aProjectHoldsNoMoreThanItsQuotaAndPlansWithNoMore() {
        inAnyNamespace("delete", "namespace", "sluice-bounded", "--ignore-not-found");
        Namespaces bounded = new Namespaces("sluice-bounded", new TreeMap<>(Map.of("requests.cpu", "2", "pods", "5")));
        try (KubernetesBridge bridge = site.another(site.settings(plain -> plain.withNamespaces(bounded)))) {
            Steps its = new Steps(site, bridge);
            Parked fits = its.park(job("any", 1));
            assertThat(inAnyNamespace("-n", "sluice-bounded", "get", "quota", "sluice", "-o", "jsonpath={.spec.hard}"))
                    .isEqualTo("{\"pods\":\"5\",\"requests.cpu\":\"2\"}");
            CapacityReading reading = bridge.capacity();
            assertThat(((Capacity) reading).partitions().getFirst().total().cpus())
                    .isEqualTo(2);
            Parked tooWide = its.released(job("any", 3));
            Sighting waits =
                    its.await(tooWide, seen -> seen instanceof Sighting.Pending(int run, String why) && !why.isEmpty());
            assertThat(((Sighting.Pending) waits).why())
                    .startsWith("FailedCreate: exceeded quota: sluice, requested: requests.cpu=3");
            its.release(fits);
            assertThat(its.awaitEnd(fits).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            inAnyNamespace(
                    "-n", "sluice-bounded", "patch", "quota", "sluice", "-p", "{\"spec\":{\"hard\":{\"pods\":\"6\"}}}");
        }
        try (KubernetesBridge restarted = site.another(site.settings(plain -> plain.withNamespaces(bounded)))) {
            new Steps(site, restarted).park(job("any", 1));
            assertThat(inAnyNamespace(
                            "-n", "sluice-bounded", "get", "quota", "sluice", "-o", "jsonpath={.spec.hard.pods}"))
                    .as("an administrator's change stays")
                    .isEqualTo("6");
        }
    }

    /** The cluster itself says in whose name it was asked: it refuses that user, and with his right takes the same Job. */
    @Test
    @Fault({"B19", "B22"})
    void aJobIsMadeInTheNameOfItsUserAndByHisRights() {
        site.cluster().kubectlWith(Rights.manifest("impersonation.yaml"), "apply", "-f", "-");
        inAnyNamespace("delete", "namespace", "sluice-named", "--ignore-not-found");
        inAnyNamespace("create", "namespace", "sluice-named");
        try (KubernetesBridge bridge =
                new KubernetesBridge(site.settings(), site.api().namingUsers("site:%u"))) {
            Steps its = new Steps(site, bridge);
            JobSpec spec = job("named", 1);
            Attempt attempt = site.attempt(spec, spec.tasks());
            Parking refused = bridge.park(attempt, spec, its.fence());
            assertThat(refused).isInstanceOfSatisfying(Parking.Refused.class, parking -> {
                assertThat(parking.refusal().code()).isEqualTo("forbidden");
                assertThat(parking.refusal().message()).contains("User \"site:alice\" cannot create resource \"jobs\"");
            });
            inAnyNamespace(
                    "-n",
                    "sluice-named",
                    "create",
                    "rolebinding",
                    "alice",
                    "--clusterrole=sluice-user",
                    "--user=site:alice");
            Parked parked = its.released(spec);
            assertThat(its.awaitEnd(parked).end()).isEqualTo(new AttemptEnd.Finished(Verdict.SUCCEEDED));
            Parked held = its.park(spec);
            inAnyNamespace("-n", "sluice-named", "delete", "rolebinding", "alice");
            assertThat(its.stop(held))
                    .as("who lost his rights can still be stopped")
                    .isInstanceOf(dev.sluice.cluster.Stopping.NeverRan.class);
        }
    }
}
