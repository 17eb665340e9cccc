package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.job.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Waits until jobs are over, showing how they stand meanwhile on standard error. */
final class Waiter {
    private static final Duration TICK = Duration.ofSeconds(1);
    /** Between two lines of progress where no terminal shows one that changes. */
    private static final Duration SELDOM = Duration.ofSeconds(10);

    private static final int MOST_LOST = 60;

    private final Console console;
    private final Api api;
    private final Progress progress;
    private final Map<JobRef, JobView> jobs = new LinkedHashMap<>();
    private String told = "";
    private Instant toldAt = Instant.EPOCH;
    private Instant lookAt = Instant.EPOCH;
    private int lost;

    enum Progress {
        SHOWN,
        SILENT
    }

    Waiter(Api api, Progress progress) {
        this.console = api.console();
        this.api = api;
        this.progress = progress;
    }

    /**
     * Waits for all of them.
     *
     * @param most how long; empty for as long as it takes
     * @return how they ended, in their order
     * @throws Failure when the patience is over before
     */
    List<JobView> all(List<JobRef> refs, Optional<Duration> most) throws Failure {
        Instant began = console.clock().instant();
        Instant end = most.map(began::plus).orElse(Instant.MAX);
        String names = refs.size() > 3 ? Text.count(refs.size(), "job") : join(refs);
        try (Farewell farewell = Farewell.on(
                        console, "no longer waiting for " + names + ", which goes on; 'sluice cancel' would end it");
                Watcher watcher = new Watcher(api)) {
            for (JobRef ref : refs) {
                jobs.put(ref, look(ref));
            }
            show(began);
            while (!isOver()) {
                if (!console.clock().instant().isBefore(end)) {
                    clear();
                    throw new Failure(Exit.NOT_YET, "not over yet: " + JobView.standing(counts()));
                }
                lookAgain(watcher, watcher.await(TICK));
                show(began);
            }
            clear();
        }
        return List.copyOf(jobs.values());
    }

    private static String join(List<JobRef> refs) {
        return refs.stream().map(JobRef::toString).collect(Collectors.joining(", "));
    }

    private boolean isOver() {
        return jobs.values().stream().allMatch(JobView::isOver);
    }

    private JobView look(JobRef ref) throws Failure {
        int id = ref.id();
        JsonNode answer = api.get(Query.to("v1", "jobs", id));
        if (ref.task().isPresent() && answer instanceof ObjectNode job) {
            job.put("task", ref.task().getAsInt());
        }
        return whole(new JobView(answer)).narrowed();
    }

    /** With all groups where a task is looked for that may stand in none of the first. */
    private JobView whole(JobView job) throws Failure {
        if (job.task().isPresent() && job.json() instanceof ObjectNode json) {
            ArrayNode groups = Api.JSON.createArrayNode();
            job.groups(api).forEach(groups::add);
            json.set("groups", groups);
        }
        return job;
    }

    private void lookAgain(Watcher watcher, Optional<Integer> changed) throws Failure {
        Instant now = console.clock().instant();
        boolean all = changed.isEmpty() && !now.isBefore(lookAt);
        lookAt = all ? now.plus(watcher.look()) : lookAt;
        for (Map.Entry<JobRef, JobView> entry : jobs.entrySet()) {
            JobView job = entry.getValue();
            boolean woken = changed.isPresent() && changed.get() == job.id();
            if (!job.isOver() && (woken || all)) {
                entry.setValue(tolerant(entry.getKey(), job));
            }
        }
    }

    /** As {@link #look}; a gateway that is away for a while is waited for. */
    private JobView tolerant(JobRef ref, JobView before) throws Failure {
        try {
            JobView now = look(ref);
            lost = 0;
            return now;
        } catch (Failure e) {
            boolean away = e.exit() == Exit.UNREACHABLE || e.exit() == Exit.BUSY;
            if (!away || ++lost > MOST_LOST) {
                throw e;
            }
            return before;
        }
    }

    private Map<Status, Integer> counts() {
        Map<Status, Integer> counts = new TreeMap<>();
        jobs.values()
                .forEach(job -> job.counts().forEach((status, count) -> counts.merge(status, count, Integer::sum)));
        return counts;
    }

    private void show(Instant began) {
        if (progress == Progress.SILENT) {
            return;
        }
        Instant now = console.clock().instant();
        String standing = JobView.standing(counts());
        String elapsed = Amounts.shown(Duration.between(began, now));
        if (console.screen().err() == Console.Look.TERMINAL) {
            String line = Text.cut(standing + "  " + elapsed, console.screen().columns() - 1);
            console.err().print("\r\u001b[K" + line);
            console.err().flush();
        } else if (!standing.equals(told) && (isOver() || !now.isBefore(toldAt.plus(SELDOM)))) {
            console.say(standing + "  " + elapsed);
            told = standing;
            toldAt = now;
        }
    }

    private void clear() {
        if (progress == Progress.SHOWN && console.screen().err() == Console.Look.TERMINAL) {
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
    }
}
