package dev.sluice.gateway.wire;

import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.AvailableModules;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.cluster.CapacityReading.PartitionCapacity;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Observation;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Sweep;
import dev.sluice.engine.Batch;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Effect;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.Transitions;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.store.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** An engine at work on a store in memory, with one obliging cluster that does what it is told to. For one thread. */
final class Trial {
    static final ClusterName HPC = new ClusterName("hpc");
    static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);

    private static final EngineSettings SETTINGS = EngineSettings.of(7, List.of(ClusterSettings.of(HPC)));

    final MemoryStore store = new MemoryStore(MemoryStore.Fencing.KEPT);
    private final long epoch = store.lead();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Engine engine;
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");

    /** What the cluster shows of each attempt at the next look. */
    private final Map<AttemptId, Seen> shown = new LinkedHashMap<>();

    private record Seen(Attempt attempt, Binding binding, Sighting sighting) {}

    boolean answers = true;

    Trial() {
        engine = Engine.restore(store.load(), epoch, SETTINGS, now, Transitions.UNWATCHED);
    }

    Instant now() {
        return now;
    }

    Reply tell(Input input) {
        now = now.plusSeconds(1);
        Decision decision = engine.decide(input, now, random);
        commit(decision.events());
        return decision.reply();
    }

    private void commit(List<Event> events) {
        List<Event.Recorded> recorded = new ArrayList<>();
        for (Event event : events) {
            engine.replay(event, now);
            if (event instanceof Event.Recorded kept) {
                recorded.add(kept);
            }
        }
        try {
            store.commit(new Batch(epoch, now, recorded, engine.takeTouched()));
        } catch (StoreLost | StaleEpoch e) {
            throw new AssertionError(e);
        }
    }

    JobId submit(JobSpec spec) {
        Input.Token token = new Input.Token(new IdempotencyKey(random.nextLong(), random.nextLong()), 1);
        Reply reply = tell(new Input.Submit(
                new Input.Requester(spec.user(), Input.Role.USER),
                Optional.of(token),
                List.of(Input.Submission.of(spec))));
        if (reply instanceof Reply.Accepted accepted) {
            return accepted.jobs().getFirst();
        }
        throw new AssertionError(reply);
    }

    JobRecord record(JobId job) {
        return store.job(job).orElseThrow();
    }

    /** Some time passes, a plan is made, and every call comes back. */
    void pass(Duration time) {
        now = now.plus(time);
        tell(new Input.Woke());
        commit(engine.plan(now, 64, random));
        for (Effect effect : engine.takeDue(now)) {
            tell(done(effect));
        }
    }

    /** All that is on the cluster is shown so from now on. */
    void show(Sighting sighting) {
        shown.replaceAll((id, seen) -> new Seen(seen.attempt(), seen.binding(), sighting));
    }

    Sighting running() {
        return new Sighting.Running(0, now, Sighting.Claimed.CLAIMED);
    }

    Sighting ended(Verdict verdict) {
        return new Sighting.Ended(0, new AttemptEnd.Finished(verdict), now.minusSeconds(30), now);
    }

    private Input.Done done(Effect effect) {
        if (!answers && effect instanceof Effect.OnCluster) {
            return Input.Done.doubt(effect, "no answer");
        }
        return switch (effect) {
            case Effect.Measure e -> new Input.DoneMeasure(e, capacity());
            case Effect.Park e -> {
                Binding binding = new Binding("4711", "t" + e.flight(), "ada");
                shown.put(
                        e.attempt().id(),
                        new Seen(e.attempt(), binding, new Sighting.Held(0, Sighting.Holder.US, "parked")));
                yield new Input.DonePark(e, new Parking.Parked(binding, List.of()));
            }
            case Effect.Release e -> {
                e.grants()
                        .forEach(grant -> shown.computeIfPresent(
                                grant.attempt().id(),
                                (id, seen) -> new Seen(seen.attempt(), seen.binding(), new Sighting.Pending(0))));
                yield new Input.DoneRelease(
                        e,
                        e.grants().stream()
                                .<Release>map(grant -> new Release.Released())
                                .toList());
            }
            case Effect.Find e ->
                new Input.DoneFind(
                        e,
                        e.sought().stream()
                                .<Search>map(attempt -> new Search.Unknown(new Doubt("not asked")))
                                .toList());
            case Effect.Stop e -> new Input.DoneStop(e, new Stopping.Asked());
            case Effect.Alter e -> new Input.DoneAlter(e, new Alteration.Unknown(new Doubt("not asked")));
            case Effect.Claim e -> new Input.DoneClaim(e, new Claim.Unknown(new Doubt("not asked")));
            case Effect.Observe e -> new Input.DoneObserve(e, look());
            case Effect.PinImage e ->
                new Input.DonePin(e, new Input.Pinning.Pinned(e.reference() + "@sha256:" + "0".repeat(64)));
        };
    }

    private CapacityReading capacity() {
        Amount all = new Amount(64, 1L << 38, new TreeMap<>(Map.of("a100", 4L)));
        Amount others = Amount.of(8, 1L << 30);
        Amount largest = Amount.of(32, 1L << 37);
        PartitionCapacity partition = new PartitionCapacity(
                "debug",
                all,
                others,
                largest,
                600,
                new Supply.Terms(
                        Supply.PartitionState.UP,
                        10,
                        OptionalInt.of(2),
                        new Supply.NodeCounts(1, 1, 0, 1),
                        Optional.of(new Supply.Others(3, 4))));
        PartitionCapacity inactive = new PartitionCapacity(
                "old",
                all,
                others,
                largest,
                600,
                new Supply.Terms(
                        Supply.PartitionState.INACTIVE,
                        600,
                        OptionalInt.empty(),
                        Supply.NodeCounts.NONE,
                        Optional.empty()));
        return new CapacityReading.Capacity(now, List.of(partition, inactive), Optional.of("debug"), supply(largest));
    }

    private Supply supply(Amount node) {
        Supply.NodeGroup group = new Supply.NodeGroup(
                node,
                new TreeMap<>(Map.of("shard", 8L)),
                new TreeSet<>(List.of("fast")),
                new TreeSet<>(List.of("debug", "old")),
                new Supply.NodeCounts(1, 1, 0, 1));
        return new Supply(
                Optional.of(Supply.Ownership.GUEST),
                List.of("/scratch"),
                AvailableModules.NONE,
                List.of(group),
                List.of(
                        new Supply.Reservation(
                                "works",
                                now,
                                Optional.of(now),
                                "n[1-2]",
                                2,
                                Supply.Purpose.MAINTENANCE,
                                new TreeMap<>()),
                        new Supply.Reservation(
                                "course", now, Optional.empty(), "", 0, Supply.Purpose.JOBS, new TreeMap<>())),
                Supply.Queue.KEEPS_ROOM);
    }

    private Sweep look() {
        List<Observation> observations = shown.values().stream()
                .map(seen -> new Observation(
                        seen.attempt().id(), seen.binding(), tasks(seen), seen.sighting(), "raw words of the cluster"))
                .toList();
        return new Sweep.Seen(now, Sweep.Scope.COMPLETE, Sweep.Ends.VISIBLE, observations, Cursor.START);
    }

    private static TaskSet tasks(Seen seen) {
        return seen.attempt().tasks();
    }
}
