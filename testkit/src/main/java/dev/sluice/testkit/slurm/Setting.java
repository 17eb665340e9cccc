package dev.sluice.testkit.slurm;

import java.time.Duration;

/** Something that a cluster is started with otherwise than by default; docker/slurm-test-cluster/README.md has them all. */
public record Setting(String variable, String value) {
    public Setting {
        if (!variable.matches("LAB_[A-Z_]+")) {
            throw new IllegalArgumentException("expected a variable of the cluster's image, LAB_…, found " + variable);
        }
    }

    /** How long slurmctld keeps a job after its end; whole seconds, 300 by default. */
    public static Setting minJobAge(Duration age) {
        return new Setting("LAB_MIN_JOB_AGE", Long.toString(age.toSeconds()));
    }

    /** One more than the highest index of an array; 10001 by default. */
    public static Setting maxArraySize(int size) {
        return new Setting("LAB_MAX_ARRAY_SIZE", Integer.toString(size));
    }

    /** As slurm.conf's, for example {@code jobs,usage}; nothing is private by default. */
    public static Setting privateData(String kinds) {
        return new Setting("LAB_PRIVATE_DATA", kinds);
    }

    /** As slurm.conf's: NO (the default), ANY or ALL. */
    public static Setting enforcePartLimits(String value) {
        return new Setting("LAB_ENFORCE_PART_LIMITS", value);
    }

    /** Sessions over one SSH connection; 200 by default. */
    public static Setting maxSessions(int sessions) {
        return new Setting("LAB_MAX_SESSIONS", Integer.toString(sessions));
    }

    /** Connections that are not logged in yet, as sshd_config's; 100:30:200 by default. */
    public static Setting maxStartups(String value) {
        return new Setting("LAB_MAX_STARTUPS", value);
    }

    /** No slurmdbd and no database. */
    public static Setting noAccounting() {
        return new Setting("LAB_ACCOUNTING", "0");
    }

    /** Nodes n1 to n…; two by default. */
    public static Setting nodes(int count) {
        return new Setting("LAB_NODE_COUNT", Integer.toString(count));
    }

    /** Lines at the end of slurm.conf, where they win. */
    public static Setting slurmConf(String lines) {
        return new Setting("LAB_EXTRA_CONF", lines);
    }
}
