package dev.sluice.kubernetes.api;

import dev.sluice.job.Refusal;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Calls to one API server, from any thread. Each is sent once, and the server is told when to give up on it, so that none acts later
 * than {@link #patience} after it was sent. fabric8's client brings credentials and TLS; its own calls would try again by themselves.
 */
public final class Api implements AutoCloseable {
    static final String JSON = "application/json";
    static final String MERGE_PATCH = "application/merge-patch+json";
    static final String JSON_PATCH = "application/json-patch+json";

    private static final String IMPERSONATE = "Impersonate-User";

    /** Of a list, in one answer. */
    private static final int PAGE = 500;

    /** How much longer than the server we wait: for its own word that it gave up. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int GONE = 410;
    private static final int TOO_LARGE = 413;
    private static final int INVALID = 422;
    private static final int BAD_REQUEST = 400;

    private final KubernetesClient client;
    private final HttpClient http;
    private final KubernetesSerialization json;
    private final String server;
    private final Duration patience;

    /** How users are called there, by their account's name; empty: they are not. */
    private final Optional<String> users;

    /** On whose behalf this writes; empty: its own. */
    private final Optional<String> user;

    private Api(KubernetesClient client, Duration patience, Optional<String> users, Optional<String> user) {
        this.users = users;
        this.user = user;
        this.client = client;
        this.http = client.getHttpClient();
        this.json = client.getKubernetesSerialization();
        this.server = client.getMasterUrl().toString().replaceAll("/+$", "");
        this.patience = patience;
    }

    /**
     * Makes no call.
     *
     * @param patience for how long a call is waited for, whole seconds, one at the least
     */
    public static Api to(Config config, Duration patience) {
        Config once = new ConfigBuilder(config)
                .withRequestRetryBackoffLimit(0)
                .withConnectionTimeout((int) patience.toMillis())
                .withRequestTimeout((int) patience.plus(MARGIN).toMillis())
                .build();
        return new Api(
                new KubernetesClientBuilder().withConfig(once).build(), patience, Optional.empty(), Optional.empty());
    }

    /**
     * The cluster of the current context of a kubeconfig. Nothing else is looked at: no environment, no home directory.
     *
     * @throws IOException when it cannot be read, or names no cluster
     */
    public static Api of(Path kubeconfig, Duration patience) throws IOException {
        if (!Files.isReadable(kubeconfig)) {
            throw new IOException(kubeconfig + " cannot be read");
        }
        Config config;
        try {
            config = Config.fromKubeconfig(kubeconfig.toFile());
        } catch (RuntimeException e) {
            throw new IOException(kubeconfig + " is no kubeconfig: " + e.getMessage(), e);
        }
        if (config.getCurrentContext() == null) {
            throw new IOException(kubeconfig + " has no current context, or none of that name");
        }
        return to(config, patience);
    }

    /** The cluster that we run in, as the service account of our pod (Kubernetes, "Accessing the API from a Pod"). */
    public static Api ofThisPod(Duration patience) {
        Path account = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(
                        "https://" + System.getenv().getOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc")
                                + ":" + System.getenv().getOrDefault("KUBERNETES_SERVICE_PORT", "443"))
                .withCaCertFile(account.resolve("ca.crt").toString())
                // Kubernetes renews it each hour.
                .withOauthTokenProvider(() -> token(account.resolve("token")))
                .build();
        return to(config, patience);
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token of our pod's service account", e);
        }
    }

    /**
     * The same server, where what is written on behalf of somebody is written as that user (Kubernetes, "User impersonation"): his rights
     * hold, and the cluster's audit has his name beside ours. Closing either closes both.
     *
     * @param named the name of a user there, {@code %u} for his account's
     */
    public Api namingUsers(String named) {
        return new Api(client, patience, Optional.of(named), Optional.empty());
    }

    /** What writes on behalf of an account's user; the same as before where users are not named. Reads are ours always. */
    public Api actingFor(String account) {
        return users.<Api>map(named -> new Api(client, patience, users, Optional.of(named.replace("%u", account))))
                .orElse(this);
    }

    /** How long after it was sent a call may act at the most. */
    public Duration patience() {
        return patience.plus(MARGIN);
    }

    public <T> Reply<T> get(String path, Class<T> type) {
        return read(send(request(path).build()), type);
    }

    public <T> Reply<T> post(String path, Object body, Class<T> type) {
        return read(send(body("POST", path, JSON, body)), type);
    }

    /** Changes what the patch names (RFC 7386); with {@code metadata.uid} and {@code resourceVersion} in it, only that object and version. */
    public <T> Reply<T> patch(String path, Map<String, ?> patch, Class<T> type) {
        return read(send(body("PATCH", path, MERGE_PATCH, patch)), type);
    }

    /** Does all of the operations or, where one of them is a test that fails, none (RFC 6902): that is refused as {@code invalid}. */
    public <T> Reply<T> patch(String path, List<Map<String, ?>> operations, Class<T> type) {
        return read(send(body("PATCH", path, JSON_PATCH, operations)), type);
    }

    /**
     * Deletes an object if it is the one that was meant.
     *
     * @param options as meta/v1 has DeleteOptions: preconditions, propagationPolicy, gracePeriodSeconds
     */
    public Reply<String> delete(String path, Map<String, ?> options) {
        return send(body("DELETE", path, JSON, options)).map(Api::text);
    }

    /** A whole list, and the version it was taken at. */
    public record Listed<T>(List<T> items, String version) {}

    /**
     * All that matches, as it is now: no version is named, so that a cache of the server's must be up to date (Kubernetes, "API
     * concepts", resourceVersion unset).
     *
     * @param query as in an address, {@code labelSelector=…}; empty for none
     * @param kept what of each object is kept in memory, page by page
     */
    public <T extends HasMetadata, L extends KubernetesResourceList<T>> Reply<Listed<T>> list(
            String path, String query, Class<L> type, UnaryOperator<T> kept) {
        List<T> items = new ArrayList<>();
        String version = "";
        String mark = "";
        do {
            String more = mark.isEmpty() ? "" : "&continue=" + Query.encoded(mark);
            Reply<L> page = get(path + "?limit=" + PAGE + (query.isEmpty() ? "" : "&" + query) + more, type);
            if (!(page instanceof Reply.Said<L>(L said))) {
                return page.map(unused -> new Listed<T>(List.of(), ""));
            }
            said.getItems().forEach(item -> items.add(kept.apply(item)));
            ListMeta meta = said.getMetadata();
            version = version.isEmpty() ? meta.getResourceVersion() : version;
            mark = meta.getContinue() == null ? "" : meta.getContinue();
        } while (!mark.isEmpty());
        return new Reply.Said<>(new Listed<>(List.copyOf(items), version));
    }

    /** The body as it comes, which its reader closes; it ends when the server ends it. */
    Reply<InputStream> stream(String path) {
        HttpRequest request = request(path).forStreaming().build();
        CompletableFuture<HttpResponse<InputStream>> sent = http.sendAsync(request, InputStream.class);
        return switch (await(sent, path)) {
            case Reply.Said<HttpResponse<InputStream>>(HttpResponse<InputStream> response) -> {
                if (response.isSuccessful()) {
                    yield new Reply.Said<>(response.body());
                }
                try (InputStream body = response.body()) {
                    yield refusal(response.code(), body.readAllBytes());
                } catch (IOException e) {
                    yield Reply.unknown(path + ": " + e);
                }
            }
            case Reply.Unknown<HttpResponse<InputStream>> unknown -> new Reply.Unknown<>(unknown.doubt());
            case Reply.Absent<HttpResponse<InputStream>> absent -> Reply.unknown(absent.message());
            case Reply.Conflict<HttpResponse<InputStream>> conflict -> Reply.unknown(conflict.message());
            case Reply.Refused<HttpResponse<InputStream>> refused -> new Reply.Refused<>(refused.refusal());
        };
    }

    /**
     * A part of a body.
     *
     * @param from where it lies in the body: the offset that was asked for, less where the body ends before that
     * @param isLast whether it is the last of it that there is
     */
    public record Part(byte[] bytes, long from, boolean isLast) {}

    /** What of a body lies behind an offset, {@code most} bytes of it at the most; what lies before is read and left. */
    public Reply<Part> bytes(String path, long offset, int most) {
        Reply<InputStream> reply = stream(path);
        if (!(reply instanceof Reply.Said<InputStream>(InputStream body))) {
            return reply.map(unused -> new Part(new byte[0], offset, false));
        }
        CountDownLatch read = closeAfter(body, patience());
        try (body) {
            for (long left = offset; left > 0; ) {
                long skipped = body.skip(left);
                if (skipped == 0 && body.read() < 0) {
                    return new Reply.Said<>(new Part(new byte[0], offset - left, true));
                }
                left -= Math.max(1, skipped);
            }
            byte[] part = body.readNBytes(most);
            return new Reply.Said<>(new Part(part, offset, part.length < most));
        } catch (IOException e) {
            return Reply.unknown(path + ": " + e);
        } finally {
            read.countDown();
        }
    }

    /** Closes it so much later, unless it was read by then: a reader of a server that says no more would wait for ever. */
    static CountDownLatch closeAfter(InputStream body, Duration time) {
        CountDownLatch read = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                if (!read.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                    body.close();
                }
            } catch (InterruptedException | IOException e) {
                // It was at its end.
                Thread.currentThread().interrupt();
            }
        });
        return read;
    }

    KubernetesSerialization json() {
        return json;
    }

    private HttpRequest.Builder request(String path) {
        return http.newHttpRequestBuilder().uri(server + path);
    }

    private HttpRequest body(String method, String path, String type, Object body) {
        // The server's own limit for the whole call; without it, it may go on for a minute after we left.
        String limited = path + (path.contains("?") ? "&" : "?") + "timeout=" + patience.toSeconds() + "s";
        HttpRequest.Builder request = request(limited).method(method, type, json.asJson(body));
        user.ifPresent(name -> request.header(IMPERSONATE, name));
        return request.build();
    }

    private Reply<byte[]> send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> sent = http.sendAsync(request, byte[].class);
        Reply<HttpResponse<byte[]>> reply =
                await(sent, request.method() + " " + request.uri().getPath());
        if (!(reply instanceof Reply.Said<HttpResponse<byte[]>>(HttpResponse<byte[]> response))) {
            return reply.map(unused -> new byte[0]);
        }
        byte[] body = response.body() == null ? new byte[0] : response.body();
        return response.isSuccessful() ? new Reply.Said<>(body) : refusal(response.code(), body);
    }

    private <T> Reply<T> await(CompletableFuture<T> sent, String what) {
        try {
            return new Reply.Said<>(sent.get(patience.plus(MARGIN).plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            return Reply.unknown(what + ": interrupted");
        } catch (TimeoutException e) {
            sent.cancel(true);
            return Reply.unknown(what + ": no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            return Reply.unknown(what + ": " + e.getCause());
        }
    }

    private <T> Reply<T> read(Reply<byte[]> reply, Class<T> type) {
        if (!(reply instanceof Reply.Said<byte[]>(byte[] body))) {
            return reply.map(unused -> {
                throw new IllegalStateException("nothing was said");
            });
        }
        try {
            return new Reply.Said<>(json.unmarshal(text(body), type));
        } catch (RuntimeException e) {
            // What the library throws on a cut or foreign answer; it may have been done all the same.
            return Reply.unknown("an answer that is no " + type.getSimpleName() + ": " + e.getMessage());
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** A status of the API's own; whatever else comes back is somebody between us and it. */
    private <T> Reply<T> refusal(int code, byte[] body) {
        Status status;
        try {
            status = json.unmarshal(text(body), Status.class);
        } catch (RuntimeException e) {
            return Reply.unknown("HTTP " + code + " without a status of Kubernetes'");
        }
        if (status == null || !"Failure".equals(status.getStatus())) {
            return Reply.unknown("HTTP " + code + " without a status of Kubernetes'");
        }
        String message = status.getMessage() == null ? "HTTP " + code : status.getMessage();
        String reason = status.getReason() == null ? "" : status.getReason();
        return switch (code) {
            case NOT_FOUND -> new Reply.Absent<>(message);
            case CONFLICT, GONE -> new Reply.Conflict<>(reason, message);
            // Quotas and rights: both may change.
            case FORBIDDEN ->
                new Reply.Refused<>(Refusal.later(message.contains("exceeded quota") ? "quota" : "forbidden", message));
            case BAD_REQUEST, TOO_LARGE, INVALID -> new Reply.Refused<>(Refusal.never("invalid", message));
            default -> Reply.unknown("HTTP " + code + ": " + message);
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
