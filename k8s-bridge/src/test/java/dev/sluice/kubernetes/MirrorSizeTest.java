package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Refusals;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.kubernetes.manifest.Account;
import dev.sluice.kubernetes.manifest.Manifest;
import dev.sluice.kubernetes.manifest.Site;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a cluster full of our jobs takes in memory, each object read from JSON of its own as a watch tells it. */
class MirrorSizeTest {
    private static final int JOBS = 10_000;
    private static final long MOST = 100L << 20;
    private static final String TIME = "2026-11-29T12:00:00Z";
    private static final String MESSAGE = String.join(
            " ",
            "0/512 nodes are available: 12 node(s) had untolerated taint {nvidia.com/gpu: }, 500 Insufficient cpu.",
            "no new claims to deallocate, preemption: 0/512 nodes are available:",
            "512 No preemption victims found for incoming pod.");

    private final KubernetesSerialization json = new KubernetesSerialization();

    /** Stands for the number of an object in its JSON. */
    private static final String NUMBER = "00000";

    private static Job job() {
        UserName alice = new UserName("alice");
        JobSpec spec = JobSpec.builder("a job with a name", new ProjectPath("physics/lattice"), alice, script())
                .container(Container.of("registry.example.org/hpc/base:9.4"))
                .environment(Environment.of(Map.of("LANG", "C.UTF-8", "OMP_NUM_THREADS", "8", "DATA", "/scratch/x")))
                .build();
        Attempt attempt = new Attempt(
                new AttemptId(7, 0),
                new JobId(JobId.FIRST),
                alice,
                new ClusterName("k8s"),
                Optional.empty(),
                TaskSet.of(0),
                1,
                Optional.empty(),
                Refusals.NONE);
        Account account = Account.of("alice", 2001, 2001, List.of(3000L));
        Job job = Manifest.of(attempt, spec, account, Site.plain(new ClusterName("k8s")))
                .job();
        return new JobBuilder(job)
                .editMetadata()
                .withUid("8d3f5c1a-0000-4000-8000-0000000" + NUMBER)
                .withResourceVersion("1" + NUMBER)
                .withCreationTimestamp(TIME)
                .endMetadata()
                .editOrNewStatus()
                .withStartTime(TIME)
                .withActive(1)
                .addNewCondition()
                .withType("Suspended")
                .withStatus("False")
                .withReason("JobResumed")
                .withMessage("Job resumed")
                .withLastProbeTime(TIME)
                .withLastTransitionTime(TIME)
                .endCondition()
                .endStatus()
                .build();
    }

    private static Work script() {
        return new Work.Script(Bytes.ofUtf8("#!/bin/sh\nexec ./a.out\n"));
    }

    private enum Stand {
        RUNS,
        WAITS
    }

    private static Pod pod(Job job, Stand stand) {
        boolean runs = stand == Stand.RUNS;
        PodBuilder pod = new PodBuilder()
                .withMetadata(job.getSpec().getTemplate().getMetadata())
                .editMetadata()
                .withName(job.getMetadata().getName() + "-x7k2p")
                .withNamespace(job.getMetadata().getNamespace())
                .withUid("8d3f5c1a-0000-4000-9000-0000000" + NUMBER)
                .withResourceVersion("2" + NUMBER)
                .withCreationTimestamp(TIME)
                .addNewOwnerReference()
                .withApiVersion("batch/v1")
                .withKind("Job")
                .withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .endOwnerReference()
                .endMetadata()
                .withSpec(job.getSpec().getTemplate().getSpec());
        for (String type : List.of("Initialized", "Ready", "ContainersReady", "PodReadyToStartContainers")) {
            pod.editOrNewStatus()
                    .addNewCondition()
                    .withType(type)
                    .withStatus("True")
                    .withLastTransitionTime(TIME)
                    .endCondition()
                    .endStatus();
        }
        pod.editOrNewStatus()
                .withPhase(runs ? "Running" : "Pending")
                .withPodIP("10.0.0.1")
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus(runs ? "True" : "False")
                .withReason(runs ? null : "Unschedulable")
                .withMessage(runs ? null : MESSAGE)
                .withLastTransitionTime(TIME)
                .endCondition()
                .endStatus();
        if (runs) {
            pod.editSpec().withNodeName("node-17").endSpec();
            pod.editStatus()
                    .addNewContainerStatus()
                    .withName("job")
                    .withImage("registry.example.org/hpc/base:9.4")
                    .withImageID("registry.example.org/hpc/base@sha256:" + "0".repeat(64))
                    .withContainerID("containerd://" + "0".repeat(64))
                    .withNewState()
                    .withNewRunning(TIME)
                    .endState()
                    .endContainerStatus()
                    .endStatus();
        }
        return pod.build();
    }

    /** One with strings of its own, as a parser makes them of what a watch tells. */
    private <T> T told(String like, int number, Class<T> type) {
        return json.unmarshal(like.replace(NUMBER, "%05d".formatted(number)), type);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    @Fault("F29")
    void tenThousandJobsAndTheirPodsFitIntoAHundredMebibytes() {
        Mirror mirror = new Mirror(InstantSource.fixed(Instant.parse(TIME)));
        Job job = job();
        String likeJob = json.asJson(job);
        String running = json.asJson(pod(job, Stand.RUNS));
        String waiting = json.asJson(pod(job, Stand.WAITS));
        Trim.pod(told(running, 0, Pod.class));
        Trim.job(told(likeJob, 0, Job.class));
        long before = used();
        for (int number = 0; number < JOBS; number++) {
            mirror.offer(Trim.job(told(likeJob, number, Job.class)));
            mirror.offer(Trim.pod(told(number % 2 == 0 ? running : waiting, number, Pod.class)));
        }
        long taken = used() - before;
        assertThat(mirror.size()).isEqualTo(2 * JOBS);
        Reference.reachabilityFence(mirror);
        System.out.printf("10,000 Jobs and their pods: %,d bytes%n", taken);
        assertThat(taken).isLessThan(MOST);
    }
}
