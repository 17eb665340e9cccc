package dev.sluice.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command line becomes as a request; each is held to the contract. */
class SubmitTest {
    @TempDir
    Path directory;

    private Rig rig;

    @BeforeEach
    void open() throws IOException {
        rig = new Rig(directory);
        rig.on("POST /v1/jobs", 201, Rig.valid("Accepted", "{\"id\": 1000000000}"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String body(String... arguments) {
        assertThat(rig.run(arguments)).as(rig.err).isZero();
        assertThat(rig.out).isEqualTo("1000000000\n");
        return Rig.valid("JobRequest", rig.bodies("POST").getLast());
    }

    @Test
    void aCommandStandsBehindTwoDashesAndNothingInItIsOurs() {
        assertThat(body("submit", "-n", "hi", "--", "echo", "-n", "--help", "--", "a b"))
                .isEqualTo("{\"command\":[\"echo\",\"-n\",\"--help\",\"--\",\"a b\"],\"name\":\"hi\"}");
    }

    @Test
    void aScriptIsSentByteForByteWithItsArguments() throws IOException {
        Files.writeString(directory.resolve("job.sh"), "#!/bin/sh\necho \"$1\"\n");
        assertThat(body("submit", "job.sh", "-n", "x", "--", "y"))
                .isEqualTo(
                        "{\"script\":\"#!/bin/sh\\necho \\\"$1\\\"\\n\",\"name\":\"job.sh\",\"args\":[\"-n\",\"x\",\"--\",\"y\"]}");
        Files.write(directory.resolve("latin.sh"), "#!/bin/sh\necho \u00e4\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(body("submit", "latin.sh")).contains("\"scriptBase64\":\"IyEvYmluL3NoCmVjaG8g5Ao=\"");
        rig.input = "#!/bin/sh\ntrue\n".getBytes(StandardCharsets.UTF_8);
        assertThat(body("submit", "-", "a")).isEqualTo("{\"script\":\"#!/bin/sh\\ntrue\\n\",\"args\":[\"a\"]}");
    }

    @Test
    void anImageMayBeAll() {
        assertThat(body("submit", "--image", "ghcr.io/example/post:2.1"))
                .isEqualTo("{\"entrypoint\":{},\"image\":\"ghcr.io/example/post:2.1\"}");
    }

    @Test
    void everyOptionHasItsPlace() {
        rig.environment.put("LANG", "C");
        assertThat(body(
                        "submit",
                        "-p",
                        "physics/lattice",
                        "-c",
                        "8",
                        "--mem",
                        "4GiB",
                        "-G",
                        "a100:2",
                        "--nodes",
                        "1-4",
                        "--tasks",
                        "4",
                        "-t",
                        "1-12:30",
                        "-a",
                        "0-99%10",
                        "-d",
                        "afterok:1000000000",
                        "--env",
                        "A=b=c",
                        "--env",
                        "LANG",
                        "--begin",
                        "now+2hours",
                        "--label",
                        "team=x",
                        "--priority",
                        "7",
                        "--cluster",
                        "hpc,k8s",
                        "--chdir",
                        ".",
                        "-o",
                        "out-%j",
                        "-e",
                        "err-%j",
                        "--key",
                        "k1",
                        "--",
                        "true"))
                .isEqualTo(("{'command':['true'],'project':'physics/lattice','environment':{'A':'b=c','LANG':'C'},"
                                + "'resources':{'nodes':{'least':1,'most':4},'tasks':4,'cpusPerTask':8,"
                                + "'memory':{'perNodeBytes':4294967296},'gpus':{'per':'job','counts':{'a100':2}}},"
                                + "'limitSeconds':131400,'routing':{'allowed':['hpc','k8s']},"
                                + "'files':{'workingDirectory':'DIR','output':'out-%j','error':'err-%j'},"
                                + "'after':'afterok:1000000000','array':'0-99%10','labels':{'team':'x'},'priorityClass':7,"
                                + "'begin':'2026-11-24T14:00:00Z'}")
                        .replace('\'', '"')
                        .replace("DIR", directory.toString()));
        assertThat(rig.sent.getLast().headers().getFirst("Idempotency-Key")).isEqualTo("k1");
    }

    @Test
    void whatHasNoLimitAndTakesWholeNodesSaysSo() {
        assertThat(body("submit", "-t", "unlimited", "--mem", "0", "-G", "2", "--nodes", "2", "--", "true"))
                .isEqualTo("{\"command\":[\"true\"],\"resources\":{\"nodes\":2,\"memory\":\"whole-node\","
                        + "\"gpus\":{\"per\":\"job\",\"counts\":{\"*\":2}}},\"limitSeconds\":\"unlimited\"}");
    }

    @Test
    void whichModulesItNeedsAndThatItNeedsNone() {
        assertThat(body("submit", "--modules", "gcc/12.2,openmpi", "--", "true"))
                .isEqualTo("{\"command\":[\"true\"],\"needs\":{\"modules\":[\"gcc/12.2\",\"openmpi\"]}}");
        assertThat(body("submit", "--modules", "none", "--", "true"))
                .isEqualTo("{\"command\":[\"true\"],\"needs\":{\"modules\":[]}}");
    }

    @Test
    void eachSubmissionHasAKeyOfItsOwn() {
        body("submit", "--", "true");
        body("submit", "--", "true");
        assertThat(rig.sent.stream()
                        .map(sent -> sent.headers().getFirst("Idempotency-Key"))
                        .distinct())
                .hasSize(2)
                .allMatch(key -> key.length() == 36);
    }

    @Test
    void aDryRunKeepsNothingAndExplains() {
        rig.on("POST /v1/jobs?dryRun=true", 200, Rig.valid("Plan", """
                {"status": "queued", "gates": [], "starts": [{"tasks": "0", "cluster": "local", "reason": "it is free"}], "waits": [],
                 "sentences": ["It would start at once."]}"""));
        assertThat(rig.run("submit", "--dry-run", "--", "true")).isZero();
        assertThat(rig.out).isEqualTo("""
                It would start at once.
                TASKS  STARTS ON  WHY THERE
                0      local      it is free
                """);
    }

    @Test
    void programsGetTheAnswer() {
        rig.run("submit", "--json", "--", "true");
        assertThat(rig.out).isEqualTo("{\"id\":1000000000}\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            submit                             | expected a script, '-' for standard input, or '-- COMMAND'; found nothing to run
            submit --                          | expected a script, '-' for standard input, or '-- COMMAND'; found nothing to run
            submit none.sh                     | expected a script's file, found none named 'none.sh'; a command stands behind '--'
            submit .                           | expected a script's file that can be read, found .
            submit -                           | expected a script of 1 to 4194304 bytes, found nothing in -
            submit -t 1:2:3:4 -- true          | duration: expected a duration with a unit, as 30s, 5m, 1h30m or 7d, found 1:2:3:4
            submit -t 1500ms -- true           | time limit: expected whole seconds, found 1500ms
            submit --mem 10X -- true           | amount: expected an amount with a unit, as 500MB or 4GiB, found 10X
            submit --env NOPE_X -- true        | expected NAME=VALUE, or the name of a variable of ours, behind --env; found 'NOPE_X', which is not set
            submit --label x -- true           | expected KEY=VALUE behind --label, found 'x'
            submit --gpus a:b -- true          | expected N or TYPE:N behind --gpus, found 'a:b'
            submit --nodes 4- -- true          | expected N or N-M behind --nodes, found '4-'
            submit --begin later -- true       | time: expected a time as 2026-12-01T08:00, 16:00 or now+2hours, found later
            submit -c many -- true             | Invalid value for option '--cpus': 'many' is not an int; 'sluice submit --help' explains
            submit --colour -- true            | Unknown option: '--colour'; 'sluice submit --help' explains
            show x                             | job: expected a job's id as 1000000000, or a task of it as 1000000000_7, found x
            show 99999999999                   | job: expected a job's id as 1000000000, or a task of it as 1000000000_7, found 99999999999
            show                               | Missing required parameter: 'ID'; 'sluice show --help' explains
            lits                               | expected a command, found 'lits'; did you mean 'list'?
            frobnicate                         | expected a command, found 'frobnicate'; 'sluice --help' lists them
            list --limit -1                    | expected a number from 0 behind --limit, found -1
            list --url ftp://x                 | expected the gateway's address as http://127.0.0.1:7171 in --url or $SLUICE_URL, found 'ftp://x'
            """)
    void whatIsTypedWronglyIsToldBeforeAnythingIsSent(String line, String message) {
        assertThat(rig.run(line.split(" "))).isEqualTo(Exit.USAGE.code());
        assertThat(rig.err).isEqualTo("sluice: " + message + "\n");
        assertThat(rig.out).isEmpty();
        assertThat(rig.sent).isEmpty();
    }
}
