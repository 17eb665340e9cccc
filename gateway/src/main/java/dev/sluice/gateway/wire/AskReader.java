package dev.sluice.gateway.wire;

import dev.sluice.job.ClusterName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads what placement reads of a job: resources, time limit, routing, needs. */
final class AskReader {
    static final String UNLIMITED = "unlimited";

    private enum ResourcesKey {
        NODES,
        TASKS,
        TASKS_PER_NODE,
        CPUS_PER_TASK,
        MEMORY,
        GPUS,
        TMP_BYTES_PER_NODE,
        LICENSES,
        GRES
    }

    private enum NodesKey {
        LEAST,
        MOST
    }

    private enum MemoryKey {
        PER_NODE_BYTES,
        PER_CPU_BYTES,
        PER_GPU_BYTES
    }

    /** Where no amount is told. */
    enum MemoryWord {
        CLUSTER_DEFAULT,
        WHOLE_NODE
    }

    private enum GpusKey {
        PER,
        COUNTS
    }

    private enum RoutingKey {
        ALLOWED,
        PREFERRED,
        REFUSED,
        PARTITIONS,
        QOS,
        ACCOUNT,
        CONSTRAINT,
        RESERVATION,
        SHARING,
        NODE_LIST,
        EXCLUDED_NODES
    }

    private enum NeedsKey {
        MODULES,
        FILE_SYSTEMS
    }

    private static final Keys<ResourcesKey> RESOURCES = Keys.ofObject(ResourcesKey.class);
    private static final Keys<NodesKey> NODES = Keys.ofObject(NodesKey.class);
    private static final Keys<MemoryKey> MEMORY = Keys.ofObject(MemoryKey.class);
    private static final Keys<MemoryWord> MEMORY_WORDS = Keys.ofValues(MemoryWord.class);
    private static final Keys<GpusKey> GPUS = Keys.ofObject(GpusKey.class);
    static final Keys<Gpus.Per> PER = Keys.ofValues(Gpus.Per.class);
    private static final Keys<RoutingKey> ROUTING = Keys.ofObject(RoutingKey.class);
    static final Keys<Routing.Sharing> SHARING = Keys.ofValues(Routing.Sharing.class);
    private static final Keys<NeedsKey> NEEDS = Keys.ofObject(NeedsKey.class);

    private final JsonReader in;

    AskReader(JsonReader in) {
        this.in = in;
    }

    /** Seconds, or the word for no limit. */
    Duration limit() throws IOException {
        if (in.atText()) {
            String text = in.text();
            if (!text.equals(UNLIMITED)) {
                throw in.objection("seconds, or \"" + UNLIMITED + "\"", text);
            }
            return Ask.UNLIMITED;
        }
        return Duration.ofSeconds(in.whole(1, Ask.UNLIMITED.toSeconds()));
    }

    // ---- resources ----

    /** The fields of resources as far as they were read; null for absent where an empty value would say something else. */
    private static final class Amounts {
        private Nodes nodes = Nodes.ANY;
        private int tasks;
        private OptionalInt tasksPerNode = OptionalInt.empty();
        private int cpusPerTask = 1;
        private Memory memory = Memory.Unstated.CLUSTER_DEFAULT;
        private Gpus gpus = Gpus.NONE;
        private long tmp;
        private SortedMap<String, Integer> licenses = Collections.emptySortedMap();
        private SortedMap<String, Long> gres = Collections.emptySortedMap();
    }

    Resources resources() throws IOException {
        Amounts a = new Amounts();
        int errors = in.errorCount();
        in.object(RESOURCES, key -> {
            switch (key) {
                case NODES -> a.nodes = nodes();
                case TASKS -> a.tasks = in.count(1, Resources.MAX_TASKS);
                case TASKS_PER_NODE -> a.tasksPerNode = OptionalInt.of(in.count(1, Resources.MAX_TASKS));
                case CPUS_PER_TASK -> a.cpusPerTask = in.count(1, Resources.MAX_CPUS_PER_TASK);
                case MEMORY -> a.memory = memory();
                case GPUS -> a.gpus = gpus();
                case TMP_BYTES_PER_NODE -> a.tmp = in.whole(0, Memory.MAX_BYTES);
                case LICENSES -> a.licenses = counts(Resources.MAX_LICENSES, Resources.MAX_LICENSE_COUNT);
                case GRES -> a.gres = gres();
            }
        });
        if (in.errorCount() > errors) {
            return Resources.DEFAULTS;
        }
        // As sbatch has it: at least one task for each node.
        int tasks = a.tasks == 0 ? a.nodes.least() : a.tasks;
        return new Resources(
                a.nodes, tasks, a.tasksPerNode, a.cpusPerTask, a.memory, a.gpus, a.tmp, a.licenses, a.gres);
    }

    private Nodes nodes() throws IOException {
        if (!in.atObject()) {
            return Nodes.exactly(in.count(1, Nodes.MOST));
        }
        int[] bounds = new int[2];
        int errors = in.errorCount();
        in.object(NODES, JsonReader.Nulls.PASSED, key -> bounds[key.ordinal()] = in.count(1, Nodes.MOST));
        if (in.errorCount() > errors) {
            return Nodes.ANY;
        }
        if (bounds[0] == 0 || bounds[1] == 0) {
            throw new Objection(
                    in.pointer(),
                    "expected both least and most, found " + (bounds[0] + bounds[1] == 0 ? "neither" : "one"));
        }
        return new Nodes(bounds[0], bounds[1]);
    }

    private Memory memory() throws IOException {
        if (in.atText()) {
            return switch (in.word(MEMORY_WORDS)) {
                case CLUSTER_DEFAULT -> Memory.Unstated.CLUSTER_DEFAULT;
                case WHOLE_NODE -> Memory.Unstated.WHOLE_NODE;
            };
        }
        List<Memory> found = new ArrayList<>(1);
        int errors = in.errorCount();
        in.object(MEMORY, key -> {
            long bytes = in.whole(1, Memory.MAX_BYTES);
            found.add(
                    switch (key) {
                        case PER_NODE_BYTES -> new Memory.PerNode(bytes);
                        case PER_CPU_BYTES -> new Memory.PerCpu(bytes);
                        case PER_GPU_BYTES -> new Memory.PerGpu(bytes);
                    });
        });
        if (in.errorCount() > errors) {
            return Memory.Unstated.CLUSTER_DEFAULT;
        }
        if (found.size() != 1) {
            throw new Objection(in.pointer(), "expected exactly one of " + MEMORY.all() + ", found " + found.size());
        }
        return found.getFirst();
    }

    private Gpus gpus() throws IOException {
        List<SortedMap<String, Integer>> counts = new ArrayList<>(1);
        Gpus.Per[] per = {Gpus.Per.JOB};
        int errors = in.errorCount();
        in.object(GPUS, key -> {
            switch (key) {
                case PER -> per[0] = in.word(PER);
                case COUNTS -> counts.add(counts(Gpus.MAX_TYPES, Gpus.MAX_COUNT));
            }
        });
        if (in.errorCount() > errors) {
            return Gpus.NONE;
        }
        if (counts.isEmpty()) {
            throw new Objection(in.pointer(), "expected counts by type, found none");
        }
        return new Gpus(per[0], counts.getFirst());
    }

    private SortedMap<String, Integer> counts(int mostKeys, int mostEach) throws IOException {
        SortedMap<String, Integer> counts = new TreeMap<>();
        in.map(name -> {
            if (counts.put(name, in.count(1, mostEach)) != null) {
                throw in.twice();
            }
            in.bounded(counts.size(), mostKeys);
        });
        return counts;
    }

    private SortedMap<String, Long> gres() throws IOException {
        SortedMap<String, Long> counts = new TreeMap<>();
        in.map(name -> {
            if (counts.put(name, in.whole(1, Resources.MAX_GRES_COUNT)) != null) {
                throw in.twice();
            }
            in.bounded(counts.size(), Resources.MAX_GRES);
        });
        return counts;
    }

    // ---- routing and needs ----

    /** The fields of routing as far as they were read. */
    private static final class Ways {
        private SortedSet<ClusterName> allowed = Collections.emptySortedSet();
        private SortedSet<ClusterName> preferred = Collections.emptySortedSet();
        private SortedSet<ClusterName> refused = Collections.emptySortedSet();
        private List<String> partitions = List.of();
        private Optional<String> qos = Optional.empty();
        private Optional<String> account = Optional.empty();
        private Optional<String> constraint = Optional.empty();
        private Optional<String> reservation = Optional.empty();
        private Routing.Sharing sharing = Routing.Sharing.CLUSTER_DEFAULT;
        private Optional<String> nodeList = Optional.empty();
        private Optional<String> excludedNodes = Optional.empty();
    }

    Routing routing() throws IOException {
        Ways w = new Ways();
        int errors = in.errorCount();
        in.object(ROUTING, key -> {
            switch (key) {
                case ALLOWED -> w.allowed = clusters();
                case PREFERRED -> w.preferred = clusters();
                case REFUSED -> w.refused = clusters();
                case PARTITIONS -> {
                    List<String> partitions = new ArrayList<>();
                    in.list(Routing.MAX_PARTITIONS, () -> partitions.add(in.text()));
                    w.partitions = partitions;
                }
                case QOS -> w.qos = Optional.of(in.text());
                case ACCOUNT -> w.account = Optional.of(in.text());
                case CONSTRAINT -> w.constraint = Optional.of(in.text());
                case RESERVATION -> w.reservation = Optional.of(in.text());
                case SHARING -> w.sharing = in.word(SHARING);
                case NODE_LIST -> w.nodeList = Optional.of(in.text());
                case EXCLUDED_NODES -> w.excludedNodes = Optional.of(in.text());
            }
        });
        return in.errorCount() > errors
                ? Routing.ANYWHERE
                : new Routing(
                        w.allowed,
                        w.preferred,
                        w.refused,
                        w.partitions,
                        w.qos,
                        w.account,
                        w.constraint,
                        w.reservation,
                        w.sharing,
                        w.nodeList,
                        w.excludedNodes);
    }

    private SortedSet<ClusterName> clusters() throws IOException {
        SortedSet<ClusterName> clusters = new TreeSet<>();
        in.list(Routing.MAX_CLUSTERS, () -> {
            if (!clusters.add(new ClusterName(in.text()))) {
                throw in.objection("each once", in.text() + " twice");
            }
        });
        return clusters;
    }

    Needs needs() throws IOException {
        List<SortedSet<String>> modules = new ArrayList<>(1);
        SortedSet<String> fileSystems = new TreeSet<>();
        int errors = in.errorCount();
        in.object(NEEDS, key -> {
            switch (key) {
                case MODULES -> {
                    modules.add(new TreeSet<>());
                    names(modules.getFirst(), Needs.MAX_MODULES);
                }
                case FILE_SYSTEMS -> names(fileSystems, Needs.MAX_FILE_SYSTEMS);
            }
        });
        return in.errorCount() > errors
                ? Needs.NONE
                : new Needs(modules.stream().findFirst(), fileSystems);
    }

    private void names(SortedSet<String> into, int most) throws IOException {
        in.list(most, () -> {
            if (!into.add(in.text())) {
                throw in.objection("each once", in.text() + " twice");
            }
        });
    }
}
