package dev.sluice.kubernetes;

import dev.sluice.kubernetes.Gang.Go;
import dev.sluice.kubernetes.Mirror.View;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts gangs: says the word once all pods of one are ready, and tells it to each of them; takes back a gang whose pods are not ready in
 * time, so that it does not sit on half of its nodes. Each is one conditional change of its Job (see {@link Gang}), so that one that is
 * late, repeated or made by two gateways at once changes nothing, and whoever comes after a crash goes on from what stands there.
 *
 * <p>For how long a gang waits is measured here where its release was seen: the cluster's clock may be another than ours.
 *
 * <p>It has a thread of its own, which sleeps until the mirror changes.
 */
final class Barrier implements AutoCloseable {
    /** After which all is looked at again, for times that pass and calls that were not answered. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Changes that come closer together are looked at together. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final KubernetesSettings settings;
    private final Api api;
    private final Mirror mirror;

    /** By uid, of the gangs that there are. The thread's own. */
    private final Map<String, Waiting> waiting = new HashMap<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private @Nullable Thread thread;

    Barrier(KubernetesSettings settings, Api api, Mirror mirror) {
        this.settings = settings;
        this.api = api;
        this.mirror = mirror;
    }

    /**
     * @param release when it was released, as the Job controller has it; empty while it is not
     * @param since in the nanoseconds of this machine
     */
    private record Waiting(Optional<Instant> release, long since) {}

    /** Begins, if it has not. */
    synchronized void start() {
        if (thread == null) {
            thread = Thread.ofVirtual().name("barrier").start(this::run);
        }
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                long seen = mirror.changes();
                List<View> gangs = mirror.gangs();
                gangs.forEach(this::visit);
                forget(gangs);
                if (closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                mirror.awaitChange(seen, System.nanoTime() + LOOK.toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void visit(View view) {
        Gang.of(view.job(), view.pods()).ifPresent(gang -> {
            note(gang);
            if (gang.mayGo()) {
                if (gang.isReady()) {
                    go(gang);
                } else if (isLate(gang)) {
                    giveUp(gang);
                }
            } else {
                gang.toTell().forEach(pod -> tell(gang, pod));
            }
        });
    }

    private static String uid(Gang gang) {
        return gang.job().getMetadata().getUid();
    }

    private void note(Gang gang) {
        Optional<Instant> release = gang.mayGo() ? gang.released() : Optional.empty();
        Waiting known = waiting.get(uid(gang));
        if (known == null) {
            // Of one that was released before we saw it the two clocks have to do.
            long waited = release.map(from ->
                            Duration.between(from, settings.clock().instant()).toNanos())
                    .map(nanos -> Math.clamp(nanos, 0, patience().toNanos() + 1))
                    .orElse(0L);
            waiting.put(uid(gang), new Waiting(release, System.nanoTime() - waited));
        } else if (!known.release().equals(release)) {
            waiting.put(uid(gang), new Waiting(release, System.nanoTime()));
        }
    }

    private void forget(List<View> gangs) {
        waiting.keySet()
                .retainAll(gangs.stream()
                        .map(view -> view.job().getMetadata().getUid())
                        .collect(Collectors.toSet()));
    }

    private Duration patience() {
        return settings.site().gangs().patience();
    }

    private boolean isLate(Gang gang) {
        Waiting known = waiting.get(uid(gang));
        return known != null
                && known.release().isPresent()
                && System.nanoTime() - known.since() > patience().toNanos();
    }

    private void go(Gang gang) {
        Set<String> uids = gang.ready().values().stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
        // By the cluster's clock, as all other times of a Job are.
        Instant at = gang.readySince().orElseGet(settings.clock()::instant);
        patch(gang, Holds.patch(gang.job()).go(new Go(at, uids)));
    }

    private void giveUp(Gang gang) {
        String why = "its nodes were not ready together within " + patience().toSeconds() + " s: " + gang.progress();
        patch(gang, Holds.patch(gang.job()).late(why));
    }

    /** Of what was not done, the next look makes sure: another version of the Job is on its way here, or it is tried again. */
    private void patch(Gang gang, Holds.Patch patch) {
        ObjectMeta meta = gang.job().getMetadata();
        Reply<Job> reply = api.patch(Paths.job(meta.getNamespace(), meta.getName()), patch.build(), Job.class);
        if (reply instanceof Reply.Said<Job>(Job now)) {
            mirror.offer(Trim.job(now));
        }
    }

    /** The annotation that its first lines wait for. The kubelet looks into a pod's files at once when the pod changes. */
    private void tell(Gang gang, Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        String at = gang.go().map(go -> go.at().toString()).orElseThrow();
        Map<String, ?> patch = Map.of("metadata", Map.of("uid", meta.getUid(), "annotations", Map.of(Keys.GO, at)));
        Reply<Pod> reply = api.patch(Paths.pod(meta.getNamespace(), meta.getName()), patch, Pod.class);
        if (reply instanceof Reply.Said<Pod>(Pod now)) {
            mirror.offer(Trim.pod(now));
        }
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
