package dev.sluice.gateway.projects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.http.Reloading;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.settings.GatewaySettings;
import dev.sluice.gateway.settings.Reading;
import dev.sluice.job.ProjectPath;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects, as the configuration and a program of the site's tell them, while a gateway runs. */
class ProjectsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private Path file = Path.of("");
    private Path answer = Path.of("");
    private final BlockingQueue<PolicySettings> heard = new LinkedBlockingQueue<>();
    private Optional<Projects> made = Optional.empty();

    @BeforeEach
    void files() {
        file = directory.resolve("sluice.yaml");
        answer = directory.resolve("answer");
    }

    @AfterEach
    void close() {
        made.ifPresent(Projects::close);
    }

    private void configure(String text) throws IOException {
        Files.writeString(file, text);
    }

    /** A block {@code policy} with a program that prints what is in a file, every second. */
    private String synced(String format) {
        return "policy: {sync: {command: [cat, '" + answer + "'], format: " + format + ", every: 1s}}\n";
    }

    private Projects start() {
        GatewaySettings settings = switch (GatewaySettings.read(file)) {
            case Reading.Good<GatewaySettings>(GatewaySettings good) -> good;
            case Reading.Bad<GatewaySettings> bad -> throw new AssertionError(bad.text());
        };
        Projects projects = new Projects(
                Optional.of(file),
                settings,
                directory.resolve("projects"),
                new Tellers(Map.of()),
                InstantSource.fixed(NOW),
                (access, policy) -> heard.add(policy));
        made = Optional.of(projects);
        return projects;
    }

    private void change() throws InterruptedException {
        assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("a change")
                .isNotNull();
    }

    /** Until the program's answer is refused for this reason. */
    private void refused(Projects projects, String reason) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (projects.sources().stream()
                .noneMatch(source -> source.problems().stream().anyMatch(problem -> problem.contains(reason)))) {
            assertThat(System.nanoTime()).as(projects.sources().toString()).isLessThan(end);
            var unused = heard.poll(20, TimeUnit.MILLISECONDS);
        }
    }

    private static Set<String> names(Projects projects) {
        return projects.access().projects().stream().map(ProjectPath::value).collect(Collectors.toSet());
    }

    private static int weight(Projects projects, String path) {
        return projects.policy().projects().get(new ProjectPath(path)).weight();
    }

    @Test
    void whatTheConfigurationSaysOfAProjectGoesFirst() throws Exception {
        configure(synced("csv") + "access: {projects: {physics: {weight: 7}}}");
        Files.writeString(answer, "project,weight\nphysics,2\nbiology,3\n");
        Projects projects = start();
        assertThat(names(projects)).containsExactly("physics");
        projects.begin();
        change();
        assertThat(names(projects)).containsExactlyInAnyOrder("physics", "biology");
        assertThat(weight(projects, "physics")).isEqualTo(7);
        assertThat(weight(projects, "biology")).isEqualTo(3);
        assertThat(projects.sources())
                .containsExactly(new Reloading.Source("sync", Optional.of(NOW), Optional.of(NOW), 2, List.of()));
    }

    @Test
    void untilTheFirstAnswerThereIsNoProjectAndNotOneForAll() throws Exception {
        configure(synced("json"));
        Projects projects = start();
        assertThat(projects.access().projects()).isEmpty();
        Files.writeString(answer, "{\"projects\": {\"a\": {}}}");
        projects.begin();
        change();
        assertThat(names(projects)).containsExactly("a");
    }

    @Test
    void aBadAnswerChangesNothingAndAGoodOneIsTakenAgain() throws Exception {
        configure(synced("csv") + "access: {projects: {top: {shares: {cpus: {nominal: 10}}}}}");
        Files.writeString(answer, "project,weight\na,2\n");
        Projects projects = start();
        projects.begin();
        change();
        PolicySettings before = projects.policy();
        Files.writeString(answer, "project,weight\na,2\nb,0\n");
        refused(projects, "sync:3:1: projects.b.weight: expected number from 1 to 1_000_000, found '0'");
        Files.writeString(answer, "project,cpus.nominal\ntop/a,11\n");
        refused(projects, "expected at least 11, which those below it are promised together, found 10");
        Files.writeString(answer, "project,cpus@nowhere.nominal\na,1\nb,1\n");
        refused(projects, "expected one of the clusters [local], found nowhere");
        Files.delete(answer);
        refused(projects, "it ended with 1 and said: cat: ");
        assertThat(projects.policy()).isSameAs(before);
        assertThat(projects.sources())
                .singleElement()
                .satisfies(source -> assertThat(source.projects()).isEqualTo(1));
        Files.writeString(answer, "project,weight\na,3\n");
        heard.clear();
        change();
        assertThat(weight(projects, "a")).isEqualTo(3);
        assertThat(projects.sources().getFirst().problems()).isEmpty();
    }

    @Test
    void theLastGoodAnswerOutlivesTheGateway() throws Exception {
        configure(synced("csv"));
        Files.writeString(answer, "project,weight\na,2\n");
        Projects first = start();
        first.begin();
        change();
        first.close();
        Files.delete(answer);
        Projects second = start();
        assertThat(names(second)).containsExactly("a");
        assertThat(weight(second, "a")).isEqualTo(2);
        second.begin();
        refused(second, "it ended with 1");
        assertThat(names(second)).containsExactly("a");
        second.close();
        configure(synced("csv") + "access: {projects: {top: {clusters: [local]}}}");
        Files.writeString(directory.resolve("projects/sync.csv"), "project,clusters\ntop/a,elsewhere\n");
        assertThat(names(start())).containsExactly("top");
    }

    @Test
    void aProgramHasItsTimeAndIsKilledWithWhatItStarted() throws Exception {
        Path left = directory.resolve("left");
        configure("policy: {sync: {command: [sh, -c, 'sleep 60 & echo $! > " + left
                + "; wait'], format: csv, timeout: 1s, every: 1h}}");
        Projects projects = start();
        projects.begin();
        refused(projects, "it did not end within 1000 ms");
        long child = Long.parseLong(Files.readString(left).strip());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false)) {
            assertThat(System.nanoTime()).isLessThan(end);
            var unused = heard.poll(20, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void aProgramThatDoesNotStartOrPrintsTooMuchIsRefused() throws Exception {
        configure("policy: {sync: {command: [/nowhere/program], format: csv}}");
        Projects none = start();
        none.begin();
        refused(none, "/nowhere/program does not start");
        none.close();
        configure("policy: {sync: {command: [head, -c, 20000000, /dev/zero], format: csv}}");
        Projects endless = start();
        endless.begin();
        refused(endless, "it printed more than 16777216 bytes");
    }

    @Test
    void projectsPolicyAndAccessAreReadAgain() throws Exception {
        configure("access: {projects: {a: {members: {ada: submitter}}}}");
        Projects projects = start();
        configure("""
                access: {admins: [root], projects: {b: {weight: 5}}}
                policy: {half-life: 1d}
                http: {listen: '127.0.0.1:1'}
                store: {}
                """);
        assertThat(projects.reload())
                .isEqualTo(new Reloading.Outcome.Done(List.of("access", "policy"), List.of("http")));
        change();
        assertThat(names(projects)).containsExactly("b");
        assertThat(projects.policy())
                .isEqualTo(PolicySettings.DEFAULTS
                        .withHalfLife(new HalfLife(Duration.ofDays(1)))
                        .withProjects(ProjectTree.of(List.of(Project.of(new ProjectPath("b"), 5)))));
        assertThat(projects.reload()).isEqualTo(new Reloading.Outcome.Done(List.of(), List.of("http")));
        assertThat(heard).isEmpty();
    }

    @Test
    void aBadFileChangesNothingAndAllItsProblemsAreTold() throws Exception {
        configure("access: {projects: {a: {}}}");
        Projects projects = start();
        Access before = projects.access();
        configure("access: {projects: {b: {weight: 0}}}\npolicy: {reservations: -1}");
        assertThat(projects.reload())
                .isEqualTo(new Reloading.Outcome.Refused(List.of(
                        file
                                + ":1:33: access.projects.b.weight: expected number from 1 to 1_000_000, found '0'; choose a value"
                                + " within these bounds",
                        file
                                + ":2:24: policy.reservations: expected number from 0 to 1000, found '-1'; choose a value within"
                                + " these bounds")));
        Files.delete(file);
        assertThat(projects.reload()).isInstanceOf(Reloading.Outcome.Refused.class);
        assertThat(projects.access()).isSameAs(before);
        assertThat(heard).isEmpty();
    }

    @Test
    void aProjectCannotNameAClusterThatComesWithTheNextStart() throws Exception {
        configure("clusters: {one: {type: local}}");
        Projects projects = start();
        configure("clusters: {one: {type: local}, two: {type: local}}\naccess: {projects: {b: {clusters: [two]}}}");
        assertThat(projects.reload())
                .isEqualTo(new Reloading.Outcome.Refused(
                        List.of("access.projects.b.clusters: expected one of the clusters [one], found two")));
        assertThat(heard).isEmpty();
    }

    @Test
    void anotherProgramIsAskedFromThenOnAndNoneTellsNothing() throws Exception {
        configure(synced("csv"));
        Files.writeString(answer, "project\na\n");
        Projects projects = start();
        projects.begin();
        change();
        Path other = directory.resolve("other");
        Files.writeString(other, "{\"projects\": {\"b\": {}}}");
        configure("policy: {sync: {command: [cat, '" + other + "'], format: json, every: 1h}}");
        assertThat(projects.reload()).isEqualTo(new Reloading.Outcome.Done(List.of("policy"), List.of()));
        assertThat(names(projects)).containsExactly("a");
        change();
        assertThat(names(projects)).containsExactly("b");
        configure("");
        projects.reload();
        change();
        assertThat(names(projects)).containsExactly("default");
        assertThat(projects.sources()).isEmpty();
    }
}
