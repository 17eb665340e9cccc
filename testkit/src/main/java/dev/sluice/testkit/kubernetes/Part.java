package dev.sluice.testkit.kubernetes;

/** One of a cluster's processes, by the name that lab-fault knows it by. Killed, it comes back by itself. */
public record Part(String name) {
    public static final Part ETCD = new Part("etcd");
    public static final Part API_SERVER = new Part("apiserver");
    public static final Part CONTROLLER_MANAGER = new Part("controller-manager");
    public static final Part SCHEDULER = new Part("scheduler");
    /** Containers outlive it. */
    public static final Part KUBELET = new Part("kubelet");

    public static final Part CONTAINERD = new Part("containerd");

    /** The one that anybody may pull from; its images are {@code registry.lab/…}. */
    public static final Part REGISTRY = new Part("registry");
}
