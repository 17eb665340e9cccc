package dev.sluice.testkit.simulation;

import dev.sluice.job.Lifecycle;
import dev.sluice.testkit.fake.FaultCounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** {@code make simulate SEEDS=n FIRST=m}: runs seeds on all cores, shows how far it is, and what they exercised. */
public final class SimulateMain {
    private static final int CHUNK = 100;

    private SimulateMain() {}

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        if (args.length == 2 && args[0].equals("tell")) {
            Seeds.tell(Long.parseLong(args[1]), System.out::println).ifPresent(System.out::println);
            return;
        }
        if (args.length == 2 && args[0].equals("story")) {
            story(Long.parseLong(args[1]));
            return;
        }
        long seeds = args.length > 0 ? Long.parseLong(args[0]) : 10_000;
        long first = args.length > 1 ? Long.parseLong(args[1]) : 1;
        long started = System.nanoTime();
        Tally tally = new Tally();
        try (ExecutorService cores =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<Tally>> chunks = new ArrayList<>();
            for (long from = first; from < first + seeds; from += CHUNK) {
                long begin = from;
                long end = Math.min(from + CHUNK, first + seeds);
                chunks.add(cores.submit(() -> Tally.of(begin, end)));
            }
            for (Future<Tally> chunk : chunks) {
                Tally more = chunk.get();
                more.failures.forEach(failure ->
                        System.out.println("FAILED " + failure + "; replay: make simulate TELL=" + failure.seed()));
                tally.add(more);
                double seconds = (System.nanoTime() - started) / 1e9;
                System.out.printf(
                        "%d of %d seeds, %d failed, %.0f s%n", tally.seeds, seeds, tally.failures.size(), seconds);
            }
        }
        tally.print(System.out::println);
        if (!tally.failures.isEmpty()) {
            System.exit(1);
        }
    }

    /** Tells a seed without what comes again and again: the looks at clusters. */
    private static void story(long seed) {
        System.out.println("""
                One life of a federation, in virtual time. Gateways commit, call clusters and hear from them; clusters (c0, c1 …) tell
                what truly happens there; people ask. Gateways die, clusters fail, and in the end every job has ended once.
                """);
        Consumer<String> listener = line -> {
            if (!line.contains(" Observe") && !line.contains(" Measure")) {
                System.out.println(line);
            }
        };
        Optional<Seeds.Failure> failure = Seeds.tell(seed, listener);
        System.out.println(failure.map(Object::toString).orElse("Every promise was kept."));
    }

    /** What many seeds exercised together. */
    static final class Tally {
        final List<Seeds.Failure> failures = new ArrayList<>();
        final FaultCounts faults = new FaultCounts();
        final Map<CrashPoint, Integer> passed = new TreeMap<>();
        final Map<CrashPoint, Integer> died = new TreeMap<>();
        final Map<String, Long> transitions = new TreeMap<>();
        long seeds;
        private long jobs;
        private long lives;
        private long commits;
        private long settled;

        static Tally of(long begin, long end) {
            Tally tally = new Tally();
            for (long seed = begin; seed < end; seed++) {
                tally.run(seed);
            }
            return tally;
        }

        private void run(long seed) {
            seeds++;
            try {
                Report report = Seeds.run(seed);
                faults.add(report.faults());
                report.passed().forEach((point, times) -> passed.merge(point, times, Integer::sum));
                report.died().forEach((point, times) -> died.merge(point, times, Integer::sum));
                report.transitions().forEach((step, times) -> transitions.merge(step, times, Long::sum));
                jobs += report.jobs();
                lives += report.lives();
                commits += report.commits();
                settled += report.settled();
            } catch (RuntimeException broken) {
                failures.add(new Seeds.Failure(seed, broken));
            }
        }

        void add(Tally other) {
            seeds += other.seeds;
            failures.addAll(other.failures);
            faults.add(other.faults);
            other.passed.forEach((point, times) -> passed.merge(point, times, Integer::sum));
            other.died.forEach((point, times) -> died.merge(point, times, Integer::sum));
            other.transitions.forEach((step, times) -> transitions.merge(step, times, Long::sum));
            jobs += other.jobs;
            lives += other.lives;
            commits += other.commits;
            settled += other.settled;
        }

        void print(Consumer<String> out) {
            out.accept("%d jobs, %d lives of gateways, %d commits, %d tasks settled by an operator"
                    .formatted(jobs, lives, commits, settled));
            out.accept("faults: " + faults.all());
            out.accept("gateways died: " + died);
            Lifecycle.table().stream()
                    .filter(step -> !transitions.containsKey(step.from() + " " + step.to()))
                    .forEach(step -> out.accept("never visited: " + step));
            for (CrashPoint point : CrashPoint.points()) {
                if (!died.containsKey(point)) {
                    out.accept("never died %s, passed %d times".formatted(point, passed.getOrDefault(point, 0)));
                }
            }
        }
    }
}
