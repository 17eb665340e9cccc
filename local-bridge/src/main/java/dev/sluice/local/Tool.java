package dev.sluice.local;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Short-lived programs of this machine, with an environment of their own. */
final class Tool {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");

    private Tool() {}

    record Result(int code, byte[] output) {
        String text() {
            return new String(output, StandardCharsets.UTF_8);
        }
    }

    /** Runs it to its end with this as its input; complaints of its own go nowhere. */
    static Result run(List<String> argv, String input) throws IOException {
        Process process =
                builder(argv).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It may end without reading: its exit code says what came of it.
        }
        byte[] output = process.getInputStream().readAllBytes();
        return new Result(ended(process), output);
    }

    /** Starts it in a session that nobody waits for; its output goes behind what the file has. */
    static void detach(List<String> argv, Path output) throws IOException {
        ProcessBuilder builder = builder(argv)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        int code = ended(builder.start());
        if (code != 0) {
            throw new IOException("setsid ended with " + code);
        }
    }

    private static ProcessBuilder builder(List<String> argv) {
        ProcessBuilder builder = new ProcessBuilder(argv).directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(ENVIRONMENT);
        return builder;
    }

    private static int ended(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + process.pid() + " ran");
        }
    }
}
