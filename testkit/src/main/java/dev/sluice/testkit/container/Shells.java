package dev.sluice.testkit.container;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs programs in a container as {@code docker exec} does, by shells that stay: a {@code docker exec} costs its engine as much CPU time
 * as ten programs, and tests ask a cluster many times a second. Each program has a shell of its user's to itself while it runs. Thread-safe;
 * blocks.
 */
public final class Shells implements AutoCloseable {
    private final String container;
    private final Map<String, Deque<Shell>> idle = new ConcurrentHashMap<>();

    /** What a program left. */
    public record Said(int exit, String stdout, String stderr) {}

    /** @param container its id or name */
    public Shells(String container) {
        this.container = container;
    }

    /**
     * Runs a program to its end.
     *
     * @param input what it finds on standard input, text in whole lines; empty for none
     * @throws IOException when the container, or the shell in it, ends before the program does
     */
    public Said run(String user, List<String> command, String input) throws IOException {
        Deque<Shell> ready = idle.computeIfAbsent(user, name -> new ConcurrentLinkedDeque<>());
        Shell shell = ready.poll();
        while (shell != null && !shell.isAlive()) {
            shell = ready.poll();
        }
        if (shell == null) {
            shell = new Shell(user);
        }
        Said said = shell.run(command, input);
        ready.push(shell);
        return said;
    }

    @Override
    public void close() {
        idle.values().forEach(shells -> shells.forEach(Shell::end));
    }

    /** Reads commands from its standard input, as the standard says of sh (POSIX, "sh", STDIN). */
    private final class Shell {
        private final String user;
        private final Process process;
        private final InputStream answers;

        Shell(String user) throws IOException {
            this.user = user;
            process = new ProcessBuilder("docker", "exec", "-i", "-u", user, container, "sh").start();
            answers = new BufferedInputStream(process.getInputStream());
            send("o=$(mktemp) e=$(mktemp)\n");
        }

        boolean isAlive() {
            return process.isAlive();
        }

        void end() {
            process.destroy();
        }

        Said run(List<String> command, String input) throws IOException {
            String mark = UUID.randomUUID().toString();
            String line = command.stream().map(Shells::quoted).collect(Collectors.joining(" "));
            // The files are new each time: what a program left running in the background may still write to its own.
            send("rm -f $o $e; " + line + " >$o 2>$e "
                    + (input.isEmpty() ? "</dev/null\n" : "<<'" + mark + "'\n" + input + "\n" + mark + "\n")
                    + "echo $?; cat $o; printf '\\n%s\\n' " + mark + "; cat $e; printf '\\n%s\\n' " + mark + "\n");
            int exit = Integer.parseInt(upTo("\n"));
            return new Said(exit, upTo("\n" + mark + "\n"), upTo("\n" + mark + "\n"));
        }

        private void send(String text) throws IOException {
            try {
                OutputStream commands = process.getOutputStream();
                commands.write(text.getBytes(StandardCharsets.UTF_8));
                commands.flush();
            } catch (IOException e) {
                throw ended(e);
            }
        }

        /** What comes before these characters. */
        private String upTo(String end) throws IOException {
            byte[] tail = end.getBytes(StandardCharsets.UTF_8);
            Text text = new Text();
            while (!text.endsWith(tail)) {
                text.write(next());
            }
            return text.without(tail.length);
        }

        private int next() throws IOException {
            int next = answers.read();
            if (next < 0) {
                throw ended(null);
            }
            return next;
        }

        private IOException ended(@Nullable IOException cause) {
            String last;
            try {
                last = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            } catch (IOException e) {
                last = e.toString();
            }
            process.destroy();
            return new IOException("the shell of " + user + " in container " + container + " ended: " + last, cause);
        }
    }

    private static final class Text extends ByteArrayOutputStream {
        boolean endsWith(byte[] end) {
            if (count < end.length) {
                return false;
            }
            for (int i = 0; i < end.length; i++) {
                if (buf[count - end.length + i] != end[i]) {
                    return false;
                }
            }
            return true;
        }

        String without(int tail) {
            return new String(buf, 0, count - tail, StandardCharsets.UTF_8);
        }
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
