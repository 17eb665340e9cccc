package dev.sluice.slurm.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Accounts.Association;
import dev.sluice.job.TaskSet;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Door.Done;
import dev.sluice.slurm.door.Inventory.Node;
import dev.sluice.slurm.door.Inventory.Partition;
import dev.sluice.slurm.door.Inventory.Reservation;
import dev.sluice.slurm.door.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** scontrol, scancel and sacctmgr on recordings of three versions. */
final class ScontrolTest {
    private static String said(Optional<Answer<Done>> answer) {
        return answer.map(told -> switch (told) {
                    case Answer.Said<Done> done -> "done";
                    case Answer.Refused<Done> refused -> refused.refusal().code();
                    case Answer.Unknown<Done> unknown -> "unknown";
                })
                .orElse("ask alone");
    }

    private static Target tasks(long id, TaskSet tasks) {
        return new Target(id, Optional.of(tasks));
    }

    /** Recorded: {@code release D,99999999,B_[2-3],B_9,A} where D is held, B an array of 0-7, and A has ended. */
    @ParameterizedTest
    @CsvSource({"22.05, 24, 25, 27", "24.11, 479, 480, 482", "26.05, 470, 471, 473"})
    void aReleaseOfManyTellsOfEach(String version, long ended, long array, long held) {
        List<Target> targets = List.of(
                Target.of(held),
                Target.of(99999999),
                tasks(array, TaskSet.range(2, 3)),
                tasks(array, TaskSet.of(9)),
                Target.of(ended));
        assertThat(Scontrol.parse(Recordings.of(version, "release-some"), targets))
                .extracting(ScontrolTest::said)
                .containsExactly("done", Door.ABSENT, "done", Door.ABSENT, "ended");
    }

    /** Recorded: {@code release B_[1-2,9]} where task 1 has ended, 2 is held and 9 is none. */
    @ParameterizedTest
    @CsvSource({"22.05, 25", "24.11, 480", "26.05, 471"})
    void tasksOfAnArrayThatEndedSpoilNothingForTheOthers(String version, long array) {
        Outcome.Ended mixed = Recordings.of(version, "release-mixed");
        List<Target> targets = List.of(
                tasks(array, TaskSet.of(1)), tasks(array, TaskSet.range(1, 2)), tasks(array, TaskSet.of(1, 2, 9)));
        assertThat(Scontrol.parse(mixed, targets))
                .extracting(ScontrolTest::said)
                .containsExactly("ended", "done", Door.ABSENT);
        assertThat(said(Optional.of(Scontrol.parse(Recordings.of(version, "release-ended"), Target.of(array)))))
                .isEqualTo("ended");
    }

    @ParameterizedTest
    @CsvSource({"22.05, 26", "24.11, 481", "26.05, 472"})
    void oneTargetIsRefusedByTheControllersOwnWords(String version, long id) {
        Target absent = Target.of(99999999);
        assertThat(said(Optional.of(Scontrol.parse(Recordings.of(version, "release-absent"), absent))))
                .isEqualTo(Door.ABSENT);
        assertThat(said(Optional.of(Scontrol.parse(Recordings.of(version, "hold-absent"), absent))))
                .isEqualTo(Door.ABSENT);
        assertThat(said(Optional.of(Scontrol.parse(Recordings.of(version, "limit-too-high"), Target.of(id)))))
                .isEqualTo("forbidden");
        assertThat(Scancel.parse(Recordings.of(version, "scancel-absent"))).isEqualTo(Answer.said(Done.DONE));
    }

    @Test
    void whatTheTextDoesNotTellIsAskedAloneOrUnknown() {
        Outcome.Ended silent = Recordings.ended(1, "", "");
        Outcome.Ended strange = Recordings.ended(1, "", "Invalid job id specified for job 1\nsomething new happened\n");
        Outcome.Ended down =
                Recordings.ended(1, "", "Unable to contact slurm controller (connect failure) for job 1\n");
        List<Target> two = List.of(Target.of(1), Target.of(2));
        assertThat(Scontrol.parse(silent, two))
                .extracting(ScontrolTest::said)
                .containsExactly("ask alone", "ask alone");
        assertThat(Scontrol.parse(strange, two))
                .extracting(ScontrolTest::said)
                .containsExactly(Door.ABSENT, "ask alone");
        assertThat(Scontrol.parse(down, two)).extracting(ScontrolTest::said).containsExactly("unknown", "done");
        assertThat(said(Optional.of(Scontrol.parse(silent, Target.of(1))))).isEqualTo("unknown");
    }

    @ParameterizedTest
    @CsvSource({"22.05, 22.05.8, 1795567854", "24.11, 24.11.5, 1795567834", "26.05, 26.05.5, 1795567875"})
    void theConfiguration(String version, String full, long since) {
        assertThat(Scontrol.facts(Recordings.of(version, "config")))
                .isEqualTo(Answer.said(new ClusterFacts(
                        full,
                        Optional.of("lab"),
                        Optional.of(Duration.ofSeconds(300)),
                        OptionalInt.of(10_001),
                        Optional.of(true),
                        Optional.of(true),
                        Optional.of(Instant.ofEpochSecond(since)))));
        assertThat(Scontrol.facts(Recordings.ended(1, "", "Unable to contact slurm controller (connect failure)")))
                .isInstanceOf(Answer.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void nodesWithAReasonThatPosesAsAState(String version) {
        List<Node> nodes =
                ((Answer.Said<List<Node>>) ScontrolInventory.parseNodes(Recordings.of(version, "nodes"))).value();
        assertThat(nodes).extracting(Node::name).containsExactly("n1", "n2");
        Node drained = nodes.get(1);
        assertThat(drained.states()).containsExactly("IDLE", "DRAIN");
        assertThat(drained.reason().orElseThrow()).startsWith("bad disk State=IDLE x=y [");
        assertThat(drained.cpus()).isEqualTo(8);
        assertThat(drained.memory()).isEqualTo(16_000L << 20);
        assertThat(drained.gpus()).isEqualTo(new TreeMap<>(Map.of("a100", 4L)));
        assertThat(drained.partitions()).containsExactly("debug", "down", "long");
        assertThat(nodes.get(0).states().getFirst()).isEqualTo("MIXED");
        assertThat(nodes.get(0).allocatedCpus()).isPositive();
    }

    @Test
    void gresOfManyKindsAndANodeThatDoesNotAnswer() {
        String line = "NodeName=g1 CPUAlloc=3 CPUTot=64 ActiveFeatures=a,b "
                + "Gres=gpu:a100:4(S:0-1),gpu:2,bandwidth:lustre:no_consume:4K,nic:2 "
                + "GresUsed=gpu:a100:3(IDX:0,2-3),gpu:0(IDX:N/A),nic:1 RealMemory=1 AllocMem=0 "
                + "State=DOWN*+DRAIN Partitions=p\n";
        Node node = ((Answer.Said<List<Node>>) ScontrolInventory.parseNodes(Recordings.ended(0, line, "")))
                .value()
                .getFirst();
        assertThat(node.gpus()).isEqualTo(new TreeMap<>(Map.of("a100", 4L, "*", 2L)));
        assertThat(node.allocatedGpus()).isEqualTo(new TreeMap<>(Map.of("a100", 3L, "*", 0L)));
        assertThat(node.otherGres()).isEqualTo(new TreeMap<>(Map.of("bandwidth:lustre", 4096L, "nic", 2L)));
        assertThat(node.states()).containsExactly("DOWN", "DRAIN", "NOT_RESPONDING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void partitionsReservationsAndAssociations(String version) {
        List<Partition> partitions = ((Answer.Said<List<Partition>>)
                        ScontrolInventory.parsePartitions(Recordings.of(version, "partitions")))
                .value();
        assertThat(partitions.get(0))
                .isEqualTo(new Partition(
                        "debug",
                        true,
                        "UP",
                        Optional.of(Duration.ofDays(1)),
                        Optional.of(Duration.ofMinutes(10)),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        List.of()));
        assertThat(partitions.get(2).state()).isEqualTo("DOWN");
        assertThat(partitions.get(2).maxTime()).isEmpty();
        List<Reservation> reservations = ((Answer.Said<List<Reservation>>)
                        ScontrolInventory.parseReservations(Recordings.of(version, "reservations")))
                .value();
        assertThat(reservations).hasSize(1);
        assertThat(reservations.get(0).nodes()).containsExactly("n1", "n2");
        assertThat(reservations.get(0).flags()).contains("MAINT", "IGNORE_JOBS");
        assertThat(Duration.between(
                        reservations.get(0).start(), reservations.get(0).end()))
                .isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void accountsWithTheirLimitsAndWhoMayChargeThem(String version) {
        SortedMap<String, SortedSet<String>> coordinators = ((Answer.Said<SortedMap<String, SortedSet<String>>>)
                        Sacctmgr.parseCoordinators(Recordings.of(version, "coordinators")))
                .value();
        Accounts.Known known = ((Answer.Said<Accounts.Known>)
                        Sacctmgr.parse(Recordings.of(version, "associations"), coordinators))
                .value();
        assertThat(known.associations())
                .containsExactly(
                        new Association("root", "root", List.of("normal")),
                        new Association("alice", "chem", List.of("high", "low", "normal", "tiny")),
                        new Association("bob", "chem", List.of("low", "normal")),
                        new Association("nightly", "chem", List.of("normal")),
                        new Association("sluice", "chem", List.of("normal")),
                        new Association("alice", "physics", List.of("high", "low", "normal", "tiny")),
                        new Association("alice", "lattice", List.of("normal")));
        assertThat(known.accounts())
                .containsExactly(
                        new Accounts.NativeAccount(
                                "root", Optional.empty(), Optional.of(1), new TreeSet<>(), Accounts.Limits.NONE),
                        new Accounts.NativeAccount(
                                "chem", Optional.of("root"), Optional.empty(), new TreeSet<>(), Accounts.Limits.NONE),
                        new Accounts.NativeAccount(
                                "physics",
                                Optional.of("root"),
                                Optional.of(20),
                                new TreeSet<>(List.of("bob")),
                                new Accounts.Limits(
                                        Optional.of(100),
                                        Optional.of(1000),
                                        Optional.of(10),
                                        Optional.of(50),
                                        new TreeMap<>(Map.of("cpus", 64L, "memory", 128L << 30, "gpus", 8L)))),
                        new Accounts.NativeAccount(
                                "lattice",
                                Optional.of("physics"),
                                Optional.of(30),
                                new TreeSet<>(List.of("alice", "bob")),
                                new Accounts.Limits(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(10),
                                        Optional.of(50),
                                        new TreeMap<>())));
    }

    @Test
    void memoryOfAnAccountIsInMebibytesWhereItHasNoUnit() {
        String line = "|physics|root|1|mem=512,gres/gpu:a100=4,billing=9|||||normal|";
        Answer<Accounts.Known> answer = Sacctmgr.parse(Recordings.ended(0, line + "\n", ""), Map.of());
        assertThat(((Answer.Said<Accounts.Known>) answer).value().accounts())
                .extracting(account -> account.limits().most())
                .containsExactly(new TreeMap<>(Map.of("memory", 512L << 20, "gpus:a100", 4L)));
        assertThat(Sacctmgr.parse(Recordings.ended(0, "|physics|\n", ""), Map.of()))
                .isInstanceOf(Answer.Unknown.class);
    }

    @Test
    void noReservationIsAnEmptyList() {
        assertThat(ScontrolInventory.parseReservations(Recordings.ended(0, "No reservations in the system\n", "")))
                .isEqualTo(Answer.said(List.of()));
    }

    @Test
    void hostLists() throws UnreadableOutput {
        assertThat(Hostlist.names("n[1-3,07],login,r[1-2]n[09-10]"))
                .containsExactly("n1", "n2", "n3", "n07", "login", "r1n09", "r1n10", "r2n09", "r2n10");
        assertThat(Hostlist.names("")).isEmpty();
    }

    @Test
    void aLimitOfLessThanAMinuteIsRoundedUp() {
        assertThat(Scontrol.limit(Target.of(3), Duration.ofSeconds(61))).contains("JobId=3", "TimeLimit=2");
        assertThat(Scontrol.limit(Target.of(3), Duration.ofSeconds(60))).contains("TimeLimit=1");
    }

    /** The owner of slurmctld, by number, as sacct names who cancelled. */
    @ParameterizedTest
    @ValueSource(strings = {"22.05", "24.11", "26.05"})
    void slurmsOwnAccountIsInItsConfiguration(String version) {
        assertThat(Scontrol.slurmUser(Recordings.of(version, "config"))).isEqualTo(Answer.said(64030));
        assertThat(Scontrol.slurmUser(Recordings.ended(1, "", "Unable to contact slurm controller")))
                .isInstanceOf(Answer.Unknown.class);
        assertThat(Scontrol.slurmUser(Recordings.ended(0, "SlurmUser = nobody\n", "")))
                .isInstanceOf(Answer.Unknown.class);
    }
}
