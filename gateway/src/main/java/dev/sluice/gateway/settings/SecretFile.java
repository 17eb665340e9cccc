package dev.sluice.gateway.settings;

import dev.sluice.settings.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A file that holds a secret: nobody but its owner may read it, and it is small. */
public final class SecretFile {
    public static final int MOST_BYTES = 65_536;

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    /**
     * Why a file cannot be a secret's.
     *
     * @param found never what the file holds; nor its path where there is no such file, for it might be the secret itself
     */
    public record Flaw(String expected, String found, String advice) {}

    /** What is wrong with the file as it is now; empty when nothing is. */
    public static Optional<Flaw> flaw(Path file) {
        if (!Files.exists(file)) {
            return Optional.of(new Flaw(
                    "the path of a file with the secret",
                    "no such file (not shown, lest it be the secret)",
                    "put the secret into a file of mode 0600 and write that file's path"));
        }
        if (!Files.isRegularFile(file)) {
            return Optional.of(new Flaw("a plain file", file + ", which is none", "name a file"));
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(OTHERS::contains)) {
                return Optional.of(new Flaw(
                        "a file for its owner's eyes only",
                        file + ", which others may read or write",
                        "run: chmod 600 " + file));
            }
            long size = Files.size(file);
            if (size == 0 || size > MOST_BYTES) {
                return Optional.of(new Flaw(
                        "1 to " + MOST_BYTES + " bytes", size + " bytes in " + file, "see what was written to it"));
            }
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of(new Flaw("a file that can be looked at", file.toString(), "see to its permissions"));
        }
        if (!Files.isReadable(file)) {
            return Optional.of(new Flaw("a file that we may read", file.toString(), "make it owned by " + ownName()));
        }
        return Optional.empty();
    }

    private static String ownName() {
        return System.getProperty("user.name", "the gateway's user");
    }

    /**
     * Reads a secret, each time anew so that it can be changed, without the line end that editors add.
     *
     * @throws IOException when its file has a flaw by now; the message names the file, never the secret
     */
    public static byte[] read(Secret secret) throws IOException {
        Optional<Flaw> flaw = flaw(secret.file());
        if (flaw.isPresent()) {
            throw new IOException("expected " + flaw.get().expected() + ", found "
                    + flaw.get().found());
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(secret.file())) {
            bytes = in.readNBytes(MOST_BYTES);
        }
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
