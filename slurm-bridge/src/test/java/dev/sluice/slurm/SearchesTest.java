package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Search;
import dev.sluice.cluster.Sought;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Remains.Key;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many attempts in one search: what they have in common is asked for once. */
@Timeout(30)
final class SearchesTest extends Watching {
    @Test
    void manyAreSearchedForWithOneLookAtTheMarksAndOneQuestionForPastRuns() {
        int many = 20;
        List<Rows> rows = IntStream.range(0, many)
                .mapToObj(i -> SECOND_RUN.id(100 + i).comment(key(i) + ""))
                .toList();
        door.queued(rows.toArray(Rows[]::new));
        door.recorded(
                IntStream.range(0, many).mapToObj(i -> FIRST_RUN.id(100 + i)).toArray(Rows[]::new));
        List<Sought> all = IntStream.range(0, many)
                .mapToObj(i -> Sought.of(attempt(key(i))))
                .toList();

        List<Search> found = searches.find(all);
        for (int i = 0; i < many; i++) {
            Search.Trace trace = ((Search.Found) found.get(i)).traces().getFirst();
            assertThat(trace.binding()).isEqualTo(Entry.binding(rows.get(i).row()));
            assertThat(trace.past()).containsExactly(FIRST);
        }
        assertThat(remains.looks).isOne();
        assertThat(door.questions).hasSize(1);
    }

    @Test
    void marksOfEndsThatAccountingHasAreLookedAtTogether() {
        int many = 20;
        IntStream.range(0, many)
                .forEach(i -> remains.launched(new Key(key(i), 0, 0), Rows.STARTED, Optional.of(Rows.STARTED)));
        door.recorded(IntStream.range(0, many)
                .mapToObj(i -> Rows.ended("FAILED", 1).comment("").id(100 + i))
                .toArray(Rows[]::new));
        List<Search> found = searches.find(IntStream.range(0, many)
                .mapToObj(i -> new Sought(
                        attempt(key(i)),
                        TaskSet.SOLE,
                        Set.of(Entry.binding(Rows.running().id(100 + i).row()))))
                .toList());
        for (int i = 0; i < many; i++) {
            Search.Trace trace = ((Search.Found) found.get(i)).traces().getFirst();
            assertThat(trace.binding().nativeId()).isEqualTo("" + (100 + i));
            assertThat(trace.seen()).isEqualTo(finished(1));
        }
        assertThat(remains.looks).isOne();
        assertThat(door.questions).hasSize(1);
    }

    private static AttemptId key(int seed) {
        return AttemptId.random(Rows.REALM, new Random(seed));
    }

    private static Attempt attempt(AttemptId key) {
        Attempt any = Samples.attempt(TaskSet.SOLE);
        return new Attempt(
                key,
                any.job(),
                any.user(),
                any.cluster(),
                any.partition(),
                any.tasks(),
                any.tries(),
                any.limit(),
                any.refusedBy());
    }
}
