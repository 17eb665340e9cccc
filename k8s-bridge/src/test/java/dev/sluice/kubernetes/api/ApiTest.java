package dev.sluice.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Refusal;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer means, and when there is none. */
class ApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String PATH = "/apis/batch/v1/namespaces/a/jobs";

    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), PATIENCE);

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private static String status(int code, String reason, String message) {
        return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"code\":" + code + ",\"reason\":\""
                + reason + "\",\"message\":\"" + message + "\"}";
    }

    private Reply<Job> post() {
        return api.post(PATH, new Job(), Job.class);
    }

    @Test
    void whatWasMadeIsSaid() {
        server.says(201, "{\"kind\":\"Job\",\"metadata\":{\"name\":\"j\",\"uid\":\"u\"}}");
        assertThat(post())
                .isInstanceOfSatisfying(
                        Reply.Said.class,
                        said -> assertThat(((Job) said.value()).getMetadata().getUid())
                                .isEqualTo("u"));
        assertThat(server.asked()).containsExactly("POST " + PATH + "?timeout=1s");
    }

    @Test
    void whatIsWrittenForAUserIsWrittenInHisNameAndNothingElse() {
        Api named = api.namingUsers("site:%u");
        for (int i = 0; i < 5; i++) {
            server.says(200, "{}");
        }
        named.actingFor("alice").post(PATH, new Job(), Job.class);
        named.actingFor("bob").patch(PATH + "/j", Map.of(), Job.class);
        named.actingFor("alice").get(PATH + "/j", Job.class);
        named.delete(PATH + "/j", Map.of());
        api.actingFor("alice").post(PATH, new Job(), Job.class);
        assertThat(server.namedUsers()).containsExactly("site:alice", "site:bob", "", "", "");
    }

    @Test
    void aBodyThatEndsBeforeTheOffsetSaysWhere() {
        server.says(200, "abcdef").says(200, "abc");
        assertThat(((Reply.Said<Api.Part>) api.bytes(PATH, 2, 3)).value())
                .satisfies(part -> assertThat(new String(part.bytes(), StandardCharsets.UTF_8))
                        .isEqualTo("cde"))
                .satisfies(part -> assertThat(part.from()).isEqualTo(2));
        assertThat(((Reply.Said<Api.Part>) api.bytes(PATH, 9, 3)).value())
                .satisfies(part -> assertThat(part.from()).isEqualTo(3))
                .satisfies(part -> assertThat(part.isLast()).isTrue());
    }

    @Test
    @Fault("F7")
    void whatIsThereAlreadyIsAConflict() {
        server.says(409, status(409, "AlreadyExists", "jobs.batch j already exists"));
        assertThat(post()).isEqualTo(new Reply.Conflict<Job>("AlreadyExists", "jobs.batch j already exists"));
    }

    @ParameterizedTest
    @CsvSource({
        "403, exceeded quota: q, quota, LATER",
        "403, jobs.batch is forbidden, forbidden, LATER",
        "400, no such field, invalid, NEVER",
        "413, too large, invalid, NEVER",
        "422, name must be a label, invalid, NEVER"
    })
    void aRefusalSaysWhetherTimeMayCureIt(int code, String message, String word, Refusal.Retry retry) {
        server.says(code, status(code, "Reason", message));
        assertThat(post()).isEqualTo(new Reply.Refused<Job>(new Refusal(word, message, retry)));
    }

    /** It may have been done all the same. */
    @ParameterizedTest
    @ValueSource(ints = {401, 408, 429, 500, 502, 503, 504})
    @Fault("F6")
    void whatIsNoWordOnTheRequestIsADoubt(int code) {
        server.says(code, status(code, "Reason", "not now"));
        assertThat(post()).isInstanceOf(Reply.Unknown.class);
        assertThat(server.asked()).as("it is sent once").hasSize(1);
    }

    /** A proxy's page is nobody's word. */
    @ParameterizedTest
    @CsvSource({"404, <html>not here</html>", "409, conflict", "403, {}", "200, '{\"kind\":\"Job\",\"metadata\":{\"na'"
    })
    @Fault("F8")
    void anAnswerThatIsNotKubernetesIsADoubt(int code, String body) {
        server.says(code, body);
        assertThat(post()).isInstanceOf(Reply.Unknown.class);
    }

    @Test
    @Fault("F8")
    void anAnswerThatIsCutIsADoubt() {
        server.then(new ScriptedServer.Answer.Says(201, "{\"kind\":\"Job\",\"metadata\":{}}", 40));
        assertThat(post()).isInstanceOf(Reply.Unknown.class);
    }

    @Test
    @Fault({"F34", "F6"})
    void whoSaysNothingIsWaitedForNoLongerThanItMayAct() {
        Instant before = Instant.now();
        assertThat(post()).isInstanceOf(Reply.Unknown.class);
        assertThat(Duration.between(before, Instant.now()))
                .isGreaterThanOrEqualTo(PATIENCE)
                .isLessThan(api.patience().plusSeconds(3));
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void aListIsReadToItsEndAndTrimmedOnTheWay() {
        server.says(
                        200,
                        "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"a&b\"},"
                                + "\"items\":[{\"metadata\":{\"name\":\"one\"}}]}")
                .says(
                        200,
                        "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\"},"
                                + "\"items\":[{\"metadata\":{\"name\":\"two\"}}]}");
        UnaryOperator<Pod> named = pod -> {
            pod.getMetadata().setUid("of " + pod.getMetadata().getName());
            return pod;
        };
        Reply<Api.Listed<Pod>> listed = api.list("/api/v1/pods", Query.label("k", "v"), PodList.class, named);
        assertThat(listed).isInstanceOfSatisfying(Reply.Said.class, said -> {
            Api.Listed<?> all = (Api.Listed<?>) said.value();
            assertThat(all.version()).isEqualTo("7");
            assertThat(all.items())
                    .extracting(pod -> ((Pod) pod).getMetadata().getUid())
                    .isEqualTo(List.of("of one", "of two"));
        });
        assertThat(server.asked())
                .containsExactly(
                        "GET /api/v1/pods?limit=500&labelSelector=k%3Dv",
                        "GET /api/v1/pods?limit=500&labelSelector=k%3Dv&continue=a%26b");
    }

    /** A token that is too old: the list has to begin anew, and half of one is none. */
    @Test
    @Fault("F29")
    void halfAListIsNone() {
        server.says(
                        200,
                        "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"x\"},\"items\":[]}")
                .says(410, status(410, "Expired", "The provided continue parameter is too old"));
        assertThat(api.list("/api/v1/pods", "", PodList.class, UnaryOperator.identity()))
                .isInstanceOf(Reply.Conflict.class);
    }

    @Test
    void aDeletionNamesTheOneObject() {
        server.says(200, status(200, "", ""));
        assertThat(api.delete(PATH + "/j", Map.of("preconditions", Map.of("uid", "u"))))
                .isInstanceOf(Reply.Said.class);
        assertThat(server.asked()).containsExactly("DELETE " + PATH + "/j?timeout=1s");
    }

    @Test
    void aPartOfABodyIsReadFromItsOffset() {
        for (String[] row : new String[][] {{"0", "abcdef", "false"}, {"4", "efghij", "true"}, {"99", "", "true"}}) {
            server.says(200, "abcdefghij");
            Reply<Api.Part> part = api.bytes("/log", Long.parseLong(row[0]), row[2].equals("true") ? 7 : 6);
            assertThat(part).isInstanceOfSatisfying(Reply.Said.class, said -> {
                Api.Part read = (Api.Part) said.value();
                assertThat(new String(read.bytes(), java.nio.charset.StandardCharsets.UTF_8))
                        .isEqualTo(row[1]);
                assertThat(read.isLast()).isEqualTo(row[2].equals("true"));
            });
        }
    }
}
