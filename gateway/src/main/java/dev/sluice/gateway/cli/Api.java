package dev.sluice.gateway.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The gateway's HTTP interface, as commands use it. Every way in which it can fail is a {@link Failure} with its exit code.
 *
 * <p>By HttpURLConnection, for {@code java.net.http} costs half a second of start-up. Busy answers (429, 503) are tried again as their
 * {@code Retry-After} says, up to a minute in all; a broken connection once more where that is safe.
 */
final class Api {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_PROBLEM = 1 << 20;
    private static final String JSON_TYPE = "application/json";

    private final Console console;
    private final Access access;

    Api(Console console, Access access) {
        this.console = console;
        this.access = access;
        // Else it sends a POST again by itself when a connection breaks, whatever that POST was.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    Console console() {
        return console;
    }

    /** What a request does when it is made twice. */
    enum Twice {
        SAME,
        /** It would be done twice: never sent again once it may have arrived. */
        AGAIN
    }

    /**
     * A request.
     *
     * @param body empty for none
     * @param silence how long nothing may come
     */
    record Request(
            String method,
            Query query,
            Map<String, String> headers,
            Optional<byte[]> body,
            Twice twice,
            Duration silence) {
        static Request get(Query query) {
            return new Request("GET", query, Map.of("Accept", JSON_TYPE), Optional.empty(), Twice.SAME, ANSWER);
        }

        static Request delete(Query query) {
            return new Request("DELETE", query, Map.of("Accept", JSON_TYPE), Optional.empty(), Twice.SAME, ANSWER);
        }

        static Request post(Query query, Twice twice) {
            return new Request("POST", query, Map.of("Accept", JSON_TYPE), Optional.of(new byte[0]), twice, ANSWER);
        }

        /** @param key makes it safe to send twice */
        static Request post(Query query, JsonNode body, String key) throws Failure {
            Map<String, String> headers =
                    Map.of("Accept", JSON_TYPE, "Content-Type", JSON_TYPE, "Idempotency-Key", key);
            return new Request("POST", query, headers, Optional.of(bytes(body)), Twice.SAME, ANSWER);
        }

        Request accepting(String type, Map<String, String> more, Duration silence) {
            Map<String, String> all = new HashMap<>(headers);
            all.put("Accept", type);
            all.putAll(more);
            return new Request(method, query, all, body, twice, silence);
        }
    }

    static byte[] bytes(JsonNode json) throws Failure {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw Failure.usage("expected text that JSON can carry, found a character that it cannot");
        }
    }

    JsonNode get(Query query) throws Failure {
        return ask(Request.get(query));
    }

    /** An answer in JSON; a missing node where the body is empty. */
    JsonNode ask(Request request) throws Failure {
        byte[] answer;
        try (InputStream in = open(request)) {
            answer = in.readAllBytes();
        } catch (IOException e) {
            throw unreachable("broke off its answer (" + reason(e) + ")");
        }
        try {
            return JSON.readTree(answer);
        } catch (IOException e) {
            throw new Failure(
                    Exit.BROKEN, "expected JSON from " + access.base() + ", found something else: is that a gateway?");
        }
    }

    /** Opens the body of an answer that says yes; the caller closes it. */
    InputStream open(Request request) throws Failure {
        Duration waited = Duration.ZERO;
        Twice twice = request.twice();
        while (true) {
            Answer answer = once(request);
            switch (answer) {
                case Answer.Yes(InputStream body) -> {
                    return body;
                }
                case Answer.No(Failure failure, Optional<Duration> again) -> {
                    if (again.isEmpty() || waited.plus(again.get()).compareTo(PATIENCE) > 0) {
                        throw failure;
                    }
                    waited = waited.plus(again.get());
                    console.rest(again.get());
                }
                case Answer.Lost(Failure failure) -> {
                    if (twice == Twice.AGAIN) {
                        throw failure;
                    }
                    twice = Twice.AGAIN;
                    console.rest(Duration.ofMillis(300));
                }
            }
        }
    }

    private sealed interface Answer {
        record Yes(InputStream body) implements Answer {}

        record No(Failure failure, Optional<Duration> again) implements Answer {}

        /** The request may have arrived, and no answer did. */
        record Lost(Failure failure) implements Answer {}
    }

    private Answer once(Request request) throws Failure {
        try {
            HttpURLConnection connection = connect(request);
            int status = connection.getResponseCode();
            if (status >= 200 && status < 300) {
                return new Answer.Yes(connection.getInputStream());
            }
            return refusal(connection, status);
        } catch (ConnectException | UnknownHostException | NoRouteToHostException e) {
            throw unreachable("does not answer (" + reason(e) + ")");
        } catch (SocketTimeoutException e) {
            boolean connecting =
                    String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("connect");
            return connecting
                    ? new Answer.No(unreachable("does not answer"), Optional.empty())
                    : new Answer.Lost(unreachable("took the request and does not answer"));
        } catch (IOException e) {
            return new Answer.Lost(unreachable("closed the connection (" + reason(e) + ")"));
        }
    }

    private HttpURLConnection connect(Request request) throws IOException {
        URI uri = URI.create(access.base() + request.query().toString());
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) request.silence().toMillis());
        connection.setRequestMethod(request.method());
        connection.setRequestProperty("User-Agent", "sluice");
        request.headers().forEach(connection::setRequestProperty);
        access.token().ifPresent(token -> connection.setRequestProperty("Authorization", "Bearer " + token));
        if (request.body().isPresent()) {
            byte[] body = request.body().get();
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            write(connection, body);
        }
        return connection;
    }

    private static void write(HttpURLConnection connection, byte[] body) throws IOException {
        OutputStream out = connection.getOutputStream();
        try {
            out.write(body);
            out.close();
        } catch (IOException e) {
            // A gateway that refuses a large body closes before it has read it all; then the answer says why.
            if (connection.getResponseCode() < 0) {
                throw e;
            }
        }
    }

    private Answer refusal(HttpURLConnection connection, int status) {
        Failure failure = new Failure(exit(status), Problems.text(status, body(connection), access), status);
        boolean busy = status == 429 || status == 503;
        return new Answer.No(failure, busy ? Optional.of(retryAfter(connection)) : Optional.empty());
    }

    private static Exit exit(int status) {
        return switch (status) {
            case 404 -> Exit.FAILED;
            case 429, 503 -> Exit.BUSY;
            default -> status >= 400 && status < 500 ? Exit.REFUSED : Exit.BROKEN;
        };
    }

    private static JsonNode body(HttpURLConnection connection) {
        try (InputStream in = connection.getErrorStream()) {
            return in == null ? JSON.missingNode() : JSON.readTree(in.readNBytes(MOST_PROBLEM));
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    private static Duration retryAfter(HttpURLConnection connection) {
        String seconds = connection.getHeaderField("Retry-After");
        return Duration.ofSeconds(seconds != null && seconds.matches("\\d{1,4}") ? Long.parseLong(seconds) : 1);
    }

    private Failure unreachable(String how) {
        return new Failure(
                Exit.UNREACHABLE,
                "the gateway at " + access.base() + " " + how
                        + "; start one with 'sluice serve', or say where it is with --url or $SLUICE_URL");
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }
}
