package dev.sluice.testkit.simulation;

import dev.sluice.engine.Effect;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Lifecycle;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.fake.FakeCluster;
import dev.sluice.testkit.fake.FakeSettings;
import dev.sluice.testkit.fake.Fate;
import dev.sluice.testkit.fake.Mischief;
import dev.sluice.testkit.fake.Weather;
import dev.sluice.testkit.fake.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A federation to which what a test writes down happens, and nothing else: fair weather, one gateway, clusters that do as
 * they are told. The auditor watches every step of it.
 */
final class Scenario {
    static final Input.Requester ALICE = new Input.Requester(new UserName("alice"), Input.Role.USER);
    static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);
    private static final Duration PATIENCE = Duration.ofHours(3);
    private static final int TOLD = 40;

    private static final Weather REQUEST_LOST = new Weather(20, 1, 0, 0, 0, 0, 0);
    private static final Weather ANSWER_LOST = new Weather(20, 0, 1, 0, 0, 0, 0);
    private static final Weather STALLED = new Weather(20, 0, 0, 1, 0, 0, 0);
    private static final Weather TWICE = new Weather(20, 0, 0, 0, 0, 0, 1);

    final Federation federation;
    /** What user code does from here on. */
    Fate fate = Fate.succeedsAfter(Duration.ofMinutes(10));

    private final List<String> story = new ArrayList<>();
    private final List<Effect> calls = new ArrayList<>();
    private final Map<JobId, TaskSet> tasks = new HashMap<>();
    private final Map<Class<? extends Effect>, Weather> awaiting = new HashMap<>();
    private Optional<CrashPoint> end = Optional.empty();
    private Gateway.Turn how = Gateway.Turn.DIED;
    private Duration hang = Duration.ofMinutes(1);
    private Duration downtime = Duration.ofSeconds(5);

    private Scenario(long seed, UnaryOperator<EngineSettings> ours, List<FakeSettings> clusters) {
        List<ClusterSettings> settings = clusters.stream().map(Plot::ours).toList();
        federation = new Federation(
                clusters,
                ours.apply(EngineSettings.of(Plot.REALM, settings)),
                (job, task, run) -> fate,
                Plot.START,
                new Mutator(Mutation.NONE),
                new SplittableRandom(seed),
                director,
                Optional.of(story::add));
        federation.start();
        pass(Duration.ofSeconds(1));
    }

    static Scenario of(FakeSettings... clusters) {
        return new Scenario(1, UnaryOperator.identity(), List.of(clusters));
    }

    static Scenario of(UnaryOperator<EngineSettings> ours, FakeSettings... clusters) {
        return new Scenario(1, ours, List.of(clusters));
    }

    /** Where the cluster draws what it does, the seed tells what it draws. */
    static Scenario seeded(long seed, FakeSettings... clusters) {
        return new Scenario(seed, UnaryOperator.identity(), List.of(clusters));
    }

    /** A SLURM with accounting, reached over SSH. */
    static FakeSettings slurm(String name) {
        return FakeSettings.slurm(new ClusterName(name), Plot.REALM);
    }

    /** A SLURM of which the gateway sees its REST API alone. */
    static FakeSettings rest(String name) {
        return slurm(name).withClaims(FakeSettings.Claims.UNSEEN);
    }

    static FakeSettings kubernetes(String name) {
        return FakeSettings.kubernetes(new ClusterName(name), Plot.REALM);
    }

    private final Federation.Director director = new Federation.Director() {
        @Override
        public Gateway.Turn passes(Gateway gateway, CrashPoint point) {
            if (end.isPresent() && end.get().equals(point)) {
                end = Optional.empty();
                return how;
            }
            return Gateway.Turn.DONE;
        }

        @Override
        public void leaves(Effect effect) {
            calls.add(effect);
            if (effect instanceof Effect.OnCluster call) {
                Weather weather = awaiting.remove(effect.getClass());
                wire(call.cluster()).weather(weather == null ? Weather.CALM : weather);
            }
        }

        @Override
        public Duration downtime() {
            return downtime;
        }

        @Override
        public Duration takeover() {
            return Duration.ofSeconds(10);
        }

        @Override
        public Duration hang() {
            return hang;
        }
    };

    // What goes wrong

    /** The next such call never gets there. */
    Scenario lose(Class<? extends Effect> call) {
        awaiting.put(call, REQUEST_LOST);
        return this;
    }

    /** The next such call is carried out, and nobody hears of it. */
    Scenario loseAnswerTo(Class<? extends Effect> call) {
        awaiting.put(call, ANSWER_LOST);
        return this;
    }

    /** The answer to the next such call takes five seconds. */
    Scenario stall(Class<? extends Effect> call) {
        awaiting.put(call, STALLED);
        return this;
    }

    /** The next such call gets there twice. */
    Scenario twice(Class<? extends Effect> call) {
        awaiting.put(call, TWICE);
        return this;
    }

    /** The gateway dies the next time it comes by this point, and another takes over so much later. */
    Scenario dieAt(String point, Duration away) {
        return endAt(point, Gateway.Turn.DIED, away);
    }

    /** The gateway hangs there for so long, and another takes the lead meanwhile. */
    Scenario hangAt(String point, Duration time) {
        hang = time;
        return endAt(point, Gateway.Turn.FROZE, Duration.ZERO);
    }

    private Scenario endAt(String point, Gateway.Turn turn, Duration away) {
        CrashPoint at = new CrashPoint(point);
        if (!CrashPoint.points().contains(at)) {
            throw new IllegalArgumentException("no crash point " + point);
        }
        end = Optional.of(at);
        how = turn;
        downtime = away;
        return this;
    }

    Wire wire(ClusterName cluster) {
        return Optional.ofNullable(federation.wires.get(cluster)).orElseThrow();
    }

    FakeCluster cluster(String name) {
        return wire(new ClusterName(name)).cluster();
    }

    /** What others do to the one cluster. */
    Mischief mischief() {
        return federation.wires.values().iterator().next().cluster().mischief();
    }

    // What people do

    static JobSpec plain() {
        return JobSpec.builder("work", new ProjectPath("physics"), new UserName("alice"), Work.Command.of("true"))
                .ask(Ask.DEFAULTS.withResources(Resources.DEFAULTS.withTasks(1)).withLimit(Duration.ofHours(1)))
                .rules(Rules.DEFAULTS.withMaxAttempts(5))
                .build();
    }

    static JobSpec array(int tasks) {
        return plain().toBuilder()
                .array(new ArraySpec(TaskSet.range(0, tasks - 1)))
                .build();
    }

    /** Submits with a key, as a client does: without an answer it asks again. */
    JobId submit(JobSpec spec) {
        Input.Token token = new Input.Token(new IdempotencyKey(1, tasks.size()), 0);
        Input.Submit submit = new Input.Submit(
                new Input.Requester(spec.user(), Input.Role.USER),
                Optional.of(token),
                List.of(Input.Submission.of(spec)));
        Reply reply = ask(submit);
        if (reply instanceof Reply.Silent) {
            reply = ask(submit);
        }
        if (reply instanceof Reply.Accepted accepted) {
            JobId job = accepted.jobs().getFirst();
            tasks.put(job, spec.tasks());
            return job;
        }
        throw new AssertionError("not accepted: " + reply);
    }

    /** Asks whoever leads, and waits for the answer. */
    Reply ask(Input.Command command) {
        List<Reply> replies = new ArrayList<>();
        until("somebody leads", () -> federation.leader().isPresent());
        Gateway leader = federation.leader().orElseThrow();
        federation.tell(() -> "somebody asks for " + Narrator.of(command));
        leader.ask(command, replies::add);
        federation.mail(leader);
        until("an answer to " + command, () -> !replies.isEmpty() || !leader.alive());
        return replies.isEmpty() ? Reply.SILENT : replies.getFirst();
    }

    Reply cancel(JobId job, int... tasks) {
        return ask(new Input.Cancel(ALICE, job, some(tasks)));
    }

    Reply reroute(JobId job, int... tasks) {
        return ask(new Input.Reroute(OPERATOR, job, some(tasks)));
    }

    Reply requeue(JobId job, int... tasks) {
        return ask(new Input.Requeue(ALICE, job, some(tasks)));
    }

    static Optional<TaskSet> some(int... tasks) {
        return tasks.length == 0 ? Optional.empty() : Optional.of(TaskSet.of(tasks));
    }

    // Time

    Instant now() {
        return federation.timeline.now();
    }

    Scenario pass(Duration time) {
        Instant then = now().plus(time);
        boolean[] there = {false};
        federation.timeline.at(then, () -> there[0] = true);
        while (!there[0]) {
            federation.step();
        }
        return this;
    }

    /** Lets things happen until it is so; a failure tells the last lines of the story. */
    Scenario until(String what, BooleanSupplier so) {
        Instant latest = now().plus(PATIENCE);
        while (!so.getAsBoolean()) {
            if (now().isAfter(latest) || federation.timeline.isEmpty()) {
                throw new AssertionError("still not so: " + what + "\n" + told());
            }
            federation.step();
        }
        return this;
    }

    /** The last lines of the story, without what comes again and again. */
    String told() {
        List<String> lines = story.stream()
                .filter(line -> !line.contains("Observe") && !line.contains("Measure"))
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD), lines.size()));
    }

    Scenario untilStage(JobId job, Lifecycle.Stage stage) {
        return until(
                job + " is " + stage, () -> states(job).stream().allMatch(state -> Lifecycle.Stage.of(state) == stage));
    }

    Scenario untilCalled(Class<? extends Effect> call, int times) {
        return until(times + " calls of " + call.getSimpleName(), () -> calls(call) >= times);
    }

    Scenario untilEnded(JobId job) {
        return untilStage(job, Lifecycle.Stage.ENDED);
    }

    // What is

    /** How the job's tasks stand on disk, one entry a task, in the order of their indices. */
    List<JobState> states(JobId job) {
        List<JobState> states = new ArrayList<>();
        List<Slice> slices = federation.auditor.folded().slices(job);
        slices.stream()
                .flatMap(slice -> slice.tasks().stream().boxed())
                .sorted()
                .forEach(task -> states.add(slices.stream()
                        .filter(slice -> slice.tasks().contains(task))
                        .findFirst()
                        .orElseThrow()
                        .state()));
        if (states.isEmpty()) {
            throw new AssertionError("no job " + job + "\n" + told());
        }
        return states;
    }

    JobState state(JobId job) {
        return states(job).getFirst();
    }

    Lifecycle.Stage stage(JobId job) {
        return Lifecycle.Stage.of(state(job));
    }

    Phase phase(JobId job) {
        return live(job).phase();
    }

    JobState.Live live(JobId job) {
        if (state(job) instanceof JobState.Live live) {
            return live;
        }
        throw new AssertionError("not live: " + state(job) + "\n" + told());
    }

    List<Verdict> verdicts(JobId job) {
        return states(job).stream()
                .map(state -> {
                    if (state instanceof JobState.Ended ended) {
                        return ended.verdict();
                    }
                    throw new AssertionError("not ended: " + state + "\n" + told());
                })
                .toList();
    }

    /** How often user code of each task began. */
    List<Integer> launches(JobId job) {
        List<Integer> launches = new ArrayList<>();
        Optional.ofNullable(tasks.get(job)).orElseThrow().stream()
                .forEach(task -> launches.add(federation.ledger.launches(job, task)));
        return launches;
    }

    /** How many such calls have left. */
    int calls(Class<? extends Effect> call) {
        return (int) calls.stream().filter(call::isInstance).count();
    }

    /** Such calls that have left. */
    <E extends Effect> List<E> called(Class<E> call) {
        return calls.stream().filter(call::isInstance).map(call::cast).toList();
    }

    /** What is on record of one kind. */
    <E extends Event.Recorded> List<E> recorded(Class<E> kind) {
        return federation.store.events(0, Integer.MAX_VALUE).stream()
                .map(StoredEvent::event)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    boolean alerted(String words) {
        return recorded(Event.Alerted.class).stream()
                .anyMatch(alert -> alert.what().contains(words));
    }

    /** How many of the lines of the story say so. */
    long told(Predicate<String> says) {
        return story.stream().filter(says).count();
    }

    /** How many objects were ever parked. */
    long parked() {
        return told(line -> line.endsWith(": parked"));
    }

    /** Whether no cluster has an object of ours any more that could run or does. */
    boolean swept() {
        return federation.wires.values().stream()
                .allMatch(wire -> wire.cluster().liveObjects(now()).isEmpty());
    }
}
