package dev.sluice.testkit.slurm;

/** One of a cluster's processes, by the name that lab-fault knows it by. */
public record Service(String name) {
    public static final Service CONTROLLER = new Service("ctld");
    public static final Service ACCOUNTING = new Service("dbd");
    public static final Service DATABASE = new Service("db");
    /** Killed, it is back within a second or two, as under a service manager; stopped, it stays away. */
    public static final Service REST = new Service("restd");
    /** The listener and every session. */
    public static final Service SSH = new Service("sshd");

    /** The slurmd of a node, from 1; to kill it kills its running steps and their processes too. */
    public static Service node(int number) {
        return new Service("n" + number);
    }
}
