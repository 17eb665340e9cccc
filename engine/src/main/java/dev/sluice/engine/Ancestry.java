package dev.sluice.engine;

import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether the jobs that a job waits for have come far enough (sbatch {@code --dependency}), over all clusters. */
final class Ancestry {
    private final Book book;

    Ancestry(Book book) {
        this.book = book;
    }

    /** A dependency on a job that nobody knows. */
    Optional<String> unknown(Input.Submission job) {
        for (Dependency dependency : job.spec().after().list()) {
            if (dependency instanceof Dependency.OnJob on
                    && book.target(on.job()).isEmpty()
                    && !job.ancestors().containsKey(on.job())) {
                return Optional.of("dependency: expected the id of a known job, found " + on.job());
            }
        }
        return Optional.empty();
    }

    /**
     * What is left to wait for. Jobs that ended long ago are judged now, by what the edge found in the archive: a condition
     * that is met goes, and one that never can be stays as one on a job that is not there.
     */
    Dependencies remaining(Input.Submission job) {
        Dependencies after = job.spec().after();
        List<Dependency> left = new ArrayList<>();
        for (Dependency dependency : after.list()) {
            boolean met = dependency instanceof Dependency.OnJob on
                    && book.target(on.job()).isEmpty()
                    && archived(on.kind(), job.ancestors().get(on.job()));
            if (met && after.mode() == Dependencies.Mode.ANY) {
                return Dependencies.NONE;
            }
            if (!met) {
                left.add(dependency);
            }
        }
        return left.isEmpty() ? Dependencies.NONE : new Dependencies(after.mode(), left);
    }

    private static boolean archived(Dependency.Kind kind, @Nullable Verdict verdict) {
        if (verdict == null) {
            return false;
        }
        return switch (kind) {
            case AFTER, AFTER_ANY -> true;
            case AFTER_OK, AFTER_CORRESPONDING -> verdict.success();
            case AFTER_NOT_OK -> !verdict.success();
        };
    }

    /** Opens the gate of the tasks that need not wait any more, and ends those that would wait for ever and shall not. */
    void check(Job job, Instant now, List<Event> events) {
        Answer answer = ask(job, now);
        events.add(new Event.DependenciesChecked(job.id(), answer.again(), answer.twin()));
        for (Slice slice : job.slices()) {
            if (!(slice.state() instanceof JobState.Waiting waiting)
                    || !waiting.gates().contains(Gate.DEPENDENCY)) {
                continue;
            }
            TaskSet met = slice.tasks().intersect(answer.met());
            if (!met.isEmpty()) {
                events.add(new Event.Waited(job.id(), met, waiting.open(Gate.DEPENDENCY)));
            }
            TaskSet never = slice.tasks().intersect(answer.never()).minus(met);
            if (!never.isEmpty() && job.head().rules().neverSatisfied() == Rules.NeverSatisfied.END) {
                events.add(
                        new Event.Ended(job.id(), never, new JobState.Ended(new Verdict.DependencyNeverSatisfied())));
            }
        }
    }

    /**
     * @param met tasks that may go
     * @param never tasks that never will
     * @param again when time alone may change that
     * @param twin the singleton before this one
     */
    private record Answer(TaskSet met, TaskSet never, Optional<Instant> again, Optional<JobId> twin) {
        static final Answer WAIT = new Answer(TaskSet.EMPTY, TaskSet.EMPTY, Optional.empty(), Optional.empty());

        static Answer of(TaskSet met, TaskSet never) {
            return new Answer(met, never, Optional.empty(), Optional.empty());
        }
    }

    private Answer ask(Job job, Instant now) {
        Dependencies after = job.head().after();
        TaskSet all = job.head().tasks();
        boolean every = after.mode() == Dependencies.Mode.ALL;
        TaskSet met = every ? all : TaskSet.EMPTY;
        TaskSet never = every ? TaskSet.EMPTY : all;
        Optional<Instant> again = Optional.empty();
        Optional<JobId> twin = Optional.empty();
        for (Dependency dependency : after.list()) {
            Answer answer = switch (dependency) {
                case Dependency.OnJob on -> onJob(on, all, now);
                case Dependency.Singleton s -> singleton(job);
            };
            met = every ? met.intersect(answer.met()) : met.union(answer.met());
            never = every ? never.union(answer.never()) : never.intersect(answer.never());
            if (answer.again().isPresent()
                    && (again.isEmpty() || answer.again().get().isBefore(again.get()))) {
                again = answer.again();
            }
            twin = answer.twin().isPresent() ? answer.twin() : twin;
        }
        return new Answer(met, never, again, twin);
    }

    private Answer singleton(Job job) {
        Optional<Job> before = book.twins.before(job.head(), book.jobs());
        return before.isPresent()
                ? new Answer(TaskSet.EMPTY, TaskSet.EMPTY, Optional.empty(), before.map(Job::id))
                : Answer.of(job.head().tasks(), TaskSet.EMPTY);
    }

    private Answer onJob(Dependency.OnJob on, TaskSet all, Instant now) {
        Optional<Book.Target> found = book.target(on.job());
        if (found.isEmpty()) {
            return Answer.of(TaskSet.EMPTY, all);
        }
        Job other = found.get().job();
        boolean corresponding = on.kind() == Dependency.Kind.AFTER_CORRESPONDING
                && !other.head().tasks().equals(TaskSet.SOLE);
        if (corresponding) {
            TaskSet good = within(other, Ancestry::succeeded);
            TaskSet bad =
                    within(other, Ancestry::failed).union(all.minus(other.head().tasks()));
            return Answer.of(all.intersect(good), all.intersect(bad));
        }
        TaskSet meant = found.get().task().isPresent()
                ? TaskSet.of(found.get().task().getAsInt())
                : on.task().isPresent()
                        ? TaskSet.of(on.task().getAsInt())
                        : other.head().tasks();
        return switch (on.kind()) {
            case AFTER -> started(other, meant, on.delay(), all, now);
            case AFTER_ANY -> verdict(all, within(other, Ancestry::ended).containsAll(meant), false);
            case AFTER_OK, AFTER_CORRESPONDING ->
                verdict(
                        all,
                        within(other, Ancestry::succeeded).containsAll(meant),
                        within(other, Ancestry::failed).intersects(meant));
            case AFTER_NOT_OK -> {
                boolean over = within(other, Ancestry::ended).containsAll(meant);
                boolean bad = within(other, Ancestry::failed).intersects(meant);
                yield verdict(all, over && bad, over && !bad);
            }
        };
    }

    private static Answer verdict(TaskSet all, boolean met, boolean never) {
        return Answer.of(met ? all : TaskSet.EMPTY, never ? all : TaskSet.EMPTY);
    }

    private Answer started(Job other, TaskSet meant, Duration delay, TaskSet all, Instant now) {
        Instant last = Instant.EPOCH;
        for (Slice slice : other.slices(meant)) {
            Optional<Instant> start = switch (slice.state()) {
                case JobState.Waiting w -> Optional.empty();
                case JobState.Live live -> live.phase().startedAt();
                case JobState.Ended e -> Optional.of(ended(other));
            };
            if (start.isEmpty()) {
                return Answer.WAIT;
            }
            last = start.get().isAfter(last) ? start.get() : last;
        }
        Instant due = last.plus(delay);
        return due.isAfter(now)
                ? new Answer(TaskSet.EMPTY, TaskSet.EMPTY, Optional.of(due), Optional.empty())
                : verdict(all, true, false);
    }

    private Instant ended(Job other) {
        Instant at = book.wakes.endOf(other.id());
        return at == null ? Instant.EPOCH : at;
    }

    private static TaskSet within(Job job, Predicate<JobState> test) {
        TaskSet.Builder tasks = new TaskSet.Builder();
        for (Slice slice : job.slices()) {
            if (test.test(slice.state())) {
                tasks.add(slice.tasks());
            }
        }
        return tasks.build();
    }

    private static boolean ended(JobState state) {
        return state instanceof JobState.Ended;
    }

    private static boolean succeeded(JobState state) {
        return state instanceof JobState.Ended end && end.verdict().success();
    }

    private static boolean failed(JobState state) {
        return state instanceof JobState.Ended end && !end.verdict().success();
    }
}
