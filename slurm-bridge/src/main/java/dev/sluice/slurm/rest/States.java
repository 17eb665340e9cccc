package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The light list of states. */
public final class States {
    /** What stands in the list for a job or a task; SLURM names a set of tasks too. */
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}(?:_(?:([0-9]{1,7})|\\[(.*)]))?(?:\\+.*)?");

    private States() {}

    /**
     * Tasks that are alike.
     *
     * @param states in SLURM's words, never empty
     */
    public record Standing(Indices indices, List<String> states) {
        public Standing {
            states = List.copyOf(states);
        }
    }

    private record Key(long job, List<String> states) {}

    /**
     * What the answer to {@code ?job_id=ID} has. From v0.0.41 on a task that was split off stands there by its own id, {@code 47_1} for
     * task 1 of 45: so jobs are asked for one by one, and all that comes back belongs to the one.
     */
    static SortedMap<Long, List<Standing>> of(long job, JsonNode body) {
        if (!body.path("jobs").isArray()) {
            throw new IllegalArgumentException("no list of jobs");
        }
        Gathered gathered = new Gathered();
        for (JsonNode entry : body.path("jobs")) {
            Matcher id = ID.matcher(entry.path("job_id").asText());
            List<String> states = Fields.words(entry.path("state"));
            if (!id.matches()) {
                throw new IllegalArgumentException("a job without an id");
            }
            Indices indices = id.group(1) != null
                    ? JobEntry.listed(id.group(1))
                    : id.group(2) != null ? JobEntry.listed(id.group(2)) : new Indices.Sole();
            gathered.add(job, indices, states.isEmpty() ? List.of("UNKNOWN") : states);
        }
        return gathered.all();
    }

    static SortedMap<Long, List<Standing>> of(List<JobRow> rows) {
        Gathered gathered = new Gathered();
        rows.forEach(row -> gathered.add(row.jobId(), row.indices(), row.states()));
        return gathered.all();
    }

    /** Tasks of one job in the same states become one standing. */
    private static final class Gathered {
        private final Map<Key, TaskSet.Builder> tasks = new LinkedHashMap<>();
        private final SortedMap<Long, List<Standing>> standings = new TreeMap<>();

        void add(long job, Indices indices, List<String> states) {
            if (indices instanceof Indices.Of some) {
                tasks.computeIfAbsent(new Key(job, states), key -> new TaskSet.Builder())
                        .add(some.tasks());
            } else {
                standings.computeIfAbsent(job, id -> new ArrayList<>()).add(new Standing(indices, states));
            }
        }

        SortedMap<Long, List<Standing>> all() {
            tasks.forEach((key, builder) -> standings
                    .computeIfAbsent(key.job(), id -> new ArrayList<>())
                    .add(new Standing(new Indices.Of(builder.build()), key.states())));
            return standings;
        }
    }
}
