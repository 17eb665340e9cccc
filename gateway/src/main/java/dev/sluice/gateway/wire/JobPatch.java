package dev.sluice.gateway.wire;

import dev.sluice.engine.Input;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A merge patch (RFC 7396) of what may be changed of a job. What is empty stays.
 *
 * @param labels what is to become of the labels
 */
public record JobPatch(OptionalInt priorityClass, Optional<Duration> limit, LabelPatch labels) {
    /** What is to become of labels. */
    public sealed interface LabelPatch {
        record Kept() implements LabelPatch {}

        record AllRemoved() implements LabelPatch {}

        /** @param values by key; empty for those to remove */
        record Merged(SortedMap<String, Optional<String>> values) implements LabelPatch {}
    }

    /** A patch sets and removes as many as there may be at the most. */
    private static final int MOST_LABELS = 2 * Labels.MAX;

    private enum Key {
        PRIORITY_CLASS,
        LIMIT_SECONDS,
        LABELS
    }

    private static final Keys<Key> KEYS = Keys.ofObject(Key.class);

    private static final class Fields {
        private OptionalInt priorityClass = OptionalInt.empty();
        private Optional<Duration> limit = Optional.empty();
        private LabelPatch labels = new LabelPatch.Kept();
    }

    public static Reading<JobPatch> read(byte[] body) {
        return JsonReader.read(body, in -> {
            Fields f = new Fields();
            in.object(KEYS, JsonReader.Nulls.PASSED, key -> {
                switch (key) {
                    case PRIORITY_CLASS -> f.priorityClass = OptionalInt.of(in.count(0, JobSpec.MAX_PRIORITY_CLASS));
                    case LIMIT_SECONDS -> f.limit = Optional.of(new AskReader(in).limit());
                    case LABELS -> f.labels = labels(in);
                }
            });
            return in.errorCount() > 0 ? null : new JobPatch(f.priorityClass, f.limit, f.labels);
        });
    }

    private static LabelPatch labels(JsonReader in) throws IOException {
        if (in.atNull()) {
            return new LabelPatch.AllRemoved();
        }
        SortedMap<String, Optional<String>> values = new TreeMap<>();
        in.map(name -> {
            Optional<String> value = in.atNull() ? Optional.empty() : Optional.of(in.text());
            if (values.put(name, value) != null) {
                throw in.twice();
            }
            in.bounded(values.size(), MOST_LABELS);
            // One by one, so that a bad key is refused whether it is set or removed.
            Labels.of(Map.of(name, value.orElse("")));
        });
        return new LabelPatch.Merged(values);
    }

    /**
     * What to tell the engine.
     *
     * @param current the labels that the job has now
     */
    public Reading<Input.Alter> command(Input.Requester by, JobId job, Labels current) {
        try {
            return Reading.good(new Input.Alter(by, job, priorityClass, limit, merged(current)));
        } catch (InvalidValue e) {
            return Reading.bad("/labels", "expected " + e.expected() + ", found " + e.found());
        }
    }

    private Optional<Labels> merged(Labels current) {
        return switch (labels) {
            case LabelPatch.Kept kept -> Optional.empty();
            case LabelPatch.AllRemoved all -> Optional.of(Labels.NONE);
            case LabelPatch.Merged(SortedMap<String, Optional<String>> values) -> {
                SortedMap<String, String> merged = new TreeMap<>(current.values());
                values.forEach(
                        (key, value) -> value.ifPresentOrElse(text -> merged.put(key, text), () -> merged.remove(key)));
                yield Optional.of(Labels.of(merged));
            }
        };
    }
}
