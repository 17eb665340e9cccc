package dev.sluice.kubernetes.manifest;

import dev.sluice.job.Attempt;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * An attempt as Kubernetes keeps it: a Job that is parked, for it is made suspended, the Secret that its pods read, and where they are
 * several of one task, the Service that they find each other by. The same attempt, spec, account and site give the same manifest, to
 * the byte.
 *
 * <p>The Job allows no second pod for a granted run: none after a failure, none while one may still run, and no failure that does not
 * count (DISPATCH.md, "one launch"). It has no time to live: its end is read before it goes.
 */
public final class Manifest {
    /** What a Job can count (batch/v1, an int32): for arrays, whose tasks count by themselves. */
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final Attempt attempt;
    private final JobSpec spec;
    private final Account account;
    private final Site site;
    private final SortedMap<String, byte[]> contents;
    private final Share share;

    private Manifest(Attempt attempt, JobSpec spec, Account account, Site site) {
        this.attempt = attempt;
        this.spec = spec;
        this.account = account;
        this.site = site;
        this.contents = Contents.of(attempt, spec, account, site);
        this.share = Share.of(spec.ask().resources());
    }

    /**
     * Draws it up.
     *
     * @param spec without an obstacle: see {@link Obstacles}
     */
    public static Manifest of(Attempt attempt, JobSpec spec, Account account, Site site) {
        return new Manifest(attempt, spec, account, site);
    }

    public String name() {
        return Keys.name(attempt.id());
    }

    /** The account that its pods run as. */
    public String owner() {
        return account.name();
    }

    public String namespace() {
        return site.namespaces().of(spec.project());
    }

    /** The Job, suspended. */
    public Job job() {
        Job job = undigested();
        job.getMetadata().getAnnotations().put(Keys.DIGEST, digest(job));
        return job;
    }

    /**
     * The Secret, which goes with its Job. A pod whose Secret is not there waits, so the Job may come first.
     *
     * @param uid the Job's
     * @return empty where there is nothing to read
     */
    public Optional<Secret> secret(String uid) {
        if (contents.isEmpty()) {
            return Optional.empty();
        }
        SortedMap<String, String> data = new TreeMap<>();
        contents.forEach((key, bytes) -> data.put(key, Base64.getEncoder().encodeToString(bytes)));
        return Optional.of(new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace())
                .withName(name())
                .withLabels(ownLabels())
                .withOwnerReferences(owner(uid))
                .endMetadata()
                .withType("Opaque")
                // Tasks of an array that are to stop before they begin are written into it.
                .withImmutable(spec.array().isEmpty())
                .withData(data)
                .build());
    }

    private OwnerReference owner(String uid) {
        return new OwnerReferenceBuilder()
                .withApiVersion("batch/v1")
                .withKind("Job")
                .withName(name())
                .withUid(uid)
                .build();
    }

    /**
     * The Service that gives the pods of a job of several nodes their names, which goes with its Job. It has no address of its own and
     * no ports: it is a name for each pod. They are there before the pods are ready, which is before the user's program begins.
     *
     * @param uid the Job's
     * @return empty for a job of one node
     */
    public Optional<Service> service(String uid) {
        if (!share.isGang()) {
            return Optional.empty();
        }
        return Optional.of(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace(namespace())
                .withName(name())
                .withLabels(ownLabels())
                .withOwnerReferences(owner(uid))
                .endMetadata()
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(Map.of(Keys.ATTEMPT, attempt.id().toString()))
                .endSpec()
                .build());
    }

    private Job undigested() {
        SortedMap<String, String> labels = ownLabels();
        spec.labels().values().forEach((key, value) -> {
            if (site.habits().passedLabels().contains(key)) {
                labels.put(key, value);
            }
        });
        JobSpecBuilder job = new JobSpecBuilder()
                .withSuspend(true)
                .withPodReplacementPolicy("Failed")
                .withPodFailurePolicy(failures())
                .withTemplate(new PodTemplateSpecBuilder()
                        .withNewMetadata()
                        .withLabels(labels)
                        .withAnnotations(AccountFiles.annotations(
                                spec, account, site.habits().homeOf(account)))
                        .endMetadata()
                        .withSpec(new Template(attempt, spec, account, site).pod())
                        .build());
        spec.array().ifPresentOrElse(array -> indexed(job, array), () -> together(job));
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(namespace())
                .withName(name())
                .withLabels(labels)
                .withAnnotations(annotations())
                .endMetadata()
                .withSpec(job.build())
                .build();
    }

    /** Of several pods the failure of one is that of all. */
    private void together(JobSpecBuilder job) {
        job.withCompletions(share.nodes()).withParallelism(share.nodes()).withBackoffLimit(0);
        if (share.isGang()) {
            job.withCompletionMode("Indexed");
        }
    }

    /** The failure of one task is no failure of the others, so the limit that all share is none. */
    private void indexed(JobSpecBuilder job, ArraySpec array) {
        int tasks = attempt.tasks().size();
        int atOnce = array.atOnce() == ArraySpec.NO_LIMIT ? tasks : Math.min(array.atOnce(), tasks);
        job.withCompletionMode("Indexed")
                .withCompletions(tasks)
                .withParallelism(atOnce)
                .withBackoffLimitPerIndex(0)
                .withBackoffLimit(NO_LIMIT);
    }

    /** Each failure ends its run. The rules change nothing but what the Job says: disruption or exit code, after its pod is gone too. */
    private PodFailurePolicy failures() {
        String action = spec.array().isPresent() ? "FailIndex" : "FailJob";
        return new PodFailurePolicyBuilder()
                .addNewRule()
                .withAction(action)
                .addNewOnPodCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .endOnPodCondition()
                .endRule()
                .addNewRule()
                .withAction(action)
                .withNewOnExitCodes()
                .withContainerName(Keys.CONTAINER)
                .withOperator("NotIn")
                .withValues(0)
                .endOnExitCodes()
                .endRule()
                .build();
    }

    private SortedMap<String, String> ownLabels() {
        SortedMap<String, String> labels = new TreeMap<>();
        labels.put(Keys.MANAGED_BY, Keys.SLUICE);
        labels.put(Keys.ATTEMPT, attempt.id().toString());
        labels.put(Keys.REALM, Keys.realm(attempt.id()));
        labels.put(Keys.JOB, attempt.job().toString());
        if (share.isGang()) {
            labels.put(Keys.NODES, Integer.toString(share.nodes()));
        }
        return labels;
    }

    private Map<String, String> annotations() {
        SortedMap<String, String> all = new TreeMap<>();
        all.put(Keys.ATTEMPT, attempt.id().toString());
        all.put(Keys.HELD, "parked");
        if (!contents.isEmpty()) {
            all.put(Keys.WITH, Keys.SECRET);
        }
        all.put(Keys.OWNER, account.name());
        all.put(Keys.TASKS, attempt.tasks().toString());
        all.put(Keys.USER, spec.user().value());
        all.put(Keys.PROJECT, spec.project().value());
        all.put(Keys.NAME, spec.name());
        if (share.isGang()) {
            all.put(Keys.POOL, Template.pool(attempt, spec, site).orElse(""));
        }
        spec.comment().ifPresent(text -> all.put(Keys.COMMENT, text));
        if (!spec.labels().values().isEmpty()) {
            all.put(
                    Keys.LABELS,
                    spec.labels().values().entrySet().stream()
                            .map(label -> label.getKey() + "=" + label.getValue())
                            .collect(Collectors.joining("\n")));
        }
        return all;
    }

    private String digest(Job job) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(Serialization.asJson(job).getBytes(StandardCharsets.UTF_8));
            contents.forEach((key, bytes) -> {
                sha256.update((key + "\0" + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
                sha256.update(bytes);
            });
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
