package dev.sluice.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Sighting;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.Refusal;
import dev.sluice.job.Verdict;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Environment;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.contract.Does;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a job meets inside: its bytes, its words, its environment, its files, its signals and its limit. */
final class LocalJobTest extends LocalJobs {
    @Test
    @Fault("F56")
    void exitsOf128AndMoreAreNeverTakenForSignals() {
        int tasks = 40;
        Job job = released(array(
                site.runs("#!/bin/sh\n[ $((SLURM_ARRAY_TASK_ID % 2)) = 0 ] && exit 137\nkill -9 $$\n"), tasks, 0));
        for (int task = 0; task < tasks; task++) {
            assertThat(end(job, task)).isEqualTo(task % 2 == 0 ? failed(137, 0) : failed(0, 9));
        }
    }

    @Test
    void signalsAreNotIgnoredInside() {
        for (int signal : new int[] {1, 2, 3, 13, 34}) {
            assertThat(end(released(site.runs("#!/bin/sh\nkill -" + signal + " $$\nsleep 60\n"))))
                    .isEqualTo(failed(0, signal));
        }
    }

    @Test
    void theScriptIsItsBytes() throws IOException {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.writeBytes("#!/bin/sh\ncat \"$0\"\nexit\n".getBytes(StandardCharsets.US_ASCII));
        for (int b = 0; b < 256; b++) {
            script.write(b);
        }
        Job job = released(site.job(new Work.Script(Bytes.of(script.toByteArray()))));
        assertThat(end(job)).isEqualTo(succeeded());
        assertThat(printed(job)).isEqualTo(script.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void wordsAreWordsWhateverTheyHold() {
        List<String> words = List.of(
                "",
                " ",
                "a b",
                "line\nbreak\n",
                "$(id)",
                "`id`",
                "'",
                "''\"'",
                "\\",
                "*",
                "-n",
                "é\u0001\u007f",
                "$HOME",
                "a=b");
        Job job = released(site.job(new Work.Command(with("/usr/bin/printf", "[%s]", words))));
        assertThat(end(job)).isEqualTo(succeeded());
        StringBuilder expected = new StringBuilder();
        words.forEach(word -> expected.append('[').append(word).append(']'));
        assertThat(new String(printed(job).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .isEqualTo(expected.toString());
    }

    private static List<String> with(String program, String first, List<String> rest) {
        List<String> all = new java.util.ArrayList<>(List.of(program, first));
        all.addAll(rest);
        return all;
    }

    @Test
    void argumentsOfAScriptAndAProgramWithAnEqualsSign() {
        Job script = released(
                site.job(new Work.Script(Bytes.ofUtf8("#!/bin/sh\nprintf '<%s>' \"$@\"\n"), List.of("a b", "$x", ""))));
        Job program = released(site.job(Work.Command.of("no=such program")));
        assertThat(end(script)).isEqualTo(succeeded());
        assertThat(printed(script)).isEqualTo("<a b><$x><>");
        assertThat(end(program)).isEqualTo(failed(127, 0));
        assertThat(printed(program)).contains("no=such program");
    }

    @Test
    void theEnvironmentIsTheJobsAndNothingOfTheGateways() {
        Map<String, String> given =
                Map.of("-u", "x", "BASH_FUNC_ml%%", "() { :\n}", "QUOTE", "it's\n$(id)", "PATH", "/bin");
        JobSpec spec = site.job(Work.Command.of("/usr/bin/env", "-0")).toBuilder()
                .environment(Environment.of(given))
                .name("my job")
                .build();
        Job job = released(spec);
        assertThat(end(job)).isEqualTo(succeeded());
        Map<String, String> found = new TreeMap<>();
        for (String variable : printed(job).split("\0")) {
            String[] parts = variable.split("=", 2);
            found.put(parts[0], parts[1]);
        }
        assertThat(found).containsAllEntriesOf(given);
        assertThat(found)
                .containsEntry("SLURM_JOB_ID", job.attempt().job().toString())
                .containsEntry("SLURM_JOB_NAME", "my job")
                .containsEntry("SLUICE_NATIVE_JOB_ID", job.attempt().id().toString())
                .doesNotContainKeys("JAVA_HOME", "MAVEN_OPTS", "SLURM_ARRAY_TASK_ID", "SLURM_RESTART_COUNT", "OLDPWD");
        found.keySet().removeAll(given.keySet());
        assertThat(found.keySet())
                .allMatch(name -> name.startsWith("SLURM")
                        || name.startsWith("SLUICE")
                        || List.of("HOME", "USER", "LOGNAME", "SHELL", "LANG", "ENVIRONMENT")
                                .contains(name));
    }

    @Test
    void neitherSupervisorNorJobInheritsAnythingElse() throws IOException {
        Job job = running(site.sample(new Does.RunsOn()));
        String[] supervisor = java.nio.file.Files.readString(
                        java.nio.file.Path.of("/proc/" + supervisor(job).pid() + "/environ"))
                .split("\0");
        assertThat(supervisor).allMatch(variable -> variable.startsWith("PATH=") || variable.equals("LC_ALL=C"));
        Job open = released(site.job(Work.Command.of("/bin/ls", "/proc/self/fd")));
        assertThat(end(open)).isEqualTo(succeeded());
        assertThat(printed(open)).as("its three and ls's own").isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void eachTaskOfAnArrayHasItsOwnIdAndFiles() throws IOException {
        JobSpec spec = array(site.runs("#!/bin/sh\necho $SLURM_ARRAY_JOB_ID $SLURM_JOB_ID\n"), 3, 0).toBuilder()
                .files(Files.DEFAULTS
                        .withWorkingDirectory(site.marks.toString())
                        .withOutput("%x-%A_%3a.%j"))
                .build();
        Job job = released(spec);
        for (int task = 0; task < 3; task++) {
            assertThat(end(job, task)).isEqualTo(succeeded());
            int first = job.attempt().job().value();
            assertThat(site.marks.resolve("sample-" + first + "_00" + task + "." + (first + task)))
                    .hasContent(first + " " + (first + task));
        }
    }

    @Test
    void theFilesAreOpenedAsTheAccount() throws IOException {
        JobSpec secret = site.sample(new Does.Exits(0)).toBuilder()
                .files(Files.DEFAULTS.withOutput("/proc/no/such"))
                .build();
        assertThat(end(released(secret)))
                .isInstanceOfSatisfying(
                        AttemptEnd.Finished.class,
                        end -> assertThat(end.verdict()).isInstanceOfSatisfying(Verdict.Failed.class, failed -> {
                            assertThat(failed.exitCode()).isOne();
                            assertThat(failed.note()).contains("cannot write its output /proc/no/such");
                        }));
        Job own = released(site.runs("#!/bin/sh\nid -un; cat; echo oops >&2\n").toBuilder()
                .files(Files.DEFAULTS.withError("err.%j").withInput("/etc/hostname"))
                .build());
        assertThat(end(own)).isEqualTo(succeeded());
        assertThat(printed(own))
                .startsWith(Account.of(LocalSite.account()).name() + "\n")
                .doesNotContain("oops");
        assertThat(bridge.log(own.attempt(), own.binding(), 0, LogReading.Stream.ERROR, 0))
                .isInstanceOfSatisfying(
                        LogReading.Chunk.class,
                        chunk -> assertThat(chunk.bytes().toLatin1()).isEqualTo("oops\n"));
    }

    @Test
    void aLogThatIsALinkIsNotFollowedNorOneOfSomebodyElse() {
        for (String target : new String[] {"/etc/passwd", "mine"}) {
            Job job = released(
                    site
                            .runs("#!/bin/sh\necho mine >mine\nrm out*\nln -s " + target + " out.$SLURM_JOB_ID\n")
                            .toBuilder()
                            .files(Files.DEFAULTS
                                    .withWorkingDirectory(site.marks.toString())
                                    .withOutput("out.%j"))
                            .build());
            assertThat(end(job)).isEqualTo(succeeded());
            assertThat(bridge.log(job.attempt(), job.binding(), 0, LogReading.Stream.OUTPUT, 0))
                    .isInstanceOf(LogReading.Cannot.class);
        }
    }

    @Test
    void whoeverDoesNotListenToThePoliteSignalIsKilledWhenItsGraceIsOver() {
        Job job = running(site.runs("#!/bin/sh\ntrap '' TERM\nuntil sleep 3600; do :; done\n"));
        stop(job, Duration.ofSeconds(8));
        assertThat(end(job)).isEqualTo(new AttemptEnd.Stopped());
    }

    @Test
    void whoeverListensMayTidyUp() {
        Job job = running(
                site.runs("#!/bin/sh\ntrap 'echo tidy; exit 0' TERM\necho ready\nwhile :; do sleep 0.02; done\n"));
        var deadline = site.now().plus(site.patience());
        while (!printedSoFar(job).equals("ready\n")) {
            assertThat(site.now()).isBefore(deadline);
        }
        stop(job, Duration.ofMinutes(10));
        assertThat(end(job)).isEqualTo(new AttemptEnd.Stopped());
        assertThat(printed(job)).startsWith("ready\n").endsWith("tidy\n");
    }

    private String printedSoFar(Job job) {
        LogReading reading = bridge.log(job.attempt(), job.binding(), 0, LogReading.Stream.OUTPUT, 0);
        return reading instanceof LogReading.Chunk chunk ? chunk.bytes().toLatin1() : "";
    }

    @Test
    void theLimitIsAnnouncedAndKept() {
        JobSpec spec = site.runs("#!/bin/sh\ntrap 'echo warned' USR1\nwhile :; do sleep 0.02; done\n").toBuilder()
                .rules(Rules.DEFAULTS.withEndSignal(new EndSignal(10, 40, EndSignal.Target.BATCH_SHELL)))
                .build();
        Job job = released(spec.toBuilder()
                .ask(spec.ask().withLimit(Duration.ofSeconds(70)))
                .build());
        assertThat(end(job)).isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
        assertThat(printed(job)).isEqualTo("warned\n");
    }

    @Test
    void aParkThatIsRepeatedWithAnotherLimitIsTheSameObjectWithThatLimit() {
        JobSpec spec = site.sample(new Does.RunsOn());
        Job job = park(spec);
        JobSpec shorter = spec.toBuilder()
                .ask(spec.ask().withLimit(Duration.ofSeconds(20)))
                .build();
        assertThat(bridge.park(job.attempt(), shorter, site.now().plusSeconds(5)))
                .isEqualTo(new Parking.Parked(job.binding(), List.of()));
        release(bridge, job);
        assertThat(end(job)).isEqualTo(new AttemptEnd.Finished(new Verdict.TimedOut()));
    }

    @Test
    void whatAJobLeavesBehindEndsWithIt() {
        Job job = released(site.runs("#!/bin/sh\nsleep 3600 &\nexit 3\n"));
        assertThat(end(job)).isEqualTo(failed(3, 0));
        String own = "SLUICE_RUN=" + Premises.key(job.attempt().id(), 0, 0);
        assertThat(ProcessHandle.allProcesses().filter(process -> has(process, own)))
                .isEmpty();
    }

    private static boolean has(ProcessHandle process, String variable) {
        try {
            return process.isAlive()
                    && java.nio.file.Files.readString(java.nio.file.Path.of("/proc/" + process.pid() + "/environ"))
                            .contains(variable);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void noMoreRunAtOnceThanTheArraySaysAndThanThereIsRoomFor() {
        Job throttled = released(array(site.sample(new Does.RunsOn()), 6, 2));
        Job wide = released(array(
                site.sample(new Does.RunsOn()).toBuilder()
                        .resources(Resources.DEFAULTS.withMemory(new Memory.PerNode(LocalSite.MEMORY / 2)))
                        .build(),
                4,
                0));
        for (int task : new int[] {0, 1}) {
            site.await(bridge, throttled.attempt(), task, Sighting.Running.class);
            site.await(bridge, wide.attempt(), task, Sighting.Running.class);
        }
        Sweep.Seen sweep = (Sweep.Seen) bridge.observe(Cursor.START, Duration.ZERO);
        assertThat(sweep.observations().stream()
                        .filter(seen -> seen.seen() instanceof Sighting.Running)
                        .mapToInt(seen -> seen.tasks().size())
                        .sum())
                .isEqualTo(4);
    }

    @Test
    void whatThisMachineCannotHonourIsSaid() {
        JobSpec plain = site.sample(new Does.Exits(0));
        assertThat(codes(plain)).isEmpty();
        assertThat(codes(plain.toBuilder().container(Container.of("alpine:3")).build()))
                .containsExactly("no-containers");
        assertThat(codes(plain.toBuilder()
                        .resources(Resources.DEFAULTS.withNodes(Nodes.exactly(2)))
                        .build()))
                .containsExactly("too-many-nodes");
        assertThat(codes(plain.toBuilder()
                        .resources(Resources.DEFAULTS
                                .withGpus(Gpus.of(Gpus.Per.JOB, "a100", 1))
                                .withLicenses(Map.of("matlab", 1))
                                .withGres(Map.of("shard", 1L))
                                .withTmpBytesPerNode(1)
                                .withMemory(new Memory.PerNode(LocalSite.MEMORY + 1)))
                        .build()))
                .containsExactly("too-much-memory", "no-gpus", "no-licenses", "no-gres", "no-scratch");
        assertThat(codes(plain.toBuilder()
                        .routing(Routing.ANYWHERE
                                .withPartitions(List.of("gpu"))
                                .withQos("high")
                                .withConstraint("avx"))
                        .build()))
                .containsExactly("unknown-partition", "no-qos", "no-features");
        assertThat(codes(plain.toBuilder()
                        .routing(Routing.ANYWHERE.withNodeList("n1").withExcludedNodes("n[2-3]"))
                        .mail(Mail.of(List.of(Mail.Event.END), Optional.empty()))
                        .build()))
                .containsExactly("no-nodes", "no-nodes", "no-mail");
        assertThat(codes(plain.toBuilder()
                        .routing(Routing.ANYWHERE.withPartitions(List.of("here")))
                        .build()))
                .isEmpty();
        assertThat(codes(plain.toBuilder()
                        .ask(plain.ask().withLimit(Duration.ofDays(2)))
                        .build()))
                .containsExactly("time-limit");
    }

    @Test
    void whoAsksForNoLimitHasAnHourOrTheLongestWhereThatIsLess() {
        LocalSettings day = site.settings();
        assertThat(day.usualTime()).isEqualTo(Duration.ofHours(1));
        LocalSettings brief = new LocalSettings(
                day.cluster(),
                day.directory(),
                day.realm(),
                day.account(),
                day.cpus(),
                day.memory(),
                Duration.ofMinutes(10),
                day.retention(),
                day.clock(),
                day.environment());
        JobSpec spec = site.sample(new Does.Exits(0));
        assertThat(spec.ask().limit()).isEmpty();
        assertThat(Order.of(site.attempt(spec, spec.tasks()), spec, brief.usualTime())
                        .limit())
                .isEqualTo(600);
    }

    private List<String> codes(JobSpec spec) {
        return bridge.cannot(spec).stream().map(Refusal::code).toList();
    }

    @Test
    void jobsNeverRunAsRootAndOnlyRootMayNameAnother() throws IOException {
        boolean root = Machine.ownUid() == 0;
        Optional<String> wrong = root ? Optional.empty() : Optional.of("daemon");
        assertThatThrownBy(() -> Account.of(wrong))
                .isInstanceOf(InvalidValue.class)
                .hasMessageStartingWith("account: expected");
        assertThatThrownBy(() -> Account.of(Optional.of("root"))).isInstanceOf(InvalidValue.class);
        assertThatThrownBy(() -> Account.of(Optional.of("no-such-account"))).isInstanceOf(InvalidValue.class);
    }
}
