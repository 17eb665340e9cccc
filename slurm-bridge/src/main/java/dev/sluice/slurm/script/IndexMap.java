package dev.sluice.slurm.script;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;

/**
 * How SLURM's own indices of an array stand for ours: {@code ours = offset + native}. An array that lies below MaxArraySize has
 * the same ones; of another, each attempt's tasks are counted from its first.
 */
public record IndexMap(int offset) {
    public static final IndexMap SAME = new IndexMap(0);

    public IndexMap {
        if (offset < 0 || offset > TaskSet.MAX_INDEX) {
            throw new InvalidValue("index offset", "an index of an array", Integer.toString(offset));
        }
    }

    /**
     * The map by which these tasks lie as low as they can.
     *
     * @param maxArraySize one more than the highest native index (slurm.conf, MaxArraySize)
     * @return {@link #SAME} where they fit as they are
     */
    public static IndexMap of(TaskSet tasks, int maxArraySize) {
        return tasks.last() < maxArraySize ? SAME : new IndexMap(tasks.first());
    }

    public boolean isSame() {
        return offset == 0;
    }

    public TaskSet toNative(TaskSet ours) {
        return shifted(ours, -offset);
    }

    public TaskSet toOurs(TaskSet natives) {
        return shifted(natives, offset);
    }

    private static TaskSet shifted(TaskSet tasks, int by) {
        if (by == 0) {
            return tasks;
        }
        TaskSet.Builder builder = new TaskSet.Builder();
        for (var each = tasks.iterator(); each.hasNext(); ) {
            builder.add(each.nextInt() + by);
        }
        return builder.build();
    }
}
