package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.LogReading;
import dev.sluice.job.AttemptId;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Remains.Found;
import dev.sluice.slurm.door.Remains.Key;
import dev.sluice.slurm.door.Remains.Mark;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Claims and logs by the real programs, through a server on this machine. */
@Timeout(60)
final class SshRemainsTest {
    private static final Owner OWNER = new Owner("alice");
    private static final AttemptId ATTEMPT = AttemptId.random(7, new Random(1));
    private static final Key FIRST = new Key(ATTEMPT, 0, 0);
    private static final Key SECOND = new Key(ATTEMPT, 1, 2);

    @TempDir
    Path directory = Path.of("");

    private HostileServer server;
    private SshDoor door;
    private SshRemains remains;

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    void open() throws Exception {
        server = new HostileServer(directory, "echo noise; ");
        door = new SshDoor(server.settings(), CertificateAuthority.Kind.ECDSA, InstantSource.system());
        remains = door.remains();
    }

    @AfterEach
    void close() throws IOException {
        door.close();
        server.close();
    }

    private Path claims() {
        return directory.resolve("claims");
    }

    private static Instant fence() {
        return Instant.now().plusSeconds(60);
    }

    private static String code(Answer<?> answer) {
        return answer instanceof Answer.Refused<?> refused
                ? refused.refusal().code() + ": " + refused.refusal().message()
                : "not refused: " + answer;
    }

    /** As the wrapper's gate writes it. */
    private void launched(Key key, String output, String error) throws IOException {
        Files.createDirectories(claims());
        Files.setPosixFilePermissions(claims(), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(
                claims().resolve(key.toString()),
                "launched 1795568691\njob_start -\nown_id 42\nnode n1\noutput " + output + "\nerror " + error + "\n");
    }

    @Test
    void whatNobodyHasIsTakenOnceAndForGood() {
        assertThat(remains.look(OWNER, List.of(FIRST, SECOND)))
                .isEqualTo(Answer.said(
                        Map.of(FIRST, new Found(Optional.empty(), 0), SECOND, new Found(Optional.empty(), 0))));
        Answer<Map<Key, Mark>> taken = Answer.said(Map.of(FIRST, new Mark.Taken(), SECOND, new Mark.Taken()));
        assertThat(remains.take(OWNER, List.of(FIRST, SECOND), fence())).isEqualTo(taken);
        assertThat(remains.take(OWNER, List.of(FIRST, SECOND), fence())).isEqualTo(taken);
        assertThat(claims().toFile().list()).containsExactlyInAnyOrder(FIRST.toString(), SECOND.toString());
    }

    @Test
    void itTellsWhenTheDirectoryWasMadeWhereItsFileSystemKnows() throws Exception {
        launched(FIRST, "-", "-");
        Files.setLastModifiedTime(claims(), FileTime.from(Instant.ofEpochSecond(5)));
        Process stat = new ProcessBuilder("stat", "-c", "%W", claims().toString()).start();
        long made = Long.parseLong(new String(stat.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        assertThat(remains.made(OWNER))
                .isEqualTo(
                        Answer.said(made == 0 ? Optional.<Instant>empty() : Optional.of(Instant.ofEpochSecond(made))));
        assertThat(Claims.parse("S made 1795568691\nS end\n", "S").made())
                .contains(Instant.ofEpochSecond(1_795_568_691));
        assertThat(Claims.parse("S made 0\nS end\n", "S").made()).isEmpty();
        assertThat(Claims.parse("S made -\nS end\n", "S").made()).isEmpty();
        Files.setPosixFilePermissions(claims(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(code(remains.made(OWNER))).startsWith("claim-directory");
    }

    @Test
    void aLaunchKeepsItsClaimAndItsLosersAreCounted() throws Exception {
        launched(FIRST, "/scratch/a b\\n.out", "-");
        Files.writeString(claims().resolve(FIRST + ".lost.n1.77"), "");
        Files.writeString(claims().resolve(FIRST + ".lost.n2.78"), "");
        Files.createDirectory(claims().resolve(FIRST + ".work"));
        Mark mark = new Mark.Launched(
                Instant.ofEpochSecond(1795568691),
                Optional.empty(),
                42,
                "n1",
                Optional.of("/scratch/a b\\n.out"),
                Optional.empty());
        assertThat(remains.take(OWNER, List.of(FIRST), fence())).isEqualTo(Answer.said(Map.of(FIRST, mark)));
        Answer<Map<Key, Found>> found = Answer.said(Map.of(FIRST, new Found(Optional.of(mark), 2)));
        assertThat(remains.look(OWNER, List.of(FIRST))).isEqualTo(found);
        Files.writeString(claims().resolve(new Key(AttemptId.random(8, new Random(2)), 0, 0).toString()), "taken 5\n");
        assertThat(remains.search(OWNER, List.of(ATTEMPT))).isEqualTo(found);
    }

    @Test
    @Fault("F49")
    void ofManyTakersAndALaunchOneWins() throws Exception {
        launched(SECOND, "-", "-");
        Path candidate = claims().resolve("candidate");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 5; round++) {
                Key key = new Key(ATTEMPT, 7, round);
                Files.writeString(candidate, Files.readString(claims().resolve(SECOND.toString())));
                List<Future<Answer<Map<Key, Mark>>>> takers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    takers.add(threads.submit(() -> remains.take(OWNER, List.of(key), fence())));
                }
                boolean launchWon = linked(claims().resolve(key.toString()), candidate);
                for (Future<Answer<Map<Key, Mark>>> taker : takers) {
                    Mark mark = ((Answer.Said<Map<Key, Mark>>) taker.get())
                            .value()
                            .values()
                            .iterator()
                            .next();
                    assertThat(mark instanceof Mark.Launched).isEqualTo(launchWon);
                }
                Files.delete(candidate);
            }
        }
    }

    private static boolean linked(Path name, Path file) throws IOException {
        try {
            Files.createLink(name, file);
            return true;
        } catch (java.nio.file.FileAlreadyExistsException lost) {
            return false;
        }
    }

    @Test
    void aClaimDirectoryThatOthersMayTouchIsRefused() throws Exception {
        Files.createDirectory(claims());
        Files.setPosixFilePermissions(claims(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(code(remains.take(OWNER, List.of(FIRST), fence())))
                .startsWith("claim-directory")
                .contains("mode 700");
        Files.delete(claims());
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(claims(), elsewhere);
        assertThat(code(remains.take(OWNER, List.of(FIRST), fence()))).contains("symbolic link");
        assertThat(code(remains.look(OWNER, List.of(FIRST)))).contains("symbolic link");
        assertThat(elsewhere.toFile().list()).isEmpty();
    }

    @Test
    void aClaimThatIsNoClaimIsUnknown() throws Exception {
        launched(FIRST, "-", "-");
        Files.writeString(claims().resolve(FIRST.toString()), "launched soon\n");
        assertThat(remains.look(OWNER, List.of(FIRST))).isInstanceOf(Answer.Unknown.class);
    }

    @Test
    @DisplayName("B27 a log is read byte by byte as it is")
    void aLogIsReadAsItIs() throws Exception {
        byte[] log = new byte[100_000];
        new Random(3).nextBytes(log);
        Path file = Files.write(directory.resolve("it's a $log\\.out"), log);
        launched(FIRST, file.toString(), file.toString());
        for (long offset : new long[] {0, 1, 4095, 99_999, 100_000, 200_000}) {
            byte[] expected = java.util.Arrays.copyOfRange(
                    log, (int) Math.min(offset, log.length), (int) Math.min(log.length, offset + 5_000));
            Answer<byte[]> read = remains.read(OWNER, FIRST, LogReading.Stream.ERROR, offset, 5_000);
            assertThat(((Answer.Said<byte[]>) read).value())
                    .as("offset " + offset)
                    .isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("B18 a log that is a link to another's file, a pipe, a device or no file is not read")
    void whatIsNoFileOfTheOwnersIsNotRead() throws Exception {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, othersFile());
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Map<String, String> bad = Map.of(
                link.toString(),
                "not the account's own",
                pipe.toString(),
                "no regular file",
                "/dev/null",
                "no regular file",
                directory.toString(),
                "no regular file",
                directory.resolve("absent").toString(),
                "not there",
                "relative",
                "names no file",
                "-",
                "names no file");
        for (Map.Entry<String, String> each : bad.entrySet()) {
            launched(FIRST, each.getKey(), "-");
            assertThat(code(remains.read(OWNER, FIRST, LogReading.Stream.OUTPUT, 0, 100)))
                    .as(each.getKey())
                    .startsWith("unreadable-log")
                    .contains(each.getValue());
        }
        assertThat(code(remains.read(OWNER, SECOND, LogReading.Stream.OUTPUT, 0, 100)))
                .contains("no claim");
    }

    /** A file that the test's own user can read and does not own. */
    private Path othersFile() throws IOException {
        Path file = Files.writeString(directory.resolve("others"), "secret");
        boolean isRoot = Files.getAttribute(file, "unix:uid").equals(0);
        if (isRoot) {
            Files.setAttribute(file, "unix:uid", 65_534);
            return file;
        }
        return Path.of("/etc/passwd");
    }

    @Test
    void onlyWhatIsOldIsForgotten() throws Exception {
        launched(FIRST, "-", "-");
        launched(SECOND, "-", "-");
        Path lost = Files.writeString(claims().resolve(FIRST + ".lost.x"), "");
        Path work = Files.createDirectory(claims().resolve(FIRST + ".work"));
        Files.writeString(work.resolve("script"), "x");
        Path foreign = Files.writeString(claims().resolve("notes.txt"), "mine");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofDays(40)));
        for (Path each : List.of(claims().resolve(FIRST.toString()), lost, work, foreign)) {
            Files.setLastModifiedTime(each, old);
        }
        assertThat(remains.forget(OWNER, Instant.now().minus(Duration.ofDays(30))))
                .isEqualTo(Answer.said(Done.DONE));
        assertThat(claims().toFile().list()).containsExactlyInAnyOrder(SECOND.toString(), "notes.txt");
    }

    @Test
    @Fault("F55")
    void nothingIsTakenAfterTheFence() {
        assertThat(remains.take(OWNER, List.of(FIRST), Instant.now().plusSeconds(4)))
                .isInstanceOf(Answer.Unknown.class);
        assertThat(claims()).doesNotExist();
    }

    @Test
    @Fault("F54")
    void aClaimDirectoryThatCannotBeMadeIsSaidSo() throws Exception {
        Files.write(claims(), "a file".getBytes(StandardCharsets.UTF_8));
        assertThat(code(remains.take(OWNER, List.of(FIRST), fence()))).startsWith("claim-directory");
    }
}
