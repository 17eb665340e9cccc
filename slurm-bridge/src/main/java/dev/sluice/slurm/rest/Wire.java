package dev.sluice.slurm.rest;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * HTTP to one slurmrestd: keep-alive connections, so many requests at once and no more, answers within bounds of time and size.
 * Sends each request once. Safe for any number of threads.
 */
final class Wire implements AutoCloseable {
    /**
     * Reads what slurmrestd writes. Bytes that are no UTF-8 become U+FFFD (FAULTS.md, F27) and infinite numbers are let pass:
     * one odd job must not hide all others.
     */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    static {
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(64).build());
    }

    /** Reads a list while it arrives. */
    interface Reader<T> {
        T read(java.io.Reader text) throws IOException;
    }

    /** What came of reading a list: the thing itself, or an answer that is no list. */
    sealed interface Listing<T> {
        record Read<T>(T value) implements Listing<T> {}

        record Other<T>(Reply reply) implements Listing<T> {}
    }

    record Call(String method, String path, byte[] body, Instant until) {
        static Call get(String path) {
            return new Call("GET", path, new byte[0], Instant.MAX);
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final RestSettings settings;
    private final InstantSource clock;
    private final HttpClient client;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore lanes;
    private final String base;

    Wire(RestSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.lanes = new Semaphore(settings.width(), true);
        String address = settings.address().toString();
        this.base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .executor(executor)
                .build();
    }

    Reply send(Call call, String user, Token token) {
        return exchange(call, settings.requestTimeout(), deadline -> {
            HttpResponse<byte[]> response = await(
                    client.sendAsync(
                            request(call, user, token, settings.requestTimeout()),
                            HttpResponse.BodyHandlers.limiting(
                                    HttpResponse.BodyHandlers.ofByteArray(), settings.maxAnswerBytes())),
                    deadline);
            return reply(response.statusCode(), isJson(response), response.body());
        });
    }

    /** Reads a list as it arrives; nothing of it is kept but what the reader keeps. */
    <T> Listing<T> list(Call call, String user, Token token, Reader<T> reader) {
        ListingHolder<T> holder = new ListingHolder<>();
        Reply reply = exchange(call, settings.listTimeout(), deadline -> {
            HttpResponse<InputStream> response = await(
                    client.sendAsync(
                            request(call, user, token, settings.listTimeout()),
                            HttpResponse.BodyHandlers.limiting(
                                    HttpResponse.BodyHandlers.ofInputStream(), settings.maxListBytes())),
                    deadline);
            try (InputStream body = response.body()) {
                CompletableFuture<Void> late = CompletableFuture.runAsync(
                        () -> closeQuietly(body),
                        CompletableFuture.delayedExecutor(
                                Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS, executor));
                try {
                    if (response.statusCode() != 200 || !isJson(response)) {
                        return reply(
                                response.statusCode(), isJson(response), body.readNBytes(settings.maxAnswerBytes()));
                    }
                    holder.listing =
                            new Listing.Read<>(reader.read(new InputStreamReader(body, StandardCharsets.UTF_8)));
                    return new Reply.Text(200);
                } finally {
                    late.cancel(false);
                }
            }
        });
        Listing<T> read = holder.listing;
        return read != null ? read : new Listing.Other<>(reply);
    }

    private static final class ListingHolder<T> {
        @org.jspecify.annotations.Nullable
        Listing<T> listing;
    }

    private interface Exchange {
        Reply run(long deadlineNanos) throws IOException, InterruptedException, ExecutionException, TimeoutException;
    }

    private Reply exchange(Call call, Duration limit, Exchange exchange) {
        boolean held = false;
        long deadline = Long.MAX_VALUE;
        try {
            held = lanes.tryAcquire(settings.requestTimeout().toMillis(), TimeUnit.MILLISECONDS);
            if (!held) {
                return new Reply.Lost("no lane became free: " + settings.width() + " requests are under way");
            }
            if (!clock.instant().isBefore(call.until())) {
                return new Reply.Lost("its fence had passed: nothing was sent");
            }
            deadline = System.nanoTime() + limit.toNanos();
            return exchange.run(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Lost("interrupted");
        } catch (TimeoutException e) {
            return new Reply.Lost("no answer within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            return new Reply.Lost(reason(e.getCause(), deadline));
        } catch (IOException e) {
            return new Reply.Lost(reason(e, deadline));
        } finally {
            if (held) {
                lanes.release();
            }
        }
    }

    /** Exceptions of the client name hosts and ports at most; their messages are no part of an answer all the same. */
    private static String reason(@Nullable Throwable error, long deadline) {
        return switch (error) {
            case JobLists.Malformed e -> String.valueOf(e.getMessage());
            case IOException e when System.nanoTime() >= deadline -> "no whole answer in time";
            case HttpTimeoutException e -> "no answer in time";
            case ConnectException e -> "slurmrestd takes no connection";
            case JacksonException e -> "the answer is no whole JSON";
            case IOException e when exceeds(e) -> "the answer is larger than this gateway's limit for it";
            case null, default -> "the connection broke before the answer was whole";
        };
    }

    /** The JDK's own words, of the exception or of what lies beneath it (BodySubscribers.limiting). */
    private static boolean exceeds(Throwable error) {
        for (Throwable one = error; one != null; one = one.getCause()) {
            if (String.valueOf(one.getMessage()).startsWith("body exceeds capacity")) {
                return true;
            }
        }
        return false;
    }

    private <T> T await(CompletableFuture<T> answer, long deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } finally {
            // Cancels the exchange where it still goes on, so that its connection is closed.
            answer.cancel(true);
        }
    }

    private HttpRequest request(Call call, String user, Token token, Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base + call.path()))
                .timeout(timeout)
                .header("X-SLURM-USER-NAME", user)
                .header("X-SLURM-USER-TOKEN", token.text())
                .header("Accept", "application/json");
        if (call.body().length == 0) {
            return builder.method(call.method(), HttpRequest.BodyPublishers.noBody())
                    .build();
        }
        return builder.header("Content-Type", "application/json")
                .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(call.body()))
                .build();
    }

    private static boolean isJson(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.startsWith("application/json"))
                .isPresent();
    }

    private static Reply reply(int status, boolean json, byte[] body) {
        if (!json) {
            return new Reply.Text(status);
        }
        try {
            JsonNode tree = MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
            return tree.isObject()
                    ? new Reply.Json(status, tree)
                    : new Reply.Lost("HTTP " + status + " with JSON that is no object");
        } catch (IOException e) {
            return new Reply.Lost("HTTP " + status + " with an answer that is no whole JSON");
        }
    }

    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // It is closed to end a read that takes too long: the reader tells.
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        executor.shutdownNow();
    }
}
