package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.SpecGenerator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people send: what becomes of it, and what they are told when nothing does. */
class SpecReaderTest {
    static final SpecReader.Context ADA = new SpecReader.Context(
            new UserName("ada"), Optional.of(new ProjectPath("physics")), SpecReader.Naming.SELF);

    private static Reading<JobSpec> read(String json) {
        return SpecReader.one(json.getBytes(StandardCharsets.UTF_8), ADA);
    }

    private static JobSpec job(String json) {
        return switch (read(json)) {
            case Reading.Good<JobSpec>(JobSpec spec) -> spec;
            case Reading.Bad<JobSpec>(Problem problem) -> throw new AssertionError(problem);
        };
    }

    private static Problem problem(Reading<?> reading) {
        return switch (reading) {
            case Reading.Good<?> good -> throw new AssertionError(good);
            case Reading.Bad<?>(Problem problem) -> problem;
        };
    }

    private static Problem problem(String json) {
        return problem(read(json));
    }

    @Test
    void theLeastThereIsIsAJobOfDefaults() {
        JobSpec spec = job("{\"command\":[\"/bin/echo\",\"hello\"]}");
        assertThat(spec)
                .isEqualTo(JobSpec.builder(
                                "echo",
                                new ProjectPath("physics"),
                                new UserName("ada"),
                                Work.Command.of("/bin/echo", "hello"))
                        .build());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"script":"#!/bin/sh"}                                  | script
            {"command":["./a b"]}                                   | command
            {"command":["/"]}                                       | command
            {"command":["x"],"name":null}                           | x
            {"image":"ghcr.io/a/post","entrypoint":{}}              | post
            {"image":"ubuntu","entrypoint":{"command":["/bin/ls"]}} | ls
            """)
    void aJobWithoutANameGetsOne(String json, String name) {
        assertThat(job(json).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @Fault({"B17", "B29", "B37", "B39", "B41"})
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"comand":["x"]}                                            | /comand                     | did you mean command?
            {"command":["x"],"resources":{"cpus_per_task":1}}           | /resources/cpus_per_task    | did you mean cpusPerTask?
            {"command":["x"],"frobnicate":1}                            | /frobnicate                 | there are name, project
            {"command":["x"],"name":"a","name":"b"}                     | /name                       | each key once
            {"command":["x"],"environment":{"A":"1","A":"2"}}           | /environment/A              | each key once
            {"command":["x"],"labels":{"a":"1","a":"1"}}                | /labels/a                   | each key once
            {"command":["x"],"environment":["A=1"]}                     | /environment                | expected an object, found a list
            {"command":["x"],"environment":{"A":1}}                     | /environment/A              | expected a text, found a number
            {"command":["x"],"environment":{"A=B":"1"}}                 | /environment                | without '='
            {"command":{"0":"x"}}                                       | /command                    | expected a list, found an object
            {"command":"echo hello"}                                    | /command                    | expected a list, found a text
            {"command":["x",null]}                                      | /command/1                  | expected a text, found null
            {"command":["x","a\\u0000"]}                                | /command/1                  | without NUL
            {"command":[]}                                              | /command                    | a program
            {"command":["x"],"resources":[]}                            | /resources                  | expected an object, found a list
            {"command":["x"],"name":"a\\u0000b"}                        | /name                       | control characters
            {"command":["x"],"name":"\\ud800"}                          | /name                       | bytes of UTF-8
            {"command":["x"],"name":5}                                  | /name                       | expected a text, found a number
            {"script":"\\udc00"}                                        | /script                     | half a surrogate pair
            {"script":""}                                               | /script                     | 1 to 4194304 bytes
            {"scriptBase64":"QQ"}                                       | /scriptBase64               | base 64
            {"script":"x","command":["y"]}                              | ``                          | exactly one of
            {}                                                          | ``                          | exactly one of
            {"command":["x"],"args":[]}                                 | /args                       | only with a script
            {"entrypoint":{}}                                           | /image                      | an image
            {"command":["x"],"resources":{"cpusPerTask":0}}             | /resources/cpusPerTask      | from 1 to 65535, found 0
            {"command":["x"],"resources":{"cpusPerTask":0.0001}}        | /resources/cpusPerTask      | found 0.0001
            {"command":["x"],"resources":{"cpusPerTask":-1}}            | /resources/cpusPerTask      | found -1
            {"command":["x"],"resources":{"tasks":2147483648}}          | /resources/tasks            | found 2147483648
            {"command":["x"],"resources":{"memory":{"perNodeBytes":9223372036854775808}}} | /resources/memory/perNodeBytes | found 9223372036854775808
            {"command":["x"],"priorityClass":1e400}                     | /priorityClass              | found 1e400
            {"command":["x"],"priorityClass":1e-999999999}              | /priorityClass              | found 1e-999999999
            {"command":["x"],"priorityClass":"1"}                       | /priorityClass              | found a text
            {"command":["x"],"resources":{"memory":{"perGpuBytes":5}}}  | /resources/memory           | GPUs
            {"command":["x"],"resources":{"memory":{}}}                 | /resources/memory           | exactly one of
            {"command":["x"],"resources":{"memory":"all"}}              | /resources/memory           | one of cluster-default, whole-node
            {"command":["x"],"resources":{"nodes":{"least":2}}}         | /resources/nodes            | both least and most
            {"command":["x"],"resources":{"nodes":4,"tasks":2}}         | /resources/tasks            | at least one for each of 4
            {"command":["x"],"resources":{"gpus":{"counts":{"a":0}}}}   | /resources/gpus/counts/a    | from 1 to 1000000
            {"command":["x"],"routing":{"allowed":["A"]}}               | /routing/allowed/0          | a DNS label
            {"command":["x"],"routing":{"allowed":["a","a"]}}           | /routing/allowed/1          | each once
            {"command":["x"],"routing":{"partitions":["$(id)"]}}        | /routing/partitions         | ASCII letters
            {"command":["x"],"needs":{"fileSystems":["/a/.."]}}         | /needs/fileSystems          | an absolute path
            {"command":["x"],"files":{"mounts":[{"volume":"v","path":"/a"},{"volume":"v","path":"/../x"}]}} | /files/mounts/1/path | below /
            {"command":["x"],"after":"afterok"}                         | /after                      | a job id behind afterok
            {"command":["x"],"after":{"conditions":[{"kind":"after","job":0}]}} | /after/conditions/0/job | from 1 to
            {"command":["x"],"after":{"conditions":[{"kind":"afterok","job":1,"delaySeconds":60}]}} | /after/conditions/0 | only behind after
            {"command":["x"],"array":"3-1"}                             | /array                      | ranges that ascend
            {"command":["x"],"array":{"tasks":"0-9","atOnce":-1}}       | /array/atOnce               | from 0 to
            {"command":["x"],"rules":{"requeue":"yes"}}                 | /rules/requeue              | true or false
            {"command":["x"],"rules":{"endSignal":{"number":65}}}       | /rules/endSignal/number     | from 1 to 64
            {"command":["x"],"limitSeconds":"forever"}                  | /limitSeconds               | unlimited
            {"command":["x"],"begin":"tomorrow"}                        | /begin                      | RFC 3339
            {"command":["x"],"labels":{"k8s.io/x":"y"}}                 | /labels                     | outside kubernetes.io
            {"command":["x"],"project":"Physics"}                       | /project                    | 1 to 8 names
            {"command":["x"],"idempotencyKey":"k"}                      | /idempotencyKey             | a known key
            []                                                          | ``                          | expected an object, found a list
            "x"                                                         | ``                          | expected an object, found a text
            null                                                        | ``                          | expected an object, found null
            """)
    void whatIsWrongIsPointedAt(String json, String pointer, String says) {
        Problem problem = problem(json);
        assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_REQUEST);
        assertThat(problem.errors().getFirst().pointer()).isEqualTo(pointer);
        assertThat(problem.errors().getFirst().detail()).contains(says);
    }

    @ParameterizedTest
    @Fault("B28")
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "{\"command\":[\"x\"]",
                "{\"command\":[\"x\"]}}",
                "{\"command\":[\"x\"]} x",
                "{\"command\":[\"x\"]}{\"command\":[\"x\"]}",
                "{\"priorityClass\":NaN,\"command\":[\"x\"]}",
                "{\"priorityClass\":Infinity}",
                "{'command':['x']}",
                "{command:1}",
                "{\"command\":[\"x\",]}",
                "{\"name\":\"a\nb\"}",
                "// x\n{}",
                "{\"priorityClass\":01}",
                "{\"priorityClass\":+1}",
                "{\"name\":\"\\x\"}",
                "{\"name\":\"\\u12\"}"
            })
    void whatIsNoJsonIsRefusedAsSuch(String json) {
        assertThat(problem(json).code()).isEqualTo(Problem.Code.MALFORMED_JSON);
    }

    @Test
    @Fault({"B28", "B22"})
    void onlyUtf8IsUtf8() {
        byte[][] bodies = {
            {'{', '"', (byte) 0xc0, (byte) 0x80, '"'},
            {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
            {'{', '"', (byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80, '"'},
            {'{', '"', (byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80, '"'},
            {'{', '"', (byte) 0xe0, (byte) 0x80, (byte) 0x80, '"'},
            {'{', '"', (byte) 0xc3},
            {'{', '"', (byte) 0x80, '"'},
            "{\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_16LE),
            "{\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_16BE),
            "{\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_16),
        };
        for (byte[] body : bodies) {
            assertThat(problem(SpecReader.one(body, ADA)).code()).isEqualTo(Problem.Code.MALFORMED_JSON);
        }
        assertThat(job("{\"script\":\"é日\\ud83d\\ude00\"}").work())
                .isEqualTo(new Work.Script(Bytes.ofUtf8("é日\ud83d\ude00")));
        assertThat(problem("{\"command\":[\"x\"],\"user\":\"\u0430da\"}")
                        .errors()
                        .getFirst()
                        .pointer())
                .isEqualTo("/user");
    }

    @Test
    @Fault("B28")
    void utf8IsWhatTheJdkTakesForIt() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(14)];
            for (int j = 0; j < bytes.length; j++) {
                int[] edges = {
                    'a', 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5
                };
                bytes[j] = (byte) edges[random.nextInt(edges.length)];
            }
            boolean same =
                    Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
            assertThat(Utf8.firstInvalid(bytes) < 0).isEqualTo(same);
        }
    }

    @Test
    @Fault("B28")
    void nestingIsBounded() {
        String deep = "[".repeat(100_000);
        assertThat(problem("{\"x\":" + deep).code()).isEqualTo(Problem.Code.TOO_DEEP);
        assertThat(problem(SpecReader.body(("[{\"x\":" + deep).getBytes(StandardCharsets.UTF_8), ADA))
                        .code())
                .isEqualTo(Problem.Code.TOO_DEEP);
        assertThat(problem("{\"x\":" + "[".repeat(31) + "]".repeat(31) + "}").code())
                .isEqualTo(Problem.Code.INVALID_REQUEST);
        assertThat(problem("{\"x\":" + "[".repeat(32) + "]".repeat(32) + "}").code())
                .isEqualTo(Problem.Code.TOO_DEEP);
    }

    @Test
    @Fault("B28")
    void textsNamesAndNumbersAreBounded() {
        for (String json : List.of(
                "{\"name\":\"" + "x".repeat(6_000_000) + "\"}",
                "{\"" + "x".repeat(10_000) + "\":1}",
                "{\"priorityClass\":" + "1".repeat(100_000) + "}")) {
            Problem problem = problem(json);
            assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_REQUEST);
            assertThat(problem.detail()).hasSizeLessThan(300);
        }
        assertThat(job("{\"script\":\"" + "x".repeat(Work.MAX_SCRIPT_BYTES) + "\"}")
                        .work())
                .isInstanceOf(Work.Script.class);
        assertThat(problem("{\"script\":\"" + "x".repeat(Work.MAX_SCRIPT_BYTES + 1) + "\"}")
                        .errors()
                        .getFirst()
                        .pointer())
                .isEqualTo("/script");
    }

    @Test
    @Fault("B28")
    void aListOfJobsStopsAtItsBound() {
        String one = "{\"command\":[\"x\"]}";
        assertThat(SpecReader.body(list(one, SpecReader.MAX_JOBS), ADA))
                .isInstanceOfSatisfying(
                        Reading.Good.class,
                        good -> assertThat(((SpecReader.Body) good.value()).jobs())
                                .hasSize(SpecReader.MAX_JOBS));
        assertThat(problem(SpecReader.body(list(one, SpecReader.MAX_JOBS + 1), ADA))
                        .code())
                .isEqualTo(Problem.Code.TOO_LARGE);
        assertThat(problem(SpecReader.body(list(one, 1_000_000), ADA)).code()).isEqualTo(Problem.Code.TOO_LARGE);
        assertThat(problem(SpecReader.body(list("{}", 1_000_000), ADA)).errors())
                .hasSize(Problem.MAX_ERRORS);
        assertThat(problem(SpecReader.body("[]".getBytes(StandardCharsets.UTF_8), ADA))
                        .detail())
                .contains("1 to 10000 jobs");
        assertThat(problem(SpecReader.body(list("[]", 3), ADA))
                        .errors()
                        .getFirst()
                        .pointer())
                .isEqualTo("/0");
    }

    private static byte[] list(String element, int count) {
        return ("[" + (element + ",").repeat(count - 1) + element + "]").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void severalErrorsAreToldAtOnce() {
        Problem problem = problem("""
                {"name":5,"resources":{"tasks":0,"gpus":{"per":"x","counts":[]}},"frob":{"a":[{"b":1}]},"limitSeconds":0,
                 "labels":{"a":{"b":"c"}},"command":["x"]}
                """);
        assertThat(problem.errors().stream().map(Problem.Error::pointer))
                .containsExactly(
                        "/name",
                        "/resources/tasks",
                        "/resources/gpus/per",
                        "/resources/gpus/counts",
                        "/frob",
                        "/limitSeconds",
                        "/labels/a");
        Reading<?> many = SpecReader.body(
                "[{\"command\":[\"x\"]},{\"command\":[]},{\"script\":\"x\",\"array\":\"x\"}]"
                        .getBytes(StandardCharsets.UTF_8),
                ADA);
        assertThat(problem(many).errors().stream().map(Problem.Error::pointer))
                .containsExactly("/1/command", "/2/array");
    }

    @Test
    @Fault({"B19", "B22"})
    void onlyAnAdministratorNamesAnotherUser() {
        assertThat(job("{\"command\":[\"x\"],\"user\":\"ada\"}").user()).isEqualTo(new UserName("ada"));
        for (String user : List.of("root", "bob", "0")) {
            String json = "{\"command\":[\"x\"],\"user\":\"" + user + "\"}";
            Problem.Code code = problem(json).code();
            assertThat(code).isIn(Problem.Code.FORBIDDEN, Problem.Code.INVALID_REQUEST);
            assertThat(code == Problem.Code.FORBIDDEN).isEqualTo(!user.equals("0"));
        }
        SpecReader.Context admin = new SpecReader.Context(ADA.caller(), ADA.project(), SpecReader.Naming.ANYBODY);
        byte[] ofBob = "{\"command\":[\"x\"],\"user\":\"bob\"}".getBytes(StandardCharsets.UTF_8);
        assertThat(SpecReader.one(ofBob, admin).map(JobSpec::user)).isEqualTo(Reading.good(new UserName("bob")));
        assertThat(problem("{\"command\":[\"x\"],\"uid\":0}")
                        .errors()
                        .getFirst()
                        .pointer())
                .isEqualTo("/uid");
    }

    @Test
    void aProjectIsNeededWhereThereIsNoDefault() {
        SpecReader.Context context = new SpecReader.Context(ADA.caller(), Optional.empty(), SpecReader.Naming.SELF);
        Problem problem = problem(SpecReader.one("{\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_8), context));
        assertThat(problem.errors().getFirst().pointer()).isEqualTo("/project");
    }

    @Test
    @Fault("B40")
    void noMessageRepeatsASecret() {
        String secret = "s3cr3t";
        String json = Contract.JSON.writeValueAsString(Contract.JSON.readTree("""
                {"script":"echo s3cr3t","args":["s3cr3t"],"environment":{"A":"s3cr3t","B":"s3cr3t"},"name":"n",
                 "resources":{"cpusPerTask":1,"memory":{"perNodeBytes":1}},"files":{"mounts":[{"volume":"v","path":"/p"}]}}
                """));
        var tree = Contract.JSON.readTree(json);
        for (var place : Mutations.places(tree)) {
            for (var value : Mutations.values()) {
                byte[] spoiled = Contract.JSON.writeValueAsBytes(Mutations.with(tree, place, value));
                if (SpecReader.one(spoiled, ADA) instanceof Reading.Bad<?>(Problem problem)) {
                    assertThat(new String(problem.json(), StandardCharsets.UTF_8))
                            .doesNotContain(secret);
                }
            }
        }
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            for (char c : "\"}],:x\u0000".toCharArray()) {
                byte[] torn = bytes.clone();
                torn[i] = (byte) c;
                if (SpecReader.one(torn, ADA) instanceof Reading.Bad<?>(Problem problem)) {
                    // A quote that ends a value early may make a key of its rest, and keys are named.
                    assertThat(problem.code() == Problem.Code.INVALID_REQUEST
                                    || !new String(problem.json(), StandardCharsets.UTF_8).contains(secret))
                            .isTrue();
                }
            }
        }
        assertThat(problem("{\"command\":[\"x\"],\"webhook\":\"https://u:s3cr3t@h/ x\"}")
                        .detail())
                .doesNotContain(secret);
    }

    @Test
    @Fault("B28")
    void noBodyWhateverEndsInAnythingButAnAnswer() {
        for (int seed = 0; seed < 4000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] body = SpecWriter.json(SpecGenerator.random(random));
            for (int i = random.nextInt(4); i >= 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            byte[] cut = Arrays.copyOf(body, random.nextBoolean() ? body.length : random.nextInt(body.length));
            assertThat(SpecReader.body(cut, ADA)).as("seed %s", seed).isNotNull();
            assertThat(SpecReader.line(cut, ADA)).as("seed %s", seed).isNotNull();
            assertThat(JobPatch.read(cut)).as("seed %s", seed).isNotNull();
        }
    }

    @Test
    void aLineHasAKeyOfItsOwn() {
        byte[] line = "{\"idempotencyKey\":\"k 1\",\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_8);
        assertThat(SpecReader.line(line, ADA).map(SpecReader.Line::idempotencyKey))
                .isEqualTo(Reading.good(Optional.of("k 1")));
        byte[] bad = "{\"idempotencyKey\":\" \",\"command\":[\"x\"]}".getBytes(StandardCharsets.UTF_8);
        assertThat(problem(SpecReader.line(bad, ADA)).errors().getFirst().pointer())
                .isEqualTo("/idempotencyKey");
        assertThat(SpecReader.isIdempotencyKey("x".repeat(255))).isTrue();
        assertThat(SpecReader.isIdempotencyKey("x".repeat(256))).isFalse();
    }

    @Test
    void numbersMayHaveAFractionOfZero() {
        JobSpec spec = job("{\"command\":[\"x\"],\"limitSeconds\":6e1,\"priorityClass\":7.0}");
        assertThat(spec.ask().limit()).contains(Duration.ofSeconds(60));
        assertThat(spec.priorityClass()).isEqualTo(7);
    }

    private static Needs withNeeds(String text) {
        return SpecReader.withScriptNeeds(job(text), List.of()).ask().needs();
    }

    @Test
    void whatAScriptNeedsIsFoundAtIntake() {
        JobSpec spec = job(
                "{\"script\":\"#!/bin/sh\\nmodule load gcc/13\\ncd /scratch/me\",\"needs\":{\"modules\":[\"cuda\"]}}");
        assertThat(SpecReader.withScriptNeeds(spec, List.of("/scratch", "/home"))
                        .ask()
                        .needs())
                .isEqualTo(Needs.of(List.of("cuda"), List.of("/scratch")));
        String script = "{\"script\":\"#!/bin/sh\\nmodule load gcc/13\"%s}";
        assertThat(withNeeds(script.formatted(""))).isEqualTo(Needs.of(List.of("gcc/13"), List.of()));
        assertThat(withNeeds(script.formatted(",\"needs\":{\"modules\":null}")))
                .isEqualTo(Needs.of(List.of("gcc/13"), List.of()));
        assertThat(withNeeds(script.formatted(",\"needs\":{\"modules\":[]}")))
                .isEqualTo(Needs.NONE.withModules(List.of()));
        assertThat(withNeeds(script.formatted(",\"image\":\"x\""))).isEqualTo(Needs.NONE);
        JobSpec plain = job("{\"command\":[\"x\"]}");
        assertThat(SpecReader.withScriptNeeds(plain, List.of())).isSameAs(plain);
    }
}
