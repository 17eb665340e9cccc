package dev.sluice.testkit.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A script of this source tree. */
public final class Script {
    /** What of a script's output is shown while it runs. */
    public enum Told {
        NOTHING,
        /** What it prints, but that something is there already. */
        PROGRESS
    }

    private final Path file;

    private Script(Path file) {
        this.file = file;
    }

    /**
     * The script of that name below the source tree that we run in.
     *
     * @throws IllegalStateException when there is none
     */
    public static Script find(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve(name))) {
                return new Script(at.resolve(name));
            }
        }
        throw new IllegalStateException(
                "expected " + name + " in or above " + Path.of("").toAbsolutePath() + ", found none");
    }

    /** Where it lies, and what it needs beside it. */
    public Path directory() {
        return Objects.requireNonNull(file.getParent(), "an absolute path");
    }

    /** @throws IllegalStateException when no Docker engine answers */
    public static void needDocker() {
        if (run(Told.NOTHING, List.of("docker", "version", "--format", "{{.Server.Version}}"))
                .isEmpty()) {
            throw new IllegalStateException(
                    "expected a Docker engine that answers, found none; start it with: build/setup docker");
        }
    }

    /** What it printed on both streams; empty when it failed. */
    public Optional<String> run(Told told, String... arguments) {
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(List.of(arguments));
        return run(told, command);
    }

    private static Optional<String> run(Told told, List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            StringBuilder all = new StringBuilder();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    all.append(line).append('\n');
                    if (told == Told.PROGRESS && !line.endsWith(" is there")) {
                        System.out.println(line);
                    }
                }
            }
            return process.waitFor() == 0 ? Optional.of(all.toString().strip()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + String.join(" ", command), e);
        }
    }
}
