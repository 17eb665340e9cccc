package dev.sluice.kubernetes;

import dev.sluice.job.InvalidValue;
import dev.sluice.job.TaskSet;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What we wrote of our own acts into the annotations of a Job. */
final class Holds {
    /** Values of {@link Keys#HELD}. */
    enum Word {
        /** It was made so, and never resumed. */
        PARKED,
        /** We suspended it, and whether something had started is being looked at. */
        HOLDING,
        /** We suspended it, and nothing had started. */
        HELD,
        /**
         * We suspended it, and something had started, or may have; or it had been released, and an etcd was restored that knows nothing
         * of it. It must never run again.
         */
        RAN,
        /** We suspended a gang, since its pods were not ready in time. Nothing had started, and it must never run again. */
        LATE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Tasks that were told to stop, and when that was said last.
     *
     * @param unproven those of them that may have started without anybody's having seen it: a pod that is gone tells no more
     */
    record Stopped(TaskSet tasks, Instant at, TaskSet unproven) {
        static final Stopped NONE = new Stopped(TaskSet.EMPTY, Instant.EPOCH, TaskSet.EMPTY);

        String text() {
            return tasks + " " + at + (unproven.isEmpty() ? "" : " " + unproven);
        }

        Stopped proven(TaskSet some) {
            return new Stopped(tasks, at, unproven.minus(some));
        }
    }

    private Holds() {}

    /** Empty where the Job is not held by us. */
    static Optional<Word> word(Job job) {
        String text = annotation(job, Keys.HELD);
        for (Word word : Word.values()) {
            if (word.text().equals(text)) {
                return Optional.of(word);
            }
        }
        return Optional.empty();
    }

    static Stopped stopped(Job job) {
        String[] parts = annotation(job, Keys.STOPPED).split(" ", 3);
        try {
            return parts.length >= 2
                    ? new Stopped(
                            TaskSet.parse(parts[0]),
                            Seen.instant(parts[1]).orElse(Instant.EPOCH),
                            parts.length == 3 ? TaskSet.parse(parts[2]) : TaskSet.EMPTY)
                    : Stopped.NONE;
        } catch (InvalidValue e) {
            return Stopped.NONE;
        }
    }

    private static String annotation(Job job, String key) {
        Map<String, String> all = job.getMetadata().getAnnotations();
        return all == null ? "" : all.getOrDefault(key, "");
    }

    /**
     * Resumes the Job of this uid if we hold it with this word. Not bound to a version: the Job controller writes into the status
     * of what it was just given, and only what is tested here matters.
     */
    static List<Map<String, ?>> release(String uid, Word word) {
        String held = "/metadata/annotations/" + Keys.HELD.replace("/", "~1");
        return List.of(
                Map.of("op", "test", "path", "/metadata/uid", "value", uid),
                Map.of("op", "test", "path", held, "value", word.text()),
                Map.of("op", "remove", "path", held),
                Map.of("op", "replace", "path", "/spec/suspend", "value", false));
    }

    /** A change of a Job that is as it was read, and no other. */
    static Patch patch(Job read) {
        return new Patch(read);
    }

    /** A merge patch of annotations and of whether a Job is suspended. */
    static final class Patch {
        private final Map<String, Object> meta = new LinkedHashMap<>();
        private final Map<String, Object> annotations = new LinkedHashMap<>();
        private final Map<String, Object> whole = new LinkedHashMap<>();

        private Patch(Job read) {
            meta.put("uid", read.getMetadata().getUid());
            meta.put("resourceVersion", read.getMetadata().getResourceVersion());
            whole.put("metadata", meta);
        }

        Patch held(Word word) {
            annotations.put(Keys.HELD, word.text());
            return this;
        }

        Patch suspended() {
            whole.put("spec", Map.of("suspend", true));
            return this;
        }

        Patch go(Gang.Go go) {
            annotations.put(Keys.GO, go.text());
            return this;
        }

        Patch late(String why) {
            annotations.put(Keys.GAVE_UP, why);
            return suspended().held(Word.LATE);
        }

        Patch stopped(Stopped stopped) {
            annotations.put(Keys.STOPPED, stopped.text());
            return this;
        }

        Map<String, Object> build() {
            if (!annotations.isEmpty()) {
                meta.put("annotations", annotations);
            }
            return whole;
        }
    }
}
