package dev.sluice.slurm.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Target;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.slurm.Generation;
import dev.sluice.testkit.slurm.Service;
import dev.sluice.testkit.slurm.SlurmCluster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the end of a token means to a real slurmctld: a request that lies there dies with it, and none acts behind its fence. */
@Tag("cluster")
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
final class RealTokensTest {
    private static final Owner ALICE = new Owner("alice");
    private static final Owner OBSERVER = new Owner("sluice");
    private static final List<Generation> SERVED = List.of(Generation.V24_11, Generation.V26_05);

    /** As long as tokens live at the least. */
    private static final Duration LIFE = RestSettings.SHORTEST_LIFE;

    /** A little under the skew that the engine allows for by default. */
    private static final Duration AHEAD = Duration.ofSeconds(4);

    private static final Duration SKEW = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    /** Of its own: who shares one would find it frozen. */
    private static final Map<Generation, SlurmCluster> CLUSTERS = new EnumMap<>(Generation.class);

    private final String key = "late-" + System.nanoTime();
    private final Map<Generation, RestDoor> doors = new EnumMap<>(Generation.class);

    /** A gateway's whose clock goes before the clusters'. */
    private final InstantSource clock = Clock.offset(Clock.systemUTC(), AHEAD);

    @BeforeAll
    static void start() {
        SERVED.forEach(generation -> CLUSTERS.put(generation, SlurmCluster.start(generation)));
    }

    @AfterAll
    static void stop() {
        CLUSTERS.values().forEach(SlurmCluster::close);
    }

    private static SlurmCluster cluster(Generation generation) {
        return Objects.requireNonNull(CLUSTERS.get(generation));
    }

    @BeforeEach
    void open() {
        for (Generation generation : SERVED) {
            SlurmCluster cluster = cluster(generation);
            doors.put(generation, new RestDoor(hasty(cluster), new KeyTokens(cluster.tokenKey(), clock), clock));
        }
    }

    @AfterEach
    void close() {
        doors.values().forEach(RestDoor::close);
        CLUSTERS.values().forEach(SlurmCluster::heal);
    }

    /** It waits for an answer for two seconds, and its tokens live as short as they can. */
    private static RestSettings hasty(SlurmCluster cluster) {
        RestSettings usual = RestSettings.at(cluster.rest(), OBSERVER);
        return usual.withTokens(LIFE, SKEW)
                .withTimeouts(usual.connectTimeout(), Duration.ofSeconds(2), usual.listTimeout());
    }

    /** Sends a job to each cluster, whose controller is frozen; its fence. */
    private Instant sendInVain() {
        doors.values().forEach(door -> assertThat(door.facts()).isInstanceOf(Answer.Said.class));
        CLUSTERS.values().forEach(cluster -> cluster.freeze(Service.CONTROLLER));
        Instant fence = clock.instant().plus(LIFE).plus(SKEW);
        assertThat(doors.values().parallelStream()
                        .map(door -> door.submit(ALICE, Submissions.commented(key), fence))
                        .toList())
                .hasOnlyElementsOfType(Answer.Unknown.class);
        return fence;
    }

    private static void thaw(Generation generation) {
        cluster(generation).thaw(Service.CONTROLLER);
        cluster(generation).awaitHealthy();
    }

    private RestDoor door(Generation generation) {
        return Objects.requireNonNull(doors.get(generation));
    }

    private List<JobRow> ours(Generation generation) {
        Answer<List<JobRow>> queue = door(generation).queue();
        assertThat(queue).isInstanceOf(Answer.Said.class);
        return ((Answer.Said<List<JobRow>>) queue)
                .value().stream().filter(row -> row.comment().equals(key)).toList();
    }

    @Test
    @Fault({"F51", "F6"})
    void aSubmitLandsAfterItsClientHasGoneAndIsFoundByItsKey() throws InterruptedException {
        sendInVain();
        for (Generation generation : SERVED) {
            thaw(generation);
            await(() -> !ours(generation).isEmpty());
            List<JobRow> rows = ours(generation);
            assertThat(rows)
                    .singleElement()
                    .satisfies(row -> assertThat(row.states()).containsExactly("PENDING"));
            Instant fence = clock.instant().plus(LIFE).plus(SKEW);
            assertThat(door(generation).cancel(ALICE, Target.of(rows.getFirst().jobId()), fence))
                    .isEqualTo(Answer.said(Door.Done.DONE));
        }
    }

    @Test
    @Fault({"F51", "F55"})
    void aSubmitThatLiesThereUntilItsFenceIsNeverDoneWhoseverClockIsAhead() throws InterruptedException {
        Instant fence = sendInVain();
        TimeUnit.MILLISECONDS.sleep(Duration.between(clock.instant(), fence).toMillis());
        for (Generation generation : SERVED) {
            thaw(generation);
            // What lay there is read before what is asked now.
            assertThat(cluster(generation)
                            .exec("alice", "sbatch", "-D", "/tmp", "-o", "/dev/null", "--wrap", "true")
                            .succeeded())
                    .isTrue();
            assertThat(ours(generation)).isEmpty();
            assertThat(cluster(generation)
                            .exec("root", "grep", "-c", "token expired", "/var/log/slurm/slurmctld.log")
                            .text())
                    .as("SLURM's own word on it")
                    .isNotEqualTo("0");
        }
    }

    @Test
    @Fault("F38")
    void aTokenOfFiveSecondsServesForFiveSecondsAndTheNextOneAfterwards() throws Exception {
        SlurmCluster cluster = cluster(Generation.V24_11);
        Path file = Files.writeString(folder.resolve("token"), cluster.token("root", Duration.ofSeconds(5)));
        InstantSource ours = InstantSource.system();
        try (RestDoor door = new RestDoor(hasty(cluster), new AdministratorToken(file), ours)) {
            Answer<Door.Submitted> first = door.submit(
                    ALICE, Submissions.commented(key), ours.instant().plusSeconds(60));
            assertThat(first).isInstanceOf(Answer.Said.class);
            TimeUnit.SECONDS.sleep(6);
            assertThat(door.queue())
                    .isInstanceOfSatisfying(
                            Answer.Unknown.class,
                            unknown ->
                                    assertThat(unknown.doubt().why()).contains("had ended already: nothing was sent"));

            Files.writeString(file, cluster.token("root", Duration.ofSeconds(30)));
            assertThat(door.queue()).isInstanceOf(Answer.Said.class);
            long job = ((Answer.Said<Door.Submitted>) first).value().jobId();
            assertThat(door.cancel(ALICE, Target.of(job), ours.instant().plusSeconds(60)))
                    .isEqualTo(Answer.said(Door.Done.DONE));
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 100 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
