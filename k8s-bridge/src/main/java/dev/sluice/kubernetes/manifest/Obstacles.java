package dev.sluice.kubernetes.manifest;

import dev.sluice.job.Attempt;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.script.Opening;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Work;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of a job a Kubernetes cluster cannot honour, each with its own name. */
public final class Obstacles {
    /** Of an Indexed Job without a bound on its failures (Kubernetes, batch validation, completionsSoftLimit). */
    static final int MAX_TASKS = 100_000;

    /** Of a job: its start is one annotation that names each of its pods, and annotations have 256 KiB in all. */
    public static final int MOST_NODES = 1_000;

    /** Of a Secret (core/v1, MaxSecretSize). */
    static final int MAX_CONTENTS = 1 << 20;

    /** All annotations of an object have 256 KiB at most (apimachinery, TotalAnnotationSizeLimitB); labels can fill 25 of them. */
    static final int MAX_TASKS_TEXT = 200_000;

    /** What a user may put into a Job: etcd takes requests of 1.5 MiB, and there is more in it. */
    static final int MAX_JOB = 1 << 20;

    /** What a variable takes in a Job beside its name: where its value lies. */
    private static final int VARIABLE = 128;

    /** Of a pod (core/v1 validation: a positive int32). */
    static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

    private final JobSpec spec;
    private final Site site;
    private final String here;
    private final List<Refusal> found = new ArrayList<>();

    private Obstacles(JobSpec spec, Site site) {
        this.spec = spec;
        this.site = site;
        this.here = site.cluster().value();
    }

    /**
     * What of a job the cluster cannot honour; empty: it can run it.
     *
     * @param account that its user is mapped to; empty where there is none
     */
    public static List<Refusal> of(JobSpec spec, Optional<Account> account, Site site) {
        Obstacles obstacles = new Obstacles(spec, site);
        obstacles.identity(account);
        obstacles.work();
        obstacles.size(spec.tasks());
        obstacles.room(spec.ask().resources());
        obstacles.gpus(spec.ask().resources().totalGpus());
        obstacles.array();
        obstacles.time();
        obstacles.routing(spec.ask().routing());
        obstacles.output(account);
        obstacles.files(spec.files());
        obstacles.surroundings();
        return List.copyOf(obstacles.found);
    }

    /** What of an attempt cannot be written down, though all of its job could: some tasks may take more words than all. */
    public static List<Refusal> of(Attempt attempt, JobSpec spec, Site site) {
        Obstacles obstacles = new Obstacles(spec, site);
        obstacles.size(attempt.tasks());
        return List.copyOf(obstacles.found);
    }

    private void when(boolean holds, String code, String message) {
        if (holds) {
            found.add(Refusal.never(code, message));
        }
    }

    private void identity(Optional<Account> account) {
        when(
                account.isEmpty(),
                "no-account",
                "expected a user with an account on " + here + ", found " + spec.user()
                        + "; an administrator maps users to accounts");
        String namespace = site.namespaces().of(spec.project());
        when(
                Namespaces.isSystems(namespace),
                "forbidden-namespace",
                "expected a namespace of its own for project " + spec.project() + " on " + here + ", found " + namespace
                        + "; an administrator changes the template, or the project's name");
    }

    private void work() {
        boolean imageless =
                spec.container().isEmpty() && site.images().of(spec.project()).isEmpty();
        when(
                imageless,
                "no-image",
                here + " runs images: expected one, or one that project " + spec.project()
                        + " has by default, found neither; name an image, or ask an administrator for a default");
        if (spec.work() instanceof Work.Script script) {
            switch (Opening.of(script.text())) {
                case Opening.Refused refused -> when(true, "script", String.join(" ", refused.lines()));
                case Opening.Runs runs ->
                    when(
                            !isUtf8(runs.interpreter()) || !isUtf8(runs.argument()),
                            "script-interpreter",
                            here + " starts programs by names in UTF-8: expected such a first line of the script, found"
                                    + " other bytes; rename its interpreter");
            }
        }
        boolean unknownProgram = spec.work() instanceof Work.Entrypoint entrypoint
                && entrypoint.command().isEmpty();
        when(
                spec.array().isPresent() && unknownProgram,
                "array-entrypoint",
                here
                        + " starts each task of an array by a program that the job names, so that it has its own ids:"
                        + " expected a script or a command, found the image's entrypoint; name its program as the"
                        + " command");
        when(
                Share.of(spec.ask().resources()).isGang() && unknownProgram,
                "nodes-entrypoint",
                here
                        + " starts the nodes of a job together, by a program that the job names: expected a script or a command,"
                        + " found the image's entrypoint; name its program as the command");
    }

    private static boolean isUtf8(Bytes bytes) {
        byte[] raw = bytes.toArray();
        return Bytes.ofUtf8(new String(raw, StandardCharsets.UTF_8)).equals(bytes);
    }

    private void size(TaskSet tasks) {
        int indices = tasks.toString().length();
        when(
                indices > MAX_TASKS_TEXT,
                "scattered-array",
                here + " keeps the indices of an array in an annotation: expected " + MAX_TASKS_TEXT
                        + " characters at most, found " + indices + "; submit it in parts");
        long contents = Contents.size(tasks, spec);
        when(
                contents > MAX_CONTENTS,
                "too-large",
                here + " keeps script and environment in a Secret: expected " + MAX_CONTENTS + " bytes at most, found "
                        + contents + "; move data into files");
        // A dollar sign is written twice.
        long words = words().stream()
                .mapToLong(word -> bytes(word.replace("$", "$$")))
                .sum();
        long names = spec.environment().variables().keySet().stream()
                .mapToLong(name -> name.length() + VARIABLE)
                .sum();
        when(
                words + names + indices > MAX_JOB,
                "too-large-job",
                here + " keeps arguments and the names of variables in a Job: expected " + MAX_JOB
                        + " bytes at most, found " + (words + names + indices) + "; move them into files");
    }

    private List<String> words() {
        return switch (spec.work()) {
            case Work.Script script -> script.args();
            case Work.Command command -> command.argv();
            case Work.Entrypoint entrypoint -> {
                List<String> all = new ArrayList<>(entrypoint.command());
                all.addAll(entrypoint.args());
                yield all;
            }
        };
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private void room(Resources resources) {
        nodes(resources);
        when(
                resources.memory() == Memory.Unstated.WHOLE_NODE,
                "whole-memory",
                here + " hands out memory by amount: expected one, found all of a node's (--mem=0); say how much");
        when(
                !resources.licenses().isEmpty(),
                "no-licenses",
                here + " counts no licenses, found " + resources.licenses().keySet()
                        + "; choose another cluster, or leave them out");
        when(
                !resources.gres().isEmpty(),
                "no-gres",
                here + " counts no generic resources but GPUs, found "
                        + resources.gres().keySet() + "; choose another cluster, or leave them out");
    }

    private void nodes(Resources resources) {
        int nodes = Share.of(resources).nodes();
        when(
                nodes > MOST_NODES,
                "too-many-nodes",
                here + " runs a job on " + MOST_NODES + " nodes at most, found " + nodes
                        + "; ask for fewer, or choose another cluster");
        when(
                Share.even(resources).isEmpty(),
                "uneven-nodes",
                here
                        + " gives each node of a job the same: expected tasks, and GPUs where they are counted in all, that "
                        + nodes + " nodes or another number of them that the job accepts can share evenly, found "
                        + resources.tasks() + " tasks and " + resources.gpuCount()
                        + " GPUs; ask for a multiple, or for --ntasks-per-node");
        when(
                nodes > 1 && spec.array().isPresent(),
                "array-nodes",
                here + " runs each task of an array on one node, found " + nodes
                        + "; ask for one (-N 1), or submit a job for each task");
    }

    private void gpus(SortedMap<String, Long> asked) {
        SortedMap<String, String> selected = new TreeMap<>();
        for (String type : asked.keySet()) {
            Placing.GpuType known = site.placing().gpus().get(type);
            if (known == null) {
                when(
                        true,
                        "unknown-gpu",
                        here + " has GPUs of the types " + site.placing().gpus().keySet() + ", found "
                                + (type.equals(Gpus.ANY_TYPE) ? "no type" : type) + "; name one of them");
                continue;
            }
            for (Map.Entry<String, String> label : known.nodeSelector().entrySet()) {
                String before = selected.put(label.getKey(), label.getValue());
                when(
                        before != null && !before.equals(label.getValue()),
                        "gpus-apart",
                        here + " has no node with GPUs of all the types " + asked.keySet() + "; ask for one type");
            }
        }
    }

    private void array() {
        spec.array().map(ArraySpec::indices).ifPresent(indices -> {
            when(
                    indices.size() > MAX_TASKS,
                    "too-many-tasks",
                    here + " runs arrays of " + MAX_TASKS + " tasks at most, found " + indices.size()
                            + "; submit it in parts");
        });
    }

    private void time() {
        boolean tooLong = spec.ask()
                .limit()
                .filter(limit -> !spec.ask().isUnlimited() && limit.compareTo(LONGEST) > 0)
                .isPresent();
        when(
                tooLong,
                "time-limit",
                here + " counts time limits up to " + LONGEST.toDays() + " days, found "
                        + spec.ask().limit().map(Duration::toDays).orElse(0L)
                        + "; ask for less, or for no limit (-t 0)");
        when(
                spec.rules().endSignal().isPresent(),
                "no-signal",
                here
                        + " sends SIGTERM and after the grace SIGKILL, and nothing before a time limit; leave --signal"
                        + " out");
    }

    private void routing(Routing routing) {
        when(
                !routing.partitions().isEmpty()
                        && routing.partitions().stream()
                                .noneMatch(name -> site.placing().pools().containsKey(name)),
                "unknown-partition",
                here + " has the pools " + site.placing().pools().keySet() + ", found "
                        + String.join(",", routing.partitions()) + "; name one of them as the partition, or none");
        routing.qos().ifPresent(qos -> lacks("no-qos", "qualities of service", qos));
        routing.reservation().ifPresent(reservation -> lacks("no-reservations", "reservations", reservation));
        routing.constraint().ifPresent(constraint -> lacks("no-features", "node features", constraint));
        routing.nodeList().ifPresent(nodes -> lacks("no-nodes", "nodes to choose among", nodes));
        routing.excludedNodes().ifPresent(nodes -> lacks("no-nodes", "nodes to choose among", nodes));
        when(
                switch (routing.sharing()) {
                    case CLUSTER_DEFAULT, OVERSUBSCRIBE -> false;
                    case EXCLUSIVE, EXCLUSIVE_USER, EXCLUSIVE_MCS, EXCLUSIVE_TOPO -> true;
                },
                "not-exclusive",
                here + " gives no node to one job alone; ask for all CPUs of a node instead");
    }

    private void lacks(String code, String what, String value) {
        when(true, code, here + " has no " + what + ", found " + value + "; leave it out");
    }

    private void files(Files files) {
        files.input()
                .filter(path -> !path.equals("/dev/null"))
                .ifPresent(path -> lacks("no-input-file", "standard input but /dev/null", path));
        for (Mount mount : files.mounts()) {
            NamedVolume known = site.volumes().get(mount.volume());
            if (known == null) {
                when(
                        true,
                        "unknown-volume",
                        here + " has the volumes " + site.volumes().keySet() + ", found " + mount.volume()
                                + "; mount one of them, or ask an administrator for it");
                continue;
            }
            when(
                    known.most() == Access.READ_ONLY && mount.access() == Access.READ_WRITE,
                    "read-only-volume",
                    mount.volume() + " is for reading on " + here + ", found a mount for writing at " + mount.path()
                            + "; mount it read-only");
            for (String ours : List.of(Contents.DIRECTORY, Contents.ONCE)) {
                when(
                        (mount.path() + "/").startsWith(ours + "/"),
                        "taken-path",
                        ours + " is for what a job begins with on " + here + ", found a mount at " + mount.path()
                                + "; mount it elsewhere");
            }
        }
    }

    private void output(Optional<Account> account) {
        OutputFiles.troubles(spec, account, site)
                .forEach(trouble -> when(
                        true,
                        "no-output-files",
                        here + " writes output and error files on volumes of the job: " + trouble));
    }

    private void surroundings() {
        when(
                !spec.mail().isNone(),
                "no-mail",
                here + " writes no letters, found events " + spec.mail().events()
                        + "; leave the mail out, or name a webhook");
    }
}
