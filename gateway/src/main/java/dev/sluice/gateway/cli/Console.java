package dev.sluice.gateway.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Where a command stands: its streams, environment, directory and time.
 *
 * @param out in UTF-8, buffered: whoever follows something flushes
 * @param screen what of the streams a person looks at
 * @param pause how waiting is done
 */
public record Console(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Screen screen,
        Map<String, String> environment,
        Path directory,
        InstantSource clock,
        ZoneId zone,
        Pause pause) {
    /**
     * What of the two streams is a terminal, and how wide that is.
     *
     * @param columns at least 20
     */
    public record Screen(Look out, Look err, int columns) {
        public Screen {
            columns = Math.max(columns, 20);
        }
    }

    public enum Look {
        TERMINAL,
        PIPE
    }

    /** A wait that does nothing. */
    public interface Pause {
        void pause(Duration duration) throws InterruptedException;
    }

    /**
     * That of this process. What is a terminal is told by the launcher in {@code sluice.terminal} (of {@code out} and {@code err}) and
     * {@code sluice.columns}: Java can only tell of both at once.
     */
    public static Console ofThisProcess() {
        String terminals = System.getProperty("sluice.terminal", "");
        Screen screen = new Screen(look(terminals, "out"), look(terminals, "err"), columns());
        return new Console(
                System.in,
                new PrintStream(
                        new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
                        false,
                        StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                screen,
                System.getenv(),
                Path.of("").toAbsolutePath(),
                InstantSource.system(),
                ZoneId.systemDefault(),
                Console::pass);
    }

    private static Look look(String terminals, String stream) {
        return terminals.contains(stream) ? Look.TERMINAL : Look.PIPE;
    }

    private static int columns() {
        String columns = System.getProperty("sluice.columns", "");
        return columns.matches("[1-9]\\d{0,4}") ? Integer.parseInt(columns) : 80;
    }

    private static void pass(Duration duration) throws InterruptedException {
        // Nobody ever gives a permit.
        boolean never = new Semaphore(0).tryAcquire(duration.toMillis(), TimeUnit.MILLISECONDS);
        assert !never;
    }

    boolean isTerminal() {
        return screen.out() == Look.TERMINAL;
    }

    /** Whether colours are welcome on standard output (no-color.org). */
    boolean isColoured() {
        return isTerminal()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** A remark on standard error, in one line and behind our name. */
    void say(String message) {
        out.flush();
        err.println("sluice: " + Text.harmless(message));
    }

    /** Waits as long as a command waits before it tries again. */
    void rest(Duration duration) throws Failure {
        try {
            pause.pause(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(Exit.INTERRUPTED, "interrupted");
        }
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
