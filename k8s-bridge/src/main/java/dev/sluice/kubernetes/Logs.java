package dev.sluice.kubernetes;

import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.LogReading;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.spec.Bytes;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what a task wrote, off its node. Kubernetes keeps output and error in one stream, and hands it out from its beginning: what
 * lies before the offset is read and left. With its pod the log goes. Of a job of several nodes it is that of the first, as SLURM has a
 * batch script run there.
 *
 * <p>A node that rotates a log hands out the newest file of it alone (kubelet, containerLogMaxSize): a log that is shorter than what was read
 * of it is another one, and that is said rather than taken for an end. One that has grown past the offset again is not told apart, nor one that was
 * read before this process began.
 */
final class Logs {
    /** In one reading, bytes. */
    static final int CHUNK = 256 * 1024;

    private final Api api;
    private final Reads reads;
    private final Furthest furthest = new Furthest();

    /** How far the logs of pods were read, for the latest of them. Unlike an offset that somebody makes up, that much was there. */
    private static final class Furthest {
        private static final int MOST = 10_000;

        private final Map<String, Long> byUid = new LinkedHashMap<>();

        synchronized long of(Pod pod) {
            return byUid.getOrDefault(pod.getMetadata().getUid(), 0L);
        }

        synchronized void reached(Pod pod, long offset) {
            String uid = pod.getMetadata().getUid();
            long most = Math.max(of(pod), offset);
            byUid.remove(uid);
            byUid.put(uid, most);
            if (byUid.size() > MOST) {
                byUid.remove(byUid.keySet().iterator().next());
            }
        }
    }

    Logs(Api api, Reads reads) {
        this.api = api;
        this.reads = reads;
    }

    LogReading log(Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset) {
        if (stream == LogReading.Stream.ERROR) {
            return new LogReading.Cannot("Kubernetes keeps what a job writes to its error stream in its output");
        }
        return switch (reads.one(attempt.id(), binding)) {
            case Reply.Said<Ours>(Ours ours) -> log(ours, task, offset);
            case Reply.Absent<Ours> absent -> new LogReading.Cannot("its Job is gone, and its log with it");
            case Reply.Conflict<Ours> conflict -> new LogReading.Unknown(new Doubt(conflict.message()));
            case Reply.Refused<Ours> refused ->
                new LogReading.Unknown(new Doubt(refused.refusal().message()));
            case Reply.Unknown<Ours> unknown -> new LogReading.Unknown(unknown.doubt());
        };
    }

    private LogReading log(Ours ours, int task, long offset) {
        int[] tasks = ours.allTasks().stream().toArray();
        Optional<Pod> pod = ours.pods().stream()
                .filter(each -> States.index(ours.job(), each)
                        .filter(index -> index < tasks.length && tasks[index] == task)
                        .isPresent())
                .filter(each -> Seen.started(each).isPresent())
                .filter(each -> !Gang.is(ours.job()) || Gang.node(each).equals(Optional.of(0)))
                .findFirst();
        if (pod.isEmpty()) {
            boolean over = !ours.open().contains(task);
            return over ? new LogReading.Cannot("its pod is gone, and its log with it") : new LogReading.None();
        }
        String path = Paths.pod(
                        pod.get().getMetadata().getNamespace(),
                        pod.get().getMetadata().getName())
                + "/log?container=" + Keys.CONTAINER;
        // Asked before it is read: what it writes after that is for the next reading.
        boolean over = Seen.isOver(pod.get());
        return switch (api.bytes(path, offset, CHUNK)) {
            case Reply.Said<Api.Part>(Api.Part part)
            when part.from() < offset && offset <= furthest.of(pod.get()) ->
                new LogReading.Cannot("its node has put away what was read of it before, and keeps " + part.from()
                        + " bytes that came later: read it from the beginning, or the job's output file");
            case Reply.Said<Api.Part>(Api.Part part) -> {
                furthest.reached(pod.get(), part.from() + part.bytes().length);
                yield new LogReading.Chunk(Bytes.of(part.bytes()), offset + part.bytes().length, over && part.isLast());
            }
            case Reply.Absent<Api.Part> absent -> new LogReading.Cannot("its pod is gone, and its log with it");
            case Reply.Conflict<Api.Part> conflict -> new LogReading.Unknown(new Doubt(conflict.message()));
            case Reply.Refused<Api.Part> refused ->
                new LogReading.Unknown(new Doubt(refused.refusal().message()));
            case Reply.Unknown<Api.Part> unknown -> new LogReading.Unknown(unknown.doubt());
        };
    }
}
