package dev.sluice.slurm.rest;

import dev.sluice.job.InvalidValue;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program that prints a token for a user, as {@code sudo scontrol token username=%u lifespan=%t}. It is started without a
 * shell and with PATH alone in its environment.
 *
 * @param argv {@code %u} stands for the user, {@code %t} for the seconds that the token is to live
 * @param timeout after which it is killed
 */
public record CommandTokens(List<String> argv, Duration timeout, InstantSource clock) implements TokenSource {
    private static final int MOST_BYTES = 64 << 10;
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

    public CommandTokens {
        argv = List.copyOf(argv);
        if (argv.isEmpty() || argv.stream().noneMatch(word -> word.contains("%u"))) {
            throw new InvalidValue("token command", "a program and its arguments with %u in one", argv.toString());
        }
    }

    @Override
    public Token mint(String user, Duration life) throws IOException {
        String seconds = Long.toString(life.toSeconds());
        List<String> words = argv.stream()
                .map(word -> word.replace("%u", user).replace("%t", seconds))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(new File("/dev/null"))
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        Process process = start(builder);
        try {
            return Token.read(output(process), clock.instant().plus(life))
                    .orElseThrow(() -> new IOException("the token command printed no token: expected one word"));
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException("the token command does not start", e);
        }
    }

    /**
     * Read on a thread of its own: a program of another user, as sudo is, cannot be killed, and it, or what it started, may keep its
     * output open for ever.
     */
    private String output(Process process) throws IOException {
        FutureTask<byte[]> reading = new FutureTask<>(() -> {
            byte[] printed = process.getInputStream().readNBytes(MOST_BYTES);
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("the token command ended with " + code);
            }
            return printed;
        });
        Thread.ofPlatform().daemon().name("token-command").start(reading);
        try {
            return new String(reading.get(timeout.toMillis(), TimeUnit.MILLISECONDS), StandardCharsets.UTF_8);
        } catch (TimeoutException e) {
            throw new IOException("the token command did not end within " + timeout.toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException("the token command failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the token command ran", e);
        }
    }
}
