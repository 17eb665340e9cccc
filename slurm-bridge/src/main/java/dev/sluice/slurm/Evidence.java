package dev.sluice.slurm;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was lately proven of jobs by asking: which key and binding an id has. A release by id may rest on it while it is younger
 * than a controller needs to die and to give the id to somebody else (docs/decisions/0003). Thread-safe.
 */
final class Evidence {
    private static final int MANY = 10_000;

    private record Proof(AttemptId attempt, Binding binding, long askedAt) {}

    private final long trustNanos;
    private final Map<Long, Proof> byId = new HashMap<>();

    Evidence(Duration trust) {
        trustNanos = trust.toNanos();
    }

    /** @param askedAt {@link System#nanoTime} before the question was sent */
    synchronized void proven(long jobId, AttemptId attempt, Binding binding, long askedAt) {
        if (byId.size() >= MANY) {
            byId.values().removeIf(proof -> isStale(proof, System.nanoTime()));
        }
        if (byId.size() < MANY) {
            byId.put(jobId, new Proof(attempt, binding, askedAt));
        }
    }

    /** Whether it is proven now that this id is this attempt's. Each proof serves once: what follows has changed the job. */
    synchronized boolean take(long jobId, AttemptId attempt, Binding binding) {
        return Optional.ofNullable(byId.remove(jobId))
                .filter(proof -> !isStale(proof, System.nanoTime()))
                .filter(proof ->
                        proof.attempt().equals(attempt) && proof.binding().equals(binding))
                .isPresent();
    }

    /** After any doubt about the controller nothing is trusted that was said before. */
    synchronized void forget() {
        byId.clear();
    }

    private boolean isStale(Proof proof, long now) {
        return now - proof.askedAt() >= trustNanos;
    }
}
