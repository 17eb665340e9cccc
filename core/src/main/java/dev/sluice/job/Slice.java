package dev.sluice.job;

/** Tasks of one job that share a state: 10,000 queued tasks are one slice. */
public record Slice(TaskSet tasks, JobState state) {
    public Slice {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("a slice has tasks");
        }
    }
}
