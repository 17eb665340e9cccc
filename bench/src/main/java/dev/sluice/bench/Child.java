package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java process of a benchmark's own, on the same class path: what is measured stays apart from what measures. */
final class Child implements AutoCloseable {
    /** USER_HZ, which is 100 on every Linux that Java runs on. */
    static final long CLOCK_TICKS = 100;

    private final Process process;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a class's {@code main}; its errors go to ours. */
    static Child start(List<String> options, Class<?> main, String... arguments) throws IOException {
        return start(ProcessBuilder.Redirect.INHERIT, options, main, arguments);
    }

    /** Starts a class's {@code main}; its errors go there. */
    static Child start(ProcessBuilder.Redirect errors, List<String> options, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseCompactObjectHeaders",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new Child(new ProcessBuilder(command).redirectError(errors).start());
    }

    /** The next line that it prints and that begins so, less that beginning. */
    String await(String beginning) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length()).strip();
            }
        }
        throw new IOException("the process ended and did not say '" + beginning + "'");
    }

    /** @throws IOException when it has ended */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the process ended with exit code " + process.exitValue());
        }
    }

    /** CPU time that it has used, its kernel's share included, in microseconds (proc(5), stat: utime and stime in ticks of 10 ms). */
    long cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 1_000_000 / CLOCK_TICKS;
    }

    /** The most of it that was in memory at once, in bytes (proc(5), status: VmHWM in kB). */
    long peakMemoryBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum()
                * 1024;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        output.close();
    }
}
