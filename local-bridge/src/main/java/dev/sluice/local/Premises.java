package dev.sluice.local;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.InvalidValue;
import dev.sluice.script.ShellWord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bridge's directory and what lies where in it.
 *
 * <pre>
 * supervise.sh             the supervisor
 * attempts/ID/             a parked attempt, the gateway's: order.json, incarnation, script, journal, runs/TASK.LAUNCH/
 * attempts/ID/work/        the account's: where jobs work that name no directory, when the account has no home
 * claims/ID.TASK.RUN       the account's: one link for each run that passed the gate, or never will
 * ends/ID.TASK.RUN         the account's: how it ended
 * new/, own/, gone/        the gateway's alone: what is being made, linked and removed
 * </pre>
 */
final class Premises {
    /** The only one: a task that starts again does so as another attempt. */
    static final int RUN = 0;

    static final int MOST_RECORD = 4096;
    private static final Duration HALF_DONE = Duration.ofHours(1);
    private static final Duration MARKS_KEPT = Duration.ofDays(365);
    private static final int MOST_ORDER = 64 << 20;
    private static final int MOST_JOURNAL = 64 << 20;
    private static final int OTHERS = 0077;
    private static final int OTHERS_WRITE = 0022;

    private final Path root;
    private final Account account;
    private final SecureRandom random = new SecureRandom();

    Premises(Path root, Account account) throws IOException {
        this.root = root;
        this.account = account;
        Files.createDirectories(root);
        int mode = (int) Files.getAttribute(root, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        int uid = (int) Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (uid != Machine.ownUid() || !Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidValue("directory", "a directory of the gateway's own user", root + " of user " + uid);
        }
        if ((mode & OTHERS_WRITE) != 0) {
            throw new InvalidValue("directory", "one that only its owner may change", root + " is open to others");
        }
        shared(root);
        for (String name : new String[] {"attempts", "claims", "ends", "new", "own", "gone"}) {
            make(name);
        }
        installSupervisor();
        checkTools();
    }

    /** That the account gets here, and finds what a supervisor is made of. */
    private void checkTools() throws IOException {
        String check = "[ -r " + ShellWord.quoted(supervisor().toString()) + " ] || exit 3\n"
                + "env --default-signal -- true && setsid -f -w true && sync -d "
                + ShellWord.quoted(supervisor().toString()) + " && [ \"$(date +%3N)\" != %3N ] || exit 4\n";
        switch (Tool.run(account.command(List.of("/bin/sh")), check).code()) {
            case 0 -> {}
            case 3 -> throw new InvalidValue("directory", "one that " + account.name() + " can reach", root.toString());
            default ->
                throw new InvalidValue(
                        "this machine", "setpriv and setsid of util-linux, coreutils 8.31 or later", "less");
        }
    }

    private void make(String name) throws IOException {
        Path path = root.resolve(name);
        try {
            Disk.directory(path, "rwx------");
        } catch (FileAlreadyExistsException e) {
            return;
        }
        switch (name) {
            case "attempts" -> shared(path);
            case "claims", "ends" -> Disk.give(path, account);
            default -> {}
        }
        Disk.sync(root);
    }

    /** Ours, and the account may pass. */
    private void shared(Path path) throws IOException {
        Disk.share(path, account);
        Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(account.another() ? "rwx--x---" : "rwx------"));
    }

    /** Behind the old one's back: a supervisor reads on in the file that it began with. */
    private void installSupervisor() throws IOException {
        try (InputStream text = Premises.class.getResourceAsStream("supervise.sh")) {
            if (text == null) {
                throw new IllegalStateException("supervise.sh is missing beside " + Premises.class);
            }
            Path made = unique();
            Disk.write(made, text.readAllBytes(), "rw-r-----");
            Disk.share(made, account);
            Files.move(made, supervisor(), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private Path unique() {
        return root.resolve("own").resolve(token());
    }

    String token() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    Path supervisor() {
        return root.resolve("supervise.sh");
    }

    Path attempts() {
        return root.resolve("attempts");
    }

    Path directory(AttemptId attempt) {
        return attempts().resolve(attempt.toString());
    }

    static String key(AttemptId attempt, int task, int run) {
        return attempt + "." + task + "." + run;
    }

    /** @throws IOException also when it is not as we made it: then nothing starts and nothing is concluded */
    Path claims() throws IOException {
        return checked(root.resolve("claims"));
    }

    /** @throws IOException as of {@link #claims()} */
    Path ends() throws IOException {
        return checked(root.resolve("ends"));
    }

    private Path checked(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
        boolean ours = Boolean.TRUE.equals(found.get("isDirectory"))
                && found.get("uid") instanceof Integer uid
                && uid == account.uid()
                && found.get("mode") instanceof Integer mode
                && (mode & OTHERS) == 0;
        if (!ours) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "expected a directory that is " + account.name() + "'s alone, found " + found);
        }
        return path;
    }

    /** The parked attempt that is there now, whether made here or before. */
    Parked park(Attempt attempt, Order order, Optional<byte[]> script) throws IOException {
        Path there = directory(attempt.id());
        if (!Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            Path made = root.resolve("new").resolve(attempt.id() + "." + token());
            Disk.directory(made, "rwx------");
            fill(made, order, script);
            try {
                Files.move(made, there, StandardCopyOption.ATOMIC_MOVE);
                Disk.sync(attempts());
            } catch (FileSystemException e) {
                // Somebody was faster, or it cannot be moved: reading tells.
                Disk.remove(made);
            }
        }
        return load(attempt.id());
    }

    private void fill(Path made, Order order, Optional<byte[]> script) throws IOException {
        Disk.write(made.resolve("order.json"), order.toJson(), "rw-------");
        Disk.write(made.resolve("incarnation"), token() + token(), "rw-------");
        Disk.write(made.resolve("journal"), "", "rw-r-----");
        Disk.share(made.resolve("journal"), account);
        if (script.isPresent()) {
            Disk.write(made.resolve("script"), script.get(), "rw-r-----");
            Disk.share(made.resolve("script"), account);
        }
        Disk.directory(made.resolve("runs"), "rwx------");
        shared(made.resolve("runs"));
        Disk.directory(made.resolve("work"), "rwx------");
        Disk.give(made.resolve("work"), account);
        shared(made);
        Disk.sync(made);
    }

    /** @throws NoSuchFileException when there is none */
    Parked load(AttemptId attempt) throws IOException {
        Path there = directory(attempt);
        Order order = Order.fromJson(Disk.read(there.resolve("order.json"), MOST_ORDER));
        String incarnation = Disk.read(there.resolve("incarnation"), MOST_RECORD);
        return new Parked(
                attempt,
                order,
                new Binding(attempt.toString(), incarnation, account.name()),
                there,
                workplace(order, there));
    }

    private String workplace(Order order, Path there) throws IOException {
        if (!order.directory().isEmpty()) {
            return order.directory();
        }
        Path home = Path.of(account.home());
        boolean lives =
                Files.isDirectory(home) && Files.getAttribute(home, "unix:uid").equals(account.uid());
        return lives ? account.home() : there.resolve("work").toString();
    }

    Journal journal(Path directory) throws IOException {
        return Journal.parse(Disk.read(directory.resolve("journal"), MOST_JOURNAL));
    }

    /** Links a text of ours to a name that must be free. Whether it was. */
    boolean link(Path name, String text) throws IOException {
        Path own = unique();
        Disk.write(own, text, "rw-r--r--");
        try {
            Files.createLink(name, own);
            Disk.sync(name.resolveSibling("."));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } finally {
            Files.delete(own);
        }
    }

    Mark mark(Path claim) throws IOException {
        return Mark.parse(Disk.read(claim, MOST_RECORD), time(claim));
    }

    End end(Path end) throws IOException {
        return End.parse(Disk.read(end, MOST_RECORD), time(end));
    }

    private static Instant time(Path file) throws IOException {
        return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    }

    /**
     * Takes an attempt away. That its tasks ran stays known: a late launch of it finds neither its permit nor a free claim, and
     * a gateway that was away for long does not take it for one that never started.
     */
    void remove(Parked parked) throws IOException {
        Path gone = root.resolve("gone").resolve(parked.attempt() + "." + token());
        Files.move(parked.directory(), gone, StandardCopyOption.ATOMIC_MOVE);
        Disk.sync(attempts());
        Disk.remove(gone);
    }

    /** Takes away what a bridge that died left half made or half removed, and the marks of what went a year ago. */
    void tidy(Instant now) throws IOException {
        for (String name : new String[] {"new", "own", "gone"}) {
            for (Path stale : before(root.resolve(name), now.minus(HALF_DONE))) {
                Disk.remove(stale);
            }
        }
        for (Path directory : new Path[] {ends(), claims()}) {
            for (Path old : before(directory, now.minus(MARKS_KEPT))) {
                String attempt = old.getFileName().toString().split("\\.", 2)[0];
                if (!Files.exists(attempts().resolve(attempt), LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    private static List<Path> before(Path directory, Instant time) throws IOException {
        List<Path> old = new ArrayList<>();
        for (String name : Disk.names(directory)) {
            try {
                if (time(directory.resolve(name)).isBefore(time)) {
                    old.add(directory.resolve(name));
                }
            } catch (NoSuchFileException e) {
                // done meanwhile
            }
        }
        return old;
    }
}
