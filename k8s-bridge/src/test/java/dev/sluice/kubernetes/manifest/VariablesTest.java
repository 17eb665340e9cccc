package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.kubernetes.manifest.Placing.Pool;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Work;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a pod finds in its environment, beside what a job of the same shape finds under a real SLURM. */
@Tag("cluster")
class VariablesTest {
    private static final String HOME = "/home/alice";

    @SuppressWarnings("NullAway.Init") // JUnit runs startCluster before each test
    private static SlurmCluster cluster;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path directory;

    /**
     * A shape of a job, by sbatch's options and as a job has it.
     *
     * @param besides what is there always, and SLURM sets only for who asked
     */
    record Shape(String options, Resources resources, Optional<ArraySpec> array, Set<String> besides) {
        @Override
        public String toString() {
            return options;
        }
    }

    /** What SLURM sets and a pod does not have: its own files and topology, the times of a start, its step's, and policies of its own. */
    private static final Set<String> MISSING = Set.of(
            "SLURM_CONF",
            "SLURM_JOB_END_TIME",
            "SLURM_JOB_EXCLUSIVE",
            "SLURM_JOB_OVERSUBSCRIBE",
            "SLURM_JOB_QOS",
            "SLURM_JOB_SLUID",
            "SLURM_JOB_START_TIME",
            "SLURM_OOM_KILL_STEP",
            "SLURM_STEPID",
            "SLURM_STEP_ID",
            "SLURM_SUBMIT_HOST",
            "SLURM_TASK_PID",
            "SLURM_TOPOLOGY_ADDR",
            "SLURM_TOPOLOGY_ADDR_PATTERN",
            "SLURM_TRES_PER_TASK",
            // An array keeps its indices, and not the step that they were written with.
            "SLURM_ARRAY_TASK_STEP");

    /** Our own number of each task; under SLURM the last one has the array's. */
    private static final Set<String> IDS = Set.of("SLURM_JOB_ID", "SLURM_JOBID", "SLURM_ARRAY_JOB_ID");

    static Stream<Shape> shapes() {
        Resources plain = Resources.DEFAULTS;
        Set<String> defaults = Set.of("SLURM_NTASKS", "SLURM_NPROCS", "SLURM_CPUS_PER_TASK");
        Set<String> cpus = Set.of("SLURM_CPUS_PER_TASK");
        return Stream.of(
                new Shape("", plain, Optional.empty(), defaults),
                new Shape(
                        "-n2 -c2 --mem=100M",
                        plain.withTasks(2).withCpusPerTask(2).withMemory(new Memory.PerNode(100L << 20)),
                        Optional.empty(),
                        Set.of()),
                new Shape(
                        "-n4 --ntasks-per-node=4 --mem-per-cpu=50M",
                        plain.withTasks(4).withTasksPerNode(4).withMemory(new Memory.PerCpu(50L << 20)),
                        Optional.empty(),
                        cpus),
                new Shape(
                        "-a 3,5 --mem=64M",
                        plain.withMemory(new Memory.PerNode(64L << 20)),
                        Optional.of(ArraySpec.parse("3,5")),
                        defaults));
    }

    @BeforeAll
    static void startCluster() {
        cluster = SlurmCluster.start(Generation.V26_05);
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    private static SortedMap<String, String> parsed(String text) {
        SortedMap<String, String> all = new TreeMap<>();
        for (String line : text.split("\n")) {
            String[] parts = line.split("=", 2);
            if (parts[0].startsWith("SLURM") && parts.length == 2) {
                all.put(parts[0], parts[1]);
            }
        }
        return all;
    }

    /** Of the last task of an array. */
    private static SortedMap<String, String> underSlurm(Shape shape) {
        List<String> words = new ArrayList<>(List.of("sbatch", "-W", "-p", "debug", "-J", "same", "-o", "out-%a"));
        words.addAll(List.of(
                shape.options().isEmpty() ? new String[0] : shape.options().split(" ")));
        words.addAll(List.of("--wrap", "env"));
        cluster.exec("alice", words.toArray(String[]::new)).text();
        return parsed(cluster.exec("alice", "sh", "-c", "cat out-*; rm out-*").text());
    }

    private SortedMap<String, String> inAPod(Shape shape) throws IOException, InterruptedException {
        JobSpec.Builder builder = Samples.job(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nenv\n")))
                .name("same")
                .project(new ProjectPath("physics"))
                .resources(shape.resources())
                .files(Files.DEFAULTS.withWorkingDirectory(HOME));
        shape.array().ifPresent(builder::array);
        JobSpec spec = builder.build();
        Account alice = Account.of("alice", 2001, 2000, List.of());
        Site site = Site.plain(new ClusterName("lab"))
                .withPlacing(new Placing(
                        new TreeMap<>(Map.of("debug", new Pool(new TreeMap<>(), List.of()))),
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap()))
                .withHabits(Site.Habits.NONE.withMemoryPerCpu(100L << 20));
        Attempt attempt = new Attempt(
                Samples.ATTEMPT,
                new JobId(JobId.FIRST),
                Samples.ALICE,
                new ClusterName("lab"),
                Optional.of("debug"),
                spec.tasks(),
                1,
                Optional.empty(),
                Refusals.NONE);
        SortedMap<String, String> all = SlurmVariables.of(attempt, spec, alice, site);
        for (String name : SlurmVariables.ofTheNode(Share.of(spec.ask().resources()))) {
            all.put(name, "n1");
        }
        byte[] start = Contents.of(attempt, spec, alice, site).get(Contents.START);
        return start == null ? all : begun(start, all);
    }

    private SortedMap<String, String> begun(byte[] start, SortedMap<String, String> environment)
            throws IOException, InterruptedException {
        Path pod = java.nio.file.Files.createTempDirectory(directory, "pod");
        Path file = java.nio.file.Files.write(OwnMounts.of(pod).resolve("start"), start);
        ProcessBuilder shell = new ProcessBuilder("/bin/sh", file.toString(), "env");
        shell.environment().putAll(environment);
        shell.environment().put("SLUICE_COMPLETION_INDEX", "1");
        Process process = shell.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return parsed(said);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aPodHasWhatARealJobOfItsShapeHas(Shape shape) throws IOException, InterruptedException {
        SortedMap<String, String> slurms = underSlurm(shape);
        SortedMap<String, String> ours = inAPod(shape);
        ours.remove("SLUICE_RUN");
        Set<String> missing = new TreeSet<>(slurms.keySet());
        missing.removeAll(ours.keySet());
        assertThat(MISSING).as("listed as missing").containsAll(missing);
        Set<String> besides = new TreeSet<>(ours.keySet());
        besides.removeAll(slurms.keySet());
        assertThat(besides).isEqualTo(new TreeSet<>(shape.besides()));
        ours.keySet().removeAll(besides);
        slurms.keySet().removeAll(missing);
        assertThat(ours).containsKeys("SLURM_JOB_ID", "SLURM_JOBID");
        IDS.forEach(name -> {
            ours.remove(name);
            slurms.remove(name);
        });
        assertThat(ours).hasSizeGreaterThan(15).isEqualTo(slurms);
    }
}
