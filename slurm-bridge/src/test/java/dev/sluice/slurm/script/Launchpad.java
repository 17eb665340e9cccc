package dev.sluice.slurm.script;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.UserName;
import dev.sluice.slurm.script.BatchFile.Claims;
import dev.sluice.slurm.script.BatchFile.Habits;
import dev.sluice.slurm.script.BatchFile.LoginShell;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Launches a batch file as a node of SLURM would: a real shell, its environment, a spooled copy, appended outputs. */
final class Launchpad {
    static final JobId JOB = new JobId(JobId.FIRST + 70);
    static final long NATIVE = 4711;

    private static final UserName ALICE = new UserName("alice");

    private final Path root;
    private final Map<String, String> environment = new TreeMap<>();
    private Habits habits = new Habits(new Claims(Optional.empty()), LoginShell.NO, new TreeMap<>());
    private int spooled;

    /** How a launch ended. */
    record End(int exit, String output, String error) {}

    Launchpad(Path root) throws IOException {
        this.root = root;
        java.nio.file.Files.createDirectories(home());
        java.nio.file.Files.createDirectories(root.resolve("fake"));
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", home().toString());
        environment.put("SLURM_JOB_ID", Long.toString(NATIVE));
        environment.put("SLURMD_NODENAME", "n1");
        environment.put("SLURM_JOB_START_TIME", "1795572831");
    }

    Path home() {
        return root.resolve("home");
    }

    Path claims() {
        return home().resolve(".sluice/claims");
    }

    Path output() {
        return root.resolve("job.out");
    }

    Path error() {
        return root.resolve("job.err");
    }

    Launchpad with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Launchpad claimsIn(Path directory) {
        habits = new Habits(new Claims(Optional.of(directory.toString())), habits.loginShell(), habits.environment());
        return this;
    }

    /** A program of this name comes first in every PATH; {@code real} in its text is the one it stands for. */
    Launchpad fake(String name, String script) throws IOException {
        Path program = root.resolve("fake").resolve(name);
        java.nio.file.Files.writeString(program, "#!/bin/sh\nreal=/usr/bin/" + name + "\n" + script + "\n");
        java.nio.file.Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return with("PATH", root.resolve("fake") + ":" + System.getenv("PATH"));
    }

    static JobSpec runs(String script) {
        return runs(Bytes.ofUtf8(script));
    }

    static JobSpec runs(Bytes script) {
        return JobSpec.builder("sample", new ProjectPath("physics"), ALICE, new Work.Script(script))
                .files(Files.DEFAULTS.withOutput("job.out"))
                .build();
    }

    static Attempt attempt(JobSpec spec) {
        return new Attempt(
                AttemptId.random(7, new Random(1)),
                JOB,
                ALICE,
                new ClusterName("slurm"),
                Optional.empty(),
                spec.tasks(),
                1,
                Optional.of(Duration.ofHours(1)),
                Refusals.NONE);
    }

    static String key(JobSpec spec, int task, int run) {
        return attempt(spec).id() + "." + task + "." + run;
    }

    BatchFile file(JobSpec spec) {
        return new BatchFile(attempt(spec), spec, IndexMap.SAME, habits);
    }

    Process start(String shell, JobSpec spec) throws IOException {
        return start(shell, file(spec).render());
    }

    Process start(String shell, Bytes file) throws IOException {
        Path spool;
        synchronized (this) {
            spool = root.resolve("spool" + spooled++);
        }
        java.nio.file.Files.createDirectories(spool);
        Path script = java.nio.file.Files.write(spool.resolve("slurm_script"), file.toArray());
        List<String> command = Stream.concat(Stream.of(shell.split(" ")), Stream.of(script.toString()))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(error().toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    End run(String shell, JobSpec spec) throws IOException, InterruptedException {
        return end(start(shell, spec));
    }

    End run(String shell, Bytes file) throws IOException, InterruptedException {
        return end(start(shell, file));
    }

    private End end(Process process) throws IOException, InterruptedException {
        int exit = process.waitFor();
        return new End(exit, text(output()), text(error()));
    }

    static String text(Path file) throws IOException {
        return new String(java.nio.file.Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Names in the claim directory that begin so, sorted. */
    List<String> lying(String prefix) throws IOException {
        try (Stream<Path> all = java.nio.file.Files.list(claims())) {
            return all.map(each -> each.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }
}
