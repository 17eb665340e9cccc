package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.Parking;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusal;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Reason;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who asks why a job waits is told what each cluster said that will never take it, on whichever way it said so. */
class RefusedTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final ClusterName K8S = new ClusterName("k8s");
    private static final ClusterName SPARE = new ClusterName("spare");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final UserName ALICE = new UserName("alice");
    private static final Input.Requester BY = new Input.Requester(ALICE, Input.Role.USER);

    private final SplittableRandom random = new SplittableRandom(1);
    private final Engine engine = engine();

    private static Engine engine() {
        MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
        EngineSettings settings = EngineSettings.of(
                7, Stream.of(HPC, K8S, SPARE).map(ClusterSettings::of).toList());
        return Engine.restore(store.load(), store.lead(), settings, NOW, Transitions.UNWATCHED);
    }

    private void replay(List<Event> events) {
        events.forEach(event -> engine.replay(event, NOW));
    }

    private Reply tell(Input input) {
        Decision decided = engine.decide(input, NOW, random);
        replay(decided.events());
        return decided.reply();
    }

    @Test
    void whatWasSaidBeforeItWasPlacedAndWhatWasSaidOfAnAttemptAreBothTold() {
        JobSpec spec = JobSpec.builder("sample", new ProjectPath("physics"), ALICE, Work.Command.of("/bin/true"))
                .build();
        Map<ClusterName, List<Refusal>> cannot = Map.of(
                K8S,
                List.of(
                        Refusal.never("no-image", "it names no image"),
                        Refusal.later("quota", "the quota is used up"),
                        Refusal.never("no-account", "alice has no account")));
        Reply.Accepted accepted = (Reply.Accepted)
                tell(new Input.Submit(BY, Optional.empty(), List.of(new Input.Submission(spec, cannot, Map.of()))));
        JobId job = accepted.jobs().getFirst();
        measure(HPC);
        replay(engine.plan(NOW, 1, random));
        tell(new Input.Woke());
        Effect.Park park = (Effect.Park) engine.takeDue(NOW).stream()
                .filter(Effect.Park.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(park.cluster()).isEqualTo(HPC);
        tell(new Input.DonePark(park, new Parking.Refused(Refusal.never("invalid", "Invalid account"))));
        Reply.Explained explained = (Reply.Explained) tell(new Input.Explain(BY, job));
        List<Explanation.Place> places =
                explained.queue().orElseThrow().waits().getFirst().places();
        assertThat(said(places, HPC)).hasValue("Invalid account");
        assertThat(said(places, K8S))
                .as("all that time does not cure")
                .hasValue("it names no image; alice has no account");
        assertThat(said(places, SPARE)).isEmpty();
    }

    private void measure(ClusterName cluster) {
        Amount all = Amount.of(100, 1L << 40);
        Effect.Measure measure = engine.takeDue(NOW).stream()
                .filter(Effect.Measure.class::isInstance)
                .map(Effect.Measure.class::cast)
                .filter(effect -> effect.cluster().equals(cluster))
                .findFirst()
                .orElseThrow();
        tell(new Input.DoneMeasure(
                measure,
                new CapacityReading.Capacity(
                        NOW,
                        List.of(new CapacityReading.PartitionCapacity("debug", all, Amount.of(0, 0), all, 10_000)))));
    }

    private static Optional<String> said(List<Explanation.Place> places, ClusterName cluster) {
        return places.stream()
                .filter(place -> place.cluster().equals(cluster))
                .flatMap(place -> place.reasons().stream())
                .filter(Reason.RefusedByCluster.class::isInstance)
                .map(reason -> ((Reason.RefusedByCluster) reason).words())
                .findFirst();
    }
}
