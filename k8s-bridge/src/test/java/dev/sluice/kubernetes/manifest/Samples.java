package dev.sluice.kubernetes.manifest;

import dev.sluice.image.ImageReference;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import dev.sluice.kubernetes.manifest.Placing.Pool;
import dev.sluice.kubernetes.manifest.Placing.Taint;
import dev.sluice.spec.Container;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A site with something of everything, and alice's jobs on it. */
final class Samples {
    static final ClusterName CLUSTER = new ClusterName("kube");
    static final UserName ALICE = new UserName("alice@example.org");
    static final ProjectPath LATTICE = new ProjectPath("physics/lattice");
    static final Account ACCOUNT = Account.of("alice", 20_001, 3_001, List.of(3_007L, 3_005L));
    static final AttemptId ATTEMPT = new AttemptId(0x5151_0000_1234L, 0xfeed_beef_0042L);

    private Samples() {}

    static Site site() {
        return Site.plain(CLUSTER)
                .withImages(new Site.Images(
                        new TreeMap<>(Map.of(
                                new ProjectPath("physics"), ImageReference.parse("registry.site.org/hpc/base:9.4"))),
                        Optional.empty(),
                        List.of("site-registry")))
                .withVolumes(new TreeMap<>(Map.of(
                        "scratch", new NamedVolume.Nfs("nfs.site.org", "/export/scratch", Access.READ_WRITE),
                        "reference", new NamedVolume.HostPath("/data/reference", Access.READ_ONLY),
                        "results", new NamedVolume.Claim("results", Access.READ_WRITE))))
                .withPlacing(new Placing(
                        new TreeMap<>(Map.of(
                                "batch", new Pool(new TreeMap<>(Map.of("site.org/pool", "batch")), List.of()),
                                "gpu",
                                        new Pool(
                                                new TreeMap<>(Map.of("site.org/pool", "gpu")),
                                                List.of(new Taint("site.org/pool", Optional.of("gpu")))))),
                        new TreeMap<>(Map.of(
                                "a100", gpu("nvidia.com/gpu", "A100-SXM4-80GB"),
                                "h100", gpu("nvidia.com/gpu", "H100-SXM5-80GB"),
                                "*", new GpuType("nvidia.com/gpu", new TreeMap<>(), List.of()))),
                        new TreeMap<>(Map.of(0, "batch-low", 1_000, "batch-high"))))
                .withHabits(Site.Habits.NONE
                        .withHome("/home/%u")
                        .withEnvironment(Environment.of(Map.of("LANG", "C.UTF-8", "SITE", "kube")))
                        .withMemoryPerCpu(2L << 30)
                        .withUsualLimit(Duration.ofHours(8))
                        .withPassedLabels(List.of("team")));
    }

    private static GpuType gpu(String resource, String product) {
        return new GpuType(
                resource,
                new TreeMap<>(Map.of("nvidia.com/gpu.product", product)),
                List.of(new Taint(resource, Optional.empty())));
    }

    static JobSpec.Builder job(Work work) {
        return JobSpec.builder("sample", LATTICE, ALICE, work);
    }

    /** A command in an image, of the defaults. */
    static JobSpec plain() {
        return job(Work.Command.of("/bin/true"))
                .container(Container.of("alpine:3.22"))
                .build();
    }

    static Attempt attempt(TaskSet tasks) {
        return new Attempt(
                ATTEMPT,
                new JobId(JobId.FIRST + 41),
                ALICE,
                CLUSTER,
                Optional.empty(),
                tasks,
                1,
                Optional.empty(),
                Refusals.NONE);
    }

    static Manifest manifest(JobSpec spec) {
        return Manifest.of(attempt(spec.tasks()), spec, ACCOUNT, site());
    }
}
