package dev.sluice.gateway;

import dev.sluice.cluster.ClusterBridge;
import dev.sluice.gateway.settings.Kubernetes;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.kubernetes.KubernetesBridge;
import dev.sluice.kubernetes.KubernetesSettings;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.settings.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** The part of {@link Assembly} that puts the bridges to Kubernetes clusters together. */
final class KubernetesClusters {
    private final long realm;
    private final Duration skew;
    private final InstantSource clock;

    /** @param skew by how much a cluster's clock may differ from ours */
    KubernetesClusters(long realm, Duration skew, InstantSource clock) {
        this.realm = realm;
        this.skew = skew;
        this.clock = clock;
    }

    /** @throws InvalidValue when its kubeconfig is none */
    ClusterBridge bridge(ClusterName name, Kubernetes config) {
        Api api = api(name, config);
        return new KubernetesBridge(
                new KubernetesSettings(
                        config.site(name),
                        realm,
                        config.accounts(),
                        config.makeNamespaces(),
                        skew,
                        config.retention(),
                        config.maxTime(),
                        config.ownership(),
                        config.fileSystems(),
                        config.availableModules(),
                        clock),
                config.impersonate().map(api::namingUsers).orElse(api));
    }

    private static Api api(ClusterName name, Kubernetes config) {
        Optional<Secret> file = config.kubeconfig();
        if (file.isEmpty()) {
            return Api.ofThisPod(config.requestTimeout());
        }
        try {
            return Api.of(file.get().file(), config.requestTimeout());
        } catch (IOException e) {
            throw new InvalidValue(
                    "clusters." + name + ".kubeconfig", "a kubeconfig with a context", String.valueOf(e.getMessage()));
        }
    }
}
