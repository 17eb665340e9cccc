package dev.sluice.gateway.store;

import dev.sluice.engine.JobRecord;
import dev.sluice.gateway.store.codec.Codec;
import dev.sluice.spec.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * Files of jobs that are purged: a line of JSON each, a file for each month (of the purge, UTC), gzip. Each append is a gzip
 * member of its own, and {@code zcat} reads them as one.
 */
final class Archive {
    private static final Codec<Line> LINE = Codec.of(Line.class);

    private final Path directory;

    Archive(Path directory) {
        this.directory = directory;
    }

    /** What a line holds. */
    public record Line(JobRecord job, JobSpec spec) {}

    Path file(Instant now) {
        YearMonth month = YearMonth.from(now.atOffset(ZoneOffset.UTC));
        return directory.resolve("jobs-" + month + ".ndjson.gz");
    }

    /** How long it is; 0 when it is not there, and then it is made. */
    long length(Path file) throws IOException {
        Files.createDirectories(directory);
        DataDirectory.createPrivate(file);
        return Files.size(file);
    }

    /** Cuts off what lies behind a length, and appends lines; on return they are on disk. @return the new length */
    long append(Path file, long length, List<Line> lines) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            for (Line line : lines) {
                gzip.write(LINE.write(line).getBytes(StandardCharsets.US_ASCII));
                gzip.write('\n');
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
            channel.position(length);
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
            return channel.position();
        }
    }

    static Line read(String line) {
        return LINE.read(line);
    }
}
