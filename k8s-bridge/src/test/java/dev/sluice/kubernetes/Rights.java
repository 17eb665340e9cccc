package dev.sluice.kubernetes;

import dev.sluice.testkit.kubernetes.KubernetesCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The service account of {@code rights.yaml}, as an administrator would make it. */
final class Rights {
    private static final String FILE = "rights.yaml";
    private static final Map<KubernetesCluster, Config> ALL = new ConcurrentHashMap<>();

    private Rights() {}

    /** A manifest that the bridge brings along. */
    static String manifest(String name) {
        try (InputStream in = KubernetesBridge.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever has it has these rights, for an hour. */
    static Config ofSluice(KubernetesCluster cluster) {
        return ALL.computeIfAbsent(cluster, each -> {
            each.kubectlWith(manifest(FILE), "apply", "-f", "-");
            String token = each.kubectl("-n", "sluice-system", "create", "token", "sluice", "--duration=1h");
            Config admin = Config.fromKubeconfig(each.kubeconfig().toFile());
            return new ConfigBuilder(Config.empty())
                    .withMasterUrl(admin.getMasterUrl())
                    .withCaCertData(admin.getCaCertData())
                    .withCaCertFile(admin.getCaCertFile())
                    .withOauthToken(token)
                    .build();
        });
    }
}
