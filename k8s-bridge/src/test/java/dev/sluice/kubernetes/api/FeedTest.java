package dev.sluice.kubernetes.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.Fault;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A feed hears every change once, in order, and says when it may have missed one. */
class FeedTest {
    private final ScriptedServer server = new ScriptedServer();
    private final Api api = Api.to(server.config(), Duration.ofSeconds(2));
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Feed<Pod> feed =
            new Feed<>(api, "/api/v1/pods", "", Pod.class, UnaryOperator.identity(), new Feed.Listener<>() {
                @Override
                public void changed(Pod object) {
                    heard.add("changed " + object.getMetadata().getName());
                }

                @Override
                public void deleted(Pod last) {
                    heard.add("deleted " + last.getMetadata().getName());
                }

                @Override
                public void lost() {
                    heard.add("lost");
                }
            });

    @AfterEach
    void close() {
        feed.close();
        api.close();
        server.close();
    }

    private static String event(String type, String name, int version) {
        return "{\"type\":\"" + type + "\",\"object\":{\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                + "\",\"resourceVersion\":\"" + version + "\"}}}";
    }

    private static String gone() {
        return "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"message\":\"too old\"}}";
    }

    private @Nullable String next() throws InterruptedException {
        return heard.poll(20, TimeUnit.SECONDS);
    }

    private void awaitAsked(int requests) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (server.asked().size() < requests && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(server.asked()).hasSizeGreaterThanOrEqualTo(requests);
    }

    private String version(int request) {
        return server.asked().get(request).replaceAll(".*resourceVersion=([^&]*).*", "$1");
    }

    @Test
    void itGoesOnFromWhatItHeardLast() throws InterruptedException {
        server.lines(event("ADDED", "a", 11), event("MODIFIED", "a", 12))
                .lines(event("BOOKMARK", "", 40))
                .lines(event("DELETED", "a", 41));
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        assertThat(next()).isEqualTo("changed a");
        assertThat(next()).isEqualTo("deleted a");
        awaitAsked(4);
        assertThat(version(0)).isEqualTo("10");
        assertThat(version(1)).isEqualTo("12");
        assertThat(version(2)).isEqualTo("40");
        assertThat(version(3)).isEqualTo("41");
        assertThat(heard).isEmpty();
    }

    @Test
    @Fault("F29")
    void whatTheServerHasForgottenIsLostUntilANewList() throws InterruptedException {
        server.lines(event("ADDED", "a", 11), gone()).lines(event("ADDED", "b", 91));
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        assertThat(next()).isEqualTo("lost");
        assertThat(feed.trouble()).contains("too old");
        assertThat(server.asked()).hasSize(1);
        feed.startFrom("90");
        assertThat(next()).isEqualTo("changed b");
        assertThat(version(1)).isEqualTo("90");
        assertThat(feed.trouble()).isEmpty();
    }

    @Test
    @Fault("F29")
    void aWatchThatIsRefusedAsTooOldIsLost() throws InterruptedException {
        server.says(
                410,
                "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old\"}");
        feed.startFrom("10");
        assertThat(next()).isEqualTo("lost");
    }

    @Test
    void anEventThatCannotBeReadIsOneThatWasMissed() throws InterruptedException {
        server.lines(event("ADDED", "a", 11), "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"metad");
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        assertThat(next()).isEqualTo("lost");
    }

    @Test
    @Fault("F32")
    void aServerThatIsAwayIsAskedAgainFromTheSamePlace() throws InterruptedException {
        server.says(503, "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":503,\"message\":\"starting\"}")
                .lines(event("ADDED", "a", 11));
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        assertThat(version(0)).isEqualTo("10");
        assertThat(version(1)).isEqualTo("10");
        assertThat(heard).isEmpty();
    }

    @Test
    void aFeedThatGoesOnByItselfHeedsNoOtherList() throws InterruptedException {
        server.lines(event("ADDED", "a", 50));
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        feed.startFrom("20");
        awaitAsked(2);
        assertThat(version(1)).isEqualTo("50");
    }

    @Test
    void aFeedThatLeftGoesOnFromTheNextListAndHearsNoMoreOfTheOld() throws InterruptedException {
        server.lines(event("ADDED", "a", 50)).then(new ScriptedServer.Answer.Silence());
        feed.startFrom("10");
        assertThat(next()).isEqualTo("changed a");
        awaitAsked(2);
        feed.leave();
        server.lines(event("ADDED", "b", 8));
        feed.startFrom("7");
        assertThat(next()).isEqualTo("changed b");
        assertThat(version(2)).isEqualTo("7");
    }
}
