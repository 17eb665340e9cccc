package dev.sluice.kubernetes.manifest;

import dev.sluice.job.Attempt;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What sbatch(1), "OUTPUT ENVIRONMENT VARIABLES", promises to a job, as far as it is known before the pod is. What differs between the
 * tasks of an array, start.sh sets, and between the nodes of a job gang.sh; what only the node knows, {@link #ofTheNode} names.
 *
 * <p>Two are there always that SLURM sets only for who asked: {@code SLURM_NTASKS} and {@code SLURM_CPUS_PER_TASK}. A default and a wish
 * for the same are one here.
 */
final class SlurmVariables {
    private static final long MIB = 1 << 20;

    private static final List<String> OF_THE_NODE = List.of("SLURMD_NODENAME", "SLURM_JOB_NODELIST", "SLURM_NODELIST");

    private SlurmVariables() {}

    /** Set to the name of the node that the pod is on. Of several, each goes by the name that the others find it by. */
    static List<String> ofTheNode(Share share) {
        return share.isGang() ? List.of() : OF_THE_NODE;
    }

    static SortedMap<String, String> of(Attempt attempt, JobSpec spec, Account account, Site site) {
        SortedMap<String, String> all = new TreeMap<>();
        identity(attempt, spec, account, site, all);
        shape(spec.ask().resources(), site, all);
        Share share = Share.of(spec.ask().resources());
        if (share.isGang()) {
            String nodes = nodes(attempt, share);
            all.put("SLURM_JOB_NODELIST", nodes);
            all.put("SLURM_NODELIST", nodes);
        }
        if (attempt.tries() > 1) {
            all.put("SLURM_RESTART_COUNT", Integer.toString(attempt.tries() - 1));
        }
        return all;
    }

    private static void identity(
            Attempt attempt, JobSpec spec, Account account, Site site, SortedMap<String, String> all) {
        if (spec.array().isEmpty()) {
            all.put("SLURM_JOB_ID", attempt.job().toString());
            all.put("SLURM_JOBID", attempt.job().toString());
            all.put("SLUICE_RUN", attempt.id() + ".0.0");
        }
        all.put("SLURM_CLUSTER_NAME", site.cluster().value());
        all.put("SLURM_JOB_NAME", spec.name());
        all.put("SLURM_JOB_ACCOUNT", spec.project().value());
        all.put("SLURM_JOB_USER", account.name());
        all.put("SLURM_JOB_UID", Long.toString(account.uid()));
        all.put("SLURM_JOB_GID", Long.toString(account.gid()));
        Template.pool(attempt, spec, site).ifPresent(pool -> all.put("SLURM_JOB_PARTITION", pool));
        Template.directory(spec, account, site).ifPresent(path -> all.put("SLURM_SUBMIT_DIR", path));
    }

    /** Names that a pod of the job resolves, in SLURM's list form; not in its short form, which has no room for a domain behind it. */
    private static String nodes(Attempt attempt, Share share) {
        String name = Keys.name(attempt.id());
        return IntStream.range(0, share.nodes())
                .mapToObj(node -> name + "-" + node + "." + name)
                .collect(Collectors.joining(","));
    }

    private static String each(long number, Share share) {
        return share.isGang() ? number + "(x" + share.nodes() + ")" : Long.toString(number);
    }

    private static void shape(Resources resources, Site site, SortedMap<String, String> all) {
        Share share = Share.of(resources);
        String tasks = Integer.toString(resources.tasks());
        String nodes = Integer.toString(share.nodes());
        all.put("SLURM_CPUS_ON_NODE", Long.toString(share.cpus()));
        all.put("SLURM_JOB_CPUS_PER_NODE", each(share.cpus(), share));
        all.put("SLURM_CPUS_PER_TASK", Integer.toString(resources.cpusPerTask()));
        all.put("SLURM_NTASKS", tasks);
        all.put("SLURM_NPROCS", tasks);
        all.put("SLURM_TASKS_PER_NODE", each(share.tasks(), share));
        resources.tasksPerNode().ifPresent(most -> all.put("SLURM_NTASKS_PER_NODE", Integer.toString(most)));
        all.put("SLURM_JOB_NUM_NODES", nodes);
        all.put("SLURM_NNODES", nodes);
        all.put("SLURM_NODEID", "0");
        all.put("SLURM_PROCID", "0");
        all.put("SLURM_LOCALID", "0");
        all.put("SLURM_GTIDS", "0");
        all.put("SLURM_PRIO_PROCESS", "0");
        if (!resources.gpus().isNone()) {
            all.put("SLURM_GPUS_ON_NODE", Long.toString(share.gpuCount()));
        }
        String mebibytes = Long.toString(resources.memory().bytes() / MIB);
        switch (resources.memory()) {
            case Memory.PerNode node -> all.put("SLURM_MEM_PER_NODE", mebibytes);
            case Memory.PerCpu cpu -> all.put("SLURM_MEM_PER_CPU", mebibytes);
            case Memory.PerGpu gpu -> all.put("SLURM_MEM_PER_GPU", mebibytes);
            // As under a SLURM with DefMemPerCPU.
            case Memory.Unstated unstated ->
                site.habits()
                        .memoryPerCpu()
                        .ifPresent(bytes -> all.put("SLURM_MEM_PER_CPU", Long.toString(bytes / MIB)));
        }
    }
}
