package dev.sluice.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * CPUs for a cluster's daemons, and others for who uses them: at a site a controller has a machine of its own, and how many jobs a
 * second it takes does not hang on what its clients compute. On one machine taskset (util-linux) keeps them apart; what runs later
 * inherits it. Where there is one CPU, or where the daemons are not this user's to move, all share what there is, which is told.
 */
final class Cpus implements AutoCloseable {
    private final String all;
    private final String daemons;

    private Cpus(String all, String daemons) {
        this.all = all;
        this.daemons = daemons;
    }

    /** Moves this process, and what it starts from now on, to the second half of its CPUs. */
    static Cpus apart() throws IOException, InterruptedException {
        List<Integer> allowed = allowed();
        int half = allowed.size() / 2;
        if (half == 0) {
            Report.note("one CPU: the cluster and its clients share it");
            return new Cpus(text(allowed), "");
        }
        Cpus cpus = new Cpus(text(allowed), text(allowed.subList(0, half)));
        String clients = text(allowed.subList(half, allowed.size()));
        move(ProcessHandle.current().pid(), clients);
        Report.note("CPUs: the cluster's daemons " + cpus.daemons + ", their clients " + clients);
        return cpus;
    }

    /**
     * Moves the processes of a container to the first half.
     *
     * @param isDaemon by its name whether it is one of the cluster's; the others go with this process
     */
    void give(String container, Predicate<String> isDaemon) throws IOException, InterruptedException {
        if (daemons.isEmpty()) {
            return;
        }
        String clients = text(allowed());
        // Twice: what was started meanwhile by one that had not been moved.
        for (int i = 0; i < 2; i++) {
            for (String line : run(List.of("docker", "top", container, "-eo", "pid,comm"))
                    .lines()
                    .skip(1)
                    .toList()) {
                String[] process = line.strip().split("\\s+", 2);
                move(Long.parseLong(process[0]), isDaemon.test(process[1]) ? daemons : clients);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            move(ProcessHandle.current().pid(), all);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void move(long pid, String cpus) throws IOException, InterruptedException {
        try {
            run(List.of("taskset", "-a", "-p", "-c", cpus, Long.toString(pid)));
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isPresent()) {
                throw e;
            }
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
        return said;
    }

    /** Of this thread (proc(5), status: Cpus_allowed_list). */
    private static List<Integer> allowed() throws IOException {
        String list = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow(() -> new IOException("expected Cpus_allowed_list in /proc/thread-self/status"));
        List<Integer> all = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.split("-");
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                all.add(cpu);
            }
        }
        return all;
    }

    private static String text(List<Integer> cpus) {
        return String.join(",", cpus.stream().map(Object::toString).toList());
    }
}
