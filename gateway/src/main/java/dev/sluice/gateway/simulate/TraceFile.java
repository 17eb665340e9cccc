package dev.sluice.gateway.simulate;

import dev.sluice.job.InvalidValue;
import dev.sluice.policy.trace.CsvReader;
import dev.sluice.policy.trace.SwfReader;
import dev.sluice.policy.trace.SwfWriter;
import dev.sluice.policy.trace.Trace;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** A file with a trace: comma-separated values where its name says so, else the Standard Workload Format; gzipped or not. */
public final class TraceFile {
    private static final int GZIP = 0x1f8b;

    private TraceFile() {}

    /**
     * Reads it whole.
     *
     * @throws InvalidValue for the first line that is wrong
     */
    public static Trace read(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                // What is no UTF-8, as in comments of old traces, is replaced and no error.
                new InputStreamReader(plain(file), StandardCharsets.UTF_8), 1 << 16)) {
            var lines = reader.lines().iterator();
            Trace trace = isCsv(file) ? CsvReader.read(lines) : SwfReader.read(lines);
            if (trace.jobs().isEmpty()) {
                throw new InvalidValue("trace " + file.getFileName(), "at least one job that ran", "none");
            }
            return trace;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Writes it in the Standard Workload Format. */
    public static void write(Path file, Trace trace, String note) throws IOException {
        try (Stream<String> lines = SwfWriter.lines(trace, note)) {
            Files.write(file, (Iterable<String>) lines::iterator, StandardCharsets.US_ASCII);
        }
    }

    private static boolean isCsv(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".csv") || name.endsWith(".csv.gz");
    }

    /** By the file's first bytes, whatever it is called. */
    @SuppressWarnings("MustBeClosed") // Its reader closes it.
    private static InputStream plain(Path file) throws IOException {
        BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        int first = in.read() << 8 | in.read();
        in.reset();
        return first == GZIP ? new GZIPInputStream(in, 1 << 16) : in;
    }
}
