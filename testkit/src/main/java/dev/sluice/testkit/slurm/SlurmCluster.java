package dev.sluice.testkit.slurm;

import dev.sluice.testkit.container.Engine;
import dev.sluice.testkit.container.Shells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * A real SLURM cluster in one container, healthy once {@link #start} returns: users alice, bob, carol (no association), nightly
 * (uid 800) and the observer sluice; see docker/slurm-test-cluster/README.md for the rest.
 *
 * <p>Thread-safe as far as its faults allow. A method that cannot do what it is for throws {@link AssertionError} or
 * {@link IllegalStateException} with what the cluster said.
 */
public final class SlurmCluster implements AutoCloseable {
    private static final int REST_PORT = 6820;
    private static final int SSH_PORT = 22;
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Pattern RPC = Pattern.compile("^\\s+(\\S+)\\s*\\(\\s*\\d+\\)\\s+count:(\\d+).*");
    private static final Map<Generation, SlurmCluster> SHARED = new ConcurrentHashMap<>();

    private enum Life {
        ITS_OWNERS,
        THE_JVMS
    }

    private final Generation generation;
    private final GenericContainer<?> container;
    private final Shells shells;
    private final Life life;
    private final Path keys;
    private final byte[] tokenKey;

    private SlurmCluster(Generation generation, GenericContainer<?> container, Life life) throws IOException {
        this.generation = generation;
        this.container = container;
        this.shells = new Shells(container.getContainerId());
        this.life = life;
        this.keys = Files.createTempDirectory("sluice-slurm-");
        keys.toFile().deleteOnExit();
        this.tokenKey = Files.readAllBytes(copyOut("/etc/slurm/jwt_hs256.key"));
        copyOut("/etc/ssh/user_ca");
        copyOut("/etc/ssh/user_ca.pub");
    }

    /** A cluster of the caller's own, who closes it. Takes about three seconds on a quiet machine once its image is there. */
    public static SlurmCluster start(Generation generation, Setting... settings) {
        return start(generation, Life.ITS_OWNERS, settings);
    }

    /** One cluster with default settings for the whole JVM, removed when that ends; closing it does nothing. Heal it after faults. */
    public static SlurmCluster shared(Generation generation) {
        return SHARED.computeIfAbsent(generation, each -> start(each, Life.THE_JVMS));
    }

    // The container is closed by the cluster, or by Testcontainers at the JVM's end.
    @SuppressWarnings("resource")
    private static SlurmCluster start(Generation generation, Life life, Setting... settings) {
        String image = Images.of(generation);
        StringBuffer said = new StringBuffer();
        Engine.prepare(image);
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withImagePullPolicy(name -> false)
                .withExposedPorts(REST_PORT, SSH_PORT)
                .withEnv("LAB_USER_CA", "generate")
                .withLabel(Engine.OWNER, Engine.owner())
                .withCreateContainerCmdModifier(create -> Rights.give(create))
                .withStartupTimeout(LONG)
                .withLogConsumer(frame -> said.append(frame.getUtf8String()))
                .waitingFor(Wait.forLogMessage(".*\\] healthy\\s*", 1));
        for (Setting setting : settings) {
            container.withEnv(setting.variable(), setting.value());
        }
        try {
            container.start();
            return new SlurmCluster(generation, container, life);
        } catch (IOException | RuntimeException e) {
            container.stop();
            throw new IllegalStateException("SLURM " + generation.version() + " did not start. It said:\n" + said, e);
        }
    }

    public Generation generation() {
        return generation;
    }

    /** Its container's id. */
    public String container() {
        return container.getContainerId();
    }

    /** Where slurmrestd listens. After a cut or a stop a connection may still be taken, by Docker's own relay, and then end. */
    public URI rest() {
        return URI.create("http://" + container.getHost() + ":" + container.getMappedPort(REST_PORT));
    }

    public String sshHost() {
        return container.getHost();
    }

    public int sshPort() {
        return container.getMappedPort(SSH_PORT);
    }

    /** The host key as a line of known_hosts has it behind the host's name: type and base64. It changes with {@link #changeHostKey}. */
    public String hostKey() {
        String[] parts = root("cat", "/etc/ssh/ssh_host_ed25519_key.pub").text().split(" ", 3);
        return parts[0] + " " + parts[1];
    }

    /** The host key as a whole line of known_hosts for {@link #sshHost} and {@link #sshPort}. */
    public String knownHost() {
        return "[" + sshHost() + "]:" + sshPort() + " " + hostKey();
    }

    /** The private key that signs user certificates, in OpenSSH's format; the public one is beside it, with `.pub`. */
    public Path userCa() {
        return keys.resolve("user_ca");
    }

    /** A certificate of the CA for this user as its only principal, and a new key for it; a negative life makes one that has ended. */
    public Login login(String user, Duration life) {
        String name = "login-" + user + "-" + System.nanoTime();
        String at = "/run/lab/" + name;
        root("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", at).text();
        root(
                        "ssh-keygen",
                        "-q",
                        "-s",
                        "/etc/ssh/user_ca",
                        "-I",
                        name,
                        "-n",
                        user,
                        "-V",
                        "-1d:" + (life.isNegative() ? "" : "+") + life.toSeconds() + "s",
                        at + ".pub")
                .text();
        return new Login(user, copyOut(at), copyOut(at + "-cert.pub"));
    }

    /** A token for X-SLURM-USER-TOKEN that is valid from now on; a negative life makes one that has ended. */
    public String token(String user, Duration life) {
        return Token.of(tokenKey, user, Instant.now(), life);
    }

    /** The cluster's HS256 key, as a file. */
    public Path tokenKey() {
        return keys.resolve("jwt_hs256.key");
    }

    /** Runs a program as the user, in the user's home directory, for a minute at most; the exit status is 124 after that. */
    public Result exec(String user, String... command) {
        return exec(Duration.ofMinutes(1), user, command);
    }

    public Result exec(Duration timeout, String user, String... command) {
        String home = user.equals("root") ? "/root" : "/home/" + user;
        List<String> whole =
                new ArrayList<>(List.of("env", "-C", home, "USER=" + user, "LOGNAME=" + user, "HOME=" + home));
        whole.addAll(List.of("timeout", "-k", "2", Long.toString(timeout.toSeconds())));
        whole.addAll(List.of(command));
        try {
            Shells.Said said = shells.run(user, whole, "");
            return new Result(List.of(command), said.exit(), said.stdout(), said.stderr());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file in the container, owned by the user, made or replaced; its directory must be there. */
    public void copyIn(String user, byte[] content, String path, int mode) {
        container.copyFileToContainer(Transferable.of(content, mode), path);
        root("chown", user + ":", path).text();
    }

    /** A file of the container, as a file of this process alone that goes when the JVM ends. */
    public Path copyOut(String path) {
        Path to = keys.resolve(Path.of(path).getFileName().toString());
        try {
            Files.deleteIfExists(to);
            Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            container.copyFileFromContainer(path, to.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        to.toFile().deleteOnExit();
        return to;
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill(Service service) {
        fault(service.name(), "kill");
    }

    /** A clean end; returns when the process is gone, which stays so until {@link #start(Service)}. */
    public void stop(Service service) {
        fault(service.name(), "stop");
    }

    /** Returns when the service answers; a node, when jobs may go there. Nothing happens when it runs. */
    public void start(Service service) {
        fault(service.name(), "start");
    }

    /** The process stands still, and its port takes connections that nobody serves. */
    public void freeze(Service service) {
        fault(service.name(), "freeze");
    }

    public void thaw(Service service) {
        fault(service.name(), "thaw");
    }

    /** Packets to the service's port vanish, those of connections that stand as well. Not for the database. */
    public void cut(Service service) {
        fault(service.name(), "cut");
    }

    public void join(Service service) {
        fault(service.name(), "join");
    }

    /** As the administrator drains, downs or resumes a node: `verb` is drain, down or resume. */
    public void node(int number, String verb) {
        fault(Service.node(number).name(), verb);
    }

    /** sshd has another host key from now on. */
    public void changeHostKey() {
        fault("sshd", "newkey");
    }

    /** All nodes belong to root from now on for so many minutes; `flags` as scontrol's, `maint` for example, or none. */
    public void reserve(String name, int minutes, String... flags) {
        List<String> words = new ArrayList<>(List.of("reserve", name, Integer.toString(minutes)));
        words.addAll(List.of(flags));
        fault(words.toArray(String[]::new));
    }

    /** Jobs of an account stay in the queue from now on, however much is free; a planner is told of no limit. */
    public void startNothingOf(String account) {
        exec("root", "sacctmgr", "-i", "modify", "account", "where", "account=" + account, "set", "GrpJobs=0")
                .text();
    }

    public void unreserve(String name) {
        fault("unreserve", name);
    }

    /** Thaws, joins and starts whatever is not well, resumes the nodes, and returns when the cluster is healthy. */
    public void heal() {
        fault("heal");
    }

    /** Starts nothing; returns when the cluster is healthy, or throws after two minutes. */
    public void awaitHealthy() {
        fault("healthy");
    }

    private void fault(String... words) {
        List<String> command = new ArrayList<>(List.of("lab-fault"));
        command.addAll(List.of(words));
        exec(LONG.plusSeconds(10), "root", command.toArray(String[]::new)).text();
    }

    /** How many RPCs slurmctld served since it started or since {@link #resetRpcs}, by type, as sdiag counts them; asking is one more. */
    public Map<String, Long> rpcs() {
        return counts("message type");
    }

    /** The same, by the user who sent them. */
    public Map<String, Long> rpcsByUser() {
        return counts("user");
    }

    private Map<String, Long> counts(String by) {
        Map<String, Long> counts = new LinkedHashMap<>();
        boolean inside = false;
        for (String line : root("sdiag").text().lines().toList()) {
            if (line.startsWith("Remote Procedure Call statistics by")) {
                inside = line.contains(by);
            } else if (inside && line.isBlank()) {
                inside = false;
            }
            Matcher rpc = RPC.matcher(line);
            if (inside && rpc.matches()) {
                counts.put(rpc.group(1), Long.parseLong(rpc.group(2)));
            }
        }
        return counts;
    }

    public void resetRpcs() {
        root("sdiag", "--reset").text();
    }

    /** The ends of what the daemons logged, for a test that failed. */
    public String logs() {
        return root("bash", "-c", "tail -n 40 /var/log/slurm/*.log; tail -n 10 /var/log/mariadb.out")
                .stdout();
    }

    private Result root(String... command) {
        return exec("root", command);
    }

    @Override
    public void close() {
        if (life == Life.ITS_OWNERS) {
            shells.close();
            container.stop();
        }
    }
}
