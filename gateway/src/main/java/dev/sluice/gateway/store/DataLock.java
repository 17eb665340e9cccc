package dev.sluice.gateway.store;

import dev.sluice.engine.StoreLost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The claim of one gateway to a data directory, until it is closed or its process ends, however that ends.
 *
 * <p>A lock of the operating system on a file beside the database. The file names the process that has it.
 */
final class DataLock implements AutoCloseable {
    /**
     * What this process has. Asked first, because closing a second handle of a file gives up the lock that the process has
     * through the first (POSIX).
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path claimed;
    private final FileChannel channel;

    private DataLock(Path claimed, FileChannel channel) {
        this.claimed = claimed;
        this.channel = channel;
    }

    /** @throws StoreLost when another has it */
    static DataLock take(DataDirectory directory) throws StoreLost {
        Path file = directory.lock();
        try {
            Path claimed = directory.path().toRealPath();
            if (!OURS.add(claimed)) {
                throw new StoreLost(taken(directory, "this process"));
            }
            boolean got = false;
            try {
                DataLock lock = lock(directory, claimed, file);
                got = true;
                return lock;
            } finally {
                if (!got) {
                    OURS.remove(claimed);
                }
            }
        } catch (IOException e) {
            throw new StoreLost(
                    "data directory %s: expected to lock %s, found %s; check the permissions of both"
                            .formatted(directory.path(), file.getFileName(), Loss.plain(e)),
                    e);
        }
    }

    private static DataLock lock(DataDirectory directory, Path claimed, Path file) throws IOException, StoreLost {
        DataDirectory.createPrivate(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        boolean got = false;
        try {
            if (channel.tryLock() == null) {
                throw new StoreLost(taken(directory, Files.readString(file).strip()));
            }
            String who = "process " + ProcessHandle.current().pid() + "\n";
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(who.getBytes(StandardCharsets.UTF_8)));
            got = true;
            return new DataLock(claimed, channel);
        } finally {
            if (!got) {
                channel.close();
            }
        }
    }

    private static String taken(DataDirectory directory, String by) {
        return "data directory %s: a gateway uses it already (%s); stop that one, or name another directory with --data"
                .formatted(directory.path(), by.isEmpty() ? "unknown process" : by);
    }

    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The lock goes with the process at the latest.
            return;
        } finally {
            OURS.remove(claimed);
        }
    }
}
