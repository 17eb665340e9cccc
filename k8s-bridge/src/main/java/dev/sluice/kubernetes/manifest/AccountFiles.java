package dev.sluice.kubernetes.manifest;

import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFileBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code /etc/passwd} and {@code /etc/group} of a pod (passwd(5), group(5)): its account, root and nobody, and nobody else, so that programs
 * which ask who they are find a name and a home. They lie over the image's own, whose other accounts no process of a job can
 * become.
 *
 * <p>Their text is in annotations of the pod, which the downward API shows it as files: no root, no Secret and no image that takes
 * part, and the restricted Pod Security standard admits it. Adding to the image's file would take a container of that image before.
 */
final class AccountFiles {
    static final String PASSWD = "sluice.dev/passwd";
    static final String GROUP = "sluice.dev/group";
    private static final String FOLDER = "/etc";
    private static final String SHELL = "/bin/sh";
    private static final long NOBODY = 65_534;
    private static final int MODE = 0444;

    private AccountFiles() {}

    /** None where the job mounts something of its own over them. */
    static SortedMap<String, String> annotations(JobSpec spec, Account account, Optional<String> home) {
        if (!isOurs(spec)) {
            return Collections.emptySortedMap();
        }
        return new TreeMap<>(Map.of(PASSWD, passwd(account, home.orElse("/")), GROUP, group(account)));
    }

    private static boolean isOurs(JobSpec spec) {
        return spec.files().mounts().stream()
                .map(Mount::path)
                .noneMatch(path ->
                        path.equals(FOLDER) || path.equals(FOLDER + "/passwd") || path.equals(FOLDER + "/group"));
    }

    /** A home with a colon or a line's end cannot be written there. */
    private static String passwd(Account account, String home) {
        String own = home.indexOf(':') < 0 && home.indexOf('\n') < 0 ? home : "/";
        StringBuilder out = new StringBuilder("root:x:0:0:root:/root:" + SHELL + "\n");
        if (account.uid() != NOBODY && !account.name().equals("nobody")) {
            out.append("nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n");
        }
        return out.append(account.name())
                .append(":x:")
                .append(account.uid())
                .append(':')
                .append(account.gid())
                .append("::")
                .append(own)
                .append(':')
                .append(SHELL)
                .append('\n')
                .toString();
    }

    /** The names of the site's groups are not known: the first has its account's name, as many sites have it, the others their number. */
    private static String group(Account account) {
        StringBuilder out = new StringBuilder("root:x:0:\n");
        if (account.gid() != NOBODY && !account.groups().contains(NOBODY)) {
            out.append("nogroup:x:65534:\n");
        }
        String first = account.name().equals("nogroup") ? "g" + account.gid() : account.name();
        out.append(first).append(":x:").append(account.gid()).append(":\n");
        for (long group : account.groups()) {
            if (group != account.gid()) {
                out.append("g%d:x:%d:%s\n".formatted(group, group, account.name()));
            }
        }
        return out.toString();
    }

    static List<VolumeMount> mounts(JobSpec spec) {
        return isOurs(spec) ? List.of(mount("passwd"), mount("group")) : List.of();
    }

    private static VolumeMount mount(String name) {
        return new VolumeMountBuilder()
                .withName(Site.ACCOUNT_VOLUME)
                .withMountPath(FOLDER + "/" + name)
                .withSubPath(name)
                .withReadOnly(true)
                .build();
    }

    static Optional<Volume> volume(JobSpec spec) {
        if (!isOurs(spec)) {
            return Optional.empty();
        }
        return Optional.of(new VolumeBuilder()
                .withName(Site.ACCOUNT_VOLUME)
                .withNewDownwardAPI()
                .withDefaultMode(MODE)
                .withItems(file("passwd", PASSWD), file("group", GROUP))
                .endDownwardAPI()
                .build());
    }

    private static DownwardAPIVolumeFile file(String name, String annotation) {
        return new DownwardAPIVolumeFileBuilder()
                .withPath(name)
                .withNewFieldRef()
                .withFieldPath("metadata.annotations['" + annotation + "']")
                .endFieldRef()
                .build();
    }
}
