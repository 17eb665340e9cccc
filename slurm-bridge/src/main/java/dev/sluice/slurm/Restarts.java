package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Remains.Key;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the controller had just been started anew when it ended something: only then does it end what nobody wanted to end, because
 * it has forgotten that it had started it. It tells its last start alone. Thread-safe.
 */
final class Restarts {
    /** What a controller takes up anew it starts in its first minute, also where everything is slow. */
    static final Duration BEFORE = Duration.ofSeconds(60);

    /** A start so long after the end is another story; nearer ones hide those before. */
    static final Duration AFTER = Duration.ofMinutes(5);

    private static final int MOST = 10_000;

    private final Supplier<Answer<ClusterFacts>> facts;
    private final Map<Key, Told> settled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Told> eldest) {
            return size() > MOST;
        }
    };

    /** What is known of one end. */
    enum Told {
        RESTARTED,
        /** Or the cluster does not tell. */
        NOT,
        NOT_YET
    }

    /** @param facts asked once for all ends of a look that are not known yet */
    Restarts(Supplier<Answer<ClusterFacts>> facts) {
        this.facts = facts;
    }

    /** That of each of these ends. */
    Map<Key, Told> of(Map<Key, Entry> ends) {
        Map<Key, Told> told = new HashMap<>();
        synchronized (this) {
            ends.keySet().forEach(key -> Optional.ofNullable(settled.get(key)).ifPresent(one -> told.put(key, one)));
        }
        if (told.size() == ends.size()) {
            return told;
        }
        Answer<ClusterFacts> answer = facts.get();
        ends.forEach((key, entry) -> told.computeIfAbsent(key, any -> told(answer, entry)));
        synchronized (this) {
            told.forEach((key, one) -> {
                if (one != Told.NOT_YET) {
                    settled.put(key, one);
                }
            });
        }
        return told;
    }

    private static Told told(Answer<ClusterFacts> answer, Entry entry) {
        return switch (answer) {
            case Answer.Said<ClusterFacts> said ->
                said.value()
                                .controllerSince()
                                .filter(since -> isAround(since, entry))
                                .isPresent()
                        ? Told.RESTARTED
                        : Told.NOT;
            case Answer.Refused<ClusterFacts> refused -> Told.NOT;
            case Answer.Unknown<ClusterFacts> unknown -> Told.NOT_YET;
        };
    }

    private static boolean isAround(Instant since, Entry entry) {
        Optional<Instant> ended = entry.row().ended();
        Optional<Instant> began = entry.row().started().or(() -> ended);
        return began.isPresent()
                && ended.isPresent()
                && !since.isBefore(began.get().minus(BEFORE))
                && !since.isAfter(ended.get().plus(AFTER));
    }
}
