package dev.sluice.slurm.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The fixed programs that work in a claim directory on the login node. */
enum RemainsProgram {
    LOOK,
    TAKE,
    MADE,
    SEARCH,
    READ,
    FORGET;

    private final String text;

    RemainsProgram() {
        this.text = resource("directory") + resource(name().toLowerCase(java.util.Locale.ROOT));
    }

    /** For {@code sh -c}; its words are the claim directory, the separator and its own. */
    String text() {
        return text;
    }

    private static String resource(String name) {
        try (InputStream in = RemainsProgram.class.getResourceAsStream(name + ".sh")) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + ".sh");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
