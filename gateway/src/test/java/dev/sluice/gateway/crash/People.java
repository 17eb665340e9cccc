package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Two users of a gateway that dies under them. Each hands in jobs one after the other, repeats a request with its key until it is
 * answered, as every client should, and cancels one of ten; between them go native ones of his.
 */
final class People {
    static final List<String> NAMES = List.of("alice", "bob");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A job as it is sent; of an array with indices from 0 on, how many. */
    record Order(ObjectNode body, int tasks) {}

    /** One that was accepted; each of its tasks has a number of its own, from {@code id} on. */
    record Job(int id, int tasks, boolean cancelled) {}

    private final GatewayProcess gateway;
    private final ClusterUnderTest cluster;
    private final int jobs;
    private final int pauseMillis;
    private final Map<String, String> tokens = new HashMap<>();
    private final Map<String, Job> accepted = new ConcurrentHashMap<>();
    private final CountDownLatch busy = new CountDownLatch(NAMES.size());

    /**
     * Makes them known to the gateway, which need not run.
     *
     * @param jobs of both together
     * @param pauseMillis between two jobs of one at the least, at the most three and a half times as long
     */
    People(GatewayProcess gateway, ClusterUnderTest cluster, int jobs, int pauseMillis) throws IOException {
        this.gateway = gateway;
        this.cluster = cluster;
        this.jobs = jobs;
        this.pauseMillis = pauseMillis;
        for (String user : NAMES) {
            tokens.put(user, gateway.run("token", "create", "--user", user).strip());
        }
    }

    void begin(SplittableRandom random) {
        for (String user : NAMES) {
            SplittableRandom own = random.split();
            Thread.ofPlatform().daemon().name(user).start(() -> submit(user, own));
        }
    }

    boolean areBusy() {
        return busy.getCount() > 0;
    }

    /** Waits so long, or until they have handed in everything. */
    void watch(long millis) throws InterruptedException {
        busy.await(millis, TimeUnit.MILLISECONDS);
    }

    /** By key. */
    Map<String, Job> accepted() {
        return accepted;
    }

    private void submit(String user, SplittableRandom own) {
        try {
            for (int i = 0; i < jobs / NAMES.size(); i++) {
                String key = user + "-" + i;
                // Drawn once: the same key with another script would be another job's, and be refused.
                Order order = cluster.order(key, own);
                int id = -1;
                while (id < 0) {
                    id = send(user, key, order);
                }
                boolean cancelled = own.nextInt(10) == 0;
                accepted.put(key, new Job(id, order.tasks(), cancelled));
                if (cancelled) {
                    TimeUnit.MILLISECONDS.sleep(own.nextInt(3_000));
                    cancel(user, id);
                }
                if (i % 8 == 0) {
                    cluster.submitNative(user);
                }
                TimeUnit.MILLISECONDS.sleep(pauseMillis + own.nextInt(pauseMillis * 5 / 2));
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            busy.countDown();
        }
    }

    /** The job's id; -1 while there is no answer. */
    private int send(String user, String key, Order order) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/v1/jobs"))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(order.body().toString()));
        try {
            HttpResponse<String> answer = ask(user, request);
            if (answer.statusCode() == 201) {
                return JSON.readTree(answer.body()).get("id").asInt();
            }
            if (answer.statusCode() != 503 && answer.statusCode() != 429) {
                throw new IllegalStateException("unexpected answer " + answer.statusCode() + ": " + answer.body());
            }
        } catch (IOException unanswered) {
            // Nobody knows whether it was taken: once more, with the same key.
        }
        TimeUnit.MILLISECONDS.sleep(100);
        return -1;
    }

    private HttpResponse<String> ask(String user, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return gateway.client()
                .send(
                        request.timeout(Duration.ofSeconds(5))
                                .header("Authorization", "Bearer " + tokens.get(user))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private void cancel(String user, int id) throws InterruptedException {
        for (int tries = 0; tries < 100; tries++) {
            try {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(gateway.uri("/v1/jobs/" + id)).DELETE();
                if (ask(user, request).statusCode() < 500) {
                    return;
                }
            } catch (IOException unanswered) {
                // Once more: to cancel twice is to cancel.
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** How the gateway shows a job now. */
    JsonNode view(String key) throws IOException, InterruptedException {
        String user = key.substring(0, key.indexOf('-'));
        int id = Objects.requireNonNull(accepted.get(key), key).id();
        return JSON.readTree(
                ask(user, HttpRequest.newBuilder(gateway.uri("/v1/jobs/" + id))).body());
    }
}
