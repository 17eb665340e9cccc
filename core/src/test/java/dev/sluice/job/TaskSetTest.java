package dev.sluice.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A task set is a set: whatever is done to it, a set of bits to which the same is done agrees. */
class TaskSetTest {
    private static final int INDICES = 70;

    private static TaskSet of(BitSet bits) {
        return TaskSet.of(bits.stream().toArray());
    }

    private static BitSet draw(SplittableRandom random) {
        BitSet bits = new BitSet();
        int many = random.nextInt(INDICES);
        for (int i = 0; i < many; i++) {
            bits.set(random.nextInt(INDICES));
        }
        return bits;
    }

    @Test
    void unionIntersectionAndDifferenceAreThoseOfSets() {
        SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 5_000; round++) {
            BitSet a = draw(random);
            BitSet b = draw(random);
            BitSet union = (BitSet) a.clone();
            union.or(b);
            BitSet both = (BitSet) a.clone();
            both.and(b);
            BitSet minus = (BitSet) a.clone();
            minus.andNot(b);
            assertThat(of(a).union(of(b))).isEqualTo(of(union));
            assertThat(of(a).intersect(of(b))).isEqualTo(of(both));
            assertThat(of(a).minus(of(b))).isEqualTo(of(minus));
            assertThat(of(a).size()).isEqualTo(a.cardinality());
            assertThat(of(a).stream().toArray()).containsExactly(a.stream().toArray());
            int index = random.nextInt(INDICES);
            assertThat(of(a).contains(index)).isEqualTo(a.get(index));
        }
    }

    @Test
    void whatItPrintsItReads() {
        SplittableRandom random = new SplittableRandom(2);
        for (int round = 0; round < 1_000; round++) {
            TaskSet set = of(draw(random));
            if (!set.isEmpty()) {
                assertThat(TaskSet.parse(set.toString())).isEqualTo(set);
            }
        }
    }

    @Test
    void theLowestAreTheFirstSoMany() {
        assertThat(TaskSet.range(2, 20, 3).lowest(3)).isEqualTo(TaskSet.of(2, 5, 8));
        assertThat(TaskSet.of(4, 9).lowest(5)).isEqualTo(TaskSet.of(4, 9));
    }

    @Test
    void nonsenseIsRefusedWithWhatWasExpected() {
        for (String text : new String[] {"a", "1-", "-1", "5-1", "1,,2", "1-10:0", "99999999999"}) {
            assertThatThrownBy(() -> TaskSet.parse(text)).as(text).isInstanceOf(InvalidValue.class);
        }
    }
}
