package dev.sluice.spec;

import dev.sluice.job.InvalidValue;

/**
 * How many nodes a job may be spread over, as sbatch's {@code -N least-most}: 1 to {@value #MOST}, both included.
 *
 * <p>{@link #ANY} is what sbatch means by no {@code -N} at all: as many as the tasks turn out to need. {@link #exactly} 1 is
 * something else: all tasks on one node.
 */
public record Nodes(int least, int most) {
    public static final int MOST = 65_536;
    public static final Nodes ANY = new Nodes(1, MOST);

    public Nodes {
        Check.range("nodes", least, 1, MOST);
        Check.range("nodes", most, 1, MOST);
        if (least > most) {
            throw new InvalidValue("nodes", "least-most, ascending", least + "-" + most);
        }
    }

    public static Nodes exactly(int count) {
        return new Nodes(count, count);
    }

    public boolean isExact() {
        return least == most;
    }

    @Override
    public String toString() {
        return isExact() ? Integer.toString(least) : least + "-" + most;
    }
}
