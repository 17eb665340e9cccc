package dev.sluice.kubernetes.manifest;

import dev.sluice.job.Attempt;
import dev.sluice.kubernetes.manifest.Placing.GpuType;
import dev.sluice.kubernetes.manifest.Placing.Pool;
import dev.sluice.kubernetes.manifest.Placing.Taint;
import dev.sluice.script.Opening;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Work;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.KeyToPathBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the pods of an attempt are made from: one container, as the user's account, with nothing of the cluster's but what is named. */
final class Template {
    /** Of all its files: readable, and a script may run itself again. */
    private static final int MODE = 0555;

    private static final String SHELL = "/bin/sh";

    private final Attempt attempt;
    private final JobSpec spec;
    private final Account account;
    private final Site site;
    private final Share share;

    Template(Attempt attempt, JobSpec spec, Account account, Site site) {
        this.attempt = attempt;
        this.spec = spec;
        this.account = account;
        this.site = site;
        this.share = Share.of(spec.ask().resources());
    }

    /** The pool that a job goes to: the one that was chosen, else the first that its user named. */
    static Optional<String> pool(Attempt attempt, JobSpec spec, Site site) {
        return Stream.concat(attempt.partition().stream(), spec.ask().routing().partitions().stream())
                .filter(name -> site.placing().pools().containsKey(name))
                .findFirst();
    }

    /** Where a job works; empty: where its image says. */
    static Optional<String> directory(JobSpec spec, Account account, Site site) {
        Optional<String> home =
                spec.container().isPresent() ? Optional.empty() : site.habits().homeOf(account);
        return spec.files().workingDirectory().or(() -> home);
    }

    PodSpec pod() {
        PodSpecBuilder pod = new PodSpecBuilder()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(grace())
                .withSecurityContext(podSecurity())
                .withContainers(container())
                .withVolumes(volumes())
                .withNodeSelector(nodeSelector())
                .withTolerations(tolerations())
                .withImagePullSecrets(site.images().pullSecrets().stream()
                        .map(LocalObjectReference::new)
                        .toList());
        // As process 1 a program hears no signal that it does not handle, its own not even, and its orphans stay. An
        // image's own
        // entrypoint may be an init that insists on it.
        if (!(spec.work() instanceof Work.Entrypoint)) {
            pod.withShareProcessNamespace(true);
        }
        if (share.isGang()) {
            // What Indexed Jobs name their pods, and a Service of this name beside it: together a name that the others
            // resolve.
            pod.withSubdomain(Keys.name(attempt.id()));
            if (site.gangs().apart()) {
                pod.withAffinity(apart());
            }
        }
        deadline().ifPresent(seconds -> pod.withActiveDeadlineSeconds(seconds));
        site.placing().priorityClass(spec.priorityClass()).ifPresent(name -> pod.withPriorityClassName(name));
        return pod.build();
    }

    /** With 0 the API server would forget a pod whose processes still run, and nobody could say when they ended. */
    private long grace() {
        return Math.max(1, spec.rules().grace().toSeconds());
    }

    private Affinity apart() {
        return new AffinityBuilder()
                .withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution()
                .withNewLabelSelector()
                .addToMatchLabels(Keys.ATTEMPT, attempt.id().toString())
                .endLabelSelector()
                .withTopologyKey("kubernetes.io/hostname")
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endPodAntiAffinity()
                .build();
    }

    /**
     * The pod's rather than the Job's: it counts from the pod's start on its node, and for each task of an array by itself. To wait for
     * the others of a job of several nodes takes nothing of the user's time.
     */
    private Optional<Long> deadline() {
        return spec.ask()
                .limit()
                .or(() -> site.habits().usualLimit())
                .filter(limit -> !spec.ask().isUnlimited())
                .map(limit -> share.isGang() ? limit.plus(site.gangs().patience()) : limit)
                .map(limit -> Math.min(limit.toSeconds(), Obstacles.LONGEST.toSeconds()));
    }

    private PodSecurityContext podSecurity() {
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(account.uid())
                .withRunAsGroup(account.gid())
                .withSupplementalGroups(List.copyOf(account.groups()))
                .withSupplementalGroupsPolicy(
                        switch (site.groups()) {
                            case OF_THE_ACCOUNT -> "Strict";
                            case AND_THE_IMAGES -> "Merge";
                        })
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }

    private static SecurityContext security() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }

    private Container container() {
        ContainerBuilder container = new ContainerBuilder()
                .withName(Keys.CONTAINER)
                .withImage(image())
                .withEnv(environment())
                .withResources(resources())
                .withSecurityContext(security())
                .withVolumeMounts(mounts());
        directory(spec, account, site).ifPresent(path -> container.withWorkingDir(path));
        if (hasStart()) {
            container.withCommand(SHELL, Contents.path(Contents.START)).withArgs(words());
        } else if (spec.work() instanceof Work.Entrypoint entrypoint) {
            container.withCommand(entrypoint.command()).withArgs(entrypoint.args());
        } else {
            container.withCommand(words());
        }
        return container.build();
    }

    /** Whether lines of ours run before the user's program that have to know which of its Job's pods this is. */
    private boolean isOneOfSeveral() {
        return spec.array().isPresent() || share.isGang();
    }

    /** Whether a shell of ours runs before the user's program. */
    private boolean hasStart() {
        return Contents.hasStart(
                spec, OutputFiles.of(spec, Optional.of(account), site).isPresent());
    }

    private String image() {
        return spec.container()
                .map(dev.sluice.spec.Container::image)
                .or(() -> site.images().of(spec.project()))
                .orElseThrow()
                .toString();
    }

    /** The program and its arguments, so that what Kubernetes makes of them is what was handed in. */
    private List<String> words() {
        return switch (spec.work()) {
            case Work.Script script -> {
                List<String> words = new ArrayList<>();
                if (Opening.of(script.text()) instanceof Opening.Runs runs) {
                    words.add(literal(text(runs.interpreter())));
                    if (!runs.argument().isEmpty()) {
                        words.add(literal(text(runs.argument())));
                    }
                }
                words.add(Contents.path(Contents.SCRIPT));
                script.args().forEach(word -> words.add(literal(word)));
                yield words;
            }
            case Work.Command command ->
                command.argv().stream().map(Template::literal).toList();
            case Work.Entrypoint entrypoint ->
                Stream.concat(entrypoint.command().stream(), entrypoint.args().stream())
                        .toList();
        };
    }

    private static String text(Bytes bytes) {
        return new String(bytes.toArray(), StandardCharsets.UTF_8);
    }

    /** Text that the kubelet's expansion of {@code $(NAME)} gives back as it was: there {@code $$} stands for {@code $}. */
    private static String literal(String text) {
        return text.replace("$", "$$");
    }

    /** Later ones replace earlier ones: the site's, the account's, the user's own, and what SLURM would set. */
    private List<EnvVar> environment() {
        SortedMap<String, EnvVar> all = new TreeMap<>();
        site.habits().environment().variables().forEach((name, value) -> put(all, name, value));
        put(all, "USER", account.name());
        put(all, "LOGNAME", account.name());
        site.habits().homeOf(account).ifPresent(home -> put(all, "HOME", home));
        Contents.keys(spec).forEach((name, key) -> all.put(name, secret(name, key)));
        SlurmVariables.of(attempt, spec, account, site).forEach((name, value) -> put(all, name, value));
        for (String name : SlurmVariables.ofTheNode(share)) {
            all.put(name, field(name, "spec.nodeName"));
        }
        if (isOneOfSeveral()) {
            // One that came with the user's environment, as from a job that hands in another, would stand in its place.
            all.remove("JOB_COMPLETION_INDEX");
            all.put(
                    "SLUICE_COMPLETION_INDEX",
                    field(
                            "SLUICE_COMPLETION_INDEX",
                            "metadata.annotations['batch.kubernetes.io/job-completion-index']"));
        }
        return List.copyOf(all.values());
    }

    private static void put(Map<String, EnvVar> all, String name, String value) {
        all.put(name, new EnvVar(name, literal(value), null));
    }

    private EnvVar secret(String name, String key) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewSecretKeyRef()
                .withName(Keys.name(attempt.id()))
                .withKey(key)
                .endSecretKeyRef()
                .endValueFrom()
                .build();
    }

    private static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    /**
     * A job gets what it asked for, no less and no more, as by SLURM's cgroups. Scratch is asked for and not limited: SLURM's {@code --tmp}
     * is no limit, and who passes one is evicted.
     */
    private ResourceRequirements resources() {
        Map<String, Quantity> both = new TreeMap<>();
        both.put("cpu", new Quantity(Long.toString(share.cpus())));
        long memory = share.memory() > 0
                ? share.memory()
                : Math.multiplyExact(site.habits().memoryPerCpu().orElse(0), share.cpus());
        if (memory > 0) {
            both.put("memory", new Quantity(Long.toString(memory)));
        }
        Map<String, Long> gpus = new TreeMap<>();
        share.gpus().forEach((type, count) -> {
            GpuType known = site.placing().gpus().get(type);
            if (known != null) {
                gpus.merge(known.resource(), count, Long::sum);
            }
        });
        gpus.forEach((resource, count) -> both.put(resource, new Quantity(Long.toString(count))));
        Map<String, Quantity> requests = new TreeMap<>(both);
        long scratch = spec.ask().resources().tmpBytesPerNode();
        if (scratch > 0) {
            requests.put("ephemeral-storage", new Quantity(Long.toString(scratch)));
        }
        return new ResourceRequirementsBuilder()
                .withRequests(requests)
                .withLimits(both)
                .build();
    }

    private List<VolumeMount> mounts() {
        List<VolumeMount> mounts = new ArrayList<>();
        for (Mount mount : spec.files().mounts()) {
            VolumeMountBuilder built =
                    new VolumeMountBuilder().withName(mount.volume()).withMountPath(mount.path());
            mount.subPath().ifPresent(path -> built.withSubPath(path));
            if (mount.access() == Access.READ_ONLY) {
                // Without the second, what is mounted below it on the node stays writable.
                built.withReadOnly(true).withRecursiveReadOnly("IfPossible");
            }
            mounts.add(built.build());
        }
        mounts.addAll(AccountFiles.mounts(spec));
        if (!ownFiles().isEmpty()) {
            mounts.add(new VolumeMountBuilder()
                    .withName(Site.OWN_VOLUME)
                    .withMountPath(Contents.DIRECTORY)
                    .withReadOnly(true)
                    .build());
        }
        if (hasStart()) {
            mounts.add(new VolumeMountBuilder()
                    .withName(Site.ONCE_VOLUME)
                    .withMountPath(Contents.ONCE)
                    .build());
        }
        return mounts;
    }

    private List<Volume> volumes() {
        Map<String, Volume> volumes = new LinkedHashMap<>();
        for (Mount mount : spec.files().mounts()) {
            NamedVolume known = site.volumes().get(mount.volume());
            if (known != null) {
                volumes.put(mount.volume(), volume(mount.volume(), known));
            }
        }
        AccountFiles.volume(spec).ifPresent(volume -> volumes.put(volume.getName(), volume));
        if (!ownFiles().isEmpty()) {
            volumes.put(Site.OWN_VOLUME, share.isGang() ? ownAndTheWord() : own());
        }
        if (hasStart()) {
            volumes.put(Site.ONCE_VOLUME, once());
        }
        return List.copyOf(volumes.values());
    }

    private Volume own() {
        return new VolumeBuilder()
                .withName(Site.OWN_VOLUME)
                .withNewSecret()
                .withSecretName(Keys.name(attempt.id()))
                .withDefaultMode(MODE)
                .withItems(items())
                .endSecret()
                .build();
    }

    private static Volume once() {
        return new VolumeBuilder()
                .withName(Site.ONCE_VOLUME)
                .withNewEmptyDir()
                .endEmptyDir()
                .build();
    }

    /** With the file by which a pod hears that all are ready: the kubelet writes an annotation into it, which no pod can change. */
    private Volume ownAndTheWord() {
        return new VolumeBuilder()
                .withName(Site.OWN_VOLUME)
                .withNewProjected()
                .withDefaultMode(MODE)
                .addNewSource()
                .withNewSecret()
                .withName(Keys.name(attempt.id()))
                .withItems(items())
                .endSecret()
                .endSource()
                .addNewSource()
                .withNewDownwardAPI()
                .addNewItem()
                .withPath(Contents.GO)
                .withNewFieldRef()
                .withFieldPath("metadata.annotations['" + Keys.GO + "']")
                .endFieldRef()
                .endItem()
                .endDownwardAPI()
                .endSource()
                .endProjected()
                .build();
    }

    private List<KeyToPath> items() {
        return ownFiles().stream()
                .map(key -> new KeyToPathBuilder().withKey(key).withPath(key).build())
                .toList();
    }

    private List<String> ownFiles() {
        List<String> files = new ArrayList<>();
        if (spec.work() instanceof Work.Script) {
            files.add(Contents.SCRIPT);
        }
        if (hasStart()) {
            files.add(Contents.START);
        }
        if (spec.array().isPresent()) {
            files.add(Keys.STOPPED_FILE);
        }
        return files;
    }

    private static Volume volume(String name, NamedVolume known) {
        boolean readOnly = known.most() == Access.READ_ONLY;
        VolumeBuilder volume = new VolumeBuilder().withName(name);
        return switch (known) {
            case NamedVolume.Claim claim ->
                volume.withNewPersistentVolumeClaim(claim.name(), readOnly).build();
            case NamedVolume.Nfs nfs ->
                volume.withNewNfs(nfs.path(), readOnly, nfs.server()).build();
            case NamedVolume.HostPath host ->
                volume.withNewHostPath(host.path(), "Directory").build();
        };
    }

    private SortedMap<String, String> nodeSelector() {
        SortedMap<String, String> labels = new TreeMap<>();
        chosenPool().ifPresent(pool -> labels.putAll(pool.nodeSelector()));
        types().forEach(type -> labels.putAll(type.nodeSelector()));
        return labels;
    }

    private List<Toleration> tolerations() {
        Set<Taint> taints = new LinkedHashSet<>();
        chosenPool().ifPresent(pool -> taints.addAll(pool.tolerated()));
        types().forEach(type -> taints.addAll(type.tolerated()));
        return taints.stream().map(Template::toleration).toList();
    }

    private static Toleration toleration(Taint taint) {
        TolerationBuilder toleration = new TolerationBuilder()
                .withKey(taint.key())
                .withOperator(taint.value().isPresent() ? "Equal" : "Exists");
        taint.value().ifPresent(value -> toleration.withValue(value));
        return toleration.build();
    }

    private Optional<Pool> chosenPool() {
        return pool(attempt, spec, site).map(name -> site.placing().pools().get(name));
    }

    private List<GpuType> types() {
        return site.placing().types(spec.ask().resources().totalGpus());
    }
}
