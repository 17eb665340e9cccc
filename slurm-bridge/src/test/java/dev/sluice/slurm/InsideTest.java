package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.TaskSet;
import dev.sluice.job.Verdict;
import dev.sluice.slurm.Inside.Started;
import dev.sluice.slurm.script.BatchFile.LoginShell;
import dev.sluice.slurm.ssh.SshDoor;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a job of ours finds when it runs on SLURM. */
@Tag("cluster")
@Order(3)
final class InsideTest {
    private static final int MAX_ARRAY_SIZE = 10_001;
    private static final int SMALL_ARRAY_SIZE = 101;

    /** A SLURM, and the door that jobs take to it. */
    enum Way {
        SSH_22(Generation.V22_05),
        SSH_24(Generation.V24_11),
        REST_24(Generation.V24_11),
        SSH_26(Generation.V26_05),
        REST_26(Generation.V26_05);

        private final Generation generation;

        Way(Generation generation) {
            this.generation = generation;
        }

        Inside open(LoginShell login, int maxArraySize) {
            SlurmCluster cluster = SlurmCluster.shared(generation);
            SshDoor ssh = Sites.sshDoor(cluster);
            Doors doors = name().startsWith("REST")
                    ? Doors.both(Sites.restDoor(cluster), ssh, ssh.remains())
                    : Doors.ssh(ssh, ssh.remains());
            return new Inside(cluster, doors, login, maxArraySize);
        }
    }

    @SuppressWarnings("NullAway.Init") // each test opens its own first
    private Inside inside;

    private void open(Way way) {
        inside = way.open(LoginShell.NO, MAX_ARRAY_SIZE);
    }

    @AfterEach
    void close() {
        inside.close();
    }

    private static Map<String, String> lines(String text) {
        return text.lines()
                .filter(line -> line.contains("="))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf('=')),
                        line -> line.substring(line.indexOf('=') + 1),
                        (first, last) -> last,
                        TreeMap::new));
    }

    @ParameterizedTest
    @EnumSource
    void aJobFindsItsOwnIdsAndNeverSlurms(Way way) {
        open(way);
        Started job = inside.start(inside.job("env; echo NAME=$0; echo SUM=$#").build());
        Map<String, String> env = lines(inside.output(job));
        String own = Integer.toString(job.id());
        assertThat(env)
                .containsEntry("SLURM_JOB_ID", own)
                .containsEntry("SLURM_JOBID", own)
                .containsEntry("SLUICE_NATIVE_JOB_ID", job.binding().nativeId())
                .containsEntry("SLURM_JOB_USER", "alice")
                .containsEntry("HOME", "/home/alice")
                .containsEntry("SUM", "0")
                .doesNotContainKeys("SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT");
        assertThat(env.get("NAME")).endsWith("/slurm_script");
    }

    @ParameterizedTest
    @EnumSource
    void aTaskFindsItsArraysIds(Way way) {
        open(way);
        JobSpec spec = inside.job("env | grep -E '^SLURM_(JOB|ARRAY)' >task.$SLURM_ARRAY_TASK_ID")
                .array(new ArraySpec(TaskSet.of(3, 5, 9)))
                .build();
        Started job = inside.start(spec);
        inside.ends(job);
        int rank = 0;
        for (int task : List.of(3, 5, 9)) {
            String own = Integer.toString(job.id() + rank++);
            assertThat(lines(inside.text("task." + task)))
                    .containsEntry("SLURM_JOB_ID", own)
                    .containsEntry("SLURM_JOBID", own)
                    .containsEntry("SLURM_ARRAY_JOB_ID", Integer.toString(job.id()))
                    .containsEntry("SLURM_ARRAY_TASK_ID", Integer.toString(task))
                    .containsEntry("SLURM_ARRAY_TASK_COUNT", "3")
                    .containsEntry("SLURM_ARRAY_TASK_MIN", "3")
                    .containsEntry("SLURM_ARRAY_TASK_MAX", "9");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anArrayBeyondMaxArraySizeHasItsOwnIndices(Way way) {
        inside = way.open(LoginShell.NO, SMALL_ARRAY_SIZE);
        JobSpec spec = inside.job("echo $SLURM_JOB_ID $SLURM_ARRAY_TASK_ID $SLURM_ARRAY_TASK_MIN $SLURM_ARRAY_TASK_MAX")
                .array(new ArraySpec(TaskSet.of(5000, 5001, 5099)))
                .files(Files.DEFAULTS.withOutput(inside.directory + "/%A_%a.out"))
                .build();
        Started job = inside.start(spec);
        assertThat(inside.ends(job).keySet()).containsExactly(5000, 5001, 5099);
        assertThat(inside.text(job.id() + "_5000.out")).isEqualTo(job.id() + " 5000 5000 5099");
        assertThat(inside.text(job.id() + "_5099.out")).isEqualTo(job.id() + 2 + " 5099 5000 5099");
    }

    @ParameterizedTest
    @EnumSource
    void namesOfOutputsHaveOurIds(Way way) {
        open(way);
        Files here = Files.DEFAULTS.withWorkingDirectory(inside.directory);
        Started plain = inside.start(inside.job("echo out; echo err >&2")
                .files(here.withOutput("%x-%A-%8j.out").withError("e-%j-%u.err"))
                .build());
        JobSpec.Builder two = inside.job("echo $SLURM_ARRAY_TASK_ID").array(new ArraySpec(TaskSet.of(1, 2)));
        Started array = inside.start(two.files(here.withOutput("%A_%3a.out")).build());
        Started byShell =
                inside.start(two.files(here.withOutput("%j of %A %x.out")).build());
        Started standard = inside.start(inside.job("echo out").files(here).build());
        inside.ends(plain);
        inside.ends(array);
        inside.ends(byShell);
        inside.ends(standard);
        assertThat(inside.text("inside-%d-%08d.out".formatted(plain.id(), plain.id())))
                .isEqualTo("out");
        assertThat(inside.text("e-%d-alice.err".formatted(plain.id()))).isEqualTo("err");
        assertThat(inside.text(array.id() + "_002.out")).isEqualTo("2");
        assertThat(inside.text("%d of %d inside.out".formatted(byShell.id() + 1, byShell.id())))
                .isEqualTo("2");
        assertThat(inside.text("slurm-%d.out".formatted(standard.id()))).isEqualTo("out");
    }

    @ParameterizedTest
    @EnumSource
    void srunsTasksAreOfThisJob(Way way) {
        open(way);
        String mine = inside.directory + "/prolog";
        inside.cluster.copyIn(
                "alice", "#!/bin/sh\necho export MINE=yes\n".getBytes(StandardCharsets.UTF_8), mine, 0755);
        Started job = inside.start(inside.job("srun -n1 -N1 hostname >/dev/null && echo one\n"
                        + "srun -n2 -N2 sh -c 'echo $SLURM_PROCID $SLURMD_NODENAME $SLURM_JOB_ID $MINE' | sort\n")
                .environment(Environment.of(Map.of("PATH", "/usr/bin:/bin", "SLURM_TASK_PROLOG", mine)))
                .resources(Resources.DEFAULTS.withNodes(new Nodes(2, 2)).withTasks(2))
                .build());
        assertThat(inside.output(job).lines())
                .containsExactly("one", "0 n1 " + job.id() + " yes", "1 n2 " + job.id() + " yes");
    }

    @ParameterizedTest
    @EnumSource
    void slurmsToolsKnowTheJobByOurId(Way way) {
        open(way);
        Started job = inside.start(inside.job("sstat -n -P -o JobID -j $SLURM_JOB_ID >/dev/null && echo sstat\n"
                        + "scontrol show job $SLURM_JOB_ID | grep -o 'JobId=[0-9]*'\n"
                        + "scontrol show job=$SLURM_JOB_ID | grep -o 'JobId=[0-9]*'\n"
                        + "scontrol update JobId=$SLURM_JOB_ID Comment=\"$(squeue -h -j $SLURM_JOB_ID -o %k) x\"\n"
                        + "squeue -h -j $SLURM_JOB_ID -o %A\nsqueue -h --job=$SLURM_JOB_ID -o %A\n"
                        + "squeue -h -j$SLURM_JOBID -o %A\n")
                .build());
        Started suicide = inside.start(
                inside.job("scancel $SLURM_JOB_ID; sleep 60; echo survived").build());
        String seen = job.binding().nativeId();
        assertThat(inside.output(job).lines())
                .containsExactly("sstat", "JobId=" + seen, "JobId=" + seen, seen, seen, seen);
        assertThat(inside.ends(suicide)).containsEntry(0, new AttemptEnd.Stopped());
    }

    @ParameterizedTest
    @EnumSource
    void aJobSubmittedFromInsideHasIdsOfItsOwn(Way way) {
        open(way);
        Started job = inside.start(inside.job("sbatch --wait --parsable -o nested.out --wrap "
                        + "'echo $SLURM_JOB_ID; srun -n1 printenv SLURM_JOB_ID; squeue -h -j $SLURM_JOB_ID -o %A'")
                .build());
        String nested = inside.output(job);
        assertThat(nested).matches("[0-9]+").isNotEqualTo(job.binding().nativeId());
        assertThat(inside.text("nested.out").lines()).containsExactly(nested, nested, nested);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("B15 B38 environment values arrive as they are")
    void environmentArrives(Way way) {
        open(way);
        Map<String, String> sent = new TreeMap<>(Map.of(
                "LINES_", "one\ntwo\n",
                "EQUALS", "a=b=c",
                "QUOTES", "'\"`$(id)\\",
                "COMMAS", "a,b,,c",
                "UNICODE", "größe ☃",
                "EMPTY", "",
                "LARGE", "x".repeat(100 * 1024),
                "BASH_FUNC_hello%%", "() {  echo hi\n}",
                "PATH", "/usr/bin:/bin"));
        Started job = inside.start(inside.job("hello\n"
                        + "for n in LINES_ EQUALS QUOTES COMMAS UNICODE EMPTY LARGE; do"
                        + " printf '%s ' $n; printf %s \"${!n}\" | sha256sum; done")
                .environment(Environment.of(sent))
                .build());
        String expected = List.of("LINES_", "EQUALS", "QUOTES", "COMMAS", "UNICODE", "EMPTY", "LARGE").stream()
                .map(name -> name + " "
                        + sum(Bytes.ofUtf8(sent.getOrDefault(name, "")).toArray()) + "  -")
                .collect(Collectors.joining("\n"));
        assertThat(inside.output(job)).isEqualTo("hi\n" + expected);
    }

    private static int exit(Map<Integer, AttemptEnd> ends, int task) {
        if (ends.get(task) instanceof AttemptEnd.Finished(Verdict verdict)) {
            if (verdict instanceof Verdict.Succeeded) {
                return 0;
            }
            if (verdict instanceof Verdict.Failed failed && failed.signal() == 0) {
                return failed.exitCode();
            }
        }
        throw new AssertionError("task " + task + " has no exit code: " + ends);
    }

    private static String sum(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("B3 B4 scripts and their arguments arrive byte for byte")
    void scriptsArriveByteForByte(Way way) {
        open(way);
        List<String> args = List.of("a b", "", "c\nd", "'\"$(id)", "-n", "*");
        String head = "#!/bin/sh\nsha256sum <\"$0\"\nprintf '<%s>' \"$@\"\nexit 0\n";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int b = 1; b < 256; b++) {
            all.write(b);
        }
        List<byte[]> tails = List.of(
                all.toByteArray(),
                "gr\u00f6\u00dfe".getBytes(StandardCharsets.ISO_8859_1),
                "carriage\rreturn\n".getBytes(StandardCharsets.US_ASCII),
                ("#" + "x".repeat(64 * 1024)).getBytes(StandardCharsets.US_ASCII),
                "no end of line".getBytes(StandardCharsets.US_ASCII),
                "\n\n\n".getBytes(StandardCharsets.US_ASCII));
        List<byte[]> scripts = tails.stream()
                .map(tail -> {
                    ByteArrayOutputStream script = new ByteArrayOutputStream();
                    script.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
                    script.writeBytes(tail);
                    return script.toByteArray();
                })
                .toList();
        List<Started> jobs = scripts.stream()
                .map(script -> inside.start(inside.job(Bytes.of(script), args).build()))
                .toList();
        for (int i = 0; i < jobs.size(); i++) {
            assertThat(inside.output(jobs.get(i)))
                    .as("script %d", i)
                    .isEqualTo(sum(scripts.get(i)) + "  -\n<a b><><c\nd><'\"$(id)><-n><*>");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyExitCodeIsTold(Way way) {
        open(way);
        TaskSet codes = TaskSet.of(0, 1, 2, 3, 73, 74, 75, 76, 126, 127, 128, 137, 143, 200, 254, 255);
        Started job = inside.start(inside.job("exit $SLURM_ARRAY_TASK_ID")
                .array(new ArraySpec(codes))
                .files(Files.DEFAULTS.withOutput("/dev/null"))
                .build());
        Map<Integer, AttemptEnd> ends = inside.ends(job);
        codes.stream().forEach(code -> assertThat(exit(ends, code)).isEqualTo(code));
    }

    @ParameterizedTest
    @EnumSource
    void outputsAreEmptiedOrKeptBetweenAttempts(Way way) {
        open(way);
        Files named = Files.DEFAULTS.withWorkingDirectory(inside.directory);
        JobSpec keeps = inside.job("echo $SLURM_RESTART_COUNT.")
                .files(named.withOutput("kept").withOpenMode(Files.OpenMode.APPEND))
                .build();
        JobSpec empties = inside.job("echo $SLURM_RESTART_COUNT.")
                .files(named.withOutput("emptied").withOpenMode(Files.OpenMode.TRUNCATE))
                .build();
        for (JobSpec spec : List.of(keeps, empties)) {
            Started first = inside.start(spec);
            inside.ends(first);
            inside.ends(inside.start(inside.again(spec, first.id(), 2), spec));
        }
        assertThat(inside.text("kept").lines()).containsExactly(".", "1.");
        assertThat(inside.text("emptied").lines()).containsExactly("1.");
    }

    @ParameterizedTest
    @EnumSource
    void theSubmittersUmaskCounts(Way way) {
        open(way);
        Started given = inside.start(inside.job("umask")
                .environment(Environment.of(Map.of("PATH", "/usr/bin:/bin", "SLURM_UMASK", "0077")))
                .build());
        Started none = inside.start(inside.job("umask").build());
        assertThat(inside.output(given)).isEqualTo("0077");
        assertThat(inside.output(none)).isEqualTo("0022");
    }

    @ParameterizedTest
    @EnumSource
    void aLoginsEnvironmentIsThereWhereTheSiteWantsIt(Way way) {
        inside = way.open(LoginShell.YES, MAX_ARRAY_SIZE);
        inside.cluster.copyIn(
                "root",
                "export SITE_LOGIN=yes\n".getBytes(StandardCharsets.UTF_8),
                "/etc/profile.d/sluice-test.sh",
                0644);
        assertThat(inside.output(inside.job("echo \"$SITE_LOGIN\""))).isEqualTo("yes");
        inside.close();
        open(way);
        assertThat(inside.output(inside.job("echo \"no$SITE_LOGIN\""))).isEqualTo("no");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("B17 metacharacters mean nothing")
    void metacharactersMeanNothing(Way way) {
        open(way);
        String evil = "a b'\"`touch owned`$(touch owned);touch owned&|<>*?#!~{}[]";
        Started job = inside.start(inside.job("echo ran")
                .name(evil)
                .comment(evil)
                .files(Files.DEFAULTS.withWorkingDirectory(inside.directory).withOutput(evil + "-%j"))
                .build());
        Started array = inside.start(inside.job("echo ran")
                .name(evil)
                .array(new ArraySpec(TaskSet.of(1)))
                .files(Files.DEFAULTS.withWorkingDirectory(inside.directory).withOutput(evil + "%j%x"))
                .build());
        inside.ends(job);
        inside.ends(array);
        assertThat(inside.text(evil + "-" + job.id())).isEqualTo("ran");
        assertThat(inside.text(evil + array.id() + evil)).isEqualTo("ran");
        assertThat(inside.cluster
                        .exec("alice", "find", inside.directory, "/home/alice", "-name", "owned")
                        .text())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aSignalForTheBatchShellReachesTheProgram(Way way) {
        open(way);
        Started job = inside.start(inside.job("trap 'echo told; exit 7' USR1; touch ready\nwhile :; do sleep 0.2; done")
                .build());
        String waits =
                "for i in $(seq 300); do [ -e " + inside.directory + "/ready ] && exit 0; sleep 0.1; done; exit 1";
        inside.cluster.exec("alice", "sh", "-c", waits).text();
        inside.cluster
                .exec(
                        "alice",
                        "scancel",
                        "--signal=USR1",
                        "--batch",
                        job.binding().nativeId())
                .text();
        assertThat(inside.output(job)).isEqualTo("told");
        assertThat(exit(inside.ends(job), 0)).isEqualTo(7);
    }
}
