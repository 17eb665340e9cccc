package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.gateway.crash.ClusterUnderTest.End;
import dev.sluice.job.TaskSet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * One round on a real cluster: people at work while parts of it and the gateway die, until each of their jobs has ended, or nobody can
 * say how and nothing moves any more; then what the gateway says is compared with what the launches have written.
 */
final class CrashRound {
    private static final Duration SETTLE = Duration.ofMinutes(6);

    /** Longer than a request of ours may still act (65 s), accounting may lag and a sweep may wait (10 s each). */
    private static final Duration STILL = Duration.ofSeconds(90);

    /** Nodes that a crash drained are resumed by an administrator, here as often as this. */
    private static final Duration HEALS = Duration.ofSeconds(30);

    private static final Set<String> OVER = Set.of(
            "succeeded", "failed", "cancelled", "refused", "interrupted", "timed-out", "node-lost", "out-of-memory");

    /**
     * What came of a round.
     *
     * @param statuses how many tasks ended how
     * @param interrupted numbers of tasks that something broke off, and what
     * @param unknown numbers of tasks of which nobody can say how they ended
     * @param complaints what must not be
     */
    record Findings(
            Map<String, Integer> statuses, List<String> interrupted, List<String> unknown, List<String> complaints) {
        @Override
        public String toString() {
            return "%s; interrupted %s; unknown %d %s; %d complaints"
                    .formatted(statuses, interrupted, unknown.size(), unknown, complaints.size());
        }
    }

    private final ClusterUnderTest cluster;
    private final People people;
    private final int jobs;
    private final Map<String, Integer> statuses = new TreeMap<>();
    private final List<String> interrupted = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();

    /** How each job was seen last, by key. */
    private final Map<String, JsonNode> views = new HashMap<>();

    private CrashRound(ClusterUnderTest cluster, People people, int jobs) {
        this.cluster = cluster;
        this.people = people;
        this.jobs = jobs;
    }

    /** With a gateway that is ready. */
    static Findings run(ClusterUnderTest cluster, People people, int jobs, SplittableRandom random)
            throws IOException, InterruptedException {
        people.begin(random);
        while (people.areBusy() || cluster.isSpared()) {
            cluster.killSomething(people);
        }
        cluster.heal();
        return new CrashRound(cluster, people, jobs).findings();
    }

    private Findings findings() throws InterruptedException {
        settle();
        if (people.accepted().size() != jobs) {
            complaints.add(
                    "%d of %d jobs were accepted".formatted(people.accepted().size(), jobs));
        }
        Map<String, List<String>> starts = starts();
        people.accepted().forEach((key, job) -> check(key, job, starts));
        starts.keySet().forEach(start -> complaints.add("\"" + start + "\" was started, and nobody's"));
        cluster.checkNatives(complaints);
        return new Findings(statuses, interrupted, unknown, complaints);
    }

    private void settle() throws InterruptedException {
        long deadline = System.nanoTime() + SETTLE.toNanos();
        long changed = System.nanoTime();
        long healed = changed;
        Set<String> open = new HashSet<>(people.accepted().keySet());
        while (!open.isEmpty() && System.nanoTime() < deadline && !(isLongAgo(changed, STILL) && isUnknown(open))) {
            for (String key : List.copyOf(open)) {
                JsonNode view = view(key);
                if (!statuses(view).equals(statuses(last(key)))) {
                    changed = System.nanoTime();
                }
                views.put(key, view);
                if (OVER.containsAll(statuses(view)) && !statuses(view).isEmpty()) {
                    open.remove(key);
                }
            }
            if (isLongAgo(Math.max(changed, healed), HEALS)) {
                cluster.heal();
                healed = System.nanoTime();
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
    }

    private static boolean isLongAgo(long then, Duration time) {
        return System.nanoTime() - then > time.toNanos();
    }

    /** Missing while the gateway does not answer, which it should. */
    private JsonNode view(String key) throws InterruptedException {
        try {
            return people.view(key);
        } catch (IOException unanswered) {
            return MissingNode.getInstance();
        }
    }

    /** Of its tasks. */
    private static Set<String> statuses(JsonNode view) {
        Set<String> statuses = new HashSet<>();
        view.path("groups").forEach(group -> statuses.add(group.path("status").asText()));
        return statuses;
    }

    private JsonNode last(String key) {
        return views.getOrDefault(key, MissingNode.getInstance());
    }

    /** Whether nobody can say how the open ones ended, and none of them could still start. */
    private boolean isUnknown(Set<String> open) {
        return open.stream().allMatch(key -> isOverOrUnknown(statuses(last(key)))) && cluster.isIdle();
    }

    private static boolean isOverOrUnknown(Set<String> statuses) {
        return !statuses.isEmpty()
                && statuses.stream().allMatch(status -> status.equals("unknown") || OVER.contains(status));
    }

    /** What launches wrote, by number and key. */
    private Map<String, List<String>> starts() {
        Map<String, List<String>> starts = new HashMap<>();
        for (String line : cluster.launches()) {
            String[] words = line.split(" ", 3);
            starts.computeIfAbsent(words[0] + " " + words[1], start -> new ArrayList<>())
                    .add(words[2]);
        }
        return starts;
    }

    /** Takes what it accounts for out of the starts. */
    private void check(String key, People.Job job, Map<String, List<String>> starts) {
        JsonNode view = last(key);
        for (int task = 0; task < job.tasks(); task++) {
            int number = job.id() + task;
            List<String> lines = starts.getOrDefault(number + " " + key, List.of());
            starts.remove(number + " " + key);
            JsonNode group = group(view, task);
            String status = group.path("status").asText();
            statuses.merge(status, 1, Integer::sum);
            if (lines.size() > 1) {
                complaints.add("job %d (%s) started %d times: %s".formatted(number, key, lines.size(), lines));
            }
            if (status.equals("interrupted") || status.equals("node-lost")) {
                interrupted.add("%d, %d starts: %s"
                        .formatted(number, lines.size(), group.path("why").asText()));
            }
            if (status.equals("unknown")) {
                unknown.add(Integer.toString(number));
            } else if (!OVER.contains(status)) {
                complaints.add("job %d (%s) has not ended: %s".formatted(number, key, view));
            } else if (!cluster.isGood(new End(job, status, lines, group, view))) {
                complaints.add("job %d (%s) ended as %s with %d starts: %s %s"
                        .formatted(number, key, status, lines.size(), view, cluster.evidence(key)));
            }
        }
    }

    private static JsonNode group(JsonNode view, int task) {
        for (JsonNode group : view.path("groups")) {
            if (TaskSet.parse(group.path("tasks").asText()).contains(task)) {
                return group;
            }
        }
        return MissingNode.getInstance();
    }
}
