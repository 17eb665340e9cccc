package dev.sluice.engine;

import dev.sluice.job.AttemptId;
import java.util.List;

/** What has a next step on a cluster: a live attempt, or a leftover. */
public sealed interface AgendaKey {
    record OfAttempt(AttemptId attempt) implements AgendaKey {}

    record OfLeftover(Leftover.Key leftover) implements AgendaKey {}

    /** Those that a call may be about: an attempt, and a leftover of it. */
    static List<AgendaKey> of(Effect.OnCluster effect) {
        return switch (effect) {
            case Effect.Park e -> List.of(new OfAttempt(e.attempt().id()));
            case Effect.Release e ->
                e.grants().stream()
                        .<AgendaKey>map(grant -> new OfAttempt(grant.attempt().id()))
                        .toList();
            case Effect.Find e ->
                e.sought().stream()
                        .map(sought -> sought.attempt().id())
                        .flatMap(id ->
                                List.<AgendaKey>of(new OfAttempt(id), new OfLeftover(new Leftover.Key(id, "", "")))
                                        .stream())
                        .toList();
            case Effect.Stop e ->
                List.of(new OfAttempt(e.attempt()), new OfLeftover(Leftover.key(e.attempt(), e.binding())));
            case Effect.Alter e -> List.of(new OfAttempt(e.attempt()));
            case Effect.Claim e -> List.of(new OfAttempt(e.attempt().id()));
            case Effect.Observe e -> List.of();
            case Effect.Measure e -> List.of();
        };
    }
}
