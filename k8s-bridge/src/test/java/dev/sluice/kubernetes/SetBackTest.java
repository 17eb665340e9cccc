package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.api.ScriptedServer;
import dev.sluice.kubernetes.manifest.Keys;
import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cluster whose etcd was restored says again what it said before, and that is not believed. */
class SetBackTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");

    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), Duration.ofSeconds(1));
    private final SetBack setBack = new SetBack(api);
    private final Mirror mirror = new Mirror(InstantSource.fixed(NOW));
    private final Reads reads =
            new Reads(api, mirror, new Halves(api, InstantSource.fixed(NOW)), 1, InstantSource.fixed(NOW));

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private static Job job(String uid, int version, String word) {
        JobBuilder job = new JobBuilder()
                .withNewMetadata()
                .withNamespace("a")
                .withName("of-" + uid)
                .withUid(uid)
                .withResourceVersion(Integer.toString(version))
                .addToAnnotations(Keys.HELD, word)
                .endMetadata()
                .withNewSpec()
                .withSuspend(!word.isEmpty())
                .endSpec();
        return job.build();
    }

    private static String json(String uid, int version) {
        return "{\"kind\":\"Job\",\"metadata\":{\"namespace\":\"a\",\"name\":\"of-" + uid + "\",\"uid\":\"" + uid
                + "\",\"resourceVersion\":\"" + version + "\"},\"spec\":{\"suspend\":true}}";
    }

    private static String status(int code) {
        return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + code + ",\"message\":\"m\"}";
    }

    private static Job released(String uid) {
        return job(uid, 9, "");
    }

    @Test
    @Fault("F29")
    void whatWasReleasedAndIsParkedAgainIsMarkedAndNothingElseIs() {
        mirror.offer(released("ran"));
        mirror.offer(released("held"));
        mirror.offer(released("runs"));
        mirror.offer(job("parked", 4, "parked"));
        server.says(200, json("ran", 5)).says(404, status(404));
        assertThat(setBack.mark(
                        List.of(
                                job("ran", 3, "parked"),
                                job("held", 3, "held"),
                                job("runs", 3, ""),
                                job("parked", 4, "parked")),
                        mirror.released()))
                .isEmpty();
        assertThat(server.asked())
                .containsExactly(
                        "PATCH /apis/batch/v1/namespaces/a/jobs/of-ran?timeout=1s",
                        "PATCH /apis/batch/v1/namespaces/a/jobs/of-held?timeout=1s");
    }

    @Test
    @Fault("F29")
    void whatCannotBeMarkedIsToldToNobody() {
        server.says(503, status(503));
        assertThat(setBack.mark(List.of(job("ran", 3, "parked")), Set.of("ran")))
                .isPresent();
    }

    @Test
    @Fault("F29")
    void aReadThatIsOlderThanWhatWasToldBeforeItIsNoEvidence() {
        mirror.offer(released("ran"));
        server.says(200, json("ran", 3));
        assertThat(reads.one(new AttemptId(1, 1), new Binding("a/of-ran", "ran", "alice")))
                .isInstanceOf(Reply.Unknown.class);
        server.says(200, "{\"kind\":\"JobList\",\"metadata\":{\"resourceVersion\":\"8\"},\"items\":[]}");
        assertThat(reads.withKeys(List.of(new AttemptId(1, 1)))).isInstanceOf(Reply.Unknown.class);
        server.says(
                200,
                "{\"kind\":\"JobList\",\"metadata\":{\"resourceVersion\":\"30\"},\"items\":[" + json("ran", 3) + "]}");
        assertThat(reads.withKeys(List.of(new AttemptId(1, 1)))).isInstanceOf(Reply.Unknown.class);
        server.says(200, "{\"kind\":\"JobList\",\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[]}");
        assertThat(reads.withKeys(List.of(new AttemptId(1, 1)))).isInstanceOf(Reply.Said.class);
    }
}
