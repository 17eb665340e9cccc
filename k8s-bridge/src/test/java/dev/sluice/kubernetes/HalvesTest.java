package dev.sluice.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.kubernetes.Halves.Look;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A park that was broken off between its calls has parked nothing. */
class HalvesTest {
    private static final Instant MADE = Instant.parse("2026-11-29T12:00:00Z");
    private static final String SECRET = "GET /api/v1/namespaces/a/secrets/n";

    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), Duration.ofSeconds(1));
    private final Halves halves = at(MADE);

    private Halves at(Instant now) {
        return new Halves(api, InstantSource.fixed(now));
    }

    @AfterEach
    void close() {
        api.close();
        server.close();
    }

    private static JobBuilder job(Holds.Word word) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("a")
                .withName("n")
                .withUid("u")
                .withResourceVersion("7")
                .withCreationTimestamp(MADE.toString())
                .addToAnnotations(Keys.HELD, word.text())
                .addToAnnotations(Keys.WITH, Keys.SECRET)
                .endMetadata();
    }

    private static Job parked() {
        return job(Holds.Word.PARKED).build();
    }

    private static String secretOf(String uid) {
        return "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"n\",\"ownerReferences\":[{\"uid\":\"" + uid + "\"}]}}";
    }

    private static String status(int code) {
        return "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":" + code + ",\"message\":\"m\"}";
    }

    private static Reply<Look> said(Look look) {
        return new Reply.Said<>(look);
    }

    @Test
    @Fault({"F6", "F7"})
    void whatHasNoSecretIsAHalfUntilItHasOne() {
        server.says(404, status(404)).says(404, status(404)).says(200, secretOf("u"));
        assertThat(halves.look(parked())).isEqualTo(said(Look.HALF));
        assertThat(halves.look(parked())).isEqualTo(said(Look.HALF));
        assertThat(halves.look(parked())).isEqualTo(said(Look.WHOLE));
        assertThat(halves.look(parked())).as("asked no more").isEqualTo(said(Look.WHOLE));
        assertThat(server.asked()).containsExactly(SECRET, SECRET, SECRET);
    }

    @Test
    void theSecretOfAJobBeforeItIsNotIts() {
        server.says(200, secretOf("before"));
        assertThat(halves.look(parked())).isEqualTo(said(Look.HALF));
    }

    @Test
    @Fault("F47")
    void whatCannotBeAskedIsInDoubt() {
        server.says(503, status(503)).says(403, status(403));
        assertThat(halves.look(parked())).isInstanceOf(Reply.Unknown.class);
        assertThat(halves.look(parked())).isInstanceOf(Reply.Unknown.class);
    }

    @Test
    void nothingIsAskedOfWhatThisBridgeParkedItself() {
        assertThat(halves.mayBe(parked())).isTrue();
        halves.isWhole(parked());
        assertThat(halves.mayBe(parked())).isFalse();
        assertThat(halves.look(parked())).isEqualTo(said(Look.WHOLE));
        assertThat(server.asked()).isEmpty();
        halves.forget("u");
        assertThat(halves.mayBe(parked())).isTrue();
    }

    @Test
    void nothingIsAskedWhileAParkIsAtIt() {
        assertThat(halves.enter("n")).isTrue();
        assertThat(halves.enter("n")).as("a second one").isFalse();
        assertThat(halves.look(parked())).isEqualTo(said(Look.UNDER_WAY));
        assertThat(server.asked()).isEmpty();
        halves.leave("n");
        assertThat(halves.enter("n")).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Holds.Word.class, mode = EnumSource.Mode.EXCLUDE, names = "PARKED")
    void whatWasReleasedOnceIsWhole(Holds.Word word) {
        assertThat(halves.look(job(word).build())).isEqualTo(said(Look.WHOLE));
        assertThat(halves.look(Statuses.released("0").build())).isEqualTo(said(Look.WHOLE));
    }

    @Test
    void whatNothingGoesWithIsWhole() {
        Job alone = job(Holds.Word.PARKED)
                .editMetadata()
                .removeFromAnnotations(Keys.WITH)
                .endMetadata()
                .build();
        assertThat(halves.look(alone)).isEqualTo(said(Look.WHOLE));
    }

    @Test
    void aHalfThatIsOldIsTakenAwayAndAYoungOneIsNot() {
        server.says(200, "{}");
        at(MADE.plus(Halves.OLD)).tidy(parked());
        assertThat(server.asked()).isEmpty();
        at(MADE.plus(Halves.OLD).plusSeconds(1)).tidy(parked());
        assertThat(server.asked()).containsExactly("DELETE /apis/batch/v1/namespaces/a/jobs/n?timeout=1s");
    }

    @Test
    void aHalfThatIsBeingCompletedStays() {
        Halves late = at(MADE.plus(Halves.OLD).plusSeconds(1));
        late.enter("n");
        late.tidy(parked());
        assertThat(server.asked()).isEmpty();
    }
}
