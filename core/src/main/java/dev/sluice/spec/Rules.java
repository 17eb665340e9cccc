package dev.sluice.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * What may be done with a job that does not run straight through.
 *
 * @param maxAttempts how often it may start in all, 1 to {@value #MOST_ATTEMPTS}
 * @param secondRun whether it consents to start again where nobody can tell whether it already ran (DISPATCH.md, "Watching")
 * @param grace between the request to end and the kill, whole seconds up to a day; SLURM's own is KillWait, cluster-wide
 */
public record Rules(
        Requeue requeue,
        int maxAttempts,
        Preemption preemption,
        SecondRun secondRun,
        NeverSatisfied neverSatisfied,
        Optional<EndSignal> endSignal,
        Duration grace) {
    public static final int MOST_ATTEMPTS = 1000;
    public static final Duration MAX_GRACE = Duration.ofDays(1);

    /** SLURM's defaults: requeued (five times, as its max_batch_requeue), preemptible, 30 s of grace, hopeless jobs kept. */
    public static final Rules DEFAULTS = new Rules(
            Requeue.ON,
            5,
            Preemption.ALLOWED,
            SecondRun.REFUSED,
            NeverSatisfied.KEEP,
            Optional.empty(),
            Duration.ofSeconds(30));

    /** After preemption, interruption and node loss ({@code --requeue}, {@code --no-requeue}). */
    public enum Requeue {
        ON,
        OFF
    }

    public enum Preemption {
        ALLOWED,
        REFUSED
    }

    public enum SecondRun {
        CONSENTED,
        REFUSED
    }

    /** What becomes of a job whose dependency can never come true ({@code --kill-on-invalid-dep}). */
    public enum NeverSatisfied {
        KEEP,
        END
    }

    public Rules {
        Check.range("attempts", maxAttempts, 1, MOST_ATTEMPTS);
        Check.seconds("grace", grace, Duration.ZERO, MAX_GRACE);
    }

    public boolean requeues() {
        return requeue == Requeue.ON;
    }

    public boolean preemptible() {
        return preemption == Preemption.ALLOWED;
    }

    public boolean consentsToSecondRun() {
        return secondRun == SecondRun.CONSENTED;
    }

    public Rules withRequeue(Requeue value) {
        return new Rules(value, maxAttempts, preemption, secondRun, neverSatisfied, endSignal, grace);
    }

    public Rules withMaxAttempts(int value) {
        return new Rules(requeue, value, preemption, secondRun, neverSatisfied, endSignal, grace);
    }

    public Rules withPreemption(Preemption value) {
        return new Rules(requeue, maxAttempts, value, secondRun, neverSatisfied, endSignal, grace);
    }

    public Rules withSecondRun(SecondRun value) {
        return new Rules(requeue, maxAttempts, preemption, value, neverSatisfied, endSignal, grace);
    }

    public Rules withNeverSatisfied(NeverSatisfied value) {
        return new Rules(requeue, maxAttempts, preemption, secondRun, value, endSignal, grace);
    }

    public Rules withEndSignal(EndSignal value) {
        return new Rules(requeue, maxAttempts, preemption, secondRun, neverSatisfied, Optional.of(value), grace);
    }

    public Rules withGrace(Duration value) {
        return new Rules(requeue, maxAttempts, preemption, secondRun, neverSatisfied, endSignal, value);
    }
}
