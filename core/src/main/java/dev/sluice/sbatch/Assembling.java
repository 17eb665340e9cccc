package dev.sluice.sbatch;

import dev.sluice.job.InvalidValue;
import dev.sluice.sbatch.Choices.Source;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Makes the job of what was chosen, with sbatch's checks of choices against each other. For one thread. */
final class Assembling {
    private static final long NANOS_OF_MINUTE = 60_000_000_000L;
    private static final List<String> MEMORIES = List.of("mem", "mem-per-cpu", "mem-per-gpu");

    private final Choices choices;
    private final Map<String, String> environment;
    private final Sbatch.Context context;
    private final List<String> warnings = new ArrayList<>();

    Assembling(Choices choices, Map<String, String> environment, Sbatch.Context context) {
        this.choices = choices;
        this.environment = environment;
        this.context = context;
    }

    Sbatch.Submission job(String defaultName, Work work) {
        checkExclusions();
        String name = choices.text("job-name").orElse(defaultName);
        Resources resources = resources();
        JobSpec.Builder job = JobSpec.builder(name, context.project(), context.user(), work)
                .environment(exported(name))
                .ask(new Ask(resources, choices.limit.map(Assembling::limit), routing(), Needs.NONE))
                .files(files())
                .after(choices.after)
                .rules(rules())
                .mail(Mail.of(choices.mail, choices.text("mail-user")));
        choices.text("array").ifPresent(text -> job.array(array(text)));
        choices.text("comment").filter(text -> !text.isEmpty()).ifPresent(job::comment);
        choices.begin.ifPresent(begin -> job.begin(begin.isBefore(Instant.EPOCH) ? Instant.EPOCH : begin));
        return new Sbatch.Submission(job.build(), manner(), warnings);
    }

    private Sbatch.Manner manner() {
        Sbatch.Answer answer = choices.flag("quiet")
                ? Sbatch.Answer.QUIET
                : choices.flag("parsable") ? Sbatch.Answer.PARSABLE : Sbatch.Answer.SENTENCE;
        return new Sbatch.Manner(answer, choices.flag("test-only"), choices.flag("wait"), choices.flag("verbose"));
    }

    // ---- what excludes what ----

    private void checkExclusions() {
        if (from(Source.WORDS, MEMORIES) > 1) {
            throw Stop.fatal("--mem, --mem-per-cpu, and --mem-per-gpu are mutually exclusive.");
        }
        if (from(Source.WORDS, MEMORIES) == 1) {
            MEMORIES.stream()
                    .filter(option -> choices.isFrom(Source.ENVIRONMENT, option))
                    .forEach(choices::forget);
        } else if (from(Source.ENVIRONMENT, MEMORIES) > 1) {
            throw Stop.fatal("SLURM_MEM_PER_CPU, SLURM_MEM_PER_GPU, and SLURM_MEM_PER_NODE are mutually exclusive.");
        }
        boolean gpuGres = !choices.gpus.getOrDefault("gres", new TreeMap<>()).isEmpty();
        if (gpuGres && choices.has("gpus-per-node")) {
            throw Stop.fatal("--gpus-per-node and --gres=gpu are mutually exclusive.");
        }
        if (choices.isFrom(Source.WORDS, "exclusive") && choices.isFrom(Source.WORDS, "oversubscribe")) {
            throw Stop.fatal("--exclusive and --oversubscribe options are mutually exclusive");
        }
        if (choices.flag("quiet") && choices.flag("verbose")) {
            throw Stop.error("don't specify both --verbose (-v) and --quiet (-Q)");
        }
    }

    private long from(Source source, List<String> options) {
        return options.stream().filter(option -> choices.isFrom(source, option)).count();
    }

    // ---- what it asks for ----

    private Resources resources() {
        OptionalInt perNode = choices.number("ntasks-per-node");
        int[] bounds = nodeBounds();
        int tasks = choices.number("ntasks").orElse(Math.max(1, bounds[0]) * perNode.orElse(1));
        if (choices.number("ntasks").isPresent() && (choices.nodes.isPresent() || choices.has("nodelist"))) {
            bounds[1] = Math.min(bounds[1], Math.max(tasks, bounds[0]));
            if (tasks < bounds[0]) {
                warnings.add("sbatch: warning: can't run " + tasks + " processes on " + bounds[0]
                        + " nodes, setting nnodes to " + tasks);
                bounds = new int[] {tasks, tasks};
            }
        }
        boolean anywhere = choices.nodes.isEmpty() && !choices.has("nodelist");
        return new Resources(
                anywhere ? Nodes.ANY : new Nodes(bounds[0], bounds[1]),
                tasks,
                perNode,
                choices.number("cpus-per-task").orElse(1),
                memory(),
                gpus(),
                choices.bytes.getOrDefault("tmp", 0L),
                choices.licenses,
                choices.gres);
    }

    /** The fewest and the most nodes; those that are named count where no number is. */
    private int[] nodeBounds() {
        Optional<NodeCount> count = choices.nodes;
        if (count.isEmpty()) {
            int named = choices.text("nodelist")
                    .map(text -> HostList.parse(text).names().size())
                    .orElse(1);
            return new int[] {named, Nodes.MOST};
        }
        int least = count.orElseThrow().least();
        int most = count.orElseThrow().most();
        if (least == 0 && most == 0) {
            throw Stop.submission("Node count specification invalid");
        }
        return new int[] {Math.max(1, least), most == 0 ? Nodes.MOST : most};
    }

    private Memory memory() {
        for (String option : MEMORIES) {
            Long bytes = choices.bytes.get(option);
            if (bytes == null) {
                continue;
            }
            if (bytes == 0) {
                return Memory.Unstated.WHOLE_NODE;
            }
            return switch (option) {
                case "mem" -> new Memory.PerNode(bytes);
                case "mem-per-cpu" -> new Memory.PerCpu(bytes);
                default -> new Memory.PerGpu(bytes);
            };
        }
        return Memory.Unstated.CLUSTER_DEFAULT;
    }

    private Gpus gpus() {
        List<Gpus> asked = Stream.of(
                        of(Gpus.Per.JOB, "gpus"),
                        of(Gpus.Per.NODE, "gpus-per-node"),
                        of(Gpus.Per.NODE, "gres"),
                        of(Gpus.Per.TASK, "gpus-per-task"))
                .filter(gpus -> !gpus.isNone())
                .toList();
        if (asked.size() > 1) {
            throw Stop.unsupported(
                    "GPUs counted in two ways at once (--gpus, --gpus-per-node, --gpus-per-task, --gres)");
        }
        return asked.isEmpty() ? Gpus.NONE : asked.getFirst();
    }

    private Gpus of(Gpus.Per per, String option) {
        return new Gpus(per, choices.gpus.getOrDefault(option, new TreeMap<>()));
    }

    /** Rounded up to minutes. */
    private static Duration limit(Duration limit) {
        boolean none = limit.isZero() || limit.isNegative() || limit.compareTo(Ask.UNLIMITED) >= 0;
        return none ? Ask.UNLIMITED : Duration.ofMinutes(Math.ceilDiv(limit.toNanos(), NANOS_OF_MINUTE));
    }

    private Routing routing() {
        return new Routing(
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeSet<>(),
                choices.text("partition").map(text -> List.of(text.split(","))).orElse(List.of()),
                choices.text("qos"),
                choices.text("account"),
                choices.text("constraint"),
                choices.text("reservation"),
                choices.sharing,
                choices.text("nodelist"),
                choices.text("exclude"));
    }

    // ---- what it runs with ----

    private Files files() {
        String directory = choices.text("chdir")
                .map(path -> path.startsWith("/") ? path : context.directory() + "/" + path)
                .orElse(context.directory());
        return new Files(
                Optional.of(directory),
                choices.text("output"),
                choices.text("error"),
                choices.text("input"),
                choices.openMode,
                List.of());
    }

    private Rules rules() {
        Rules rules = Rules.DEFAULTS;
        if (choices.requeue.isPresent()) {
            rules = rules.withRequeue(choices.requeue.orElseThrow() ? Rules.Requeue.ON : Rules.Requeue.OFF);
        }
        if (choices.signal.isPresent()) {
            rules = rules.withEndSignal(choices.signal.orElseThrow());
        }
        return choices.text("kill-on-invalid-dep")
                        .filter("yes"::equalsIgnoreCase)
                        .isPresent()
                ? rules.withNeverSatisfied(Rules.NeverSatisfied.END)
                : rules;
    }

    private static ArraySpec array(String text) {
        try {
            return ArraySpec.parse(text);
        } catch (InvalidValue e) {
            throw Stop.submission("Invalid job array specification");
        }
    }

    private Environment exported(String name) {
        SortedMap<String, String> all = new TreeMap<>(environment);
        all.putIfAbsent("SLURM_UMASK", String.format("0%03o", context.umask()));
        all.putIfAbsent("SLURM_PRIO_PROCESS", "0");
        all.put("SLURM_SUBMIT_DIR", context.directory());
        all.put("SLURM_SUBMIT_HOST", context.host());
        all.put("SLURM_JOB_NAME", name);
        choices.text("export")
                .filter(export -> !export.equalsIgnoreCase("ALL"))
                .ifPresent(export -> all.putIfAbsent("SLURM_EXPORT_ENV", export));
        SortedMap<String, String> chosen = Exported.of(all, choices.text("export"));
        for (String unfit : Exported.unfit(chosen)) {
            chosen.remove(unfit);
            warnings.add("sbatch: warning: left out an environment variable whose name is not printable ASCII");
        }
        return Environment.of(chosen);
    }
}
