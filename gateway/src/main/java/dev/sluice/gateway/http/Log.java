package dev.sluice.gateway.http;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.cluster.LogReading;
import dev.sluice.engine.JobRecord;
import dev.sluice.gateway.wire.Problem;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.spec.Bytes;
import java.util.Map;
import java.util.Optional;

/** One stream of one task of one attempt, as its bridge reads it. Blocking, for any thread. */
final class Log {
    private static final long DOUBT_RETRY_SECONDS = 5;

    private final ClusterBridge bridge;
    private final JobRecord.Placing placing;
    private final int task;
    private final LogReading.Stream stream;

    private Log(ClusterBridge bridge, JobRecord.Placing placing, int task, LogReading.Stream stream) {
        this.bridge = bridge;
        this.placing = placing;
        this.task = task;
        this.stream = stream;
    }

    /** Why it cannot be read, as an answer. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Answer answer;

        Unreadable(Answer answer) {
            super("status " + answer.status(), null, false, false);
            this.answer = answer;
        }

        Answer answer() {
            return answer;
        }

        /** Whether it may be otherwise the next time. */
        boolean passes() {
            return answer.status() == Problem.Code.BUSY.status();
        }
    }

    /**
     * The log of a task; empty when it was not placed yet, as far as is known.
     *
     * @param attempt which try; empty for the last that is on a cluster
     */
    static Optional<Log> of(
            JobRecord job,
            int task,
            Optional<AttemptId> attempt,
            LogReading.Stream stream,
            Map<ClusterName, ClusterBridge> bridges)
            throws Unreadable {
        Optional<JobRecord.Placing> placing = job.attempts().reversed().stream()
                .filter(each -> each.binding().isPresent())
                .filter(each -> each.attempt().tasks().contains(task))
                .filter(each -> attempt.isEmpty() || each.attempt().id().equals(attempt.get()))
                .findFirst();
        if (placing.isEmpty()) {
            boolean placed = job.attempts().stream()
                    .anyMatch(each -> attempt.isEmpty() || each.attempt().id().equals(attempt.get()));
            if (attempt.isPresent() && !placed) {
                throw new Unreadable(Answer.problem(
                        Problem.Code.NOT_FOUND,
                        "attempt: expected one of the job's that has this task, found another"));
            }
            return Optional.empty();
        }
        ClusterName cluster = placing.get().attempt().cluster();
        ClusterBridge bridge = bridges.get(cluster);
        if (bridge == null) {
            throw new Unreadable(Answer.problem(
                    Problem.Code.CONFLICT, "cluster %s, where it ran, is not configured any more".formatted(cluster)));
        }
        return Optional.of(new Log(bridge, placing.get(), task, stream));
    }

    /** What is there behind an offset; empty when there is no log yet. */
    Optional<LogReading.Chunk> read(long offset) throws Unreadable {
        LogReading reading = bridge.log(placing.attempt(), placing.binding().orElseThrow(), task, stream, offset);
        return switch (reading) {
            case LogReading.Chunk chunk -> Optional.of(chunk);
            case LogReading.None none -> Optional.empty();
            case LogReading.Cannot cannot ->
                throw new Unreadable(Answer.problem(Problem.Code.CONFLICT, "the log cannot be read: " + cannot.why()));
            case LogReading.Unknown unknown ->
                throw new Unreadable(Answer.busy(
                        "cluster %s does not answer; try again"
                                .formatted(placing.attempt().cluster()),
                        DOUBT_RETRY_SECONDS));
        };
    }

    /**
     * How long it is now. The port tells no length, so it is searched for: what lies behind the end is empty, and a chunk that is
     * shorter than others were reaches the end.
     */
    long size() throws Unreadable {
        long known = 0;
        long beyond = Long.MAX_VALUE;
        int longest = 0;
        long probe = 0;
        while (known < beyond) {
            Optional<LogReading.Chunk> chunk = read(probe);
            int got = chunk.map(there -> there.bytes().size()).orElse(0);
            if (got == 0) {
                beyond = probe;
            } else {
                known = chunk.orElseThrow().next();
                if (got < longest) {
                    return known;
                }
                longest = got;
            }
            probe = next(known, beyond);
        }
        return known;
    }

    /** Right behind what is known, then twice as far, then halfway between. */
    private static long next(long known, long beyond) {
        if (beyond == Long.MAX_VALUE) {
            return known < (1 << 20) ? known : known * 2;
        }
        return known + (beyond - known) / 2;
    }

    /** Where the last so many lines begin, of so many bytes; at most so far from the end as the bound says. */
    long tail(long size, int lines, int bound) throws Unreadable {
        if (lines == 0) {
            return size;
        }
        int window = 64 << 10;
        while (true) {
            long from = Math.max(0, size - Math.min(window, bound));
            byte[] bytes = bytes(from, size);
            int at = begin(bytes, lines);
            if (at >= 0) {
                return from + at;
            }
            if (from == 0 || window >= bound) {
                return from;
            }
            window *= 4;
        }
    }

    /** Where the last lines begin in these bytes; negative when not all of them are there. */
    private static int begin(byte[] bytes, int lines) {
        int left = lines;
        // A break at the very end ends the last line and begins none.
        for (int i = bytes.length - 2; i >= 0; i--) {
            if (bytes[i] == '\n' && --left == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private byte[] bytes(long from, long to) throws Unreadable {
        byte[] all = new byte[(int) (to - from)];
        int filled = 0;
        while (filled < all.length) {
            Bytes got = read(from + filled).map(LogReading.Chunk::bytes).orElse(Bytes.EMPTY);
            if (got.isEmpty()) {
                throw new Unreadable(
                        Answer.problem(Problem.Code.CONFLICT, "the log became shorter while it was read; try again"));
            }
            int part = Math.min(got.size(), all.length - filled);
            System.arraycopy(got.toArray(), 0, all, filled, part);
            filled += part;
        }
        return all;
    }
}
