package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Stopping;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.kubernetes.manifest.Manifest;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Container;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Duration;
import java.util.Optional;
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

    // ---- some tasks of an array that runs

    private static final TaskSet ALL = TaskSet.parse("0-3");
    private static final TaskSet SOME = TaskSet.parse("2-3");
    private static final Attempt ARRAY =
            new Attempt(ID, ATTEMPT.job(), ALICE, KUBE, Optional.empty(), ALL, 1, Optional.empty(), Refusals.NONE);

    /** The array's Job, released, with what its annotation says of stopped tasks. */
    private static Job array(String version, String stopped) {
        JobSpec spec = SPEC.toBuilder().array(ArraySpec.parse("0-3%1")).build();
        Job job = Manifest.of(ARRAY, spec, ACCOUNT, Site.plain(KUBE)).job();
        return job.edit()
                .editMetadata()
                .withUid("u")
                .withResourceVersion(version)
                .removeFromAnnotations(Keys.HELD)
                .addToAnnotations(Keys.STOPPED, stopped)
                .endMetadata()
                .editSpec()
                .withSuspend(false)
                .endSpec()
                .build();
    }

    private static String json(Object object) {
        return new KubernetesSerialization().asJson(object);
    }

    /** It says how the Job and the pod of its first task stand. */
    private void runs(Job job) {
        server.says(200, json(job));
        firstRuns();
    }

    private void firstRuns() {
        Pod first = Statuses.running()
                .editMetadata()
                .withUid("p")
                .withResourceVersion("1")
                .addToAnnotations(States.INDEX, "0")
                .endMetadata()
                .build();
        server.says(
                200,
                json(new PodListBuilder()
                        .withNewMetadata()
                        .endMetadata()
                        .withItems(first)
                        .build()));
    }

    /** The Job controller writes into its status between our look and our word that these never started. */
    @Test
    @Fault("F14")
    void whatNeverStartedIsToldSoAlthoughItsControllerWroteInBetween() {
        String unproven = SOME + " " + NOW + " " + SOME;
        Job before = array("1", "");
        runs(before);
        server.says(200, "{\"kind\":\"Secret\"}").says(200, json(array("2", unproven)));
        firstRuns();
        runs(array("2", unproven));
        server.says(409, status(409, "Conflict"));
        runs(array("3", unproven));
        server.says(200, json(array("4", SOME + " " + NOW)));
        runs(array("4", SOME + " " + NOW));
        assertThat(stops.stop(ID, Ours.binding(before), SOME, Duration.ofSeconds(5), NOW.plus(Duration.ofMinutes(1))))
                .isInstanceOf(Stopping.NeverRan.class);
    }
}
