package dev.sluice.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Files that are on disk when a call returns, and reads that no link leads astray. */
final class Disk {
    private Disk() {}

    static void directory(Path path, String mode) throws IOException {
        Files.createDirectory(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    /** A new file; nothing may have its name. */
    static void write(Path path, byte[] content, String mode) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            ByteBuffer rest = ByteBuffer.wrap(content);
            while (rest.hasRemaining()) {
                file.write(rest);
            }
            file.force(true);
        }
    }

    static void write(Path path, String content, String mode) throws IOException {
        write(path, content.getBytes(StandardCharsets.UTF_8), mode);
    }

    /** One line behind all others, whole or, after a power loss, cut; the next one begins a line in any case. */
    static void append(Path path, String line) throws IOException {
        ByteBuffer text = ByteBuffer.wrap(("\n" + line + "\n").getBytes(StandardCharsets.UTF_8));
        try (FileChannel file = FileChannel.open(
                path, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)) {
            if (file.write(text) != text.limit()) {
                throw new IOException("no room for a line in " + path);
            }
            file.force(true);
        }
    }

    /** Makes what was created in or removed from a directory last. */
    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** At most so much of a plain file; of nothing else. */
    static String read(Path path, int most) throws IOException {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(path.toString(), null, "expected a plain file");
        }
        try (FileChannel file = FileChannel.open(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            return new String(Channels.newInputStream(file).readNBytes(most), StandardCharsets.UTF_8);
        }
    }

    static Set<String> names(Path directory) throws IOException {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        }
        return names;
    }

    /** Of all below too; what others swap meanwhile leads nowhere else (rm walks by descriptors). */
    static void remove(Path path) throws IOException {
        Tool.Result removed = Tool.run(List.of("rm", "-rf", "--one-file-system", "--", path.toString()), "");
        if (removed.code() != 0) {
            throw new IOException("rm -rf " + path + " ended with " + removed.code());
        }
    }

    static void give(Path path, Account account) throws IOException {
        if (account.another()) {
            Files.setAttribute(path, "unix:uid", account.uid(), LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Lets the account read or pass by its group alone. */
    static void share(Path path, Account account) throws IOException {
        if (account.another()) {
            Files.setAttribute(path, "unix:gid", account.gid(), LinkOption.NOFOLLOW_LINKS);
        }
    }
}
