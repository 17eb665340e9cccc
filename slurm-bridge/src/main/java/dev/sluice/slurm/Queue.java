package dev.sluice.slurm;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
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
 */
final class Queue {
    /** From how many changed jobs on the whole list is less work for the controller than each of them. */
    private static final int MANY = 64;

    private final Door door;
    private final Duration period;
    private final InstantSource clock;
    private final ReentrantLock turn = new ReentrantLock(true);
    private Reading last = new Reading(Instant.MIN, Depth.WHOLE, Answer.unknown("it was not read yet"));
    private Map<String, String> states = Map.of();
    private long lastBegan;
    private boolean read;

    /** How much of the queue a reading looks at. */
    enum Depth {
        /** Every entry with all that is known of it. */
        WHOLE,
        /** What has come, gone or changed its state since; a change of a reason alone may be missed. */
        STATES
    }

    /** @param asOf when the reading began, by our clock */
    record Reading(Instant asOf, Depth depth, Answer<List<JobRow>> rows) {}

    Queue(Door door, Duration period, InstantSource clock) {
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
            if (read && deep && !last.asOf().isBefore(earliest)) {
                return last;
            }
            long pause = period.toNanos() - (System.nanoTime() - lastBegan);
            if (read && pause > 0) {
                TimeUnit.NANOSECONDS.sleep(pause);
            }
            lastBegan = System.nanoTime();
            last = read(depth);
            read = true;
            return last;
        } finally {
            turn.unlock();
        }
    }

    private Reading read(Depth depth) {
        Instant asOf = clock.instant();
        if (depth == Depth.STATES && last.rows() instanceof Answer.Said<List<JobRow>> before && !states.isEmpty()) {
            Optional<Reading> light = light(asOf, before.value());
            if (light.isPresent()) {
                return light.get();
            }
        }
        // The states first: what changes between the two is seen next time.
        states = door.states()
                .filter(answer -> answer instanceof Answer.Said)
                .map(answer -> ((Answer.Said<Map<String, String>>) answer).value())
                .orElse(Map.of());
        return new Reading(asOf, Depth.WHOLE, door.queue());
    }

    /** Empty where the whole is to be read after all. */
    private Optional<Reading> light(Instant asOf, List<JobRow> before) {
        return switch (door.states().orElseGet(() -> Answer.unknown("no light look"))) {
            case Answer.Refused<Map<String, String>> refused -> Optional.empty();
            case Answer.Unknown<Map<String, String>> unknown ->
                Optional.of(new Reading(asOf, Depth.STATES, new Answer.Unknown<>(unknown.doubt())));
            case Answer.Said<Map<String, String>> said -> {
                Set<Long> changed = changed(said.value(), before);
                if (changed.size() >= MANY) {
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
