package dev.sluice.gateway.projects;

import dev.sluice.gateway.settings.PolicyConfig.Sync;
import dev.sluice.gateway.settings.PolicyConfig.Sync.Format;
import dev.sluice.gateway.settings.ToldProjects;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program of the site's that prints its projects. It is started without a shell and with PATH alone in its environment; it has its
 * time and its bytes, and what it started is killed with it.
 */
record Program(Sync sync) implements Teller {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C.UTF-8");

    /** Of what it complains. */
    private static final int MOST_COMPLAINT = 1000;

    @Override
    public String name() {
        return "sync";
    }

    @Override
    public Duration every() {
        return sync.every();
    }

    @Override
    public Format format() {
        return sync.format();
    }

    @Override
    public String ask() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(sync.command()).redirectInput(new File("/dev/null"));
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        Process process = start(builder);
        try {
            return text(output(process));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Process start(ProcessBuilder builder) throws IOException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(sync.command().getFirst() + " does not start: " + e.getMessage(), e);
        }
    }

    /**
     * Read on threads of their own: a program of another user, as sudo is, cannot be killed, and it, or what it started, may keep its
     * output open for ever.
     */
    private byte[] output(Process process) throws IOException, InterruptedException {
        FutureTask<String> complaint = reading("complaint", () -> complaint(process.getErrorStream()));
        FutureTask<byte[]> printed = reading("output", () -> {
            byte[] bytes = process.getInputStream().readNBytes(ToldProjects.MOST_BYTES + 1);
            if (bytes.length > ToldProjects.MOST_BYTES) {
                throw new IOException("it printed more than " + ToldProjects.MOST_BYTES + " bytes");
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("it ended with " + code + said(complaint.get()));
            }
            return bytes;
        });
        try {
            return printed.get(sync.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it did not end within " + sync.timeout().toMillis() + " ms", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException("it cannot be read", e);
        }
    }

    private static <T> FutureTask<T> reading(String what, Callable<T> reading) {
        FutureTask<T> task = new FutureTask<>(reading);
        Thread.ofPlatform().daemon().name("sluice-sync-" + what).start(task);
        return task;
    }

    /** Its first words; the rest is read, so that it is not kept from going on, and forgotten. */
    private static String complaint(InputStream err) throws IOException {
        String words = new String(err.readNBytes(MOST_COMPLAINT), StandardCharsets.UTF_8).strip();
        err.transferTo(OutputStream.nullOutputStream());
        return words;
    }

    private static String said(String complaint) {
        return complaint.isEmpty() ? "" : " and said: " + complaint.replaceAll("\\p{Cntrl}+", " ");
    }

    private static String text(byte[] bytes) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("it printed bytes that are no UTF-8", e);
        }
    }
}
