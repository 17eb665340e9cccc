package dev.sluice.gateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import dev.sluice.spec.Bytes;
import dev.sluice.testkit.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelivererTest {
    private static final byte[] SECRET = "a secret of 16 bytes and more".getBytes(StandardCharsets.UTF_8);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final MemoryOutbox outbox = new MemoryOutbox();
    private final BlockingQueue<Hook> hooks = new LinkedBlockingQueue<>();
    private final BlockingQueue<WebhookListener.Result> results = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
    private final AtomicInteger resolutions = new AtomicInteger();
    private final List<Deliverer> deliverers = new ArrayList<>();
    private HttpServer server;

    private record Hook(String path, Headers headers, byte[] body) {}

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::hook);
        server.start();
    }

    private void hook(HttpExchange exchange) throws IOException {
        hooks.add(new Hook(
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                exchange.getRequestBody().readAllBytes()));
        Integer status = statuses.poll();
        if (status != null && status / 100 == 3) {
            exchange.getResponseHeaders().add("Location", url("/elsewhere"));
        }
        exchange.sendResponseHeaders(status == null ? 204 : status, -1);
        exchange.close();
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (Deliverer deliverer : deliverers) {
            deliverer.close();
        }
        server.stop(0);
    }

    private String url(String path) {
        return "http://hook.test:" + server.getAddress().getPort() + path;
    }

    private static WebhookSettings settings(List<String> allow, Duration giveUp) {
        return new WebhookSettings(
                allow,
                Optional.empty(),
                Duration.ofSeconds(2),
                Duration.ofMillis(1),
                Duration.ofMillis(20),
                giveUp,
                8,
                2);
    }

    private Deliverer start(WebhookSettings settings) {
        Deliverer deliverer = new Deliverer(
                outbox,
                settings,
                Optional.of(new Signer(SECRET)),
                (result, took) -> results.add(result),
                InstantSource.system(),
                new SplittableRandom(1),
                new Post(
                        settings.rules(),
                        host -> {
                            resolutions.incrementAndGet();
                            return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
                        },
                        (SSLSocketFactory) SSLSocketFactory.getDefault(),
                        settings.timeout()));
        deliverers.add(deliverer);
        deliverer.start();
        return deliverer;
    }

    private Deliverer start() {
        return start(settings(List.of("127.0.0.0/8"), Duration.ofHours(1)));
    }

    private Delivery delivery(int job, long sequence, String url) {
        return new Delivery(
                new JobId(job),
                sequence,
                url,
                "ended",
                Bytes.ofUtf8("{\"sequence\":" + sequence + "}"),
                Instant.now(),
                0);
    }

    private Hook hook() throws InterruptedException {
        Hook hook = hooks.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (hook == null) {
            throw new AssertionError("no delivery within " + PATIENCE);
        }
        return hook;
    }

    private WebhookListener.Result result() throws InterruptedException {
        WebhookListener.Result result = results.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (result == null) {
            throw new AssertionError("no result within " + PATIENCE);
        }
        return result;
    }

    @Test
    void aDeliveryIsSignedAndNamed() throws Exception {
        outbox.add(delivery(7, 42, url("/hooks?a=b%20c")));
        start();
        Hook hook = hook();
        assertThat(hook.path()).isEqualTo("/hooks?a=b%20c");
        assertThat(hook.body()).asString(StandardCharsets.UTF_8).isEqualTo("{\"sequence\":42}");
        assertThat(hook.headers().getFirst("Sluice-Event")).isEqualTo("ended");
        assertThat(hook.headers().getFirst("Sluice-Delivery")).isEqualTo("7-42");
        assertThat(hook.headers().getFirst("Content-Type")).isEqualTo("application/json");
        assertThat(hook.headers().getFirst("Host")).startsWith("hook.test:");
        String timestamp = hook.headers().getFirst("Sluice-Timestamp");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
        mac.update((timestamp + ".").getBytes(StandardCharsets.US_ASCII));
        assertThat(hook.headers().getFirst("Sluice-Signature"))
                .isEqualTo("v1=" + HexFormat.of().formatHex(mac.doFinal(hook.body())));
        assertThat(result()).isEqualTo(WebhookListener.Result.DELIVERED);
    }

    @Test
    void eachJobsDeliveriesComeInOrderThroughFailures() throws Exception {
        statuses.addAll(List.of(500, 404, 503));
        for (long sequence = 1; sequence <= 30; sequence++) {
            outbox.add(delivery(1 + (int) (sequence % 3), sequence, url("/" + sequence)));
        }
        start();
        while (!outbox.isEmpty()) {
            result();
        }
        for (int job = 0; job < 3; job++) {
            int of = job;
            assertThat(outbox.done().stream().filter(sequence -> sequence % 3 == of))
                    .isSorted()
                    .hasSize(10);
        }
        assertThat(hooks).hasSize(33);
    }

    @Test
    void aLaterDeliveryWakesIt() throws Exception {
        Deliverer deliverer = start();
        outbox.add(delivery(1, 1, url("/")));
        deliverer.wake();
        hook();
        outbox.add(delivery(1, 2, url("/")));
        deliverer.wake();
        hook();
    }

    @Test
    @Fault("B24")
    void aRedirectIsNotFollowed() throws Exception {
        statuses.add(302);
        outbox.add(delivery(1, 1, url("/first")));
        start();
        assertThat(hook().path()).isEqualTo("/first");
        assertThat(result()).isEqualTo(WebhookListener.Result.FAILED);
        assertThat(hook().path()).isEqualTo("/first");
    }

    @Test
    @Fault("B24")
    void whatIsNotPublicIsNotReached() throws Exception {
        outbox.add(delivery(1, 1, url("/")));
        outbox.add(delivery(2, 2, "http://127.1:" + server.getAddress().getPort() + "/"));
        outbox.add(delivery(
                3, 3, "http://[::ffff:127.0.0.1]:" + server.getAddress().getPort() + "/"));
        start(settings(List.of(), Duration.ofHours(1)));
        for (int i = 0; i < 3; i++) {
            assertThat(result()).isEqualTo(WebhookListener.Result.REFUSED);
        }
        assertThat(hooks).isEmpty();
    }

    @Test
    @Fault("B24")
    void everyAddressOfANameIsLookedAtAndTheNameIsResolvedOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        try (Post post = new Post(
                new AddressRules(List.of()),
                host -> {
                    asked.incrementAndGet();
                    return new InetAddress[] {InetAddress.getByName("1.1.1.1"), InetAddress.getByName("169.254.169.254")
                    };
                },
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                Duration.ofSeconds(2))) {
            Post.Outcome outcome = post.post("http://mixed.test/", java.util.Map.of(), new byte[0]);
            assertThat(outcome).isInstanceOf(Post.Outcome.Refused.class);
            assertThat(outcome.toString()).contains("169.254.169.254");
            assertThat(asked).hasValue(1);
            for (String bad : List.of(
                    "ftp://a.test/",
                    "http://u:p@a.test/",
                    "http:///x",
                    "a.test",
                    "file:///etc/passwd",
                    "http://a b/")) {
                assertThat(post.post(bad, java.util.Map.of(), new byte[0]))
                        .as(bad)
                        .isInstanceOf(Post.Outcome.Refused.class);
            }
        }
        outbox.add(delivery(1, 1, url("/")));
        start();
        hook();
        assertThat(resolutions).hasValue(1);
    }

    @Test
    void whatFailsForTooLongIsGivenUpAndTheNextIsTried() throws Exception {
        Delivery old = delivery(1, 1, url("/old"));
        statuses.add(500);
        outbox.add(new Delivery(
                old.job(), 1, old.url(), old.type(), old.body(), Instant.now().minus(Duration.ofHours(2)), 9));
        outbox.add(delivery(1, 2, url("/next")));
        start();
        assertThat(result()).isEqualTo(WebhookListener.Result.GAVE_UP);
        assertThat(hook().path()).isEqualTo("/old");
        assertThat(hook().path()).isEqualTo("/next");
    }

    @Test
    void whatIsGoneIsGivenUpAtOnce() throws Exception {
        statuses.add(410);
        outbox.add(delivery(1, 1, url("/")));
        start();
        assertThat(result()).isEqualTo(WebhookListener.Result.GAVE_UP);
        assertThat(outbox.isEmpty()).isTrue();
    }

    @Test
    void aServerThatAnswersByteByByteTakesNoLongerThanTheTimeout() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ServerSocket slow = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket socket = slow.accept()) {
                    while (!over.await(50, TimeUnit.MILLISECONDS)) {
                        socket.getOutputStream().write('H');
                    }
                } catch (IOException | InterruptedException cut) {
                    over.countDown();
                }
            });
            outbox.add(delivery(1, 1, "http://hook.test:" + slow.getLocalPort() + "/"));
            long began = System.nanoTime();
            start();
            assertThat(result()).isEqualTo(WebhookListener.Result.FAILED);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
        } finally {
            over.countDown();
        }
    }

    @Test
    void aDeadHostDoesNotHoldUpOthers() throws Exception {
        int dead;
        try (ServerSocket none = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = none.getLocalPort();
        }
        for (int i = 1; i <= 200; i++) {
            outbox.add(delivery(i, i, "http://dead.test:" + dead + "/"));
        }
        outbox.add(delivery(1000, 1000, url("/alive")));
        start();
        assertThat(hook().path()).isEqualTo("/alive");
    }

    @Test
    @Fault("F10")
    void aStoreThatIsAwayIsAskedAgain() throws Exception {
        outbox.failNext(1);
        outbox.add(delivery(1, 1, url("/")));
        start();
        hook();
    }

    @Test
    @Fault("B40")
    void aSecretIsReadFromAFileAndNeverShown(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("secret");
        Files.writeString(file, "0123456789abcdef\n");
        assertThat(Signer.ofFile(file).sign(1, new byte[0]))
                .isEqualTo(new Signer("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)).sign(1, new byte[0]));
        assertThat(Signer.ofFile(file)).hasToString("***");
        Files.writeString(file, "hunter2");
        assertThatThrownBy(() -> Signer.ofFile(file))
                .isInstanceOf(InvalidValue.class)
                .hasMessageNotContaining("hunter2");
    }
}
