package dev.sluice.kubernetes;

import dev.sluice.testkit.kubernetes.KubernetesCluster;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Files that jobs write on their node, and a pod that reads them: the proof of what ran, which no word of the API is. */
final class Marks {
    static final String PATH = "/var/lib/sluice-marks";
    private static final String NAMESPACE = "sluice-marks";
    private static final Map<KubernetesCluster, Marks> ALL = new ConcurrentHashMap<>();

    private final KubernetesCluster cluster;

    private Marks(KubernetesCluster cluster) {
        this.cluster = cluster;
        start();
    }

    private void start() {
        cluster.kubectlWith("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: %1$s}
            ---
            apiVersion: v1
            kind: Namespace
            metadata: {name: %3$s}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: reader, namespace: %1$s}
            spec:
              containers:
              - name: reader
                image: localhost/busybox:1
                command: [sh, -c, "chmod 1777 /marks && touch /tmp/ready 2>/dev/null; exec sleep 1000000"]
                volumeMounts: [{name: marks, mountPath: /marks}]
              volumes: [{name: marks, hostPath: {path: %2$s, type: DirectoryOrCreate}}]
            """.formatted(NAMESPACE, PATH, KubernetesSite.NAMESPACE), "apply", "-f", "-");
        cluster.kubectl("-n", NAMESPACE, "wait", "--for=condition=Ready", "--timeout=50s", "pod/reader");
    }

    static Marks of(KubernetesCluster cluster) {
        return ALL.computeIfAbsent(cluster, Marks::new);
    }

    /** The pod again, where its node was lost and has come back. */
    void restart() {
        cluster.kubectl("-n", NAMESPACE, "delete", "pod", "reader", "--ignore-not-found", "--force");
        start();
    }

    /** What a line of shell prints that runs as root beside the files, which lie in /marks. */
    String inside(String shell) {
        return cluster.kubectl("-n", NAMESPACE, "exec", "reader", "--", "sh", "-c", shell);
    }

    /** How many lines a file has; none where it is not there. */
    int lines(String file) {
        return Integer.parseInt(inside("cat /marks/" + file + " 2>/dev/null | wc -l"));
    }

    /** What is in a file; nothing where it is not there. */
    String text(String file) {
        return cluster.kubectl(
                "-n", NAMESPACE, "exec", "reader", "--", "sh", "-c", "cat /marks/" + file + " 2>/dev/null || :");
    }
}
