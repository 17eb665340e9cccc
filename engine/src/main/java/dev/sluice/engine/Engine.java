package dev.sluice.engine;

import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Slice;
import dev.sluice.job.StopReason;
import dev.sluice.job.TaskSet;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Planner;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The state of all jobs, and what follows from an input.
 *
 * <p>Its loop, for one thread: {@link #decide} inputs and {@link #replay} their events at once; {@link #plan} and replay; commit
 * events and {@link #takeTouched} in one transaction under the epoch; send the replies; start what {@link #takeDue} gives.
 * When the commit fails the engine is dropped, and another restored from disk under a new epoch.
 */
public final class Engine {
    private final Book book;
    private final Intake intake;
    private final Dispatch dispatch;
    private final Stopper stopper;
    private final Outcomes outcomes;
    private final Departures departures;

    private Engine(Book book) {
        this.book = book;
        Closing closing = new Closing(book);
        Evidence evidence = new Evidence(book, closing);
        this.intake = new Intake(book, new Ancestry(book));
        this.stopper = new Stopper(book, closing, evidence);
        this.dispatch = new Dispatch(book, stopper);
        Sweeper sweeper = new Sweeper(book, closing, evidence, stopper);
        this.outcomes = new Outcomes(book, closing, evidence, sweeper, intake);
        this.departures = new Departures(book, dispatch, sweeper);
    }

    /**
     * An engine with what a store has.
     *
     * @param images all rows; a job's head comes before its slices
     * @param epoch what the store gave out last; greater than 0
     * @param now for what is counted from the time of loading
     */
    public static Engine restore(
            Iterable<Image> images, long epoch, EngineSettings settings, Instant now, Transitions transitions) {
        Book book = new Book(settings, epoch, transitions);
        images.forEach(image -> book.load(image, now));
        book.loaded(now);
        return new Engine(book);
    }

    /** What follows from an input. Changes nothing. */
    public Decision decide(Input in, Instant now, RandomGenerator ids) {
        return switch (in) {
            case Input.Woke woke -> Decision.silent(woke(now));
            case Input.Done done -> Decision.silent(outcomes.done(done, now));
            case Input.Reconfigure change ->
                Decision.silent(
                        change.policy().equals(book.settings.policy())
                                ? List.of()
                                : List.of(new Event.Reconfigured(change.policy())));
            case Input.Submit submit -> intake.submit(submit, now);
            case Input.Cancel c ->
                ofJob(c, c.job(), c.tasks(), (job, tasks, out) -> stopper.cancel(job, tasks, now, out));
            case Input.Hold c ->
                ofJob(c, c.job(), c.tasks(), (job, tasks, out) -> {
                    boolean byUser = c.by().role() == Input.Role.USER;
                    stopper.hold(
                            job,
                            tasks,
                            byUser ? Gate.HELD_BY_USER : Gate.HELD_BY_OPERATOR,
                            byUser ? StopReason.HOLD_BY_USER : StopReason.HOLD_BY_OPERATOR,
                            now,
                            out);
                });
            case Input.Unhold c ->
                ofJob(c, c.job(), c.tasks(), (job, tasks, out) -> stopper.unhold(job, tasks, gates(c.by()), out));
            case Input.Requeue c ->
                ofJob(c, c.job(), c.tasks(), (job, tasks, out) -> stopper.requeue(job, tasks, now, out));
            case Input.Reroute c ->
                operator(c)
                        .orElseGet(() -> ofJob(
                                c, c.job(), c.tasks(), (job, tasks, out) -> stopper.reroute(job, tasks, now, out)));
            case Input.Reclaim c ->
                operator(c)
                        .orElseGet(() -> ofJob(
                                c, c.job(), c.tasks(), (job, tasks, out) -> stopper.reclaim(job, tasks, now, out)));
            case Input.Settle c -> operator(c).orElseGet(() -> settle(c, now));
            case Input.Alter c -> {
                Optional<Job> job = touchable(c, c.job());
                yield job.isEmpty() ? Decision.only(unreachable(c, c.job())) : intake.alter(c, job.get());
            }
            case Input.SetDrain c -> operator(c).orElseGet(() -> drain(c));
            case Input.SetBudget c ->
                operator(c)
                        .orElseGet(() -> new Decision(
                                List.of(new Event.BudgetSet(c.project(), c.budget(), c.by().user())), Reply.DONE));
            case Input.Explain c -> explain(c, now);
            case Input.Try c -> intake.attempt(c, now);
            case Input.AskClusters c ->
                Decision.only(new Reply.ClustersStand(book.clusters.values().stream()
                        .map(ClusterRecord::standing)
                        .toList()));
            case Input.AskProjects c -> Decision.only(new Reply.ProjectsStand(book.registers.projects()));
            case Input.AskUnfinished c -> {
                SortedMap<ProjectPath, Integer> unfinished = new TreeMap<>();
                book.jobs().stream()
                        .filter(job -> !job.ended())
                        .forEach(job -> unfinished.merge(job.head().project(), 1, Integer::sum));
                yield Decision.only(new Reply.Unfinished(unfinished));
            }
        };
    }

    private static Set<Gate> gates(Input.Requester by) {
        return switch (by.role()) {
            case USER -> EnumSet.of(Gate.HELD_BY_USER);
            case OPERATOR -> EnumSet.of(Gate.HELD_BY_USER, Gate.HELD_BY_OPERATOR);
        };
    }

    private List<Event> woke(Instant now) {
        List<Event> events = new ArrayList<>();
        intake.wake(now, events);
        departures.commits(now, events);
        return events;
    }

    /** What a command makes of some tasks of a job. */
    private interface Deed {
        void on(Job job, TaskSet tasks, List<Event> events);
    }

    private Decision ofJob(Input.Command command, JobId id, Optional<TaskSet> tasks, Deed deed) {
        Optional<Job> job = touchable(command, id);
        if (job.isEmpty()) {
            return Decision.only(unreachable(command, id));
        }
        TaskSet meant = meant(id, tasks, job.get());
        if (meant.isEmpty()) {
            return Decision.only(new Reply.NotFound("job %s has no such tasks: its tasks are %s"
                    .formatted(id, job.get().head().tasks())));
        }
        List<Event> events = new ArrayList<>();
        deed.on(job.get(), meant, events);
        return new Decision(events, Reply.DONE);
    }

    /** The tasks that a command means: those it names, else the one whose id it names, else all. */
    private TaskSet meant(JobId id, Optional<TaskSet> tasks, Job job) {
        TaskSet all = book.target(id)
                .filter(target -> target.task().isPresent())
                .map(target -> TaskSet.of(target.task().getAsInt()))
                .orElse(job.head().tasks());
        return tasks.map(all::intersect).orElse(all);
    }

    private Optional<Job> touchable(Input.Command command, JobId id) {
        return book.target(id).map(Book.Target::job).filter(job -> command.by().mayTouch(job.head()));
    }

    private Reply unreachable(Input.Command command, JobId id) {
        return book.target(id).isEmpty()
                ? new Reply.NotFound("job %s: not known, or ended and archived".formatted(id))
                : new Reply.Forbidden("job %s: expected its owner or an operator, found %s"
                        .formatted(id, command.by().user()));
    }

    /** A refusal, unless an operator asks. */
    private static Optional<Decision> operator(Input.Command command) {
        return command.by().role() == Input.Role.OPERATOR
                ? Optional.empty()
                : Optional.of(Decision.only(new Reply.Forbidden(
                        "expected an operator, found " + command.by().user())));
    }

    private Decision settle(Input.Settle settle, Instant now) {
        if (settle.reason().isBlank()) {
            return Decision.only(new Reply.Invalid("reason: expected why the outcome is known, found nothing"));
        }
        Optional<Job> job = touchable(settle, settle.job());
        if (job.isEmpty()) {
            return Decision.only(unreachable(settle, settle.job()));
        }
        return stopper.settle(settle, job.get(), meant(settle.job(), settle.tasks(), job.get()), now);
    }

    private Decision drain(Input.SetDrain drain) {
        return book.clusters.containsKey(drain.cluster())
                ? new Decision(
                        List.of(new Event.DrainSet(
                                drain.cluster(), drain.drain(), drain.by().user())),
                        Reply.DONE)
                : Decision.only(new Reply.NotFound(
                        "cluster: expected one of %s, found %s".formatted(book.clusters.keySet(), drain.cluster())));
    }

    private Decision explain(Input.Explain explain, Instant now) {
        Optional<Job> job = touchable(explain, explain.job());
        if (job.isEmpty()) {
            return Decision.only(unreachable(explain, explain.job()));
        }
        Explanation queue = book.planner.explain(job.get().id(), now);
        return Decision.only(new Reply.Explained(job.get().head(), job.get().slices(), Optional.of(queue)));
    }

    /** Applies an event that was decided or planned at this instant: the only mutation, but for flights. */
    public void replay(Event event, Instant at) {
        book.apply(event, at);
    }

    /** Attempts for the jobs whose turn it is, at most {@code budget} of them. Changes nothing. */
    public List<Event> plan(Instant now, int budget, RandomGenerator ids) {
        return dispatch.place(book.planner.plan(now, budget).moves(), now, ids);
    }

    /** The rows that events changed since the last call: to be committed with them. */
    public List<Image.Row> takeTouched() {
        return book.takeTouched();
    }

    /** The calls to be made now. Each is given once, and comes back as one {@link Input.Done}. */
    public List<Effect> takeDue(Instant now) {
        return departures.takeDue(now);
    }

    /** When {@link Input.Woke} is due; {@link Instant#MAX} for not before the next input. */
    public Instant wakeAt() {
        return departures.wakeAt();
    }

    /** All rows of the state as it is in memory: what loading all rows of the store must give. */
    public List<Image> images() {
        return book.images();
    }

    /** The slices of a job; none when it is not on the heap. */
    public List<Slice> slices(JobId id) {
        Job job = book.job(id);
        return job == null ? List.of() : job.slices();
    }

    /** The planner, to read from. */
    public Planner planner() {
        return book.planner;
    }
}
