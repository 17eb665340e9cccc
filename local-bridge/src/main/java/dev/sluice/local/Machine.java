package dev.sluice.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * This machine, as far as the bridge must know it: which boot it is in and how long that has lasted.
 *
 * @param bootId a file with the boot's id
 * @param uptime a file that begins with seconds since the boot, as {@code 12.34}; they count while it is suspended too
 * @param tick how often a supervisor looks at its orders and its limit
 */
record Machine(Path bootId, Path uptime, Duration tick) {
    private static final Path PROC = Path.of("/proc");
    /** utime and stime come before it: proc(5) has the start as field 22, the state as field 3. */
    private static final int START = 22 - 3;

    static final Machine THIS =
            new Machine(PROC.resolve("sys/kernel/random/boot_id"), PROC.resolve("uptime"), Duration.ofSeconds(1));

    String boot() throws IOException {
        return Files.readString(bootId).strip();
    }

    /** Whether the process that started then still runs. */
    static boolean lives(long pid, long startTicks) {
        try {
            // The name may hold anything, parentheses too.
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            boolean dead = fields[0].equals("Z") || fields[0].equals("X");
            return !dead && Long.parseLong(fields[START]) == startTicks;
        } catch (IOException e) {
            return false;
        }
    }

    static int ownUid() throws IOException {
        return (int) Files.getAttribute(PROC.resolve("self"), "unix:uid");
    }

    /** Ends all processes that were started with this in their environment, whatever session they went to. */
    static void killAllWith(String variable) throws IOException {
        String marked = "\0" + variable + "\0";
        try (var processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (environment(process).contains(marked)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(ProcessHandle::destroyForcibly);
                }
            }
        }
    }

    private static String environment(Path process) {
        try {
            return "\0" + Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // gone, or somebody else's
        }
    }
}
