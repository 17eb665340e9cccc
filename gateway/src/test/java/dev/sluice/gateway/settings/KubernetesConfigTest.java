package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.image.ImageReference;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.NamedVolume;
import dev.sluice.kubernetes.manifest.Placing;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.Mount.Access;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Kubernetes cluster as a site writes it down. */
class KubernetesConfigTest {
    private static final ClusterName K8S = new ClusterName("k8s");
    private static final String USERS = "users: {ada: {uid: 2001, gid: 2002}}";

    @TempDir
    Path directory;

    private Reading<GatewaySettings> read(String... keys) throws IOException {
        StringBuilder text = new StringBuilder("clusters:\n  k8s:\n    type: kubernetes\n");
        for (String key : keys) {
            text.append("    ").append(key).append('\n');
        }
        return GatewaySettings.read(Files.writeString(directory.resolve("sluice.yaml"), text));
    }

    private Kubernetes good(String... keys) throws IOException {
        return switch (read(keys)) {
            case Reading.Good<GatewaySettings>(GatewaySettings settings)
            when settings.clusters().get(K8S) instanceof Kubernetes kubernetes -> kubernetes;
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("another kind of cluster");
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
    }

    private String bad(String... keys) throws IOException {
        return switch (read(keys)) {
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("nothing was refused");
            case Reading.Bad<GatewaySettings> bad -> bad.text().replace(directory + "/", "");
        };
    }

    @Test
    void itHasNoModulesUnlessSaid() throws IOException {
        assertThat(good(USERS).availableModules()).isEqualTo(AvailableModules.NONE);
        assertThat(good(USERS, "modules: ['*']").availableModules()).isEqualTo(AvailableModules.UNKNOWN);
        assertThat(good(USERS, "modules: [gcc/12.2]").availableModules())
                .isEqualTo(AvailableModules.of(List.of("gcc/12.2")));
        assertThat(bad(USERS, "modules: [/apps/gcc]"))
                .contains("clusters.k8s.modules: expected names as gcc or gcc/12.2, or '*', found '/apps/gcc'");
    }

    @Test
    void usersAloneAreEnough() throws IOException {
        Kubernetes plain = good(USERS);
        assertThat(plain.accounts()).isEqualTo(Map.of(new UserName("ada"), Account.of("ada", 2001, 2002, List.of())));
        assertThat(plain.site(K8S)).isEqualTo(Site.plain(K8S));
        assertThat(plain.kubeconfig()).isEmpty();
    }

    @Test
    void everyKeyReachesTheBridge() throws IOException {
        Site site = good(
                        "users: {ada: {account: alovelace, uid: 2001, gid: 2002, groups: [7, 8]}}",
                        "namespace: jobs-%p",
                        "image: example.org/base:1",
                        "images: {physics: example.org/physics:2}",
                        "pull-secrets: [pull]",
                        "pools: {big: {node-selector: {pool: big}, tolerates: [only, size=big]}}",
                        "gpus: {a100: {resource: nvidia.com/gpu, node-selector: {gpu: a100}}}",
                        "priority-classes: {low: 0, high: 1000}",
                        "volumes:",
                        "  home: {type: claim, name: homes}",
                        "  data: {type: nfs, server: nfs, path: /data, access: read-only}",
                        "  disk: {type: host-path, path: /disk}",
                        "home: /home/%u",
                        "environment: {A: b}",
                        "memory-per-cpu: 1GiB",
                        "usual-time: 30m",
                        "labels: [team]",
                        "image-groups: true")
                .site(K8S);
        assertThat(site.namespaces().of(new ProjectPath("x"))).isEqualTo("jobs-x");
        assertThat(site.images().byProject())
                .isEqualTo(Map.of(new ProjectPath("physics"), ImageReference.parse("example.org/physics:2")));
        assertThat(site.images().otherwise().orElseThrow().toString()).isEqualTo("example.org/base:1");
        assertThat(site.images().pullSecrets()).containsExactly("pull");
        assertThat(site.placing().pools())
                .isEqualTo(Map.of(
                        "big",
                        new Placing.Pool(
                                new TreeMap<>(Map.of("pool", "big")),
                                List.of(
                                        new Placing.Taint("only", Optional.empty()),
                                        new Placing.Taint("size", Optional.of("big"))))));
        assertThat(site.placing().gpus())
                .isEqualTo(Map.of(
                        "a100",
                        new Placing.GpuType("nvidia.com/gpu", new TreeMap<>(Map.of("gpu", "a100")), List.of())));
        assertThat(site.placing().priorityClasses()).isEqualTo(Map.of(0, "low", 1000, "high"));
        assertThat(site.volumes())
                .isEqualTo(Map.of(
                        "home", new NamedVolume.Claim("homes", Access.READ_WRITE),
                        "data", new NamedVolume.Nfs("nfs", "/data", Access.READ_ONLY),
                        "disk", new NamedVolume.HostPath("/disk", Access.READ_WRITE)));
        assertThat(site.habits().home()).contains("/home/%u");
        assertThat(site.habits().memoryPerCpu()).hasValue(1L << 30);
        assertThat(site.habits().usualLimit()).contains(Duration.ofMinutes(30));
        assertThat(site.habits().passedLabels()).containsExactly("team");
        assertThat(site.groups()).isEqualTo(Site.Groups.AND_THE_IMAGES);
    }

    @Test
    void aRequestLivesAsLongAsTheTwoCallsOfAPark() throws IOException {
        assertThat(good(USERS, "request-timeout: 4s").engine(K8S).requestLife()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @Fault({"B22", "B29"})
    void whatNoClusterCanBeRunWithIsRefused() throws IOException {
        assertThat(bad("namespace: x")).contains("users: expected at least one user and his account, found 'none'");
        assertThat(bad("users: {ada: {uid: 0, gid: 1}}")).contains("clusters.k8s.users.ada.uid: expected");
        assertThat(bad("users: {ada: {uid: 2001, gid: 0}}")).contains("clusters.k8s.users.ada.gid: expected");
        assertThat(bad("users: {ada: {account: root, uid: 2001, gid: 1}}")).contains("not root");
        assertThat(bad(USERS, "namespace: Jobs_%p")).contains("namespace: expected a DNS label");
        assertThat(bad(USERS, "image: 'x;rm'")).contains("image: expected");
        assertThat(bad(USERS, "volumes: {a: {type: host-path, path: relative}}"))
                .contains("an absolute path");
        assertThat(bad(USERS, "volumes: {sluice: {type: claim, name: c}}")).contains("volumes");
    }

    /** Whoever reads it is the gateway on that cluster. */
    @Test
    @Fault("B24")
    void aKubeconfigThatOthersReadIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("k8s.kubeconfig"), "kind: Config\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(bad(USERS, "kubeconfig: k8s.kubeconfig")).contains("clusters.k8s.kubeconfig");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(good(USERS, "kubeconfig: k8s.kubeconfig").kubeconfig()).isPresent();
    }
}
