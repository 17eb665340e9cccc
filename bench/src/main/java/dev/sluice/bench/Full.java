package dev.sluice.bench;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.Capacity;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.Transitions;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** An engine with one cluster, that is full, and a long queue: 50 users of 20 projects, ten shapes of jobs. */
final class Full {
    static final ClusterName CLUSTER = new ClusterName("hpc");
    private static final int SHAPES = 10;
    private static final int PROJECTS = 20;
    private static final int USERS = 50;

    final Engine engine;
    final SplittableRandom random = new SplittableRandom(1);
    Instant now = Instant.parse("2026-03-01T00:00:00Z");
    private final Keys keys;
    private int submitted;

    /** Whether each job comes with an idempotency key. */
    enum Keys {
        NONE,
        EACH
    }

    /** @param cpus of the cluster: what is left over once the queue was planned is 0 */
    Full(int jobs, int cpus, Keys keys) {
        this.keys = keys;
        ClusterSettings cluster = ClusterSettings.of(CLUSTER);
        engine = Engine.restore(List.of(), 1, EngineSettings.of(1, List.of(cluster)), now, Transitions.UNWATCHED);
        measure(cpus);
        for (int i = 0; i < jobs; i++) {
            accept();
            engine.takeTouched();
        }
        turn();
    }

    /** The cluster says what it has; nothing of ours is on it. */
    private void measure(int cpus) {
        for (Effect effect : engine.takeDue(now)) {
            if (effect instanceof Effect.Measure measure) {
                Amount total = Amount.of(cpus, cpus * (4L << 30));
                CapacityReading reading = new Capacity(
                        now, List.of(new PartitionCapacity("hpc", total, Amount.of(0, 0), total, 100_000)));
                take(new Input.DoneMeasure(measure, reading));
            } else if (effect instanceof Effect.Observe look) {
                Sweep nothing = new Sweep.Seen(now, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, List.of(), Cursor.START);
                take(new Input.DoneObserve(look, nothing));
            }
        }
    }

    /** One job, as a client sends it. */
    int accept() {
        int n = submitted++;
        UserName user = new UserName("user" + n % USERS);
        JobSpec spec = JobSpec.builder("job", new ProjectPath("project" + n % PROJECTS), user, Work.Command.of("true"))
                .ask(Ask.DEFAULTS
                        .withResources(Resources.DEFAULTS.withTasks(1 + n % SHAPES))
                        .withLimit(Duration.ofMinutes(60)))
                .priorityClass(n % 3 * 100)
                .build();
        Optional<Input.Token> token = keys == Keys.EACH
                ? Optional.of(new Input.Token(new IdempotencyKey(n, random.nextLong()), 1))
                : Optional.empty();
        take(new Input.Submit(new Input.Requester(user, Input.Role.USER), token, List.of(Input.Submission.of(spec))));
        return n;
    }

    void take(Input input) {
        for (Event event : engine.decide(input, now, random).events()) {
            engine.replay(event, now);
        }
    }

    /** Plans and takes what changed, as the loop does before it commits. Returns how many rows there were. */
    int turn() {
        for (Event event : engine.plan(now, 64, random)) {
            engine.replay(event, now);
        }
        return engine.takeTouched().size();
    }

    /**
     * Answers every call that is due as a cluster in good health would, until none is: what was placed is pending there.
     * Returns the look that is under way then.
     */
    Effect.Observe goOut() {
        Optional<Effect.Observe> look = Optional.empty();
        int id = 1;
        boolean more = true;
        while (more) {
            more = false;
            now = now.plusMillis(10);
            turn();
            for (Effect effect : engine.takeDue(now)) {
                switch (effect) {
                    case Effect.Park park -> {
                        Binding binding = new Binding(
                                Integer.toString(id++),
                                "1",
                                park.attempt().user().value());
                        take(new Input.DonePark(park, new Parking.Parked(binding, List.of())));
                        more = true;
                    }
                    case Effect.Release release -> {
                        take(new Input.DoneRelease(
                                release,
                                release.grants().stream()
                                        .<Release>map(grant -> new Release.Released())
                                        .toList()));
                        more = true;
                    }
                    case Effect.Observe observe -> look = Optional.of(observe);
                    default -> {
                        // Measurements stay under way.
                    }
                }
            }
        }
        return look.orElseThrow();
    }
}
