package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.SpecGenerator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/** Contract and code accept and refuse alike: thousands of spoiled requests, each judged by both. */
class AgreementTest {
    private static final SpecReader.Context ADMIN = new SpecReader.Context(
            new UserName("root"), Optional.of(new ProjectPath("physics")), SpecReader.Naming.ANYBODY);

    /**
     * What the code refuses and a schema cannot say, by what the code says then. The contract tells each in words. Nothing else may
     * differ, and never the other way round.
     */
    private static final Map<String, Pattern> BEYOND_SCHEMAS = new TreeMap<>(Map.of(
            "bounds in bytes of UTF-8", Pattern.compile("bytes of UTF-8"),
            "tasks, nodes and totals of resources",
                    Pattern.compile("at least one for each of|room for|bytes in all|least-most, ascending"),
            "wishes for clusters that contradict each other",
                    Pattern.compile("none that is refused too|some of the allowed ones"),
            "two mounts at one path", Pattern.compile("one mount a path"),
            "the values of indices and steps",
                    Pattern.compile(
                            "ranges that ascend|no index above|at most 1000000 indices|array tasks at once|a number from 0 to 1000000,"),
            "the values of job ids, tasks and delays in sbatch's text",
                    Pattern.compile(
                            "in numbers below 2\\^31|a number from 1 to 2147483647|a number from 0 to 4000000|whole seconds from 0 to 31536000"),
            "the finer points of a URI", Pattern.compile("http\\(s\\)://host"),
            "the finer points of an image's name",
                    Pattern.compile("DNS labels|a registry|a bare image id|IPv6|port|without a scheme|an algorithm"),
            "a time before 1970 by its offset", Pattern.compile("a time from 1970")));

    private final Map<String, Integer> beyond = new TreeMap<>();
    private final List<String> disagreements = new ArrayList<>();
    private int accepted;
    private int refused;

    /** A schema of the contract and the code that reads what it describes. */
    private record Court(Schema contract, Function<byte[], Reading<?>> code) {}

    private static final Court JOBS = new Court(Contract.ofRequest("JobRequest"), json -> SpecReader.one(json, ADMIN));
    private static final Court LINES = new Court(Contract.ofRequest("JobLine"), json -> SpecReader.line(json, ADMIN));
    private static final Court PATCHES = new Court(Contract.ofRequest("JobPatch"), JobPatch::read);

    private void judge(Court court, JsonNode request) {
        String json = Contract.JSON.writeValueAsString(request);
        boolean valid = Contract.accepts(court.contract(), request);
        switch (court.code().apply(json.getBytes(StandardCharsets.UTF_8))) {
            case Reading.Good<?> good -> {
                accepted++;
                if (!valid) {
                    disagreements.add(
                            "only the code accepts " + json + "\n  " + Contract.objections(court.contract(), json));
                }
            }
            case Reading.Bad<?>(Problem problem) -> {
                refused++;
                if (valid) {
                    kind(problem)
                            .ifPresentOrElse(
                                    kind -> beyond.merge(kind, 1, Integer::sum),
                                    () -> disagreements.add("only the contract accepts " + json + "\n  " + problem));
                }
            }
        }
    }

    /** What on the list the code objects to. */
    private static Optional<String> kind(Problem problem) {
        return BEYOND_SCHEMAS.entrySet().stream()
                .filter(entry -> problem.errors().stream()
                        .map(Problem.Error::detail)
                        .anyMatch(entry.getValue().asPredicate()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private void judgeEveryPlace(Court court, JsonNode document) {
        List<JsonNode> texts = Mutations.values();
        List<JsonNode> others = Mutations.otherValues();
        int before = accepted;
        judge(court, document);
        assertThat(accepted).as("%s is sound", document).isGreaterThan(before);
        for (JsonPointer place : Mutations.places(document)) {
            List<JsonNode> values = document.at(place).isString() ? texts : others;
            values.forEach(value -> judge(court, Mutations.with(document, place, value)));
        }
    }

    private static JsonNode request(long seed) {
        return Contract.JSON.readTree(SpecWriter.json(SpecGenerator.random(new SplittableRandom(seed))));
    }

    /** Documents that have every key between them. */
    private static List<JsonNode> complete() {
        return List.of("""
                {"name":"n","project":"p","user":"u","script":"#!/bin/sh","args":["a"],"image":"ubuntu:1",
                 "environment":{"A":"1"},"limitSeconds":60,"comment":"c","webhook":"https://example.org/x","priorityClass":1,
                 "begin":"2026-12-01T00:00:00Z","labels":{"a":"b"},"array":"0-3%2","after":"afterok:20",
                 "resources":{"nodes":2,"tasks":4,"tasksPerNode":3,"cpusPerTask":2,"memory":{"perGpuBytes":5},
                   "gpus":{"per":"node","counts":{"a100":1}},"tmpBytesPerNode":1,"licenses":{"m":1},"gres":{"shard:a":4}},
                 "mail":{"events":["end","time-limit-90"],"to":"a@b,c"}}
                """, """
                {"command":["a","b"],"resources":{"nodes":{"least":1,"most":2},"memory":"whole-node"},
                 "routing":{"allowed":["a","b"],"preferred":["a"],"refused":["c"],"partitions":["p"],"qos":"q","account":"x",
                   "constraint":"f","reservation":"r","sharing":"exclusive",
                   "nodeList":"n[1-3],m","excludedNodes":"n4"},
                 "needs":{"modules":["gcc"],"fileSystems":["/scratch"]},
                 "files":{"workingDirectory":"/w","output":"o","error":"e","input":"i","openMode":"append",
                   "mounts":[{"volume":"v","path":"/m","subPath":"s","access":"read-only"}]},
                 "array":{"tasks":"0-9","atOnce":3},"limitSeconds":"unlimited"}
                """, """
                {"image":"ubuntu","entrypoint":{"command":["c"],"args":["d"]},
                 "after":{"mode":"any","conditions":[{"kind":"after","job":20,"task":3,"delaySeconds":60},{"kind":"singleton"}]},
                 "resources":{"memory":{"perNodeBytes":5}},
                 "rules":{"requeue":false,"maxAttempts":2,"preemptible":false,"secondRun":true,"onNeverSatisfied":"end",
                   "endSignal":{"number":10,"secondsBefore":30,"target":"batch-shell"},"graceSeconds":5}}
                """, """
                {"scriptBase64":"QUJD","resources":{"memory":{"perCpuBytes":5}}}
                """).stream().map(Contract.JSON::readTree).toList();
    }

    @Test
    @Fault({"B17", "B29", "B39", "B41"})
    void jobsAreJudgedAlike() {
        complete().forEach(document -> judgeEveryPlace(JOBS, document));
        judge(JOBS, Contract.JSON.readTree("{\"command\":[\"x\"],\"name\":\"" + "é".repeat(200) + "\"}"));
        List<JsonNode> values = Mutations.values();
        for (int seed = 0; seed < 1500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            JsonNode request = request(seed);
            judge(JOBS, Mutations.anyhow(request, values, random));
            judge(JOBS, Mutations.anyhow(Mutations.anyhow(request, values, random), values, random));
        }
        conclude();
        assertThat(accepted).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(5000);
        TreeSet<String> stale = new TreeSet<>(BEYOND_SCHEMAS.keySet());
        stale.removeAll(beyond.keySet());
        assertThat(stale).as("on the list, and not met: %s", beyond).isEmpty();
    }

    @Test
    void linesOfManyJobsAreJudgedAlike() {
        judgeEveryPlace(LINES, Contract.JSON.readTree("{\"idempotencyKey\":\"k\",\"command\":[\"x\"]}"));
        judgeEveryPlace(JOBS, Contract.JSON.readTree("{\"command\":[\"x\"]}"));
        judge(JOBS, Contract.JSON.readTree("{\"idempotencyKey\":\"k\",\"command\":[\"x\"]}"));
        conclude();
    }

    @Test
    void patchesAreJudgedAlike() {
        judgeEveryPlace(
                PATCHES,
                Contract.JSON.readTree(
                        "{\"priorityClass\":1,\"limitSeconds\":60,\"labels\":{\"a\":\"b\",\"c\":null}}"));
        judgeEveryPlace(PATCHES, Contract.JSON.readTree("{\"limitSeconds\":\"unlimited\",\"labels\":null}"));
        judge(PATCHES, Contract.JSON.readTree("{}"));
        judge(PATCHES, Contract.JSON.readTree("[]"));
        judge(PATCHES, Contract.JSON.readTree("{\"name\":\"x\"}"));
        conclude();
        assertThat(beyond).isEmpty();
    }

    @Test
    void requestsForTokensAreJudgedAlike() {
        Court tokens = new Court(Contract.ofRequest("TokenRequest"), TokenRequest::read);
        judgeEveryPlace(tokens, Contract.JSON.readTree("{\"user\":\"ada\",\"note\":\"laptop\",\"lifeSeconds\":60}"));
        judge(tokens, Contract.JSON.readTree("{\"note\":\"laptop\"}"));
        judge(tokens, Contract.JSON.readTree("{\"user\":\"ada\",\"note\":\"" + "\ud83d\ude00".repeat(255) + "\"}"));
        conclude();
        assertThat(beyond).isEmpty();
    }

    private void conclude() {
        assertThat(disagreements.stream().limit(15).toList())
                .as("%s disagreements", disagreements.size())
                .isEmpty();
    }
}
