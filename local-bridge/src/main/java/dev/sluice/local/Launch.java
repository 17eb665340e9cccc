package dev.sluice.local;

import dev.sluice.job.TaskSet;
import dev.sluice.script.ShellWord;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One try to start a task: a directory with a permit and the job as text for a shell, and a supervisor that goes to the gate
 * with them. Several tries do no harm: the gate lets one through, and only with its permit.
 */
final class Launch {
    private static final long MIB = 1 << 20;

    private final Parked parked;
    private final Order order;
    private final int task;
    private final Account account;
    private final LocalSettings settings;
    private final String host;

    Launch(Parked parked, int task, Account account, LocalSettings settings, String host) {
        this.parked = parked;
        this.order = parked.order();
        this.task = task;
        this.account = account;
        this.settings = settings;
        this.host = host;
    }

    /** What all processes of the task have in their environment. */
    static String token(Parked parked, int task) {
        return "SLUICE_RUN=" + Premises.key(parked.attempt(), task, Premises.RUN);
    }

    void start(Premises premises, Machine machine) throws IOException {
        Path run = parked.runs().resolve(task + "." + premises.token());
        String key = Premises.key(parked.attempt(), task, Premises.RUN);
        Disk.directory(run, "rwx------");
        Disk.write(run.resolve("permit"), "", "rw-------");
        Disk.give(run.resolve("permit"), account);
        // A hold is written first and takes permits away then; so either it is read here, or it sees this permit.
        if (!premises.journal(parked.directory()).lets(task)) {
            Disk.remove(run);
            return;
        }
        Disk.write(run.resolve("job"), job(), "r--------");
        Disk.give(run.resolve("job"), account);
        Disk.give(run, account);
        List<String> supervisor = account.command(List.of(
                "/bin/sh",
                premises.supervisor().toString(),
                run.toString(),
                premises.claims().resolve(key).toString(),
                premises.ends().resolve(key).toString(),
                parked.journal().toString(),
                Integer.toString(task),
                Long.toString(order.limit()),
                Long.toString(order.grace()),
                Integer.toString(order.signal()),
                Integer.toString(order.before()),
                BigDecimal.valueOf(machine.tick().toMillis(), 3).toPlainString(),
                machine.uptime().toString(),
                machine.boot()));
        List<String> detached = new ArrayList<>(List.of("setsid", "-f"));
        detached.addAll(supervisor);
        Tool.detach(detached, parked.directory().resolve("supervisor.log"));
    }

    /** Ends the right to pass the gate, for launches of this task that did not yet. */
    static void revoke(Parked parked, int task) throws IOException {
        for (String run : Disk.names(parked.runs())) {
            if (run.startsWith(task + ".")) {
                Files.deleteIfExists(parked.runs().resolve(run).resolve("permit"));
            }
        }
    }

    /** Runs in a session of its own, told its pid and failures by descriptor 4. */
    private String job() {
        StringBuilder sh = new StringBuilder();
        sh.append("exec 2>/dev/null\numask 022\n");
        sh.append("fail() { echo \"failed $1\" >&4; exit 1; }\n");
        sh.append("echo \"pid $$\" >&4\n");
        sh.append("setpriv=$(command -v setpriv) || fail 'there is no setpriv'\n");
        if (!order.script().isEmpty()) {
            sh.append("cp -- ")
                    .append(ShellWord.quoted(
                            parked.directory().resolve("script").toString()))
                    .append(
                            " \"$1/slurm_script\" && chmod 0700 \"$1/slurm_script\" || fail 'its script cannot be copied'\n");
        }
        String directory = parked.workplace();
        attempt(
                sh,
                "cd -- " + ShellWord.quoted(directory),
                account.name() + " cannot enter the working directory " + directory);
        String input = order.input().isEmpty() ? OutputName.NONE : path(order.input());
        String output = output();
        String error = error();
        attempt(sh, "( : <" + ShellWord.quoted(input) + " )", account.name() + " cannot read its input " + input);
        attempt(
                sh,
                "( : " + arrow() + ShellWord.quoted(output) + " )",
                account.name() + " cannot write its output " + output);
        if (!error.equals(output)) {
            attempt(
                    sh,
                    "( : " + arrow() + ShellWord.quoted(error) + " )",
                    account.name() + " cannot write its errors " + error);
        }
        sh.append("exec <").append(ShellWord.quoted(input)).append(" >>").append(ShellWord.quoted(output));
        sh.append(error.equals(output) ? " 2>&1" : " 2>>" + ShellWord.quoted(error))
                .append(" || exit 1\n");
        sh.append("run=$1\nexec 4>&-\nexec env -i --default-signal --");
        environment().forEach((name, value) -> sh.append(' ').append(ShellWord.quoted(name + "=" + value)));
        // setpriv between: env would read a program with '=' in its name as a variable.
        sh.append(" \"$setpriv\" --no-new-privs --");
        if (!order.script().isEmpty()) {
            sh.append(" \"$run/slurm_script\"");
        }
        order.words().forEach(word -> sh.append(' ').append(ShellWord.quoted(word)));
        return sh.append('\n').toString();
    }

    private static void attempt(StringBuilder sh, String command, String otherwise) {
        sh.append(command)
                .append(" || fail ")
                .append(ShellWord.quoted(otherwise))
                .append('\n');
    }

    private String arrow() {
        return order.append() ? ">>" : ">";
    }

    String output() {
        return path(order.output());
    }

    String error() {
        return order.error().isEmpty() ? output() : path(order.error());
    }

    private String path(String pattern) {
        return new OutputName(pattern).path(order, task, parked.workplace(), host);
    }

    private SortedMap<String, String> environment() {
        SortedMap<String, String> all = new TreeMap<>(settings.environment().variables());
        all.put("HOME", account.home());
        all.put("USER", account.name());
        all.put("LOGNAME", account.name());
        all.put("SHELL", account.shell());
        all.putAll(order.environment());
        all.putAll(identity());
        if (order.isArray()) {
            all.putAll(array());
        }
        if (order.tries() > 1) {
            all.put("SLURM_RESTART_COUNT", Integer.toString(order.tries() - 1));
        }
        if (order.memory() > 0) {
            all.put("SLURM_MEM_PER_NODE", Long.toString((order.memory() + MIB - 1) / MIB));
        }
        return all;
    }

    private Map<String, String> identity() {
        String own = Integer.toString(order.ownId(task));
        String[] token = token(parked, task).split("=", 2);
        return Map.ofEntries(
                Map.entry(token[0], token[1]),
                Map.entry("SLUICE_NATIVE_JOB_ID", parked.attempt().toString()),
                Map.entry("ENVIRONMENT", "BATCH"),
                Map.entry("SLURM_JOB_ID", own),
                Map.entry("SLURM_JOBID", own),
                Map.entry("SLURM_JOB_NAME", order.name()),
                Map.entry("SLURM_JOB_USER", account.name()),
                Map.entry("SLURM_JOB_UID", Integer.toString(account.uid())),
                Map.entry("SLURM_JOB_PARTITION", settings.cluster().value()),
                Map.entry("SLURM_CLUSTER_NAME", settings.cluster().value()),
                Map.entry("SLURM_SUBMIT_DIR", parked.workplace()),
                Map.entry("SLURM_SUBMIT_HOST", host),
                Map.entry("SLURM_JOB_NODELIST", host),
                Map.entry("SLURMD_NODENAME", host),
                Map.entry("SLURM_JOB_NUM_NODES", "1"),
                Map.entry("SLURM_NNODES", "1"),
                Map.entry("SLURM_NODEID", "0"),
                Map.entry("SLURM_PROCID", "0"),
                Map.entry("SLURM_LOCALID", "0"),
                Map.entry("SLURM_NTASKS", Integer.toString(order.processes())),
                Map.entry("SLURM_NPROCS", Integer.toString(order.processes())),
                Map.entry("SLURM_CPUS_PER_TASK", Integer.toString(order.cpusPerTask())),
                Map.entry("SLURM_CPUS_ON_NODE", Long.toString(order.cpus())),
                Map.entry("SLURM_GTIDS", "0"));
    }

    private Map<String, String> array() {
        TaskSet indices = TaskSet.parse(order.indices());
        return Map.of(
                "SLURM_ARRAY_JOB_ID", Integer.toString(order.job()),
                "SLURM_ARRAY_TASK_ID", Integer.toString(task),
                "SLURM_ARRAY_TASK_COUNT", Integer.toString(indices.size()),
                "SLURM_ARRAY_TASK_MIN", Integer.toString(indices.first()),
                "SLURM_ARRAY_TASK_MAX", Integer.toString(indices.last()));
    }
}
