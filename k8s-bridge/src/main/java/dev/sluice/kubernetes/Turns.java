package dev.sluice.kubernetes;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Refusal;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Api.Listed;
import dev.sluice.kubernetes.api.Query;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets gangs start one after the other in each pool: of two that start at once each may get half of its nodes and wait for the other's.
 * Once one has begun it holds all that it needs, and the next has its turn.
 *
 * <p>It is asked of the cluster each time, and what this bridge releases is released one by one. Two bridges at once may let two
 * gangs start together; then the patience of the {@link Barrier} ends it.
 */
final class Turns {
    private final Api api;
    private final long realm;
    private final ReentrantLock one = new ReentrantLock();

    Turns(Api api, long realm) {
        this.api = api;
        this.realm = realm;
    }

    /** What the act came to, if it is the gang's turn; else why it is not. */
    <T> T inTurn(Ours ours, Supplier<T> act, Function<Refusal, T> notYet) {
        one.lock();
        try {
            return ahead(ours).map(notYet).orElseGet(act);
        } finally {
            one.unlock();
        }
    }

    private Optional<Refusal> ahead(Ours ours) {
        String gangs = Query.label(Keys.REALM, Keys.realm(new AttemptId(realm, 0)), Keys.NODES);
        Reply<Listed<Job>> reply = api.list(Paths.JOBS, gangs, JobList.class, Trim::job);
        if (!(reply instanceof Reply.Said<Listed<Job>>(Listed<Job> listed))) {
            String why = reply.doubt("what else starts on several nodes").why();
            return Optional.of(Refusal.later("turn-unknown", why));
        }
        String pool = pool(ours.job());
        return listed.items().stream()
                .filter(job -> !job.getMetadata().getUid().equals(ours.binding().incarnation()))
                .filter(job -> pool(job).equals(pool) || pool(job).isEmpty() || pool.isEmpty())
                .filter(job -> Gang.of(job, List.of()).filter(Gang::isToStart).isPresent())
                .map(job -> Refusal.later("not-its-turn", message(job, pool)))
                .findFirst();
    }

    private static String message(Job ahead, String pool) {
        Map<String, String> labels = ahead.getMetadata().getLabels();
        String number = labels == null ? "" : Seen.text(labels.get(Keys.JOB));
        return "jobs of several nodes start one after the other" + (pool.isEmpty() ? "" : " in " + pool) + ", and "
                + (number.isEmpty() ? ahead.getMetadata().getName() : "job " + number) + " is about to";
    }

    private static String pool(Job job) {
        return Gang.annotation(job, Keys.POOL);
    }
}
