package dev.sluice.gateway.wire;

import dev.sluice.engine.JobRecord;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Gate;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.Slice;
import dev.sluice.job.Status;
import dev.sluice.job.StopReason;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tasks that stand alike, as {@code TaskGroup}. */
final class TaskGroups {
    static final Keys<Gate> GATES = Keys.ofValues(Gate.class);
    static final Keys<StopReason> STOPS = Keys.ofValues(StopReason.class);

    private final JsonWriter out;
    private final Map<AttemptId, JobRecord.Placing> attempts = new HashMap<>();
    private final List<JobRecord.Run> runs;

    private TaskGroups(JsonWriter out, List<JobRecord.Placing> attempts, List<JobRecord.Run> runs) {
        this.out = out;
        this.runs = runs;
        attempts.forEach(placing -> this.attempts.put(placing.attempt().id(), placing));
    }

    static void list(
            JsonWriter out,
            String name,
            List<Slice> slices,
            List<JobRecord.Placing> attempts,
            List<JobRecord.Run> runs) {
        TaskGroups groups = new TaskGroups(out, attempts, runs);
        out.beginList(name);
        slices.forEach(groups::group);
        out.endList();
    }

    private void group(Slice slice) {
        out.begin()
                .text("tasks", slice.tasks().toString())
                .text("status", Status.of(slice.state()).text());
        switch (slice.state()) {
            case JobState.Waiting waiting -> waiting(waiting);
            case JobState.Live live -> live(live);
            case JobState.Ended ended -> ended(slice, ended.verdict());
        }
        out.text("why", Phrases.why(slice.state())).end();
    }

    private void waiting(JobState.Waiting waiting) {
        gates(out, waiting);
        if (waiting.notBefore().isAfter(Instant.EPOCH)) {
            out.time("notBefore", waiting.notBefore());
        }
        if (waiting.tries() > 0) {
            out.number("tries", waiting.tries());
        }
        if (!waiting.refusedBy().isEmpty()) {
            out.texts("refusedBy", waiting.refusedBy().clusters());
        }
    }

    static void gates(JsonWriter out, JobState.Waiting waiting) {
        if (!waiting.gates().isEmpty()) {
            out.texts("gates", waiting.gates().stream().map(GATES::text).toList());
        }
    }

    private void live(JobState.Live live) {
        out.number("tries", live.attempt().tries());
        attempt(out, live.attempt());
        out.text("native", nativeId(live.phase())).time("started", live.phase().startedAt());
        stopping(out, live.wish());
    }

    static void attempt(JsonWriter out, Attempt attempt) {
        out.text("cluster", attempt.cluster())
                .text("partition", attempt.partition())
                .text("attempt", attempt.id());
    }

    static Optional<String> nativeId(Phase phase) {
        return phase instanceof Phase.Bound bound ? Optional.of(bound.binding().nativeId()) : Optional.empty();
    }

    static void stopping(JsonWriter out, Wish wish) {
        switch (wish) {
            case Wish.Run run -> {}
            case Wish.Stop stop -> out.text("stopping", STOPS.text(stop.why()));
        }
    }

    private void ended(Slice slice, Verdict verdict) {
        lastRuns(slice);
        exit(out, verdict);
    }

    static void exit(JsonWriter out, Verdict verdict) {
        switch (verdict) {
            case Verdict.Succeeded v -> out.number("exitCode", 0);
            case Verdict.Failed(int exitCode, int signal, String note) -> {
                out.number("exitCode", exitCode);
                if (signal > 0) {
                    out.number("signal", signal);
                }
            }
            case Verdict.TimedOut v -> {}
            case Verdict.OutOfMemory v -> {}
            case Verdict.NodeLost v -> {}
            case Verdict.Preempted v -> {}
            case Verdict.Interrupted v -> {}
            case Verdict.Cancelled v -> {}
            case Verdict.Refused v -> {}
            case Verdict.DependencyNeverSatisfied v -> {}
        }
    }

    /**
     * From the first start to the last end of the last run of each task; and the attempt where it was the same for all. One pass
     * over the runs, the newest first.
     */
    private void lastRuns(Slice slice) {
        BitSet left = new BitSet();
        slice.tasks().stream().forEach(left::set);
        Set<AttemptId> of = new LinkedHashSet<>();
        @Nullable Instant started = null;
        @Nullable Instant ended = null;
        for (int i = runs.size() - 1; i >= 0 && !left.isEmpty(); i--) {
            JobRecord.Run run = runs.get(i);
            if (run.tasks().stream().filter(left::get).peek(left::clear).count() > 0) {
                of.add(run.attempt());
                started = started == null || run.started().isBefore(started) ? run.started() : started;
                ended = ended == null || run.ended().isAfter(ended) ? run.ended() : ended;
            }
        }
        JobRecord.Placing placing = of.size() == 1 ? attempts.get(of.iterator().next()) : null;
        if (placing != null) {
            attempt(out, placing.attempt());
            out.text("native", placing.binding().map(Binding::nativeId));
        }
        out.time("started", Optional.ofNullable(started)).time("ended", Optional.ofNullable(ended));
    }
}
