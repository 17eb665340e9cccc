package dev.sluice.slurm.ssh;

import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Submitted;
import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Ask;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code sbatch}: a submission as its options, its answer as an id. */
final class Sbatch {
    private static final long MEBIBYTE = 1L << 20;
    private static final String FAILED = "Batch job submission failed: ";
    /** A refused option or a bad {@code #SBATCH} line: nothing was sent to the controller. */
    private static final int OPTION_REFUSED = 255;

    private static final Pattern ID = Pattern.compile("(?:Submitted batch job )?([0-9]{1,10})(?:;\\S+)?");
    private static final Pattern LOCAL = Pattern.compile("(?:Batch script is empty!"
            + "|Batch script contains only whitespace!|Batch script contains DOS line breaks.*"
            + "|This does not look like a batch script\\..*"
            + "|Invalid numeric value .*|Invalid generic resource \\(gres\\) specification"
            + "|Invalid --[a-z-]+ specification|.* is not a valid node count"
            + "|Maximum node count .* is less than minimum node count .*)");

    private Sbatch() {}

    static List<String> argv(Submission job) {
        List<String> argv = new ArrayList<>(List.of("sbatch", "--parsable", "--hold", "--no-requeue"));
        argv.add("--job-name=" + job.name());
        argv.add("--comment=" + job.comment());
        job.directory().ifPresent(path -> argv.add("--chdir=" + path));
        argv.add("--output=" + job.output());
        job.error().ifPresent(path -> argv.add("--error=" + path));
        argv.add("--input=" + job.input());
        switch (job.openMode()) {
            case CLUSTER_DEFAULT -> {}
            case TRUNCATE -> argv.add("--open-mode=truncate");
            case APPEND -> argv.add("--open-mode=append");
        }
        job.array()
                .ifPresent(array ->
                        argv.add("--array=" + array.indices() + (array.atOnce() > 0 ? "%" + array.atOnce() : "")));
        job.limit()
                .ifPresent(limit ->
                        argv.add("--time=" + (limit.equals(Ask.UNLIMITED) ? "UNLIMITED" : Scontrol.minutes(limit))));
        size(job.resources(), job.routing().nodeList().isPresent(), argv);
        resources(job.resources(), argv);
        routing(job.routing(), argv);
        job.nice().ifPresent(nice -> argv.add("--nice=" + nice));
        job.signal().ifPresent(signal -> argv.add("--signal=" + signal(signal)));
        job.mail().ifPresent(mail -> {
            argv.add("--mail-type=" + mail.types());
            mail.user().ifPresent(user -> argv.add("--mail-user=" + user));
        });
        return argv;
    }

    /**
     * What sbatch works out by itself is left to it: a number of tasks that is given bounds the nodes, and of CPUs the step.
     *
     * @param named whether nodes are named, which says how many at the least
     */
    private static void size(Resources needs, boolean named, List<String> argv) {
        Nodes nodes = needs.nodes();
        if (!nodes.equals(Nodes.ANY) && !(named && nodes.most() == Nodes.MOST)) {
            argv.add("--nodes=" + nodes);
        }
        if (needs.tasks() != (long) nodes.least() * needs.tasksPerNode().orElse(1)) {
            argv.add("--ntasks=" + needs.tasks());
        }
        needs.tasksPerNode().ifPresent(most -> argv.add("--ntasks-per-node=" + most));
        if (needs.cpusPerTask() > 1) {
            argv.add("--cpus-per-task=" + needs.cpusPerTask());
        }
    }

    private static void resources(Resources needs, List<String> argv) {
        switch (needs.memory()) {
            case Memory.PerNode node -> argv.add("--mem=" + mebibytes(node.bytes()));
            case Memory.PerCpu cpu -> argv.add("--mem-per-cpu=" + mebibytes(cpu.bytes()));
            case Memory.PerGpu gpu -> argv.add("--mem-per-gpu=" + mebibytes(gpu.bytes()));
            case Memory.Unstated.CLUSTER_DEFAULT -> {}
            case Memory.Unstated.WHOLE_NODE -> argv.add("--mem=0");
        }
        gres(needs, argv);
        if (needs.tmpBytesPerNode() > 0) {
            argv.add("--tmp=" + mebibytes(needs.tmpBytesPerNode()));
        }
        if (!needs.licenses().isEmpty()) {
            argv.add("--licenses=" + counted(needs.licenses()));
        }
    }

    /** GPUs on each node are generic resources, as {@code --gres=gpu:2} asks for them and every select plugin understands. */
    private static void gres(Resources needs, List<String> argv) {
        List<String> each = new ArrayList<>();
        Gpus gpus = needs.gpus();
        if (!gpus.isNone()) {
            switch (gpus.per()) {
                case JOB -> argv.add("--gpus=" + typed(gpus, "", ""));
                case TASK -> argv.add("--gpus-per-task=" + typed(gpus, "", ""));
                case NODE -> each.add(typed(gpus, "gpu:", "gpu:"));
            }
        }
        if (!needs.gres().isEmpty()) {
            each.add(counted(needs.gres()));
        }
        if (!each.isEmpty()) {
            argv.add("--gres=" + String.join(",", each));
        }
    }

    private static String typed(Gpus gpus, String beforeAny, String beforeType) {
        return gpus.counts().entrySet().stream()
                .map(count -> count.getKey().equals(Gpus.ANY_TYPE)
                        ? beforeAny + count.getValue()
                        : beforeType + count.getKey() + ":" + count.getValue())
                .collect(Collectors.joining(","));
    }

    private static String counted(Map<String, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(count -> count.getKey() + ":" + count.getValue())
                .collect(Collectors.joining(","));
    }

    /** What SLURM keeps; rounded up, as it does. */
    private static String mebibytes(long bytes) {
        return (bytes + MEBIBYTE - 1) / MEBIBYTE + "M";
    }

    private static void routing(Routing routing, List<String> argv) {
        if (!routing.partitions().isEmpty()) {
            argv.add("--partition=" + String.join(",", routing.partitions()));
        }
        routing.account().ifPresent(name -> argv.add("--account=" + name));
        routing.qos().ifPresent(name -> argv.add("--qos=" + name));
        routing.constraint().ifPresent(text -> argv.add("--constraint=" + text));
        routing.reservation().ifPresent(name -> argv.add("--reservation=" + name));
        routing.nodeList().ifPresent(nodes -> argv.add("--nodelist=" + nodes));
        routing.excludedNodes().ifPresent(nodes -> argv.add("--exclude=" + nodes));
        switch (routing.sharing()) {
            case CLUSTER_DEFAULT -> {}
            case EXCLUSIVE -> argv.add("--exclusive");
            case EXCLUSIVE_USER -> argv.add("--exclusive=user");
            case EXCLUSIVE_MCS -> argv.add("--exclusive=mcs");
            case EXCLUSIVE_TOPO -> argv.add("--exclusive=topo");
            case OVERSUBSCRIBE -> argv.add("--oversubscribe");
        }
    }

    private static String signal(EndSignal signal) {
        String target = signal.target() == EndSignal.Target.BATCH_SHELL ? "B:" : "";
        return target + signal.number() + "@" + signal.secondsBefore();
    }

    static Answer<Submitted> parse(Outcome.Ended ended) {
        List<String> notes = new ArrayList<>();
        Set<Long> ids = new LinkedHashSet<>();
        for (String line : ended.out().lines().toList()) {
            Matcher id = ID.matcher(line.strip());
            if (id.matches()) {
                ids.add(Long.parseLong(id.group(1)));
            } else if (!line.isBlank()) {
                notes.add(line.strip());
            }
        }
        ended.err().lines().map(Sbatch::bare).filter(line -> !line.isBlank()).forEach(notes::add);
        if (ids.size() == 1 && ended.exit() == 0) {
            return Answer.said(new Submitted(ids.iterator().next(), notes));
        }
        Optional<Refusal> refusal = ids.isEmpty() && ended.exit() != 0 ? refusal(ended, notes) : Optional.empty();
        return refusal.<Answer<Submitted>>map(Answer.Refused::new)
                .orElseGet(() -> Answer.unknown("sbatch: " + ended.complaint()));
    }

    private static Optional<Refusal> refusal(Outcome.Ended ended, List<String> notes) {
        String all = String.join("; ", notes);
        for (String note : notes) {
            if (note.startsWith(FAILED)) {
                return Refusals.of(note.substring(FAILED.length()))
                        .map(known -> new Refusal(known.code(), all, known.retry()));
            }
        }
        boolean optionRefused = ended.exit() == OPTION_REFUSED && !notes.isEmpty();
        boolean refusedHere =
                notes.stream().anyMatch(note -> LOCAL.matcher(note).matches());
        return optionRefused || refusedHere ? Optional.of(Refusal.never("invalid-option", all)) : Optional.empty();
    }

    /** Without sbatch's own name before it. */
    private static String bare(String line) {
        return line.strip().replaceFirst("^sbatch: (?:error: |fatal: )?", "");
    }
}
