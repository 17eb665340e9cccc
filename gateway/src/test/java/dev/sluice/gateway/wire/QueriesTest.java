package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.spec.Labels;
import dev.sluice.testkit.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and patches: what they mean, and what is said of those that mean nothing. */
class QueriesTest {
    private static final JobQuery.Scope ALL = new JobQuery.Scope.Everything();

    private static Map<String, List<String>> raw(String... pairs) {
        Map<String, List<String>> raw = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            raw.computeIfAbsent(pair.substring(0, equals), k -> new ArrayList<>())
                    .add(pair.substring(equals + 1));
        }
        return raw;
    }

    private static Problem problem(Reading<?> reading) {
        return switch (reading) {
            case Reading.Good<?> good -> throw new AssertionError(good);
            case Reading.Bad<?>(Problem problem) -> problem;
        };
    }

    private static <T> T good(Reading<T> reading) {
        return switch (reading) {
            case Reading.Good<T>(T value) -> value;
            case Reading.Bad<T>(Problem problem) -> throw new AssertionError(problem);
        };
    }

    @Test
    void everyRestrictionOfAListIsTaken() {
        JobQuery query = good(Queries.jobs(
                raw(
                        "user=ada",
                        "project=physics/lattice",
                        "name=a b",
                        "status=running,queued",
                        "status=timed-out",
                        "cluster=hpc",
                        "label=a=b,c=",
                        "label=d=e",
                        "submittedFrom=2026-01-01T00:00:00Z",
                        "submittedBefore=2026-01-02T00:00:00+01:00",
                        "limit=7",
                        "cursor=" + PageMark.job(new JobId(1_000_000_005))),
                ALL));
        assertThat(query)
                .isEqualTo(new JobQuery(
                        ALL,
                        Optional.of(new UserName("ada")),
                        Optional.of(new ProjectPath("physics/lattice")),
                        Optional.of("a b"),
                        Set.of(Status.RUNNING, Status.QUEUED, Status.TIMED_OUT),
                        Optional.of(new ClusterName("hpc")),
                        new TreeMap<>(Map.of("a", "b", "c", "", "d", "e")),
                        Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                        Optional.of(Instant.parse("2026-01-01T23:00:00Z")),
                        Optional.of(new JobId(1_000_000_005)),
                        7));
        assertThat(good(Queries.jobs(raw(), ALL))).isEqualTo(JobQuery.newest(ALL, 100));
    }

    @ParameterizedTest
    @Fault({"B29", "B40"})
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            limit=0                    | limit           | from 1 to 1000, found 0
            limit=1001                 | limit           | found 1001
            limit=-1                   | limit           | found -1
            limit=9223372036854775808  | limit           | found 9223372036854775808
            limit=1.0                  | limit           | found 1.0
            limit=                     | limit           | expected a value
            lmit=5                     | lmit            | did you mean limit?
            frobnicate=5               | frobnicate      | there are user, project
            status=runing              | status          | one of queued
            status=                    | status          | one of queued
            label=a                    | label           | key=value
            label==b                   | label           | key=value
            label=a=b,a=c              | label           | one value a key
            user=Ada                   | user            | 1 to 64
            cluster=HPC                | cluster         | a DNS label
            submittedFrom=yesterday    | submittedFrom   | RFC 3339
            cursor=x                   | cursor          | the next of the page before
            cursor=AgAAAAU             | cursor          | the next of the page before
            cursor=AQAAAAA             | cursor          | the next of the page before
            cursor=AQ%%%AA             | cursor          | the next of the page before
            """)
    void whatAListCannotMeanIsRefused(String pair, String name, String says) {
        Problem problem = problem(Queries.jobs(raw(pair), ALL));
        assertThat(problem.errors().getFirst().pointer()).isEqualTo(name);
        assertThat(problem.errors().getFirst().detail()).contains(says);
        assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_REQUEST);
    }

    @Test
    void aParameterGivenTwiceIsRefusedAndAllErrorsAreTold() {
        Problem problem = problem(Queries.jobs(raw("limit=1", "limit=2", "user=A", "x=1"), ALL));
        assertThat(problem.errors().stream().map(Problem.Error::pointer)).containsExactly("user", "limit", "x");
    }

    @Test
    void pagesFollowEachOther() {
        JobQuery query = good(Queries.jobs(raw("limit=2"), ALL));
        assertThat(Queries.next(query, List.of(new JobId(9)))).isEmpty();
        String next = Queries.next(query, List.of(new JobId(9), new JobId(7))).orElseThrow();
        assertThat(good(Queries.jobs(raw("cursor=" + next), ALL)).below()).contains(new JobId(7));
        assertThat(good(Queries.tasks(raw("cursor=" + PageMark.task(0), "limit=5"))))
                .isEqualTo(new Queries.TaskPage(0, 5));
        assertThat(problem(Queries.tasks(raw("cursor=" + next))).errors()).hasSize(1);
    }

    @Test
    void setsOfTasksAreReadWithinBounds() {
        assertThat(good(Queries.taskSet(raw("tasks=7,0-3")))).contains(TaskSet.of(0, 1, 2, 3, 7));
        assertThat(good(Queries.taskSet(raw()))).isEmpty();
        for (String bad : List.of("", "x", "3-1", "4000001", "0-3%2", "[0-3]", "0-3,", "0-4000000", "-1")) {
            assertThat(problem(Queries.taskSet(raw("tasks=" + bad))).errors())
                    .as(bad)
                    .hasSize(1);
        }
    }

    @Test
    void theOtherRoutesTakeWhatTheirsIs() {
        assertThat(good(Queries.events(raw("after=0", "limit=3"))).after()).hasValue(0);
        assertThat(good(Queries.events(raw())).after()).isEmpty();
        assertThat(good(Queries.submission(raw("dryRun=true")))).isEqualTo(Queries.Submission.DRY_RUN);
        assertThat(problem(Queries.submission(raw("dryRun=yes"))).errors()).hasSize(1);
        assertThat(problem(Queries.none(raw("x=1"))).detail()).contains("there is none");
        LogQuery log = good(LogQuery.of(raw("task=3", "follow=true", "tail=10")));
        assertThat(log)
                .isEqualTo(new LogQuery(
                        OptionalInt.of(3), Optional.empty(), LogQuery.Follow.TO_THE_END, OptionalInt.of(10)));
        assertThat(problem(LogQuery.of(raw("attempt=x"))).errors()).hasSize(1);
        assertThat(LogQuery.stream("stdin")).isEmpty();
        assertThat(Queries.jobId("1000000000")).contains(new JobId(1_000_000_000));
        for (String bad : List.of("", "0", "2147483648", "99999999999", "1x", "-1", "+1", "١")) {
            assertThat(Queries.jobId(bad)).as(bad).isEmpty();
        }
    }

    private static Reading<JobPatch> patch(String json) {
        return JobPatch.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Input.Alter alter(String json, Map<String, String> current) {
        return good(good(patch(json)).command(Trial.OPERATOR, new JobId(5), Labels.of(current)));
    }

    @Test
    void aPatchIsMergedKeyByKey() {
        Map<String, String> current = Map.of("a", "1", "b", "2");
        assertThat(alter("{}", current))
                .isEqualTo(new Input.Alter(
                        Trial.OPERATOR, new JobId(5), OptionalInt.empty(), Optional.empty(), Optional.empty()));
        Input.Alter all =
                alter("{\"priorityClass\":3,\"limitSeconds\":60,\"labels\":{\"a\":null,\"c\":\"3\"}}", current);
        assertThat(all.priorityClass()).hasValue(3);
        assertThat(all.limit()).contains(Duration.ofMinutes(1));
        assertThat(all.labels()).contains(Labels.of(Map.of("b", "2", "c", "3")));
        assertThat(alter("{\"labels\":null}", current).labels()).contains(Labels.NONE);
        assertThat(alter("{\"labels\":{}}", current).labels()).contains(Labels.of(current));
    }

    @Test
    void aPatchThatLeavesTooManyLabelsIsRefused() {
        Map<String, String> full = new TreeMap<>();
        for (int i = 0; i < Labels.MAX; i++) {
            full.put("k" + i, "");
        }
        Reading<Input.Alter> over =
                good(patch("{\"labels\":{\"x\":\"\"}}")).command(Trial.OPERATOR, new JobId(5), Labels.of(full));
        assertThat(problem(over).errors().getFirst().pointer()).isEqualTo("/labels");
        assertThat(alter("{\"labels\":{\"x\":\"\",\"k0\":null}}", full)
                        .labels()
                        .orElseThrow()
                        .values())
                .hasSize(Labels.MAX);
    }

    @Test
    void aPatchOfAnythingElseIsRefused() {
        assertThat(problem(patch("{\"name\":\"x\"}")).errors().getFirst().pointer())
                .isEqualTo("/name");
        assertThat(problem(patch("{\"priorityClass\":null}")).detail()).contains("found null");
        assertThat(problem(patch("{\"labels\":{\"a\":1}}")).errors().getFirst().pointer())
                .isEqualTo("/labels/a");
        assertThat(problem(patch("{\"labels\":{\"k8s.io/a\":null}}")).code()).isEqualTo(Problem.Code.INVALID_REQUEST);
    }
}
