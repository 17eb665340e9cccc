package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a job needs while it runs; an array needs it once for each of its running tasks.
 *
 * <p>Totals ({@link #cpus()}, {@link #memoryBytes()}, {@link #totalGpus()}, {@link #tmpBytes()}) are for the fewest nodes that
 * the job accepts; bounds keep each below 2⁶² (FAULTS.md, B29).
 *
 * @param tasks processes, in SLURM's sense ({@code -n}): at least one for each of the fewest nodes, at most {@value
 *     #MAX_TASKS}. Not the tasks of an array
 * @param tasksPerNode at most this many on a node ({@code --ntasks-per-node})
 * @param cpusPerTask whole CPUs, 1 to {@value #MAX_CPUS_PER_TASK} (16 bits in SLURM)
 * @param tmpBytesPerNode node-local scratch ({@code --tmp}), 0 for none, at most {@link Memory#MAX_BYTES}
 * @param licenses by name ({@code name} or {@code name@server}), 1 to {@value #MAX_LICENSE_COUNT} each
 * @param gres other generic resources on each node ({@code --gres}), by {@code name} or {@code name:type}, 1 to {@value
 *     #MAX_GRES_COUNT} each, at most {@value #MAX_GRES}. GPUs are not among them: they are {@link Gpus} per node
 */
public record Resources(
        Nodes nodes,
        int tasks,
        OptionalInt tasksPerNode,
        int cpusPerTask,
        Memory memory,
        Gpus gpus,
        long tmpBytesPerNode,
        SortedMap<String, Integer> licenses,
        SortedMap<String, Long> gres) {
    public static final int MAX_TASKS = 1 << 24;
    public static final int MAX_CPUS_PER_TASK = 65_535;
    public static final int MAX_LICENSES = 64;
    public static final int MAX_LICENSE_COUNT = 1_000_000;
    public static final int MAX_GRES = 32;
    public static final long MAX_GRES_COUNT = 1L << 50;

    /** One task on one CPU somewhere: what sbatch asks for when told nothing. */
    public static final Resources DEFAULTS = new Resources(
            Nodes.ANY,
            1,
            OptionalInt.empty(),
            1,
            Memory.Unstated.CLUSTER_DEFAULT,
            Gpus.NONE,
            0,
            Check.sorted(Map.<String, Integer>of()),
            Check.sorted(Map.<String, Long>of()));

    private static final long MAX_TOTAL_BYTES = 1L << 62;
    private static final Pattern LICENSE =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}(@[A-Za-z0-9_.-]{1,127})?");

    private static final Pattern GRES =
            Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,62}(:[A-Za-z0-9_][A-Za-z0-9_.+-]{0,62})?");

    public Resources {
        Check.range("tasks", tasks, 1, MAX_TASKS);
        if (tasks < nodes.least()) {
            throw new InvalidValue(
                    "tasks", "at least one for each of " + nodes.least() + " nodes", Integer.toString(tasks));
        }
        tasksPerNode.ifPresent(most -> Check.range("tasks per node", most, 1, MAX_TASKS));
        if (tasksPerNode.isPresent() && (long) tasksPerNode.getAsInt() * nodes.most() < tasks) {
            throw new InvalidValue(
                    "tasks per node",
                    "room for " + tasks + " tasks on " + nodes.most() + " nodes",
                    Integer.toString(tasksPerNode.getAsInt()));
        }
        Check.range("cpus per task", cpusPerTask, 1, MAX_CPUS_PER_TASK);
        Check.range("tmp", tmpBytesPerNode, 0, Memory.MAX_BYTES);
        if (licenses.size() > MAX_LICENSES) {
            throw new InvalidValue("licenses", "at most " + MAX_LICENSES, Integer.toString(licenses.size()));
        }
        licenses = Check.sorted(licenses);
        licenses.forEach(Resources::checkLicense);
        if (gres.size() > MAX_GRES) {
            throw new InvalidValue("gres", "at most " + MAX_GRES, Integer.toString(gres.size()));
        }
        gres = Check.sorted(gres);
        gres.forEach(Resources::checkGres);
        if (memory instanceof Memory.PerGpu && gpus.isNone()) {
            throw new InvalidValue("memory per gpu", "a request for GPUs beside it", "no GPU");
        }
        checkTotals(nodes, tasks, cpusPerTask, memory, gpus, tmpBytesPerNode);
    }

    private static void checkLicense(String name, int count) {
        if (!LICENSE.matcher(name).matches()) {
            throw new InvalidValue("license", "name or name@server of letters, digits, '_', '.', '+' and '-'", name);
        }
        Check.range("licenses of " + name, count, 1, MAX_LICENSE_COUNT);
    }

    private static void checkGres(String name, long count) {
        if (!GRES.matcher(name).matches() || name.equals("gpu") || name.startsWith("gpu:")) {
            throw new InvalidValue(
                    "gres name", "name or name:type of letters, digits, '_', '.', '+' and '-', and no gpu", name);
        }
        Check.range("gres of " + name, count, 1, MAX_GRES_COUNT);
    }

    private static void checkTotals(Nodes nodes, int tasks, int cpusPerTask, Memory memory, Gpus gpus, long tmp) {
        long units = switch (memory) {
            case Memory.PerNode node -> nodes.least();
            case Memory.PerCpu cpu -> (long) tasks * cpusPerTask;
            case Memory.PerGpu gpu -> sum(gpus) * units(gpus.per(), nodes, tasks);
            case Memory.Unstated none -> 0;
        };
        checkTotal("memory", memory.bytes(), units);
        checkTotal("tmp", tmp, nodes.least());
    }

    private static void checkTotal(String field, long each, long units) {
        if (units > 0 && each > MAX_TOTAL_BYTES / units) {
            throw new InvalidValue(
                    field, "at most " + MAX_TOTAL_BYTES + " bytes in all", each + " bytes " + units + " times");
        }
    }

    private static long sum(Gpus gpus) {
        return gpus.counts().values().stream().mapToLong(Integer::longValue).sum();
    }

    private static long units(Gpus.Per per, Nodes nodes, int tasks) {
        return switch (per) {
            case NODE -> nodes.least();
            case TASK -> tasks;
            case JOB -> 1;
        };
    }

    /** CPUs in all; at most 2⁴⁰. */
    public long cpus() {
        return (long) tasks * cpusPerTask;
    }

    /** Bytes in all; 0 where the amount is {@link Memory.Unstated}, so known to the cluster alone. */
    public long memoryBytes() {
        return memory.bytes()
                * switch (memory) {
                    case Memory.PerNode node -> nodes.least();
                    case Memory.PerCpu cpu -> cpus();
                    case Memory.PerGpu gpu -> gpuCount();
                    case Memory.Unstated none -> 0L;
                };
    }

    /** GPUs in all, by type. */
    public SortedMap<String, Long> totalGpus() {
        long units = units(gpus.per(), nodes, tasks);
        SortedMap<String, Long> totals = new TreeMap<>();
        gpus.counts().forEach((type, count) -> totals.put(type, count * units));
        return Check.sorted(totals);
    }

    /** GPUs in all, of whatever type. */
    public long gpuCount() {
        return sum(gpus) * units(gpus.per(), nodes, tasks);
    }

    /** Node-local scratch in all. */
    public long tmpBytes() {
        return tmpBytesPerNode * nodes.least();
    }

    public Resources withNodes(Nodes value) {
        return new Resources(
                value,
                Math.max(tasks, value.least()),
                tasksPerNode,
                cpusPerTask,
                memory,
                gpus,
                tmpBytesPerNode,
                licenses,
                gres);
    }

    public Resources withTasks(int value) {
        return new Resources(nodes, value, tasksPerNode, cpusPerTask, memory, gpus, tmpBytesPerNode, licenses, gres);
    }

    public Resources withTasksPerNode(int value) {
        return new Resources(
                nodes, tasks, OptionalInt.of(value), cpusPerTask, memory, gpus, tmpBytesPerNode, licenses, gres);
    }

    public Resources withCpusPerTask(int value) {
        return new Resources(nodes, tasks, tasksPerNode, value, memory, gpus, tmpBytesPerNode, licenses, gres);
    }

    public Resources withMemory(Memory value) {
        return new Resources(nodes, tasks, tasksPerNode, cpusPerTask, value, gpus, tmpBytesPerNode, licenses, gres);
    }

    public Resources withGpus(Gpus value) {
        return new Resources(nodes, tasks, tasksPerNode, cpusPerTask, memory, value, tmpBytesPerNode, licenses, gres);
    }

    public Resources withTmpBytesPerNode(long value) {
        return new Resources(nodes, tasks, tasksPerNode, cpusPerTask, memory, gpus, value, licenses, gres);
    }

    public Resources withLicenses(Map<String, Integer> value) {
        return new Resources(
                nodes, tasks, tasksPerNode, cpusPerTask, memory, gpus, tmpBytesPerNode, Check.sorted(value), gres);
    }

    public Resources withGres(Map<String, Long> value) {
        return new Resources(
                nodes, tasks, tasksPerNode, cpusPerTask, memory, gpus, tmpBytesPerNode, licenses, Check.sorted(value));
    }
}
