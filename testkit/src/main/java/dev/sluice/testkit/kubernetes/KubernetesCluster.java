package dev.sluice.testkit.kubernetes;

import dev.sluice.testkit.container.Engine;
import dev.sluice.testkit.container.Script;
import dev.sluice.testkit.container.Script.Told;
import dev.sluice.testkit.container.Shells;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A real Kubernetes, healthy once {@link #start} returns; docker/k8s-test-cluster/README.md says what it is. With KUBECONFIG in the
 * environment the shared one of the full form is the cluster that this names, and whoever breaks it on purpose is refused.
 *
 * <p>Thread-safe as far as its faults allow. A method that cannot do what it is for throws {@link AssertionError} or
 * {@link IllegalStateException} with what the cluster said.
 */
public final class KubernetesCluster implements AutoCloseable {
    private static final String SCRIPT = "docker/k8s-test-cluster/build-image";
    private static final int API_PORT = 6443;
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final String ADMIN = "/etc/kubernetes/admin.kubeconfig";
    private static final Map<Lane, KubernetesCluster> SHARED = new ConcurrentHashMap<>();

    private record Lane(Form form, String name) {}

    private enum Life {
        ITS_OWNERS,
        THE_JVMS
    }

    private final @Nullable GenericContainer<?> container;
    private final @Nullable Shells shells;
    private final Life life;
    private final Path kubeconfig;

    private KubernetesCluster(@Nullable GenericContainer<?> container, Life life, Path kubeconfig) {
        this.container = container;
        this.shells = container == null ? null : new Shells(container.getContainerId());
        this.life = life;
        this.kubeconfig = kubeconfig;
    }

    /**
     * A cluster of the caller's own, who closes it. Takes some ten seconds once its image is there.
     *
     * @param settings variables of the container, {@code LAB_…}
     */
    public static KubernetesCluster start(Form form, Map<String, String> settings) {
        return start(form, Life.ITS_OWNERS, settings);
    }

    /** One cluster for the whole JVM, removed when that ends; closing it does nothing. Heal it after faults. */
    public static KubernetesCluster shared(Form form) {
        return shared(form, "");
    }

    /**
     * The same for those alone who name this lane, so that they can work beside others who need a cluster's whole room; KUBECONFIG's is
     * that of all lanes.
     */
    public static KubernetesCluster shared(Form form, String lane) {
        return SHARED.computeIfAbsent(new Lane(form, lane), each -> {
            String given = System.getenv("KUBECONFIG");
            return given == null || given.isEmpty() || form == Form.LIGHT
                    ? start(form, Life.THE_JVMS, Map.of())
                    : new KubernetesCluster(null, Life.THE_JVMS, Path.of(given));
        });
    }

    private static synchronized String image() {
        Script script = Script.find(SCRIPT);
        Script.needDocker();
        if (script.run(Told.PROGRESS).isEmpty()) {
            throw new IllegalStateException(
                    "the image of the Kubernetes test cluster was not built; see above, or run: build/setup k8s-image");
        }
        return script.run(Told.NOTHING, "--tag")
                .orElseThrow(() -> new IllegalStateException("expected a tag from " + SCRIPT + " --tag, found none"));
    }

    // The container is closed by the cluster, or by Testcontainers at the JVM's end.
    @SuppressWarnings("resource")
    private static KubernetesCluster start(Form form, Life life, Map<String, String> settings) {
        String image = image();
        StringBuffer said = new StringBuffer();
        Engine.prepare(image);
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withImagePullPolicy(name -> false)
                .withExposedPorts(API_PORT)
                .withEnv("LAB_FORM", form.word())
                .withEnv(settings)
                .withLabel(Engine.OWNER, Engine.owner())
                .withCreateContainerCmdModifier(create -> Rights.give(create))
                .withStartupTimeout(LONG)
                .withLogConsumer(frame -> said.append(frame.getUtf8String()))
                .waitingFor(Wait.forLogMessage(".*\\] healthy\\s*", 1));
        try {
            container.start();
            return new KubernetesCluster(container, life, kubeconfig(container));
        } catch (IOException | RuntimeException e) {
            container.stop();
            throw new IllegalStateException("Kubernetes did not start. It said:\n" + said, e);
        }
    }

    private static Path kubeconfig(GenericContainer<?> container) throws IOException {
        String inside = container.copyFileFromContainer(
                ADMIN, stream -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        String address = "https://127.0.0.1:" + container.getMappedPort(API_PORT);
        return kept(inside.replace("https://127.0.0.1:" + API_PORT, address));
    }

    private static Path kept(String text) throws IOException {
        Path file = Files.createTempFile(
                "sluice-k8s-",
                ".kubeconfig",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        file.toFile().deleteOnExit();
        return Files.writeString(file, text);
    }

    /** Of its administrator. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** Whether it is ours to break. */
    public boolean isOurs() {
        return container != null;
    }

    /** Its container's id, of a cluster of ours. */
    public String container() {
        return ours(container).getContainerId();
    }

    /** What kubectl printed, as the cluster's administrator, without white space around it. */
    public String kubectl(String... arguments) {
        return kubectlWith("", arguments);
    }

    /** The same with a file on its standard input, which {@code -f -} reads. */
    public String kubectlWith(String input, String... arguments) {
        if (shells != null) {
            List<String> inside = new ArrayList<>(List.of("timeout", "60", "kubectl", "--kubeconfig", ADMIN));
            inside.addAll(List.of(arguments));
            Shells.Said said = good(List.of(arguments), run(shells, inside, input));
            return (said.stdout() + said.stderr()).strip();
        }
        List<String> command = new ArrayList<>(List.of("kubectl", "--kubeconfig", kubeconfig.toString()));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            boolean ended = process.waitFor(1, TimeUnit.MINUTES);
            return good(List.of(arguments), new Shells.Said(ended ? process.exitValue() : -1, said, ""))
                    .stdout()
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during kubectl", e);
        }
    }

    private static Shells.Said run(Shells shells, List<String> command, String input) {
        try {
            return shells.run("root", command, input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same, of a command that did what it was for. */
    private static Shells.Said good(List<String> command, Shells.Said said) {
        if (said.exit() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " ended with " + said.exit() + ": " + said.stdout() + said.stderr());
        }
        return said;
    }

    /** SIGKILL; returns when the process is gone, which soon comes back by itself. */
    public void kill(Part part) {
        fault(part.name(), "kill");
    }

    /** A clean end; it stays away until {@link #start(Part)}. */
    public void stop(Part part) {
        fault(part.name(), "stop");
    }

    /** Returns when it answers. */
    public void start(Part part) {
        fault(part.name(), "start");
    }

    /** The process stands still, and its port takes connections that nobody serves. */
    public void freeze(Part part) {
        fault(part.name(), "freeze");
    }

    public void thaw(Part part) {
        fault(part.name(), "thaw");
    }

    /** It and the API server do not reach each other any more; the API server itself is not reached from outside. */
    public void cut(Part part) {
        fault(part.name(), "cut");
    }

    public void join(Part part) {
        fault(part.name(), "join");
    }

    /** Thaws, joins and starts whatever is not well, and returns when the cluster is healthy. */
    public void heal() {
        fault("heal");
    }

    private void fault(String... words) {
        List<String> command = new ArrayList<>(List.of("lab-fault"));
        command.addAll(List.of(words));
        onNode(command.toArray(String[]::new));
    }

    /** What a command printed, run by root on the node of a cluster of ours, past Kubernetes. */
    public String onNode(String... command) {
        return good(List.of(command), run(ours(shells), List.of(command), "")).stdout();
    }

    private static <T> T ours(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException(
                    "expected a cluster of ours to break, found that of KUBECONFIG; run this test without it");
        }
        return part;
    }

    /**
     * A kubeconfig with a token of a service account, good for a day: whoever has it has that account's rights and no others. Of a
     * cluster of ours; this user's alone to read, and gone with this JVM.
     */
    public Path kubeconfigOf(String namespace, String account) {
        String token = kubectl("-n", namespace, "create", "token", account, "--duration=24h");
        try {
            String admins = Files.readString(kubeconfig);
            String its = admins.replaceAll("(?m)^users: .*$", "users: [{name: u, user: {token: \"" + token + "\"}}]");
            if (its.equals(admins)) {
                throw new IllegalStateException("expected a line of users in " + kubeconfig + ", found none");
            }
            return kept(its);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (life == Life.ITS_OWNERS && container != null && shells != null) {
            shells.close();
            container.stop();
        }
    }
}
