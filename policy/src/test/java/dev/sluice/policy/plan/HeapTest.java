package dev.sluice.policy.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The heap of picks against the library's queue, to which a key that became worse is added again. */
class HeapTest {
    private static final Comparator<Pick> ORDER =
            Comparator.comparingDouble((Pick pick) -> pick.share).thenComparing(Pick::name);

    private static final class Named extends Pick {
        private final String name;

        Named(Entry first, int number, double share) {
            super(first);
            this.name = Integer.toString(number);
            this.share = share;
        }

        @Override
        Renewed renew() {
            return Renewed.SAME;
        }

        @Override
        Turn turn() {
            throw new AssertionError("no turn of " + name);
        }

        @Override
        String name() {
            return name;
        }
    }

    @Test
    void theBestIsOnTopWhateverIsAddedTakenAwayOrBecomesWorse() {
        Entry entry = entry();
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Heap heap = new Heap(ORDER);
            PriorityQueue<Pick> expected = new PriorityQueue<>(ORDER);
            for (int step = 0; step < 400; step++) {
                int dice = random.nextInt(step < 200 ? 3 : 4);
                Pick top = heap.top();
                if (dice < 2 || top == null) {
                    Pick pick = new Named(entry, step, random.nextInt(50));
                    heap.add(pick);
                    expected.add(pick);
                } else if (dice == 2) {
                    expected.remove();
                    top.share += random.nextInt(30);
                    heap.sinkTop();
                    expected.add(top);
                } else {
                    heap.removeTop();
                    expected.remove();
                }
                assertThat(heap.top()).as("seed %s, step %s", seed, step).isSameAs(expected.peek());
            }
            while (heap.top() != null) {
                assertThat(heap.top()).as("seed %s", seed).isSameAs(expected.remove());
                heap.removeTop();
            }
            assertThat(expected).as("seed %s", seed).isEmpty();
        }
    }

    /** Every pick has one, though none is looked at here. */
    private static Entry entry() {
        Line line = new Line(new Shape.Register());
        JobId job = new JobId(JobId.FIRST);
        line.add(new Candidate(
                job,
                TaskSet.SOLE,
                Ask.DEFAULTS,
                new ProjectPath("a"),
                new UserName("alice"),
                0,
                Scene.NOW,
                Refusals.NONE));
        return line.of(job).getFirst();
    }
}
