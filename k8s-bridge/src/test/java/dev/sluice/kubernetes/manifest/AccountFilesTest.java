package dev.sluice.kubernetes.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Files;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a pod's processes are, as getpwuid(3) and getgrgid(3) of any image find it. */
class AccountFilesTest {
    private static PodTemplateSpec template(JobSpec spec) {
        return Samples.manifest(spec).job().getSpec().getTemplate();
    }

    @Test
    void aPodKnowsItsAccountRootAndNobody() {
        Map<String, String> annotations =
                template(Samples.plain()).getMetadata().getAnnotations();
        assertThat(annotations.get("sluice.dev/passwd")).isEqualTo("""
            root:x:0:0:root:/root:/bin/sh
            nobody:x:65534:65534:nobody:/nonexistent:/bin/false
            alice:x:20001:3001::/home/alice:/bin/sh
            """);
        assertThat(annotations.get("sluice.dev/group")).isEqualTo("""
            root:x:0:
            nogroup:x:65534:
            alice:x:3001:
            g3005:x:3005:alice
            g3007:x:3007:alice
            """);
    }

    @Test
    void theyLieOverTheImagesOwn() {
        PodSpec pod = template(Samples.plain()).getSpec();
        assertThat(pod.getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getMountPath, VolumeMount::getSubPath, VolumeMount::getReadOnly)
                .containsExactly(
                        Assertions.tuple("/etc/passwd", "passwd", true), Assertions.tuple("/etc/group", "group", true));
        assertThat(pod.getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getDownwardAPI().getItems())
                        .extracting(file -> file.getFieldRef().getFieldPath())
                        .containsExactly(
                                "metadata.annotations['sluice.dev/passwd']",
                                "metadata.annotations['sluice.dev/group']"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc", "/etc/passwd", "/etc/group"})
    void whatAJobMountsThereItselfStays(String path) {
        JobSpec spec = Samples.plain().toBuilder()
                .files(Files.DEFAULTS.withMounts(
                        List.of(new Mount("reference", path, Optional.empty(), Access.READ_ONLY))))
                .build();
        assertThat(template(spec).getSpec().getContainers().getFirst().getVolumeMounts())
                .extracting(VolumeMount::getMountPath)
                .containsExactly(path);
        assertThat(template(spec).getMetadata().getAnnotations()).isNullOrEmpty();
    }

    @Test
    void nobodyIsThereOnce() {
        Account nobody = Account.of("nobody", 65_534, 65_534, List.of());
        assertThat(AccountFiles.annotations(Samples.plain(), nobody, Optional.of("/a:b"))
                        .values())
                .containsExactly(
                        "root:x:0:\nnobody:x:65534:\n",
                        "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
    }

    @Test
    void noVolumeOfASiteHasItsName() {
        Site plain = Site.plain(new ClusterName("kube"));
        for (String taken : List.of("sluice", "sluice-account")) {
            Assertions.assertThatThrownBy(() -> plain.withVolumes(
                            new TreeMap<>(Map.of(taken, new NamedVolume.Claim("c", Access.READ_WRITE)))))
                    .isInstanceOf(InvalidValue.class);
        }
    }
}
