package dev.sluice.engine;

import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.job.AttemptId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What has a next step on a cluster: a live attempt, or a leftover. */
public sealed interface AgendaKey {
    record OfAttempt(AttemptId attempt) implements AgendaKey {}

    record OfLeftover(Leftover.Key leftover) implements AgendaKey {}

    /** Those that a call came back without a usable answer to. */
    static Set<AgendaKey> inDoubt(Input.Done done) {
        return switch (done) {
            case Input.DoneRelease d -> those(of(d.effect()), d.outcomes(), 1, Release.Unknown.class);
            case Input.DoneFind d -> those(of(d.effect()), d.outcomes(), 2, Search.Unknown.class);
            default ->
                done.effect() instanceof Effect.OnCluster effect && Event.Answer.of(done) == Event.Answer.DOUBTFUL
                        ? Set.copyOf(of(effect))
                        : Set.of();
        };
    }

    /** @param each how many keys each outcome is about */
    private static Set<AgendaKey> those(List<AgendaKey> keys, List<?> outcomes, int each, Class<?> doubt) {
        Set<AgendaKey> those = new HashSet<>();
        for (int i = 0; i < outcomes.size(); i++) {
            if (doubt.isInstance(outcomes.get(i))) {
                those.addAll(keys.subList(i * each, (i + 1) * each));
            }
        }
        return those;
    }

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
