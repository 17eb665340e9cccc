package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import java.time.Duration;
import java.util.OptionalInt;

/** One condition on other jobs, wherever they run. */
public sealed interface Dependency {
    /** What has to have happened to the other job (sbatch {@code --dependency}). */
    enum Kind {
        /** It has started or was cancelled. */
        AFTER("after"),
        /** It has ended, however. */
        AFTER_ANY("afterany"),
        /** It has ended with exit code 0; all tasks of an array have. */
        AFTER_OK("afterok"),
        /** It has ended in failure: non-zero, node failure, time-out. */
        AFTER_NOT_OK("afternotok"),
        /** Its task of the same index has ended with exit code 0; for a job that is no array, as AFTER_OK. */
        AFTER_CORRESPONDING("aftercorr");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** As sbatch spells it. */
        public String text() {
            return text;
        }
    }

    /**
     * On one job, or on one task of an array.
     *
     * @param task the index in {@code job_task}; empty for the whole job
     * @param delay counted from the start or cancellation, whole minutes up to a year; only with {@link Kind#AFTER}
     */
    record OnJob(Kind kind, JobId job, OptionalInt task, Duration delay) implements Dependency {
        public static final Duration MAX_DELAY = Duration.ofDays(365);

        public OnJob {
            task.ifPresent(index -> Check.range("dependency task", index, 0, TaskSet.MAX_INDEX));
            if (kind == Kind.AFTER_CORRESPONDING && task.isPresent()) {
                throw new InvalidValue("dependency", "a whole array behind aftercorr", job + "_" + task.getAsInt());
            }
            Check.seconds("dependency delay", delay, Duration.ZERO, MAX_DELAY);
            if (delay.toSecondsPart() != 0) {
                throw new InvalidValue("dependency delay", "whole minutes", delay.toString());
            }
            if (kind != Kind.AFTER && !delay.isZero()) {
                throw new InvalidValue("dependency", "a delay only behind after", kind.text() + " and " + delay);
            }
        }

        public OnJob(Kind kind, JobId job) {
            this(kind, job, OptionalInt.empty(), Duration.ZERO);
        }

        /** As sbatch spells it, {@code afterok:20_3} or {@code after:20+5}. */
        @Override
        public String toString() {
            String index = task.isPresent() ? "_" + task.getAsInt() : "";
            String minutes = delay.isZero() ? "" : "+" + delay.toMinutes();
            return kind.text() + ":" + job + index + minutes;
        }
    }

    /** On every earlier job of the same name and user, over the whole federation. */
    enum Singleton implements Dependency {
        SINGLETON;

        @Override
        public String toString() {
            return "singleton";
        }
    }
}
