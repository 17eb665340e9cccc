package dev.sluice.kubernetes;

import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells parked Jobs from halves of such: a park that was broken off between its calls leaves a Job whose Secret, which is the last of
 * them, was never made, and whose pods would wait for it for ever. Such a Job is nothing yet, and nobody is told of it: so its
 * attempt is parked again, which brings what is missing. What nobody completes is taken away.
 *
 * <p>Asks only about Jobs that this bridge did not park itself, once each. For many threads.
 */
final class Halves {
    /** Since when a half was made that no park can still complete: more than any park takes, and any engine waits for a dead one. */
    static final Duration OLD = Duration.ofMinutes(10);

    enum Look {
        WHOLE,
        HALF,
        /** A park of ours is at it. */
        UNDER_WAY
    }

    private final Api api;
    private final InstantSource clock;

    /** Of parked Jobs, by uid. */
    private final Set<String> whole = ConcurrentHashMap.newKeySet();

    /** Names of Jobs that are being parked, or taken away. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    Halves(Api api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /** Whether nobody else is at a Job of that name; then nobody will be until {@link #leave}. */
    boolean enter(String name) {
        return busy.add(name);
    }

    void leave(String name) {
        busy.remove(name);
    }

    /** It and all that goes with it are there. */
    void isWhole(Job job) {
        whole.add(job.getMetadata().getUid());
    }

    /** It was released, or is gone. */
    void forget(String uid) {
        whole.remove(uid);
    }

    /** Whether that has to be asked; what nothing goes with, or what was released once, is none. */
    boolean mayBe(Job job) {
        ObjectMeta meta = job.getMetadata();
        return Holds.word(job).filter(Holds.Word.PARKED::equals).isPresent()
                && meta.getAnnotations().containsKey(Keys.WITH)
                && !whole.contains(meta.getUid());
    }

    Reply<Look> look(Job job) {
        ObjectMeta meta = job.getMetadata();
        if (!mayBe(job)) {
            return new Reply.Said<>(Look.WHOLE);
        }
        if (busy.contains(meta.getName())) {
            return new Reply.Said<>(Look.UNDER_WAY);
        }
        return switch (api.get(Paths.secret(meta.getNamespace(), meta.getName()), Secret.class)) {
            case Reply.Said<Secret>(Secret secret) -> {
                if (!isOf(secret, meta.getUid())) {
                    yield new Reply.Said<>(Look.HALF);
                }
                isWhole(job);
                yield new Reply.Said<>(Look.WHOLE);
            }
            case Reply.Absent<Secret> absent -> new Reply.Said<>(Look.HALF);
            case Reply.Conflict<Secret> conflict -> Reply.unknown(conflict.message());
            case Reply.Refused<Secret> refused ->
                Reply.unknown(refused.refusal().message());
            case Reply.Unknown<Secret> unknown -> new Reply.Unknown<>(unknown.doubt());
        };
    }

    /** That of a Job of the same name that was here before goes with that one. */
    static boolean isOf(HasMetadata object, String uid) {
        return object.getMetadata().getOwnerReferences().stream()
                .map(OwnerReference::getUid)
                .anyMatch(uid::equals);
    }

    /** Deletes a half that is old, as it was read, unless somebody is at it; of a doubt the next look makes sure. */
    void tidy(Job half) {
        ObjectMeta meta = half.getMetadata();
        boolean isOld = Seen.instant(meta.getCreationTimestamp())
                .filter(made -> made.plus(OLD).isBefore(now()))
                .isPresent();
        if (isOld && enter(meta.getName())) {
            try {
                api.delete(
                        Paths.job(meta.getNamespace(), meta.getName()),
                        Deletion.of(meta.getUid()).at(meta.getResourceVersion()).inBackground());
            } finally {
                leave(meta.getName());
            }
        }
    }

    private Instant now() {
        return clock.instant();
    }
}
