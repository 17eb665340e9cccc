package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that show something: to the letter, for people read it and programs cut it. */
class LookingTest {
    private static final int ID = 1_000_000_000;

    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void hasJobs() {
        rig.on(
                "GET /v1/jobs?limit=100",
                200,
                Sample.page(
                        Sample.array(ID + 1),
                        Sample.job(
                                ID,
                                "train",
                                "blocked",
                                ", \"gates\": [\"dependency\"], \"why\": \"waits for \\u001b[31mjob 7\"")));
    }

    @Test
    void jobsStandInColumns() {
        hasJobs();
        assertThat(rig.run("list")).isZero();
        assertThat(rig.out).isEqualTo("""
                        ID  NAME   USER  PROJECT  STATUS                         CLUSTER  SUBMITTED    RUN  WHY
                1000000001  sweep  ada   physics  7 queued, 2 running, 1 failed  hpc      3d04h ago  2h00m  exit code 3
                1000000000  train  ada   physics  blocked                                 3m20s ago         dependency, waits for \\u001b[31mjob 7
                """);
    }

    @Test
    void aTerminalGetsColoursUnlessItDoesNotWantThem() {
        hasJobs();
        rig.screen = new Console.Screen(Console.Look.TERMINAL, Console.Look.PIPE, 110);
        assertThat(rig.run("list")).isZero();
        assertThat(rig.out).contains("\u001b[33mblocked\u001b[0m").contains("\u001b[1mNAME\u001b[0m");
        assertThat(rig.out.lines().map(line -> line.replaceAll("\u001b\\[\\d+m", "")))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(110));
        rig.environment.put("NO_COLOR", "1");
        rig.run("list");
        assertThat(rig.out).doesNotContain("\u001b");
    }

    @Test
    void restrictionsAreTheContractsAndPagesAreFollowed() {
        rig.on(
                "GET /v1/jobs?user=ada&project=physics%2Flattice&cluster=hpc&submittedFrom=2026-11-24T10%3A00%3A00Z"
                        + "&label=team%3Dx&status=running%2Cqueued&limit=1000",
                200, "{\"jobs\": [" + Sample.job(ID, "running") + "], \"next\": \"abc\"}");
        rig.on(
                "GET /v1/jobs?user=ada&project=physics%2Flattice&cluster=hpc&submittedFrom=2026-11-24T10%3A00%3A00Z"
                        + "&label=team%3Dx&status=running%2Cqueued&limit=1000&cursor=abc",
                200, Sample.page(Sample.job(ID - 1, "running")));
        assertThat(rig.run(
                        "list",
                        "-u",
                        "ada",
                        "-p",
                        "physics/lattice",
                        "--cluster",
                        "hpc",
                        "--since",
                        "2h",
                        "--label",
                        "team=x",
                        "-s",
                        "running,queued",
                        "--limit",
                        "0",
                        "-q"))
                .isZero();
        assertThat(rig.out).isEqualTo("1000000000\n999999999\n");
    }

    @Test
    void whereThereIsMoreItIsSaid() {
        rig.on("GET /v1/jobs?limit=1", 200, "{\"jobs\": [" + Sample.job(ID, "running") + "], \"next\": \"abc\"}");
        rig.run("list", "--limit", "1");
        assertThat(rig.err).isEqualTo("sluice: there are more; --limit 0 lists all\n");
        rig.on("GET /v1/jobs?limit=100", 200, Sample.page());
        rig.run("list");
        assertThat(rig.out).isEmpty();
        assertThat(rig.err).isEqualTo("sluice: no jobs\n");
    }

    @Test
    void programsGetTheGatewaysJson() {
        hasJobs();
        rig.run("list", "--json");
        assertThat(rig.out)
                .startsWith("{\"jobs\":[{\"id\":1000000001,")
                .endsWith("}\n")
                .hasLineCount(1);
    }

    @Test
    void aJobIsShownWithItsTasks() {
        rig.on("GET /v1/jobs/1000000001", 200, Sample.array(ID + 1));
        assertThat(rig.run("show", "1000000001")).isZero();
        assertThat(rig.out).isEqualTo("""
                Id         1000000001
                Name       sweep
                Project    physics
                User       ada
                Status     7 queued, 2 running, 1 failed
                Submitted  2026-11-21 08:00:00 (3d04h ago)
                Tasks      0-9
                Resources  4 CPUs, 8 GiB, 2 GPUs of type a100
                Limit      1h00m

                TASKS  STATUS   CLUSTER  NATIVE  TRY    STARTED    RUN  WHY
                0      failed   hpc                   1h00m ago     5s  exit code 3
                1-2    running  hpc      4711      1  2h00m ago  2h00m
                3-9    queued
                """);
    }

    @Test
    void whyItWaitsIsSaidInSentencesAndPlaceByPlace() {
        rig.on("GET /v1/jobs/1000000000/explain", 200, Rig.valid("Explanation", """
                {"job": 1000000000, "status": "queued", "groups": [{"tasks": "0", "status": "queued"}],
                 "waits": [{"tasks": "0", "priorityClass": 0, "submitted": "2026-11-24T11:56:40Z", "ahead": 3, "everywhere": [],
                   "places": [{"cluster": "hpc", "partition": "gpu", "reasons": [{"code": "not-free", "text": "it needs 2 GPUs, free: 0"}]},
                              {"cluster": "k8s", "reasons": []}]}],
                 "sentences": ["It waits in the queue; 3 come earlier."]}"""));
        assertThat(rig.run("explain", "1000000000")).isZero();
        assertThat(rig.out).isEqualTo("""
                It waits in the queue; 3 come earlier.

                TASKS  AHEAD  WHERE    WHY NOT THERE
                0          3  hpc/gpu  it needs 2 GPUs, free: 0
                0          3  k8s      nothing: it waits for its turn
                """);
    }

    @Test
    void theFederationIsShown() {
        rig.on("GET /v1/clusters", 200, """
                {"clusters": [%s, %s]}""".formatted(Rig.valid("Cluster", """
                        {"name": "hpc", "health": "down", "drained": true, "attempts": 4, "silentSince": "2026-11-24T11:00:00Z"}"""), Rig.valid("Cluster", """
                        {"name": "local", "health": "up", "drained": false, "attempts": 0, "asOf": "2026-11-24T11:59:55Z",
                         "partitions": [{"name": "local", "limitMinutes": 10080, "defaultMinutes": 60, "state": "up",
                           "total": {"cpus": 8, "memoryBytes": 17179869184, "gpus": {}},
                           "others": {"cpus": 0, "memoryBytes": 0, "gpus": {}},
                           "largestNode": {"cpus": 8, "memoryBytes": 17179869184, "gpus": {}}}]}""")));
        assertThat(rig.run("clusters")).isZero();
        assertThat(rig.out).isEqualTo("""
                CLUSTER  HEALTH  DRAINED  ATTEMPTS  PARTITION  CPUS  MEMORY  LIMIT  DEFAULT    READ  NOTE
                hpc      down    drained         4                                                   silent since 2026-11-24 11:00:00 (1h00m ago)
                local    up                      0  local         8  16 GiB  7d00h    1h00m  5s ago
                """);
        rig.on("POST /v1/clusters/hpc/drain", 202, "{}");
        assertThat(rig.run("drain", "hpc")).isZero();
        assertThat(rig.out).isEqualTo("hpc gets no new work\n");
    }

    @Test
    void settingsAreReadAgain() {
        rig.on("POST /v1/reload", 200, """
                {"changed": ["access", "policy"], "restart": ["http"], "sources": [{"name": "sync", "projects": 3, "problems": \
                ["it ended with 1"]}]}""");
        rig.on("POST /v1/reload", 200, "{\"changed\": [], \"restart\": [], \"sources\": []}");
        assertThat(rig.run("reload")).isZero();
        assertThat(rig.out).isEqualTo("""
                changed: access, policy
                changed after a restart: http
                sync is not taken: it ended with 1
                """);
        assertThat(rig.run("reload")).isZero();
        assertThat(rig.out).isEqualTo("changed: nothing\n");
    }

    @Test
    void aSlurmClusterIsShownWithItsNodesAndReservations() {
        String amount = "{\"cpus\": 16, \"memoryBytes\": 17179869184, \"gpus\": {\"a100\": 4}}";
        String partition = """
                {"name": "%s", "state": "%s", "limitMinutes": %s, "defaultMinutes": 10, "total": AMOUNT, "others": AMOUNT,
                 "largestNode": AMOUNT%s}""";
        String counted = ", \"maxNodes\": 2, \"nodes\": {\"free\": 1, \"partly\": 2, \"full\": 0, \"down\": 3},"
                + " \"otherJobs\": {\"running\": 5, \"ahead\": 7}";
        String cluster = """
                {"name": "hpc", "health": "up", "drained": false, "attempts": 0, "asOf": "2026-11-24T11:59:55Z",
                 "ownership": "guest", "fileSystems": ["/home", "/scratch"], "defaultPartition": "debug",
                 "partitions": [%s, %s],
                 "nodes": [{"each": AMOUNT, "gres": {"shard": 8}, "features": ["fast", "lab"], "partitions": ["debug", "old"],
                   "counts": {"free": 1, "partly": 2, "full": 0, "down": 3}}],
                 "reservations": [
                   {"name": "works", "purpose": "maintenance", "start": "2026-11-24T11:00:00Z", "end": "2026-11-24T13:00:00Z",
                    "nodes": "n[1-2]", "nodeCount": 2},
                   {"name": "course", "purpose": "jobs", "start": "2026-11-25T12:00:00Z", "nodes": "n3", "nodeCount": 1}]}""".formatted(
                        partition.formatted("debug", "up", 1440, counted),
                        partition.formatted("old", "inactive", 52_560_000, ""))
                .replace("AMOUNT", amount);
        rig.on("GET /v1/clusters", 200, "{\"clusters\": [" + Rig.valid("Cluster", cluster) + "]}");
        assertThat(rig.run("clusters")).isZero();
        assertThat(rig.out).isEqualTo("""
                CLUSTER  HEALTH  ATTEMPTS  OWNERSHIP  FILE SYSTEMS    PARTITION  STATE     CPUS  MEMORY    GPUS    NODES      LIMIT  DEFAULT  MAX NODES  OTHERS    READ
                hpc      up             0  guest      /home,/scratch  debug*                 16  16 GiB  a100:4  1/2/0/3      1d00h   10m00s          2     5+7  5s ago
                hpc      up             0  guest      /home,/scratch  old        inactive    16  16 GiB  a100:4           unlimited   10m00s                     5s ago

                CLUSTER  PARTITIONS  FEATURES  CPUS  MEMORY    GPUS     GRES  FREE  PARTLY  FULL  DOWN
                hpc      debug,old   fast,lab    16  16 GiB  a100:4  shard:8     1       2     0     3

                CLUSTER  RESERVATION  FOR          FROM                             UNTIL                           NODES
                hpc      works        maintenance  2026-11-24 11:00:00 (1h00m ago)  2026-11-24 13:00:00 (in 1h00m)  n[1-2]
                hpc      course       jobs         2026-11-25 12:00:00 (in 1d00h)                                   n3
                """);
    }

    @Test
    void projectsAndOneselfAreShown() {
        rig.on(
                "GET /v1/projects",
                200,
                "{\"projects\": [{\"project\": \"physics\", \"role\": \"admin\", \"budget\": \"open\"}]}");
        rig.on(
                "GET /v1/usage",
                200,
                "{\"projects\": [{\"project\": \"physics\", \"cpuSeconds\": 5400.5, \"runs\": 12}]}");
        rig.run("projects");
        assertThat(rig.out).isEqualTo("""
                PROJECT  ROLE   BUDGET  CPU HOURS  RUNS
                physics  admin  open          1.5    12
                """);
        rig.on("GET /v1/whoami", 200, "{\"user\": \"ada\", \"admin\": false, \"roles\": {\"physics\": \"admin\"}}");
        rig.run("whoami");
        assertThat(rig.out).isEqualTo("""
                User           ada
                Administrator  no
                Roles          admin of physics
                """);
    }

    @Test
    void eventsAreReadPageByPage() {
        rig.on(
                "GET /v1/jobs/1000000000/events?after=0&limit=1000",
                200,
                "{\"events\": [" + Sample.event(5, ID, "placed") + "], \"next\": 5}");
        rig.on("GET /v1/jobs/1000000000/events?after=5&limit=1000", 200, "{\"events\": [], \"next\": 5}");
        assertThat(rig.run("events", "1000000000")).isZero();
        assertThat(rig.out).isEqualTo("2026-11-24 11:59:58  placed  job 1000000000  running  on local\n");
    }
}
