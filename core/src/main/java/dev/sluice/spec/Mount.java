package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A named volume at a path inside the job. What a name stands for is the site's to say, per cluster: a claim on Kubernetes, a
 * directory on SLURM. A host path cannot be written here (FAULTS.md, B26).
 *
 * @param volume a DNS label, as Kubernetes names volumes
 * @param path absolute, not {@code /}, plain parts only, without {@code :} (Kubernetes mountPath) and {@code ,} (Apptainer)
 * @param subPath a relative path of plain parts inside the volume; empty for its root
 */
public record Mount(String volume, String path, Optional<String> subPath, Access access) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public enum Access {
        READ_ONLY,
        READ_WRITE
    }

    public Mount {
        if (!LABEL.matcher(volume).matches()) {
            throw new InvalidValue("mount volume", "a DNS label: 1 to 63 of a-z, 0-9 and '-'", volume);
        }
        Check.path("mount path", path);
        if (!Check.hasPlainParts(path.substring(1)) || path.indexOf(':') >= 0 || path.indexOf(',') >= 0) {
            throw new InvalidValue("mount path", "an absolute path below / without '.', '..', ':' and ','", path);
        }
        subPath.ifPresent(sub -> {
            Check.line("mount sub-path", sub, Check.MAX_PATH);
            if (!Check.hasPlainParts(sub)) {
                throw new InvalidValue("mount sub-path", "a relative path without '.' and '..'", sub);
            }
        });
    }
}
