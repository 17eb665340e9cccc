package dev.sluice.kubernetes;

import dev.sluice.job.Binding;
import java.util.Optional;

/** Addresses of the API. */
final class Paths {
    static final String JOBS = "/apis/batch/v1/jobs";
    static final String PODS = "/api/v1/pods";
    static final String EVENTS = "/api/v1/events";
    static final String NODES = "/api/v1/nodes";
    static final String NAMESPACES = "/api/v1/namespaces";

    private Paths() {}

    static String jobs(String namespace) {
        return "/apis/batch/v1/namespaces/" + namespace + "/jobs";
    }

    static String job(String namespace, String name) {
        return jobs(namespace) + "/" + name;
    }

    static String pods(String namespace) {
        return NAMESPACES + "/" + namespace + "/pods";
    }

    static String pod(String namespace, String name) {
        return pods(namespace) + "/" + name;
    }

    static String quotas(String namespace) {
        return NAMESPACES + "/" + namespace + "/resourcequotas";
    }

    static String secrets(String namespace) {
        return NAMESPACES + "/" + namespace + "/secrets";
    }

    static String secret(String namespace, String name) {
        return secrets(namespace) + "/" + name;
    }

    static String services(String namespace) {
        return NAMESPACES + "/" + namespace + "/services";
    }

    static String service(String namespace, String name) {
        return services(namespace) + "/" + name;
    }

    /** A Job's name with its namespace before it, as bindings have it. */
    record Place(String namespace, String name) {
        /** Empty where that is none: no such object can be ours. */
        static Optional<Place> of(Binding binding) {
            String[] parts = binding.nativeId().split("/", -1);
            boolean plain = parts.length == 2 && isLabel(parts[0]) && isLabel(parts[1]);
            return plain ? Optional.of(new Place(parts[0], parts[1])) : Optional.empty();
        }

        private static boolean isLabel(String text) {
            return text.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
        }

        String job() {
            return Paths.job(namespace, name);
        }

        String secret() {
            return Paths.secret(namespace, name);
        }
    }
}
