package dev.sluice.slurm.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What SLURM's commands really printed (src/test/resources, by version), as their outcome. */
final class Recordings {
    static final String SEPARATOR = "SEP7";

    private Recordings() {}

    static Outcome.Ended of(String version, String name) {
        return new Outcome.Ended(
                Integer.parseInt(new String(bytes(version, name + ".exit"), StandardCharsets.UTF_8).strip()),
                bytes(version, name + ".out"),
                bytes(version, name + ".err"));
    }

    static Outcome.Ended ended(int exit, String out, String err) {
        return new Outcome.Ended(exit, out.getBytes(StandardCharsets.UTF_8), err.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(String version, String file) {
        try (InputStream in = Recordings.class.getResourceAsStream(version + "/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no recording " + version + "/" + file);
            }
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
