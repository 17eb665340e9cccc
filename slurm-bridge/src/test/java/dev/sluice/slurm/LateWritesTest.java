package dev.sluice.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptId;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import dev.sluice.slurm.ssh.SshDoor;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A write by SSH waits for a controller that was killed, and comes back without the job that the write is for: its id is by then a
 * native job's of the same user.
 */
@Tag("cluster")
@Order(3)
@Timeout(300)
final class LateWritesTest {
    private static final Owner ALICE = new Owner("alice");
    private static final AttemptId LOST = AttemptId.random(7, new Random(1));
    private static final AttemptId KEPT = AttemptId.random(7, new Random(2));

    /** What is written, and what a job looks like that it would change. */
    private enum Write {
        RELEASE {
            @Override
            Answer<Done> to(Door door, Target target) {
                return door.release(ALICE, List.of(target), fence()).getFirst();
            }
        },
        HOLD {
            @Override
            Answer<Done> to(Door door, Target target) {
                return door.hold(ALICE, target, fence());
            }
        },
        LIMIT {
            @Override
            Answer<Done> to(Door door, Target target) {
                return door.limit(ALICE, target, Duration.ofMinutes(3), fence());
            }
        },
        CANCEL {
            @Override
            Answer<Done> to(Door door, Target target) {
                return door.cancel(ALICE, target, fence());
            }
        };

        abstract Answer<Done> to(Door door, Target target);

        /** What waits without being held is what a hold would change. */
        String[] waiting() {
            return this == HOLD ? new String[] {"--begin", "now+1hour"} : new String[] {"--hold"};
        }
    }

    private static Instant fence() {
        return Instant.now().plusSeconds(370);
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    @Fault({"F46", "F52"})
    void anIdThatIsAnothersByThenIsLeftAlone(Generation generation) throws Exception {
        try (SlurmCluster cluster = SlurmCluster.start(generation);
                SshDoor door = Sites.sshDoor(cluster);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Write write : Write.values()) {
                save(cluster);
                long lost = submit(cluster, LOST + " mine", write.waiting());
                cluster.kill(Service.CONTROLLER);
                Future<Answer<Done>> answer =
                        threads.submit(() -> write.to(door, Target.of(lost).only(LOST)));
                String before = comesBackWithAnothers(cluster, lost, write);

                Answer<Done> told = answer.get();
                assertThat(row(cluster, lost))
                        .as("what waits, after a late %s", write)
                        .isEqualTo(before);
                // scancel says nothing of what it did not find.
                assertThat(code(told)).as("%s", write).isEqualTo(write == Write.CANCEL ? "done" : Door.ABSENT);
                assertThat(write.to(door, Target.of(lost)))
                        .as("%s of whatever has the id", write)
                        .isEqualTo(Answer.said(Done.DONE));
                assertThat(row(cluster, lost))
                        .as("that a %s would be seen", write)
                        .isNotEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    @Fault({"F46", "F52"})
    void ofManyThoseThatAreStillOursAreReleased(Generation generation) throws Exception {
        try (SlurmCluster cluster = SlurmCluster.start(generation);
                SshDoor door = Sites.sshDoor(cluster);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long kept = submit(cluster, KEPT + " mine", "--hold");
            long array = submit(cluster, KEPT + "+10000", "--hold", "--array", "0-3");
            save(cluster);
            long lost = submit(cluster, LOST + " mine", "--hold");
            cluster.kill(Service.CONTROLLER);
            List<Target> targets = List.of(
                    Target.of(lost).only(LOST),
                    Target.of(kept).only(KEPT),
                    Target.of(array).only(KEPT));
            Future<List<Answer<Done>>> answers = threads.submit(() -> door.release(ALICE, targets, fence()));
            String before = comesBackWithAnothers(cluster, lost, Write.RELEASE);

            List<Answer<Done>> told = answers.get();
            assertThat(row(cluster, lost)).isEqualTo(before);
            assertThat(code(told.getFirst())).isEqualTo(Door.ABSENT);
            assertThat(told.subList(1, 3)).containsOnly(Answer.said(Done.DONE));
            assertThat(row(cluster, kept)).doesNotContain("JobHeldUser");
            assertThat(row(cluster, array)).doesNotContain("JobHeldUser");
        }
    }

    private static String code(Answer<Done> answer) {
        return switch (answer) {
            case Answer.Said<Done> done -> "done";
            case Answer.Refused<Done> refused -> refused.refusal().code();
            case Answer.Unknown<Done> unknown -> unknown.doubt().why();
        };
    }

    /** What is there now is what a kill leaves. */
    private static void save(SlurmCluster cluster) {
        root(
                cluster,
                "lab-fault ctld stop && rm -rf /root/saved && cp -a /var/spool/slurmctld /root/saved && lab-fault ctld start");
    }

    /**
     * What waits for the controller is held back until another job has the id.
     *
     * @return the other's {@link #row}
     */
    private static String comesBackWithAnothers(SlurmCluster cluster, long lost, Write write) {
        root(
                cluster,
                "until pkill -STOP -u alice -x 'squeue|scontrol|scancel'; do sleep 0.1; done;"
                        + " rm -r /var/spool/slurmctld && cp -a /root/saved /var/spool/slurmctld && lab-fault ctld start");
        assertThat(submit(cluster, "", write.waiting())).isEqualTo(lost);
        String row = row(cluster, lost);
        root(cluster, "pkill -CONT -u alice -x 'squeue|scontrol|scancel'");
        return row;
    }

    private static long submit(SlurmCluster cluster, String comment, String... how) {
        List<String> words = new ArrayList<>(List.of("sbatch", "--parsable", "-D", "/tmp", "-t", "7"));
        words.addAll(List.of("--comment", comment));
        words.addAll(List.of(how));
        words.addAll(List.of("--wrap", "sleep 1"));
        return Long.parseLong(
                cluster.exec("alice", words.toArray(String[]::new)).text());
    }

    /** Its state, whether it is held and its limit; why else it waits is for the scheduler to say. */
    private static String row(SlurmCluster cluster, long id) {
        return cluster.exec("alice", "squeue", "-h", "-t", "all", "-j", Long.toString(id), "-o", "%T %l %r")
                .text()
                .replaceFirst(" (?!JobHeldUser)[A-Z].*", "");
    }

    private static void root(SlurmCluster cluster, String script) {
        cluster.exec("root", "bash", "-c", script).text();
    }
}
