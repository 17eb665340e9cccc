package dev.sluice.engine;

import dev.sluice.job.Gate;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A job on the heap: its head, and its tasks in slices of one state each.
 *
 * <p>A plain job is one reference to its state. Of an array, tasks whose states are equal are one slice: waiting ones and
 * ended ones always, live ones while their phases agree. A running task costs about 200 bytes, an ended one at most 8 (every
 * other task with another verdict), and 10,000 queued ones cost one slice. Only {@link Book} changes it.
 */
final class Job {
    private JobHead head;
    private @Nullable JobState sole;
    private final Slices slices;

    /** Its tasks have no state yet. */
    Job(JobHead head) {
        this.head = head;
        this.slices = head.tasks().equals(TaskSet.SOLE) ? Slices.NONE : new Slices();
    }

    JobId id() {
        return head.id();
    }

    JobHead head() {
        return head;
    }

    void head(JobHead changed) {
        head = changed;
    }

    /** Of one task and no array. */
    private boolean plain() {
        return slices == Slices.NONE;
    }

    /** All slices, by their lowest task; none before the first {@link #set}. */
    List<Slice> slices() {
        return plain() ? (sole == null ? List.of() : List.of(new Slice(TaskSet.SOLE, sole))) : slices.all();
    }

    /** The slices that have some of these tasks, cut to them. */
    List<Slice> slices(TaskSet tasks) {
        if (plain()) {
            return tasks.contains(0) ? slices() : List.of();
        }
        return slices.within(tasks);
    }

    /** Whether any task waits at this gate. */
    boolean waitsAt(Gate gate) {
        return slices().stream()
                .anyMatch(slice -> slice.state() instanceof JobState.Waiting waiting
                        && waiting.gates().contains(gate));
    }

    /** Whether every task has ended. */
    boolean ended() {
        return plain() ? sole instanceof JobState.Ended : slices.ended();
    }

    /** How many tasks belong to an attempt now. */
    int live() {
        return plain() ? (sole instanceof JobState.Live ? 1 : 0) : slices.live();
    }

    /**
     * Gives these tasks a state.
     *
     * @param touched receives the lowest task of every slice that changed, came or went
     */
    void set(TaskSet tasks, JobState state, IntConsumer touched) {
        if (plain()) {
            sole = state;
            touched.accept(0);
        } else {
            slices.set(tasks, state, touched);
        }
    }

    /** The slice whose lowest task this is; null for none. */
    @Nullable
    Slice sliceAt(int lowest) {
        return plain() ? (sole == null ? null : new Slice(TaskSet.SOLE, sole)) : slices.at(lowest);
    }

    /** The slices of an array: groups of tasks with equal states, and live tasks that stand alone. */
    private static final class Slices {
        static final Slices NONE = new Slices();

        private final List<Slice> groups = new ArrayList<>(1);
        private final TreeMap<Integer, Slice> singles = new TreeMap<>();

        int live() {
            int live = singles.size();
            for (Slice group : groups) {
                live += group.state() instanceof JobState.Live ? group.tasks().size() : 0;
            }
            return live;
        }

        boolean ended() {
            return singles.isEmpty() && groups.stream().allMatch(group -> group.state() instanceof JobState.Ended);
        }

        List<Slice> all() {
            List<Slice> all = new ArrayList<>(groups);
            all.addAll(singles.values());
            all.sort((a, b) -> Integer.compare(a.tasks().first(), b.tasks().first()));
            return all;
        }

        List<Slice> within(TaskSet tasks) {
            List<Slice> found = new ArrayList<>();
            for (Slice group : groups) {
                TaskSet both = group.tasks().intersect(tasks);
                if (!both.isEmpty()) {
                    found.add(both.equals(group.tasks()) ? group : new Slice(both, group.state()));
                }
            }
            for (int single : singlesIn(tasks)) {
                Slice alone = singles.get(single);
                if (alone != null) {
                    found.add(alone);
                }
            }
            found.sort((a, b) -> Integer.compare(a.tasks().first(), b.tasks().first()));
            return found;
        }

        private List<Integer> singlesIn(TaskSet tasks) {
            if (tasks.isEmpty() || singles.isEmpty()) {
                return List.of();
            }
            if (tasks.size() == 1) {
                return singles.containsKey(tasks.first()) ? List.of(tasks.first()) : List.of();
            }
            return singles.subMap(tasks.first(), true, tasks.last(), true).keySet().stream()
                    .filter(tasks::contains)
                    .toList();
        }

        void set(TaskSet tasks, JobState state, IntConsumer touched) {
            for (int single : singlesIn(tasks)) {
                singles.remove(single);
                touched.accept(single);
            }
            // Which slices there are follows from the states alone, not from the order in which rows are loaded.
            boolean alone = standsAlone(tasks, state);
            TaskSet joined = tasks;
            for (int i = groups.size() - 1; i >= 0; i--) {
                Slice group = groups.get(i);
                boolean alike = !alone && group.state().equals(state);
                if (alike) {
                    joined = joined.union(group.tasks());
                }
                if (alike || group.tasks().intersects(tasks)) {
                    groups.remove(i);
                    touched.accept(group.tasks().first());
                    TaskSet rest = group.tasks().minus(tasks);
                    if (!alike && !rest.isEmpty()) {
                        put(new Slice(rest, group.state()), touched);
                    }
                }
            }
            put(new Slice(joined, state), touched);
        }

        private static boolean standsAlone(TaskSet tasks, JobState state) {
            return state instanceof JobState.Live && tasks.size() == 1;
        }

        private void put(Slice slice, IntConsumer touched) {
            if (standsAlone(slice.tasks(), slice.state())) {
                singles.put(slice.tasks().first(), slice);
            } else {
                groups.add(slice);
            }
            touched.accept(slice.tasks().first());
        }

        @Nullable
        Slice at(int lowest) {
            Slice single = singles.get(lowest);
            if (single != null) {
                return single;
            }
            for (Slice group : groups) {
                if (group.tasks().first() == lowest) {
                    return group;
                }
            }
            return null;
        }
    }
}
