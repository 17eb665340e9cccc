package dev.sluice.job;

import java.util.Arrays;
import java.util.BitSet;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;

/**
 * An immutable set of task indices, kept as sorted runs that do not touch: 8 bytes a run, so 8 bytes a task at worst (every
 * other index) and 8 bytes for a whole array of consecutive ones.
 *
 * <p>Indices are 0 to {@value #MAX_INDEX}. Set operations cost time linear in the runs of both sides.
 */
public final class TaskSet implements Comparable<TaskSet> {
    /** SLURM's MaxArraySize is at most 4,000,001 (slurm.conf), so no index lies above. */
    public static final int MAX_INDEX = 4_000_000;

    public static final TaskSet EMPTY = new TaskSet(new int[0]);

    /** The one task of a job that is no array. */
    public static final TaskSet SOLE = new TaskSet(new int[] {0, 0});

    /** first, last, first, last …; strictly ascending, with a gap of at least one index between runs. */
    private final int[] runs;

    private TaskSet(int[] runs) {
        this.runs = runs;
    }

    public static TaskSet of(int... indices) {
        Builder builder = new Builder();
        for (int index : indices) {
            builder.add(index);
        }
        return builder.build();
    }

    /** From first to last, both included. */
    public static TaskSet range(int first, int last) {
        return range(first, last, 1);
    }

    /** first, first + step … up to last. */
    public static TaskSet range(int first, int last, int step) {
        check(first);
        check(last);
        if (last < first || step < 1) {
            throw new InvalidValue("tasks", "first ≤ last and a step of at least 1", first + "-" + last + ":" + step);
        }
        if (step == 1) {
            return new TaskSet(new int[] {first, last});
        }
        Builder builder = new Builder();
        for (long index = first; index <= last; index += step) {
            builder.add((int) index);
        }
        return builder.build();
    }

    /**
     * Reads the text form of {@link #toString()}: indices and ranges in any order, {@code 0-3,7}; empty text is the empty set.
     *
     * @throws InvalidValue when it is anything else
     */
    public static TaskSet parse(String text) {
        if (text.isEmpty()) {
            return EMPTY;
        }
        Builder builder = new Builder();
        for (String part : text.split(",", -1)) {
            int dash = part.indexOf('-');
            int first = number(dash < 0 ? part : part.substring(0, dash), text);
            int last = dash < 0 ? first : number(part.substring(dash + 1), text);
            if (last < first) {
                throw new InvalidValue("tasks", "ranges that ascend", text);
            }
            builder.add(first, last);
        }
        return builder.build();
    }

    private static int number(String digits, String whole) {
        boolean plain =
                !digits.isEmpty() && digits.length() <= 7 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain) {
            throw new InvalidValue("tasks", "indices and ranges as 0-3,7, none above " + MAX_INDEX, whole);
        }
        int index = Integer.parseInt(digits);
        check(index);
        return index;
    }

    private static void check(int index) {
        if (index < 0 || index > MAX_INDEX) {
            throw new InvalidValue("task", "an index from 0 to " + MAX_INDEX, Integer.toString(index));
        }
    }

    public boolean isEmpty() {
        return runs.length == 0;
    }

    public int size() {
        int size = 0;
        for (int i = 0; i < runs.length; i += 2) {
            size += runs[i + 1] - runs[i] + 1;
        }
        return size;
    }

    /** How many runs of consecutive indices there are: what its memory and the operations on it cost. */
    public int runCount() {
        return runs.length / 2;
    }

    /** The lowest index; the set is not empty. */
    public int first() {
        return runs[0];
    }

    /** The highest index; the set is not empty. */
    public int last() {
        return runs[runs.length - 1];
    }

    public boolean contains(int index) {
        int at = Arrays.binarySearch(runs, index);
        int insertion = at >= 0 ? at : -at - 1;
        return at >= 0 || insertion % 2 == 1;
    }

    public boolean containsAll(TaskSet other) {
        return other.minus(this).isEmpty();
    }

    public boolean intersects(TaskSet other) {
        return !intersect(other).isEmpty();
    }

    public TaskSet union(TaskSet other) {
        if (isEmpty()) {
            return other;
        }
        return other.isEmpty() ? this : merge(other, true, true, true);
    }

    public TaskSet minus(TaskSet other) {
        return isEmpty() || other.isEmpty() ? this : merge(other, true, false, false);
    }

    public TaskSet intersect(TaskSet other) {
        if (isEmpty() || other.isEmpty()) {
            return EMPTY;
        }
        return merge(other, false, false, true);
    }

    /** The n lowest indices, or all when there are fewer. */
    public TaskSet lowest(int n) {
        int left = n;
        int i = 0;
        while (i < runs.length && runs[i + 1] - runs[i] + 1 <= left) {
            left -= runs[i + 1] - runs[i] + 1;
            i += 2;
        }
        if (i == runs.length) {
            return this;
        }
        int[] kept = Arrays.copyOf(runs, left > 0 ? i + 2 : i);
        if (left > 0) {
            kept[i + 1] = runs[i] + left - 1;
        }
        return kept.length == 0 ? EMPTY : new TaskSet(kept);
    }

    /** One sweep over the edges of both; the flags say which regions of the Venn diagram stay. */
    private TaskSet merge(TaskSet other, boolean onlyThis, boolean onlyOther, boolean both) {
        int[] a = runs;
        int[] b = other.runs;
        int[] out = new int[a.length + b.length + 2];
        int size = 0;
        int i = 0;
        int j = 0;
        boolean inside = false;
        while (i < a.length || j < b.length) {
            int edgeA = i < a.length ? edge(a, i) : Integer.MAX_VALUE;
            int edgeB = j < b.length ? edge(b, j) : Integer.MAX_VALUE;
            int at = Math.min(edgeA, edgeB);
            i += edgeA == at ? 1 : 0;
            j += edgeB == at ? 1 : 0;
            boolean inA = i % 2 == 1;
            boolean inB = j % 2 == 1;
            boolean keep = inA ? (inB ? both : onlyThis) : inB && onlyOther;
            if (keep != inside) {
                out[size++] = keep ? at : at - 1;
                inside = keep;
            }
        }
        return size == 0 ? EMPTY : new TaskSet(Arrays.copyOf(out, size));
    }

    /** Where membership changes: the first index of a run, and the one behind its last. */
    private static int edge(int[] runs, int i) {
        return i % 2 == 0 ? runs[i] : runs[i] == Integer.MAX_VALUE ? runs[i] : runs[i] + 1;
    }

    /** All indices, ascending. */
    public IntStream stream() {
        return IntStream.range(0, runCount()).flatMap(r -> IntStream.rangeClosed(runs[2 * r], runs[2 * r + 1]));
    }

    @Override
    public int compareTo(TaskSet other) {
        return Arrays.compare(runs, other.runs);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TaskSet set && Arrays.equals(runs, set.runs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(runs);
    }

    /** The text form: ascending indices and ranges, {@code 0-3,7}; empty for the empty set. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < runs.length; i += 2) {
            out.append(i == 0 ? "" : ",").append(runs[i]);
            if (runs[i + 1] > runs[i]) {
                out.append('-').append(runs[i + 1]);
            }
        }
        return out.toString();
    }

    /** Collects indices in any order, each in constant time; for one thread. */
    public static final class Builder {
        private final BitSet bits = new BitSet();

        public Builder add(int index) {
            check(index);
            bits.set(index);
            return this;
        }

        public Builder add(int first, int last) {
            check(first);
            check(last);
            bits.set(first, last + 1);
            return this;
        }

        public Builder add(TaskSet tasks) {
            for (int i = 0; i < tasks.runs.length; i += 2) {
                bits.set(tasks.runs[i], tasks.runs[i + 1] + 1);
            }
            return this;
        }

        public TaskSet build() {
            if (bits.isEmpty()) {
                return EMPTY;
            }
            int[] out = new int[16];
            int size = 0;
            for (int from = bits.nextSetBit(0); from >= 0; ) {
                int end = bits.nextClearBit(from);
                if (size == out.length) {
                    out = Arrays.copyOf(out, 2 * size);
                }
                out[size++] = from;
                out[size++] = end - 1;
                from = bits.nextSetBit(end);
            }
            return new TaskSet(Arrays.copyOf(out, size));
        }
    }

    /** Iterates without boxing; the indices ascend. */
    public PrimitiveIterator.OfInt iterator() {
        return stream().iterator();
    }
}
