package dev.sluice.kubernetes.manifest;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Mount.Access;

/**
 * What a named volume stands for on one cluster. An administrator's list of these is all that a job can mount (FAULTS.md, B26).
 *
 * <p>A namespace that enforces the restricted Pod Security standard admits claims alone; one with NFS volumes has to be baseline, one
 * with host paths privileged. What a pod may do stays restricted in each.
 */
public sealed interface NamedVolume {
    /** The most that a job may do with it. */
    Access most();

    /** A PersistentVolumeClaim of that name in the project's namespace. */
    record Claim(String name, Access most) implements NamedVolume {}

    /** An export of an NFS server. */
    record Nfs(String server, String path, Access most) implements NamedVolume {
        public Nfs {
            absolute("nfs path", path);
        }
    }

    /** A directory that each node has. */
    record HostPath(String path, Access most) implements NamedVolume {
        public HostPath {
            absolute("host path", path);
        }
    }

    private static void absolute(String field, String path) {
        if (!path.startsWith("/")) {
            throw new InvalidValue(field, "an absolute path", path);
        }
    }
}
