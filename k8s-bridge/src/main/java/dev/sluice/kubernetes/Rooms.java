package dev.sluice.kubernetes;

import dev.sluice.job.Refusal;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Namespaces;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a project's Jobs live in: its namespace, made where that is missing, and its quota where the site has one for each.
 *
 * <p>A quota that is there stays as it is: an administrator may have changed it for that project.
 */
final class Rooms {
    static final String QUOTA = "sluice";

    private final Api api;
    private final Namespaces namespaces;
    private final boolean makesNamespaces;

    /** Namespaces whose quota was seen. */
    private final Set<String> bounded = ConcurrentHashMap.newKeySet();

    Rooms(KubernetesSettings settings, Api api) {
        this.api = api;
        this.namespaces = settings.site().namespaces();
        this.makesNamespaces = settings.makesNamespaces();
    }

    Reply<Namespace> make(String name) {
        Namespace namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app.kubernetes.io/managed-by", "sluice")
                .endMetadata()
                .build();
        return api.post(Paths.NAMESPACES, namespace, Namespace.class);
    }

    /** Sees to it that the quota is there before the first Job is; why there can be no Job where it is not. */
    Optional<Refusal> bound(String namespace) {
        if (namespaces.quota().isEmpty() || bounded.contains(namespace)) {
            return Optional.empty();
        }
        Reply<ResourceQuota> made = post(namespace);
        if (made instanceof Reply.Absent<ResourceQuota> && makesNamespaces) {
            Reply<Namespace> room = make(namespace);
            if (room instanceof Reply.Said<Namespace> || room instanceof Reply.Conflict<Namespace>) {
                made = post(namespace);
            }
        }
        if (made instanceof Reply.Said<ResourceQuota> || made instanceof Reply.Conflict<ResourceQuota>) {
            bounded.add(namespace);
            return Optional.empty();
        }
        return Optional.of(Refusal.later(
                "no-quota", made.doubt("the quota of " + namespace).why()));
    }

    private Reply<ResourceQuota> post(String namespace) {
        Map<String, Quantity> hard = new TreeMap<>();
        namespaces.quota().forEach((resource, amount) -> hard.put(resource, new Quantity(amount)));
        ResourceQuota quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName(QUOTA)
                .addToLabels("app.kubernetes.io/managed-by", "sluice")
                .endMetadata()
                .withNewSpec()
                .withHard(hard)
                .endSpec()
                .build();
        return api.post(Paths.quotas(namespace), quota, ResourceQuota.class);
    }
}
