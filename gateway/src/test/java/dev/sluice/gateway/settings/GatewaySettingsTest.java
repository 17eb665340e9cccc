package dev.sluice.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.gateway.http.HttpSettings;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.TokenSettings;
import dev.sluice.gateway.loop.LoopSettings;
import dev.sluice.gateway.store.StoreSettings;
import dev.sluice.gateway.webhook.WebhookSettings;
import dev.sluice.job.ClusterName;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.place.ClusterTerms;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.place.Prices;
import dev.sluice.policy.place.Weights;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.policy.project.Quota;
import dev.sluice.policy.project.Resource;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one file of a gateway. */
class GatewaySettingsTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @TempDir
    Path directory;

    private Reading<GatewaySettings> read(String text) throws IOException {
        return GatewaySettings.read(Files.writeString(directory.resolve("sluice.yaml"), text));
    }

    private GatewaySettings good(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<GatewaySettings>(GatewaySettings settings) -> settings;
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
    }

    private String bad(String text) throws IOException {
        return switch (read(text)) {
            case Reading.Good<GatewaySettings> good -> throw new AssertionError("nothing was refused");
            case Reading.Bad<GatewaySettings> bad -> bad.text().replace(directory + "/", "");
        };
    }

    @Test
    void withoutAFileThisMachineIsTheCluster() {
        GatewaySettings settings = GatewaySettings.defaults();
        assertThat(settings.clusters()).containsOnlyKeys(new ClusterName("local"));
        assertThat(settings.listen()).isEqualTo(new Listen("127.0.0.1:7171"));
        assertThat(settings.engine(7))
                .isEqualTo(EngineSettings.of(7, List.of(ClusterSettings.of(new ClusterName("local")))));
    }

    @Test
    void aFileMayNameOtherClustersOrNone() throws IOException {
        assertThat(good("clusters: {}").clusters()).isEmpty();
        GatewaySettings settings = good("""
                first-job-id: 1_500_000_000
                clusters:
                  laptop: {type: local, cpus: 2, memory: 4GiB, poll: 1s, sweep: 10s, account: nobody}
                """);
        assertThat(settings.clusters().values())
                .singleElement()
                .isInstanceOfSatisfying(ClusterConfig.Local.class, laptop -> {
                    assertThat(laptop.memory()).contains(4L << 30);
                    assertThat(laptop.cpus()).contains(2);
                });
        EngineSettings engine = settings.engine(7);
        assertThat(engine.firstJob().value()).isEqualTo(1_500_000_000);
        assertThat(engine.clusters().values())
                .singleElement()
                .extracting(ClusterSettings::sweep)
                .isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aKindOfClusterThatThisReleaseDoesNotKnowIsRefused() throws IOException {
        assertThat(bad("clusters:\n  hpc:\n    type: lsf\n    url: https://hpc\n"))
                .isEqualTo("sluice.yaml:3:11: clusters.hpc.type: expected one of kubernetes, local, slurm, found 'lsf';"
                        + " this release knows no other type");
    }

    @Test
    void keysThatContradictEachOtherAreRefusedWhereTheyStand() throws IOException {
        assertThat(bad("""
                clusters:
                  local:
                    type: local
                    sweep: 5s
                engine:
                  backoff: 1h
                  max-backoff: 1m
                first-job-id: 2147483648
                """)).isEqualTo("""
                sluice.yaml:4:12: clusters.local.sweep: expected no less than poll, 10000 ms, found '5000 ms'; correct it
                sluice.yaml:7:16: engine.max-backoff: expected no less than backoff, 3600 s, found '60 s'; correct it
                sluice.yaml:8:15: first-job-id: expected less than 2147483648 from 1 to 2_000_000_000, \
                found '2147483648'; correct it""");
    }

    @Test
    @Fault("B30")
    void whoMayWhatIsReadAndHeldToItsBounds() throws IOException {
        GatewaySettings settings = good("""
                access:
                  admins: [root]
                  projects:
                    physics: {description: Physics, members: {ada: submitter, grace: operator}}
                    physics/lattice:
                tokens: {life: 30d}
                """);
        assertThat(settings.access().projects()).containsOnlyKeys("physics", "physics/lattice");
        assertThat(bad("""
                access:
                  projects:
                    physics:
                      members: {Ada: submitter}
                      quota: -5
                    physics: {}
                    chemistry:
                      members: {ada: boss}
                      parent: physics
                tokens: {life: -1d, most: -1}
                """)).isEqualTo("""
                sluice.yaml:4:17: access.projects.physics.members.Ada: expected user to be 1 to 64 of a-z, 0-9, '_', '.', '@' \
                and '-', a letter or '_' first, found 'Ada'; correct it
                sluice.yaml:5:7: access.projects.physics.quota: expected one of the keys caps, clusters, description, members, \
                most-priority, shares, weight, found an unknown one; remove it
                sluice.yaml:6:5: access.projects.physics: expected each key once, found it again, first in line 3; remove one of them
                sluice.yaml:8:22: access.projects.chemistry.members.ada: expected one of viewer, submitter, operator, admin, \
                found 'boss'; correct it
                sluice.yaml:9:7: access.projects.chemistry.parent: expected one of the keys caps, clusters, description, \
                members, most-priority, shares, weight, found an unknown one; remove it
                sluice.yaml:10:16: tokens.life: expected a duration with a unit, as 30s, 5m, 1h30m or 7d from 1m to 3650d, \
                found '-1d'; correct it
                sluice.yaml:10:27: tokens.most: expected number from 1 to 1000000, found '-1'; choose a value within these bounds""");
        assertThat(bad("access: {projects: {../x: {}}}"))
                .startsWith("sluice.yaml:1:21: access.projects.../x: expected project to be 1 to 8 names");
    }

    @Test
    void aProjectIsSaidInOnePlace() throws IOException {
        GatewaySettings settings = good("""
                clusters: {hpc: {type: local}, k8s: {type: local}}
                access:
                  projects:
                    physics:
                      description: All of physics
                      weight: 2
                      shares:
                        cpus: {nominal: 100, borrowing: 50, weight: 3}
                        memory: {nominal: 1TiB}
                        gpus:a100@k8s: {borrowing: 0}
                      caps: {queued: 1000, running: 200, queued-per-user: 100, running-per-user: 20}
                      clusters: [k8s, hpc]
                      most-priority: 500
                    physics/lattice.qcd: {members: {ada: submitter}, shares: {memory: {nominal: 512GiB}}}
                policy:
                  half-life: 3d
                  bands: [1000, 5000]
                  window-percent: 10
                  reservations: 3
                  overflow-after: 5m
                  withdraw-after: 1h
                """);
        Project physics = new Project(
                new ProjectPath("physics"),
                2,
                new TreeMap<>(Map.of(
                        Resource.of("cpus"), new Quota(100, OptionalLong.of(50), OptionalInt.of(3)),
                        Resource.of("memory"), Quota.guaranteed(1L << 40),
                        Resource.of("gpus:a100@k8s"), new Quota(0, OptionalLong.of(0), OptionalInt.empty()))),
                new Caps(OptionalInt.of(1000), OptionalInt.of(200), OptionalInt.of(100), OptionalInt.of(20)),
                new TreeSet<>(List.of(new ClusterName("hpc"), new ClusterName("k8s"))),
                OptionalInt.of(500));
        Project lattice = Project.plain(new ProjectPath("physics/lattice.qcd"))
                .withQuota(Resource.of("memory"), Quota.guaranteed(1L << 39));
        PolicySettings expected = PolicySettings.DEFAULTS
                .withProjects(ProjectTree.of(List.of(physics, lattice)))
                .withHalfLife(new HalfLife(Duration.ofDays(3)))
                .withBands(List.of(1000, 5000))
                .withWindowPercent(10)
                .withReservations(3)
                .withOverflowAfter(Duration.ofMinutes(5))
                .withWithdrawAfter(Duration.ofHours(1));
        assertThat(settings.planning()).isEqualTo(expected);
        assertThat(settings.engine(7).policy()).isEqualTo(expected);
    }

    @Test
    void whereJobsGoIsReadAndCheckedWhereItStands() throws IOException {
        Placement placement = good("""
                clusters: {hpc: {type: local}, cloud: {type: local}}
                policy:
                  placement: {start: 0, cost: 3}
                  clusters:
                    cloud:
                      prices: {cpus: 0.04, memory: 0.005, gpus: 1, gpus:a100: 3.1}
                      part: 50
                    hpc: {near: [/scratch]}
                """).planning().placement();
        assertThat(placement)
                .isEqualTo(Placement.DEFAULT
                        .withWeights(new Weights(0, 1, 3, 1, 2))
                        .with(
                                new ClusterName("cloud"),
                                ClusterTerms.PLAIN
                                        .withPrices(new Prices(0.04, 0.005, 1, new TreeMap<>(Map.of("a100", 3.1))))
                                        .withPart(50))
                        .with(new ClusterName("hpc"), ClusterTerms.PLAIN.withNear(new TreeSet<>(List.of("/scratch")))));
        assertThat(bad("""
                clusters: {hpc: {type: local}}
                policy:
                  placement: {spread: -1}
                  clusters:
                    hpc: {prices: {cpus: -1, disk: 2, memory: 1GiB}, part: 0}
                """)).isEqualTo("""
                sluice.yaml:3:23: policy.placement.spread: expected number from 0 to 1000, found '-1'; choose a value within \
                these bounds
                sluice.yaml:5:26: policy.clusters.hpc.prices.cpus: expected a number of 0 or more, as 12 or 0.05, found '-1'; \
                correct it
                sluice.yaml:5:30: policy.clusters.hpc.prices.disk: expected cpus, memory, gpus or gpus:TYPE, the type in lower \
                case, found 'disk'; correct it
                sluice.yaml:5:47: policy.clusters.hpc.prices.memory: expected a number of 0 or more, as 12 or 0.05, found \
                '1GiB'; correct it
                sluice.yaml:5:60: policy.clusters.hpc.part: expected number from 1 to 100, found '0'; choose a value within \
                these bounds""");
        assertThat(bad("""
                clusters: {hpc: {type: local}}
                policy: {clusters: {cloud: {part: 5}, hpc: {prices: {cpus@hpc: 1}}}}
                """)).isEqualTo("""
                sluice.yaml:2:45: policy.clusters.hpc.prices: expected cpus, memory, gpus or gpus:TYPE without a cluster, found \
                'cpus@hpc'; correct it""");
        assertThat(bad("""
                clusters: {hpc: {type: local}}
                policy: {clusters: {cloud: {part: 5}}}
                """)).isEqualTo("""
                sluice.yaml:2:10: policy.clusters: expected one of the clusters [hpc], found 'cloud'; correct it""");
    }

    @Test
    void allThatIsWrongWithSharesIsToldWhereItStands() throws IOException {
        assertThat(bad("""
                access:
                  projects:
                    physics:
                      shares:
                        cpus: {nominal: 4GiB, borrowing: -1}
                        memory:
                          nominal: 100
                    physics/x:
                      shares:
                        gpus:a100: {nominal: 1B, borrowing: 2B}
                        disk: {nominal: 1}
                      weight: 0
                policy: {bands: [5, 3], half-life: 1500ms}
                """)).isEqualTo("""
                sluice.yaml:5:25: access.projects.physics.shares.cpus.nominal: expected a number of 0 or more, without a unit, \
                found '4294967296 bytes'; correct it
                sluice.yaml:5:42: access.projects.physics.shares.cpus.borrowing: expected a number of 0 or more, without a unit, \
                found '-1'; correct it
                sluice.yaml:7:20: access.projects.physics.shares.memory.nominal: expected an amount of memory with a unit, as \
                4GiB, found '100'; correct it
                sluice.yaml:11:9: access.projects.physics/x.shares.disk: expected cpus, memory, gpus or gpus:TYPE, the type in \
                lower case, found 'disk'; correct it
                sluice.yaml:12:15: access.projects.physics/x.weight: expected number from 1 to 1_000_000, found '0'; choose a \
                value within these bounds
                sluice.yaml:13:10: policy.bands: expected priority classes in ascending order, each once, found '[5, 3]'; correct \
                it
                sluice.yaml:13:36: policy.half-life: expected whole seconds from 1 s to 10 years, found 'PT1.5S'; correct it""");
    }

    @Test
    void projectsThatContradictEachOtherOrNameUnknownClustersAreRefused() throws IOException {
        assertThat(bad("""
                clusters: {local: {type: local}}
                access:
                  projects:
                    physics:
                      clusters: [local, hpc]
                      most-priority: 10
                      shares:
                        cpus: {nominal: 5}
                        gpus@k8s: {nominal: 1}
                    physics/x.cpus:
                      clusters: [other]
                      most-priority: 11
                      shares: {cpus: {nominal: 6}}
                    physics/x: {}
                """)).isEqualTo("""
                sluice.yaml:8:25: access.projects.physics.shares.cpus.nominal: expected at least 6, which those below it are \
                promised together, found '5'; correct it
                sluice.yaml:11:7: access.projects.physics/x.cpus.clusters: expected some of those of physics, [hpc, local], found \
                '[other]'; correct it
                sluice.yaml:12:22: access.projects.physics/x.cpus.most-priority: expected at most that of physics, 10, found \
                '11'; correct it""");
        assertThat(bad("""
                clusters: {local: {type: local}}
                access:
                  projects:
                    physics:
                      clusters: [local, hpc]
                      shares:
                        gpus@k8s: {nominal: 1}
                """)).isEqualTo("""
                sluice.yaml:5:7: access.projects.physics.clusters: expected one of the clusters [local], found 'hpc'; correct it
                sluice.yaml:7:9: access.projects.physics.shares.gpus@k8s: expected one of the clusters [local], found 'k8s'; \
                correct it""");
    }

    @Test
    @Fault("B30")
    void aProjectThatIsTakenOutWhileItHasJobsIsNamed() throws IOException {
        SortedMap<ProjectPath, Integer> unfinished =
                new TreeMap<>(Map.of(new ProjectPath("physics"), 1, new ProjectPath("old"), 2));
        assertThat(new Access(good("access: {projects: {physics: {}}}").access()).missing(unfinished))
                .containsExactly("access.projects: expected old, which has 2 unfinished jobs, found no such project;"
                        + " put it back until they are over, or cancel them");
        assertThat(new Access(AccessSettings.open()).missing(new TreeMap<>(Map.of(new ProjectPath("default"), 1))))
                .isEmpty();
    }

    @Test
    void oneListenSetsAnother() throws IOException {
        GatewaySettings settings =
                good("http: {listen: 'localhost:80', max-body: 1MiB}").at(new Listen("[::1]:0"));
        assertThat(settings.http().address().getPort()).isZero();
        assertThat(settings.http().maxBody()).isEqualTo(1 << 20);
        assertThat(settings.http().at("127.0.0.1:7171"))
                .isEqualTo(good("http: {max-body: 1MiB}").http());
        assertThat(GatewaySettings.defaults().at(new Listen(":80")).http().listen())
                .isEqualTo("0.0.0.0:80");
        assertThat(bad("http: {listen: here}")).contains("sluice.yaml:1:16: http.listen: expected HOST:PORT");
    }

    @Test
    void eachRecordsOwnDefaultsAreThoseThatItDeclares() {
        GatewaySettings settings = GatewaySettings.defaults();
        assertThat(settings.http()).isEqualTo(HttpSettings.defaults());
        assertThat(settings.access()).isEqualTo(AccessSettings.open());
        assertThat(settings.tokens()).isEqualTo(TokenSettings.defaults());
        assertThat(settings.webhooks()).isEqualTo(WebhookSettings.defaults());
        assertThat(settings.store()).isEqualTo(StoreSettings.DEFAULTS);
        assertThat(settings.loop()).isEqualTo(LoopSettings.DEFAULTS);
    }

    @Test
    void dataHaveAPlaceOfTheUsers() {
        String home = System.getProperty("user.name").equals("root") ? "/var/lib/sluice" : "/x/sluice";
        assertThat(GatewaySettings.defaults().dataDirectory(Map.of("XDG_DATA_HOME", "/x")))
                .isEqualTo(Path.of(home));
    }

    @Test
    void whereToListenIsAHostAndAPort() {
        assertThat(new Listen("[::1]:80").host()).isEqualTo("::1");
        assertThat(new Listen(":80").host()).isEqualTo("0.0.0.0");
        assertThat(new Listen("*:80").host()).isEqualTo("0.0.0.0");
        assertThat(new Listen("gate.example:8080").port()).isEqualTo(8080);
    }

    @ParameterizedTest
    @ValueSource(strings = {"7171", "localhost", "a:65536", "a:-1", "::1:80", "http://a:80", "a b:80", ""})
    void noPlaceToListen(String text) {
        assertThatThrownBy(() -> new Listen(text)).isInstanceOf(InvalidValue.class);
    }

    @Test
    void theReferencePageIsWhatTheRecordsDeclare() throws IOException {
        String expected = """
                # Configuration

                `sluice serve --config FILE` reads one YAML file; without one every key has its default, and this machine is the
                one cluster. `sluice check-config --config FILE` tells all that is wrong with a file, each with line and column.
                Durations (`30s`, `5m`, `1h30m`, `7d`) and amounts (`500MB`, `4GiB`) need their unit. Relative paths are relative to
                the file. A secret is the path of a file of mode 0600, never the secret itself. Tags, merge keys and unknown keys
                are refused.

                This page is written from the settings records; a test fails when the two differ.

                %s""".formatted(Reference.markdown(GatewaySettings.class));
        if (Boolean.getBoolean("sluice.update")) {
            Files.writeString(PAGE, expected);
        }
        assertThat(PAGE).as("update with: mvn test -Dsluice.update=true").hasContent(expected);
    }
}
