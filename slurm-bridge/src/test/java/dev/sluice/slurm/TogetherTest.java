package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TogetherTest {
    /** Of one question: long enough that a rest of three times as much is told from none on a busy machine. */
    private static final Duration TAKES = Duration.ofMillis(100);

    /** The rest behind it is a second. */
    private static final Duration LONG = Duration.ofMillis(400);

    private final List<Set<Integer>> asked = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> times = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore mayAnswer = new Semaphore(0);

    private Together<Integer, Set<Integer>> waiting() {
        return new Together<>(keys -> {
            asked.add(Set.copyOf(keys));
            mayAnswer.acquireUninterruptibly();
            return Set.copyOf(keys);
        });
    }

    @Test
    void thoseWhoComeDuringAQuestionShareTheNextOne() throws Exception {
        Together<Integer, Set<Integer>> together = waiting();
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Set<Integer>> first = each.submit(() -> together.ask(1, true));
            until(() -> asked.size() == 1);
            List<Future<Set<Integer>>> others = new ArrayList<>();
            List<Thread> askers = Collections.synchronizedList(new ArrayList<>());
            for (int key = 2; key < 10; key++) {
                int one = key;
                others.add(each.submit(() -> {
                    askers.add(Thread.currentThread());
                    return together.ask(one, true);
                }));
            }
            until(() ->
                    askers.size() == 8 && askers.stream().allMatch(asker -> asker.getState() == Thread.State.WAITING));
            mayAnswer.release(2);
            assertThat(first.get()).containsExactly(1);
            for (Future<Set<Integer>> other : others) {
                assertThat(other.get()).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7, 8, 9);
            }
        }
        assertThat(asked).hasSize(2);
    }

    @Test
    void behindAQuestionNobodyAsksForThreeTimesAsLong() throws InterruptedException {
        Together<Integer, Integer> together = new Together<>(keys -> {
            times.add(System.nanoTime());
            sleep(TAKES);
            times.add(System.nanoTime());
            return keys.size();
        });
        assertThat(together.ask(1, true)).isOne();
        assertThat(together.ask(2, true)).isOne();
        assertThat(times.get(2) - times.get(1)).isGreaterThanOrEqualTo(3 * TAKES.toNanos());
    }

    @Test
    void behindAQuestionOfManyNobodyAsksForHalfASecond() throws InterruptedException {
        Together<Integer, Integer> together = new Together<>(keys -> {
            times.add(System.nanoTime());
            return keys.size();
        });
        assertThat(together.askForAll(IntStream.range(0, 16).boxed().collect(Collectors.toSet())))
                .isEqualTo(16);
        assertThat(together.ask(16, true)).isOne();
        assertThat(times.get(1) - times.get(0))
                .isGreaterThanOrEqualTo(Duration.ofMillis(500).toNanos());
    }

    /** Releases of a full queue, one call behind the other. */
    @Test
    void behindAQuestionOfManyTheNextManyWaitAsLong() throws InterruptedException {
        Together<Integer, Integer> together = new Together<>(keys -> {
            times.add(System.nanoTime());
            return keys.size();
        });
        Set<Integer> many = IntStream.range(0, 16).boxed().collect(Collectors.toSet());
        together.askForAll(many);
        assertThat(together.askForAll(many)).isEqualTo(16);
        assertThat(times.get(1) - times.get(0))
                .isGreaterThanOrEqualTo(Duration.ofMillis(500).toNanos());
    }

    @Test
    void behindAQuestionOfManyHeDoesNotWaitBehindWhomNobodyComes() throws InterruptedException {
        Together<Integer, Integer> together = new Together<>(keys -> {
            times.add(System.nanoTime());
            return keys.size();
        });
        long gathered = 0;
        for (int round = 0; round < 4; round++) {
            times.clear();
            together.askForAll(IntStream.range(0, 16).boxed().collect(Collectors.toSet()));
            together.ask(16, false);
            gathered += times.get(1) - times.get(0);
        }
        assertThat(gathered).isLessThan(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void whoAsksForAFewWaitsForNoRestAndTakesThoseWhoRestWithHim() throws Exception {
        Together<Integer, Set<Integer>> together = new Together<>(keys -> {
            asked.add(Set.copyOf(keys));
            times.add(System.nanoTime());
            sleep(LONG);
            times.add(System.nanoTime());
            return Set.copyOf(keys);
        });
        together.ask(1, true);
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<Thread> rests = new AtomicReference<>();
            Future<Set<Integer>> resting = each.submit(() -> {
                rests.set(Thread.currentThread());
                return together.ask(2, true);
            });
            until(() -> rests.get() != null && rests.get().getState() == Thread.State.TIMED_WAITING);
            assertThat(together.askForAll(Set.of(3, 4))).containsExactlyInAnyOrder(2, 3, 4);
            assertThat(resting.get()).containsExactlyInAnyOrder(2, 3, 4);
        }
        assertThat(asked).hasSize(2);
        assertThat(times.get(2) - times.get(1)).isLessThan(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void aLeaderWhoIsInterruptedAsksForTheOthers() throws Exception {
        Together<Integer, Set<Integer>> together = waiting();
        AtomicBoolean told = new AtomicBoolean();
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Set<Integer>> first = each.submit(() -> together.ask(1, true));
            until(() -> asked.size() == 1);
            Thread leader = Thread.ofVirtual().start(() -> {
                try {
                    together.ask(2, true);
                    told.set(Thread.currentThread().isInterrupted());
                } catch (InterruptedException e) {
                    told.set(true);
                }
            });
            until(() -> leader.getState() == Thread.State.WAITING);
            AtomicReference<Thread> joins = new AtomicReference<>();
            Future<Set<Integer>> other = each.submit(() -> {
                joins.set(Thread.currentThread());
                return together.ask(3, true);
            });
            until(() -> joins.get() != null && joins.get().getState() == Thread.State.WAITING);
            leader.interrupt();
            mayAnswer.release(2);
            assertThat(first.get()).containsExactly(1);
            assertThat(other.get(10, TimeUnit.SECONDS)).containsExactlyInAnyOrder(2, 3);
            leader.join();
        }
        assertThat(told).isTrue();
    }

    @Test
    void aQuestionThatFailsFailsForAllWhoAskedIt() {
        Together<Integer, Integer> together = new Together<>(keys -> {
            throw new IllegalArgumentException("no");
        });
        assertThatThrownBy(() -> together.ask(1, true))
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    private static void until(BooleanSupplier holds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            // The question goes on: others wait for it.
            Thread.currentThread().interrupt();
        }
    }
}
