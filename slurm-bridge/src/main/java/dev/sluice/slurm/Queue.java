package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.ReadingDoor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The controller's whole queue, read as seldom as a site wants it: who asks within a period of the last reading waits for the
 * next one, and all who wait share it. Where the door has a light look, only what that shows to have changed is read. Thread-safe.
 *
 * <p>It makes two requests a period on average at the most, as {@code squeue} does with its list of jobs and one of partitions:
 * single jobs, two requests each, are read from what light looks have left of that, and no more than half of the time goes into
 * reading.
 */
final class Queue {
    /** What slurmctld counts for one job: REQUEST_JOB_INFO_SINGLE and REQUEST_FED_INFO. */
    private static final int REQUESTS_A_JOB = 2;

    private static final int REQUESTS_A_PERIOD = 2;

    /** What is left over for later, in requests. */
    private static final int LEFT_AT_MOST = 60;

    private final ReadingDoor door;
    private final Duration period;
    private final InstantSource clock;
    private final ReentrantLock turn = new ReentrantLock(true);
    private Reading last = new Reading(Instant.MIN, Depth.WHOLE, Answer.unknown("it was not read yet"));
    private Map<String, String> states = Map.of();
    private long lastBegan = System.nanoTime();
    /** 0 after a reading that brought nothing: it may have been waiting all the time. */
    private long lastTook;

    private boolean read;
    private double left;

    /** How much of the queue a reading looks at. */
    enum Depth {
        /** Every entry with all that is known of it. */
        WHOLE,
        /** What has come, gone or changed its state since; a change of a reason alone may be missed. */
        STATES
    }

    /** @param asOf when the reading began, by our clock */
    record Reading(Instant asOf, Depth depth, Answer<List<JobRow>> rows) {}

    Queue(ReadingDoor door, Duration period, InstantSource clock) {
        this.door = door;
        this.period = period;
        this.clock = clock;
    }

    /**
     * A reading that began no earlier and is no less deep.
     *
     * @throws InterruptedException when the caller was interrupted while it waited
     */
    Reading since(Instant earliest, Depth depth) throws InterruptedException {
        turn.lockInterruptibly();
        try {
            boolean deep = depth == Depth.STATES || last.depth() == Depth.WHOLE;
            // A clock that was set back makes a reading of the past look like one of times to come.
            boolean past = !last.asOf().isAfter(clock.instant());
            if (read && deep && past && !last.asOf().isBefore(earliest)) {
                return last;
            }
            long pause = Math.max(period.toNanos(), 2 * lastTook) - (System.nanoTime() - lastBegan);
            if (read && pause > 0) {
                TimeUnit.NANOSECONDS.sleep(pause);
            }
            long now = System.nanoTime();
            left = Math.min(LEFT_AT_MOST, left + REQUESTS_A_PERIOD * (double) (now - lastBegan) / period.toNanos());
            lastBegan = now;
            last = read(depth);
            lastTook = last.rows() instanceof Answer.Said ? System.nanoTime() - lastBegan : 0;
            read = true;
            return last;
        } finally {
            turn.unlock();
        }
    }

    private Reading read(Depth depth) {
        Instant asOf = clock.instant();
        boolean light = depth == Depth.STATES && !states.isEmpty();
        Optional<Answer<Map<String, String>>> look = door.states();
        left--;
        if (light && look.isPresent() && last.rows() instanceof Answer.Said<List<JobRow>> before) {
            Optional<Reading> reading = light(asOf, look.get(), before.value());
            if (reading.isPresent()) {
                return reading.get();
            }
        }
        // The states first: what changes between the two is seen next time.
        states = look.filter(Answer.Said.class::isInstance)
                .map(answer -> ((Answer.Said<Map<String, String>>) answer).value())
                .orElse(Map.of());
        left--;
        return new Reading(asOf, Depth.WHOLE, door.queue());
    }

    /** Empty where the whole is to be read after all. */
    private Optional<Reading> light(Instant asOf, Answer<Map<String, String>> look, List<JobRow> before) {
        return switch (look) {
            case Answer.Refused<Map<String, String>> refused -> Optional.empty();
            case Answer.Unknown<Map<String, String>> unknown ->
                Optional.of(new Reading(asOf, Depth.STATES, new Answer.Unknown<>(unknown.doubt())));
            case Answer.Said<Map<String, String>> said -> {
                Set<Long> changed = changed(said.value(), before);
                if (!changed.isEmpty() && !affords(changed.size())) {
                    yield Optional.empty();
                }
                Answer<List<JobRow>> news = changed.isEmpty() ? Answer.said(List.of()) : door.queue(changed);
                if (news instanceof Answer.Said<List<JobRow>>) {
                    states = said.value();
                }
                yield Optional.of(new Reading(asOf, Depth.STATES, news.map(rows -> merged(before, changed, rows))));
            }
        };
    }

    /** Whether so many jobs are read one by one, or the list instead. */
    private boolean affords(int jobs) {
        int cost = REQUESTS_A_JOB * jobs;
        if (cost > left) {
            return false;
        }
        left -= cost;
        return true;
    }

    /** The jobs of the entries that have come, gone or changed. */
    private Set<Long> changed(Map<String, String> now, List<JobRow> before) {
        Map<Long, Long> jobs = new HashMap<>();
        before.forEach(row -> jobs.put(row.ownId(), row.jobId()));
        Set<Long> changed = new HashSet<>();
        now.forEach((entry, state) -> {
            if (!state.equals(states.get(entry))) {
                changed.add(jobs.getOrDefault(ownId(entry), ownId(entry)));
            }
        });
        states.keySet().forEach(entry -> {
            if (!now.containsKey(entry)) {
                changed.add(jobs.getOrDefault(ownId(entry), ownId(entry)));
            }
        });
        return changed;
    }

    private static long ownId(String entry) {
        int end = 0;
        while (end < entry.length() && Character.isDigit(entry.charAt(end)) && end < 18) {
            end++;
        }
        return end == 0 ? 0 : Long.parseLong(entry.substring(0, end));
    }

    private static List<JobRow> merged(List<JobRow> before, Set<Long> changed, List<JobRow> news) {
        List<JobRow> all = new ArrayList<>();
        Set<Long> known = new HashSet<>(changed);
        news.forEach(row -> known.add(row.jobId()));
        for (JobRow row : before) {
            if (!known.contains(row.jobId())) {
                all.add(row);
            }
        }
        all.addAll(news);
        return all;
    }
}
