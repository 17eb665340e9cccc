package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.testkit.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a release by id may rest on, and how many who ask at once share a question. */
@Timeout(30)
final class EvidenceTest {
    private static final Binding BINDING = Entry.binding(Rows.held().row());
    private static final AttemptId OTHER = AttemptId.random(Rows.REALM, new Random(2));

    @Test
    @Fault({"F46", "F52"})
    void aProofServesOnceItsOwnBindingAloneAndNotAfterADoubt() {
        Evidence evidence = new Evidence(Duration.ofHours(1));
        evidence.proven(12, Rows.ATTEMPT, BINDING, System.nanoTime());
        assertThat(evidence.take(12, Rows.ATTEMPT, BINDING)).isTrue();
        assertThat(evidence.take(12, Rows.ATTEMPT, BINDING)).isFalse();

        evidence.proven(12, Rows.ATTEMPT, BINDING, System.nanoTime());
        assertThat(evidence.take(12, OTHER, BINDING)).isFalse();
        evidence.proven(12, Rows.ATTEMPT, BINDING, System.nanoTime());
        assertThat(evidence.take(12, Rows.ATTEMPT, new Binding("12", "1", "alice")))
                .isFalse();
        evidence.proven(12, Rows.ATTEMPT, BINDING, System.nanoTime());
        evidence.forget();
        assertThat(evidence.take(12, Rows.ATTEMPT, BINDING)).isFalse();
    }

    @Test
    void aProofIsAsOldAsItsQuestion() {
        Evidence evidence = new Evidence(Duration.ofSeconds(1));
        evidence.proven(
                12,
                Rows.ATTEMPT,
                BINDING,
                System.nanoTime() - Duration.ofSeconds(2).toNanos());
        assertThat(evidence.take(12, Rows.ATTEMPT, BINDING)).isFalse();
    }

    @Test
    void whoComesDuringAQuestionSharesTheNextOne() throws Exception {
        List<Set<Integer>> questions = new ArrayList<>();
        BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        CountDownLatch goOn = new CountDownLatch(1);
        Together<Integer, Integer> together = new Together<>(keys -> {
            questions.add(Set.copyOf(keys));
            begun.add("begun");
            awaitQuietly(goOn);
            return questions.size();
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> first = threads.submit(() -> together.ask(1));
            begun.take();
            List<Future<Integer>> later = new ArrayList<>();
            List<Thread> askers = new ArrayList<>();
            for (int key = 2; key < 6; key++) {
                int mine = key;
                later.add(threads.submit(() -> {
                    askers.add(Thread.currentThread());
                    return together.ask(mine);
                }));
                while (askers.size() < later.size() || askers.getLast().getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
            goOn.countDown();
            assertThat(first.get()).isEqualTo(1);
            for (Future<Integer> each : later) {
                assertThat(each.get()).isEqualTo(2);
            }
        }
        assertThat(questions).containsExactly(Set.of(1), Set.of(2, 3, 4, 5));
    }

    @Test
    void aQuestionThatFailsFailsForAllWhoAskedAndForNobodyAfter() throws Exception {
        Together<Integer, Integer> together = new Together<>(keys -> {
            if (keys.contains(1)) {
                throw new IllegalArgumentException("one");
            }
            return 0;
        });
        assertThatThrownBy(() -> together.ask(1)).hasRootCauseMessage("one");
        assertThat(together.ask(2)).isZero();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
