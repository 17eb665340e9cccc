package dev.sluice.policy.trace;

import dev.sluice.job.InvalidValue;
import java.util.OptionalLong;

/**
 * One job of a trace: when it came, what it asked for, and how long it ran.
 *
 * @param number as the trace counts; among jobs that came at once the lower goes first
 * @param submit seconds since the trace began
 * @param run seconds that it ran, or would have run without a limit
 * @param cpus in all, 1 to {@value #MOST_CPUS}
 * @param limit seconds that it asked for; empty where that is unknown
 * @param memoryPerCpu bytes; 0 where that is unknown
 * @param gpus of any type, in all
 * @param user as the trace names it; empty where that is unknown, and so for group and queue
 */
public record TraceJob(
        long number,
        long submit,
        long run,
        int cpus,
        OptionalLong limit,
        long memoryPerCpu,
        int gpus,
        String user,
        String group,
        String queue) {
    /** As many as an ask can have tasks. */
    public static final int MOST_CPUS = 1 << 24;

    /** Two centuries, in seconds: what a trace says beyond that is a mistake, and no sum of it overflows. */
    public static final long MOST_SECONDS = 200L * 366 * 86_400;

    public TraceJob {
        check("submit time", submit, 0, MOST_SECONDS, "seconds");
        check("run time", run, 0, MOST_SECONDS, "seconds");
        check("CPUs", cpus, 1, MOST_CPUS, "CPUs");
        check("memory per CPU", memoryPerCpu, 0, 1L << 50, "bytes");
        check("GPUs", gpus, 0, 1_000_000, "GPUs");
        if (limit.isPresent()) {
            check("requested time", limit.getAsLong(), 1, MOST_SECONDS, "seconds");
        }
    }

    private static void check(String field, long value, long least, long most, String unit) {
        if (value < least || value > most) {
            throw new InvalidValue(field, least + " to " + most + " " + unit, Long.toString(value));
        }
    }

    /** For how long it runs when nobody disturbs it: to its end, or to its limit. */
    public long length() {
        return limit.isPresent() ? Math.min(run, limit.getAsLong()) : run;
    }
}
