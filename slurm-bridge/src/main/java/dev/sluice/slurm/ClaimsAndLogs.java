package dev.sluice.slurm;

import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.LogReading.Stream;
import dev.sluice.cluster.Sighting;
import dev.sluice.job.Attempt;
import dev.sluice.job.Binding;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.Standing.Part;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import dev.sluice.spec.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What needs the cluster's file system: claims that the gateway takes, and logs. */
final class ClaimsAndLogs {
    private static final int MOST_BYTES = 1 << 20;

    private final SlurmSettings settings;
    private final Optional<Remains> remains;
    private final Standing standing;

    ClaimsAndLogs(SlurmSettings settings, Optional<Remains> remains, Standing standing) {
        this.settings = settings;
        this.remains = remains;
        this.standing = standing;
    }

    Claim claim(Attempt attempt, Binding binding, TaskSet tasks, int run) {
        if (remains.isEmpty()) {
            return new Claim.Cannot();
        }
        if (attempt.id().realm() != settings.realm()) {
            return new Claim.Unknown(new Doubt(attempt.id() + " is of another installation"));
        }
        List<Key> keys = new ArrayList<>();
        for (var each = tasks.iterator(); each.hasNext(); ) {
            keys.add(new Key(attempt.id(), each.nextInt(), run));
        }
        var fence = settings.clock().instant().plus(settings.life());
        return switch (remains.get().take(new Owner(binding.owner()), keys, fence)) {
            case Answer.Said<Map<Key, Mark>> said -> taken(said.value(), keys);
            case Answer.Refused<Map<Key, Mark>> refused ->
                new Claim.Unknown(new Doubt(refused.refusal().message()));
            case Answer.Unknown<Map<Key, Mark>> unknown -> new Claim.Unknown(unknown.doubt());
        };
    }

    private static Claim taken(Map<Key, Mark> marks, List<Key> keys) {
        TaskSet.Builder won = new TaskSet.Builder();
        TaskSet.Builder lost = new TaskSet.Builder();
        for (Key key : keys) {
            Mark mark = marks.get(key);
            if (mark == null) {
                return new Claim.Unknown(new Doubt("the claim of task " + key.task() + " could not be told"));
            }
            switch (mark) {
                case Mark.Taken ours -> won.add(key.task());
                case Mark.Launched launched -> lost.add(key.task());
            }
        }
        return new Claim.Taken(won.build(), lost.build());
    }

    LogReading log(Attempt attempt, Binding binding, int task, Stream stream, long offset) {
        if (remains.isEmpty()) {
            return new LogReading.Cannot("logs of " + settings.cluster() + " need SSH, which it has not configured");
        }
        Owner owner = new Owner(binding.owner());
        // Whether more can follow is asked before the bytes are: what ends in between is read to its end next time.
        boolean over = isOver(attempt, binding, task);
        return switch (remains.get().search(owner, List.of(attempt.id()))) {
            case Answer.Said<Map<Key, Found>> said -> {
                Optional<Key> latest = said.value().entrySet().stream()
                        .filter(one -> one.getKey().task() == task
                                && one.getValue().mark().orElse(null) instanceof Mark.Launched)
                        .map(Map.Entry::getKey)
                        .max(Comparator.comparingInt(Key::run));
                yield latest.isEmpty() ? new LogReading.None() : read(owner, latest.get(), stream, offset, over);
            }
            case Answer.Refused<Map<Key, Found>> refused ->
                new LogReading.Cannot(refused.refusal().message());
            case Answer.Unknown<Map<Key, Found>> unknown -> new LogReading.Unknown(unknown.doubt());
        };
    }

    private boolean isOver(Attempt attempt, Binding binding, int task) {
        try {
            return standing.read(attempt.id(), binding) instanceof Answer.Said<List<Part>> said
                    && said.value().stream()
                            .filter(part -> part.tasks().contains(task))
                            .allMatch(part -> part.seen() instanceof Sighting.Ended);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private LogReading read(Owner owner, Key key, Stream stream, long offset, boolean over) {
        return switch (remains.orElseThrow().read(owner, key, stream, offset, MOST_BYTES)) {
            case Answer.Said<byte[]> said -> {
                byte[] bytes = said.value();
                yield new LogReading.Chunk(Bytes.of(bytes), offset + bytes.length, over && bytes.length < MOST_BYTES);
            }
            case Answer.Refused<byte[]> refused ->
                new LogReading.Cannot(refused.refusal().message());
            case Answer.Unknown<byte[]> unknown -> new LogReading.Unknown(unknown.doubt());
        };
    }
}
