package dev.sluice.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Setting;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** A SLURM 26.05 of a benchmark's own, and a gateway that has it as its one cluster, by both doors. */
final class SlurmStage extends Stage {
    static final String USER = "alice";
    final SlurmCluster cluster;

    private SlurmStage(SlurmCluster cluster, Serving serving) {
        super("slurm", serving);
        this.cluster = cluster;
    }

    /** By the gateway's own defaults. */
    static SlurmStage open(String name, Setting... settings) throws IOException, InterruptedException {
        return open(name, "", settings);
    }

    /**
     * @param name of the benchmark
     * @param more of the cluster's block in the gateway's configuration, {@code key: value} in lines
     */
    static SlurmStage open(String name, String more, Setting... settings) throws IOException, InterruptedException {
        Path directory = Directories.make(name);
        SlurmCluster cluster = SlurmCluster.start(Generation.V26_05, settings);
        Path hosts = directory.resolve("known_hosts");
        Files.writeString(hosts, cluster.knownHost() + "\n");
        Serving serving = serve(directory, """
                clusters:
                  slurm:
                    type: slurm
                    rest: {address: '%s', observer: sluice, token: {type: key-file, file: %s}}
                    ssh: {host: %s, port: %d, known-hosts: %s, observer: sluice, login: {type: user-ca, key: %s}}
                    users: {unnamed: refused, table: {%s: %s}}
                    insecure-identity: true
                    login-environment: false
                    max-array-size: 10001
                %s""".formatted(
                        cluster.rest(),
                        cluster.tokenKey(),
                        cluster.sshHost(),
                        cluster.sshPort(),
                        hosts,
                        cluster.userCa(),
                        self(),
                        USER,
                        more.indent(4)));
        SlurmStage stage = new SlurmStage(cluster, serving);
        stage.awaitReady();
        return stage;
    }

    @Override
    void furnish(ObjectNode job) {
        job.putObject("files").put("output", "/dev/null");
    }

    @Override
    String clusterSaid() {
        return cluster.logs();
    }

    /** Cancels all jobs of the user, as himself: what root cancels soon after a start of slurmctld may be its own doing, and is sent again. */
    void cancel() {
        cluster.exec(USER, "scancel", "-u", USER);
    }

    /** Cancels them, and waits until the controller has forgotten them. */
    void clear() throws IOException, InterruptedException {
        cancel();
        await(
                () -> cluster.exec("root", "squeue", "-h", "-a", "-t", "all", "-u", USER)
                        .text()
                        .isEmpty(),
                "slurmctld to forget what has ended");
    }

    /** The batch file of one of the jobs there, as SLURM has it. */
    String batchScript() {
        String id = cluster.exec("root", "squeue", "-h", "-t", "pending", "-u", USER, "-o", "%A")
                .text()
                .lines()
                .findFirst()
                .orElseThrow();
        return cluster.exec("root", "scontrol", "write", "batch_script", id, "-")
                .text();
    }

    /**
     * CPU time of the cluster's processes and of those that they waited for, in microseconds by the name of the program (proc(5),
     * {@code /proc/pid/stat}). What has ended with its parent is not in it.
     */
    Map<String, Long> clusterCpuMicros() {
        return cluster.exec("root", "sh", "-c", "cat /proc/[0-9]*/stat 2>/dev/null; true")
                .text()
                .lines()
                .collect(Collectors.groupingBy(SlurmStage::program, Collectors.summingLong(SlurmStage::cpuMicros)));
    }

    private static String program(String stat) {
        return stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    }

    private static long cpuMicros(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks * 1_000_000 / Child.CLOCK_TICKS;
    }

    /** How many jobs of ours wait there, no longer held. */
    int released() {
        return (int) cluster.exec("root", "squeue", "-h", "-t", "pending", "-u", USER, "-o", "%r")
                .text()
                .lines()
                .filter(line -> !line.isEmpty() && !line.contains("JobHeldUser"))
                .count();
    }

    @Override
    void closeCluster() {
        cluster.close();
    }
}
