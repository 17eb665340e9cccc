package dev.sluice.kubernetes;

import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.job.AttemptId;
import dev.sluice.kubernetes.api.Reply;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks for attempts by their keys on the cluster, and in what was seen to go. */
final class Searches {
    private final Reads reads;

    Searches(Reads reads) {
        this.reads = reads;
    }

    List<Search> find(List<Sought> all) {
        if (all.isEmpty()) {
            return List.of();
        }
        Set<AttemptId> attempts = new HashSet<>();
        all.forEach(sought -> attempts.add(sought.attempt().id()));
        Reply<List<Ours>> reply = reads.withKeys(attempts);
        if (!(reply instanceof Reply.Said<List<Ours>>(List<Ours> there))) {
            Search doubt = new Search.Unknown(reply.doubt("the search"));
            return all.stream().map(sought -> doubt).toList();
        }
        Map<AttemptId, Map<String, Ours>> found = new HashMap<>();
        reads.gone().forEach(ours -> add(found, ours));
        there.forEach(ours -> add(found, ours));
        return all.stream()
                .map(sought -> search(found.getOrDefault(sought.attempt().id(), Map.of())))
                .toList();
    }

    private static void add(Map<AttemptId, Map<String, Ours>> found, Ours ours) {
        found.computeIfAbsent(ours.attempt(), attempt -> new HashMap<>())
                .put(ours.binding().incarnation(), ours);
    }

    private static Search search(Map<String, Ours> byUid) {
        List<Search.Trace> traces = new ArrayList<>();
        byUid.values().stream()
                .sorted(Comparator.comparing(ours -> ours.binding().toString()))
                .forEach(ours -> traces.addAll(ours.traces()));
        return traces.isEmpty() ? new Search.None() : new Search.Found(traces);
    }
}
