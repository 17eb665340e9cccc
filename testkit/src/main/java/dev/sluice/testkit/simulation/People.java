package dev.sluice.testkit.simulation;

import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.ClusterName;
import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.policy.plan.Budget;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.testkit.store.TroubledStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Those who use the gateway: they submit and change their minds, and ask again until they are answered. */
final class People {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Input.Requester OPERATOR = new Input.Requester(new UserName("operator"), Input.Role.OPERATOR);

    private final Federation federation;
    private final Plot plot;
    private final Timeline timeline;
    private final SplittableRandom random;
    private final Auditor auditor;
    private final List<JobId> accepted = new ArrayList<>();
    private final Map<IdempotencyKey, List<JobId>> answers = new HashMap<>();
    private int open;
    private boolean healed;

    People(Federation federation, Plot plot, SplittableRandom random) {
        this.federation = federation;
        this.plot = plot;
        this.timeline = federation.timeline;
        this.random = random;
        this.auditor = federation.auditor;
    }

    /** All jobs that somebody was told are taken. */
    List<JobId> accepted() {
        return accepted;
    }

    /** Whether everybody has his answer, and has had his last word. */
    boolean content() {
        return healed && open == 0;
    }

    void script() {
        for (Instant arrival : plot.arrivals()) {
            open++;
            timeline.at(arrival, this::submit);
        }
        long span = Duration.between(Plot.START, plot.healing).toSeconds();
        int whims = random.nextInt(40);
        for (int i = 0; i < whims; i++) {
            open++;
            timeline.at(Plot.START.plusSeconds(60 + random.nextLong(span - 60)), this::whim);
        }
    }

    // Submitting

    private void submit() {
        JobSpec spec = plot.job(accepted);
        long fingerprint = random.nextLong();
        Input.Token token = new Input.Token(new IdempotencyKey(random.nextLong(), random.nextLong()), fingerprint);
        Input.Submit submit = new Input.Submit(
                new Input.Requester(spec.user(), Input.Role.USER),
                Optional.of(token),
                List.of(Input.Submission.of(spec)));
        int voices = random.nextInt(10) == 0 ? 20 : 1;
        open += voices - 1;
        for (int i = 0; i < voices; i++) {
            ask(submit, reply -> submitted(submit, token, reply));
        }
        if (random.nextInt(10) == 0) {
            open++;
            Input.Token other = new Input.Token(token.key(), fingerprint + 1);
            Input.Submit forged = new Input.Submit(submit.by(), Optional.of(other), submit.jobs());
            timeline.at(timeline.now().plusSeconds(60), () -> ask(forged, reply -> forged(token, reply)));
        }
    }

    private void submitted(Input.Submit submit, Input.Token token, Reply reply) {
        switch (reply) {
            case Reply.Accepted ok -> {
                List<JobId> before = answers.putIfAbsent(token.key(), ok.jobs());
                if (before == null) {
                    accepted.addAll(ok.jobs());
                    ok.jobs().forEach(this::changeMind);
                } else if (!before.equals(ok.jobs())) {
                    throw new Violation("one request, two answers: %s and %s".formatted(before, ok.jobs()));
                }
            }
            case Reply.Busy busy -> {
                open++;
                timeline.at(
                        timeline.now().plus(busy.retryAfter()),
                        () -> ask(submit, again -> submitted(submit, token, again)));
            }
            case Reply.KeyConflict conflict ->
                // The forged request was first: then its jobs are this key's.
                answers.putIfAbsent(token.key(), List.of());
            case Reply.Silent s -> unexpected(reply);
            case Reply.Done d -> unexpected(reply);
            case Reply.Invalid i -> unexpected(reply);
            case Reply.CannotRun c -> unexpected(reply);
            case Reply.Full f -> unexpected(reply);
            case Reply.NotFound n -> unexpected(reply);
            case Reply.Forbidden f -> unexpected(reply);
            case Reply.Explained e -> unexpected(reply);
            case Reply.Tried t -> unexpected(reply);
            case Reply.ClustersStand c -> unexpected(reply);
            case Reply.ProjectsStand p -> unexpected(reply);
            case Reply.Unfinished u -> unexpected(reply);
        }
    }

    /** Sent elsewhere while it is on its way, and again. */
    private void changeMind(JobId job) {
        if (plot.impatient) {
            for (int i = 0; i < 6; i++) {
                open++;
                Input.Command reroute = new Input.Reroute(OPERATOR, job, Optional.empty());
                timeline.at(
                        timeline.now().plusMillis(random.nextInt(60_000)),
                        () -> ask(reroute, reply -> answered(reroute, reply)));
            }
        }
    }

    /** Another body under the same key: a conflict, once the first was taken. */
    private void forged(Input.Token token, Reply reply) {
        boolean known = !answers.getOrDefault(token.key(), List.of()).isEmpty();
        if (known && !(reply instanceof Reply.KeyConflict)) {
            throw new Violation("another body under a used key was answered by " + reply);
        }
        if (reply instanceof Reply.Accepted ok) {
            accepted.addAll(ok.jobs());
            answers.put(token.key(), ok.jobs());
        }
    }

    private static void unexpected(Reply reply) {
        throw new Violation("nobody expects the answer " + reply);
    }

    // Changing one's mind

    private void whim() {
        if (accepted.isEmpty()) {
            open--;
            return;
        }
        JobId job = accepted.get(random.nextInt(accepted.size()));
        Optional<TaskSet> tasks = tasks(job);
        Input.Command command = switch (random.nextInt(12)) {
            case 0, 1, 2 -> new Input.Cancel(OPERATOR, job, tasks);
            case 3 -> new Input.Hold(OPERATOR, job, tasks);
            case 4 -> new Input.Unhold(OPERATOR, job, tasks);
            case 5 -> new Input.Requeue(OPERATOR, job, tasks);
            case 6, 7 -> new Input.Reroute(OPERATOR, job, tasks);
            case 8 -> new Input.Reclaim(OPERATOR, job, tasks);
            case 9 ->
                new Input.Alter(
                        OPERATOR,
                        job,
                        random.nextBoolean() ? OptionalInt.of(random.nextInt(1000)) : OptionalInt.empty(),
                        random.nextBoolean()
                                ? Optional.of(Duration.ofMinutes(1 + random.nextInt(600)))
                                : Optional.empty(),
                        random.nextBoolean()
                                ? Optional.of(Labels.of(Map.of("mood", "m" + random.nextInt(9))))
                                : Optional.empty());
            case 10 -> new Input.SetDrain(OPERATOR, cluster(), Event.Drain.values()[random.nextInt(2)]);
            default -> new Input.SetBudget(OPERATOR, new ProjectPath("physics"), Budget.values()[random.nextInt(2)]);
        };
        ask(command, reply -> answered(command, reply));
    }

    private ClusterName cluster() {
        return plot.clusters.get(random.nextInt(plot.clusters.size())).name();
    }

    private Optional<TaskSet> tasks(JobId job) {
        if (random.nextInt(2) == 0) {
            return Optional.empty();
        }
        TaskSet.Builder some = new TaskSet.Builder();
        for (Slice slice : auditor.folded().slices(job)) {
            slice.tasks().stream().filter(task -> random.nextBoolean()).forEach(some::add);
        }
        TaskSet drawn = some.build();
        return drawn.isEmpty() ? Optional.empty() : Optional.of(drawn);
    }

    private void answered(Input.Command command, Reply reply) {
        if (command instanceof Input.Cancel cancel && reply instanceof Reply.Done) {
            TaskSet all = TaskSet.EMPTY;
            for (Slice slice : auditor.folded().slices(cancel.job())) {
                all = all.union(slice.tasks());
            }
            auditor.acknowledgedCancel(
                    cancel.job(), cancel.tasks().map(all::intersect).orElse(all));
        }
    }

    // Asking

    private interface Ear {
        void hears(Reply reply);
    }

    /** Asks whoever leads, and asks again until an answer comes. */
    private void ask(Input.Command command, Ear ear) {
        if (healed && shuts(command)) {
            open--;
            return;
        }
        Optional<Gateway> leader = federation.leader();
        Call call = new Call(ear);
        if (leader.isPresent()) {
            federation.tell(() -> "somebody asks for " + Narrator.of(command));
            leader.get().ask(command, call::hears);
            federation.mail(leader.get());
        }
        timeline.at(timeline.now().plus(PATIENCE), () -> {
            if (!call.answered) {
                call.hungUp = true;
                ask(command, ear);
            }
        });
    }

    /** What nobody wants any more once all is to end well. */
    private static boolean shuts(Input.Command command) {
        return (command instanceof Input.SetDrain drain && drain.drain() != Event.Drain.OFF)
                || (command instanceof Input.SetBudget budget && budget.budget() != Budget.OPEN);
    }

    /** One question to one gateway. */
    private final class Call {
        private final Ear ear;
        private boolean answered;
        private boolean hungUp;

        Call(Ear ear) {
            this.ear = ear;
        }

        void hears(Reply reply) {
            if (answered || hungUp) {
                return;
            }
            answered = true;
            open--;
            federation.tell(() -> "somebody hears " + reply);
            ear.hears(reply);
        }
    }

    // In the end

    /** What was shut is opened again; what nobody can tell is settled. */
    void heal() {
        healed = true;
        for (ClusterName cluster : plot.settings.clusters().keySet()) {
            insist(new Input.SetDrain(OPERATOR, cluster, Event.Drain.OFF));
        }
        insist(new Input.SetBudget(OPERATOR, new ProjectPath("physics"), Budget.OPEN));
        lookAfter();
    }

    private void insist(Input.Command command) {
        open++;
        ask(command, reply -> answered(command, reply));
    }

    /** Every ten minutes an operator goes round. */
    private void lookAfter() {
        for (JobId job : accepted) {
            for (Slice slice : auditor.folded().slices(job)) {
                lookAfter(job, slice);
            }
        }
        timeline.at(timeline.now().plusSeconds(600), this::lookAfter);
    }

    private void lookAfter(JobId job, Slice slice) {
        boolean held = slice.state() instanceof JobState.Waiting waiting
                && (waiting.gates().contains(Gate.HELD_BY_USER)
                        || waiting.gates().contains(Gate.HELD_BY_OPERATOR));
        boolean unknown = slice.state() instanceof JobState.Live live
                && live.phase() instanceof Phase.Missing missing
                && (missing.certainty() == Phase.Certainty.UNRESOLVED || missing.certainty() == Phase.Certainty.HIDDEN);
        if (held) {
            insist(new Input.Unhold(OPERATOR, job, Optional.of(slice.tasks())));
        }
        if (unknown) {
            insist(new Input.Settle(
                    OPERATOR,
                    job,
                    Optional.of(slice.tasks()),
                    new Verdict.Failed(1, 0, "settled"),
                    "its node was looked at by hand"));
        }
    }

    /** A dependency that can never be met is kept by those who want it so. */
    boolean mayWaitForEver(Slice slice) {
        return slice.state() instanceof JobState.Waiting waiting
                && waiting.gates().contains(Gate.DEPENDENCY);
    }

    /** Nothing that was promised to anybody is missing, and nothing is there twice. */
    void conclude(TroubledStore store) {
        Set<JobId> onRecord = new TreeSet<>();
        for (StoredEvent event : store.events(0, Integer.MAX_VALUE)) {
            if (event.event() instanceof Event.Accepted taken && !onRecord.add(taken.job())) {
                throw new Violation("accepted twice: " + taken.job());
            }
        }
        Set<JobId> told = new TreeSet<>(accepted);
        if (!onRecord.equals(told)) {
            throw new Violation("people were told of the jobs %s, and on record are %s".formatted(told, onRecord));
        }
    }
}
