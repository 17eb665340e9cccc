package dev.sluice.job;

/**
 * The number of a job, or of one task of an array, as users and their tools see it.
 *
 * <p>From {@value #FIRST} by default, so that the native ids of a SLURM cluster lie below, and under 2³¹, as SLURM's own
 * tools expect; never reused. An array takes a block of consecutive ids, one a task.
 */
public record JobId(int value) implements Comparable<JobId> {
    /** Where ids begin unless the site configures otherwise. */
    public static final int FIRST = 1_000_000_000;

    public JobId {
        if (value <= 0) {
            throw new InvalidValue("job id", "a number from 1 to " + Integer.MAX_VALUE, Integer.toString(value));
        }
    }

    @Override
    public int compareTo(JobId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
