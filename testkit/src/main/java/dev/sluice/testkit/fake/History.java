package dev.sluice.testkit.fake;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Who listens to what happens on a cluster, if anybody; lines are made only then. */
final class History {
    private final String cluster;
    private @Nullable Consumer<String> listener;

    History(String cluster) {
        this.cluster = cluster;
    }

    void tellTo(Consumer<String> next) {
        listener = next;
    }

    void tell(Agenda agenda, Supplier<String> line) {
        Consumer<String> to = listener;
        if (to != null) {
            to.accept(Instant.ofEpochMilli(agenda.now()) + " " + cluster + " " + line.get());
        }
    }

    void tell(Agenda agenda, Supplier<String> line, NativeJob job) {
        tell(
                agenda,
                () -> "object " + job.nativeId
                        + job.key.map(key -> " of " + key).orElse("") + ": " + line.get());
    }
}
