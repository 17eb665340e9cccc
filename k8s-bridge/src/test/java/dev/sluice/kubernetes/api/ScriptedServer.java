package dev.sluice.kubernetes.api;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An API server that answers by its script: what no real one can be made to say. */
public final class ScriptedServer implements AutoCloseable {
    /** What it does with a request. */
    sealed interface Answer {
        /** @param body as it is; a body that ends before its length is a cut one */
        record Says(int code, String body, int lengthBesides) implements Answer {}

        /** Takes the request, and says no more. */
        record Silence() implements Answer {}

        /** Lines as they come, and then its end. */
        record Lines(List<String> lines) implements Answer {}
    }

    private final HttpServer server;
    private final BlockingQueue<Answer> script = new LinkedBlockingQueue<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> namedUsers = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    public ScriptedServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public Config config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                .build();
    }

    ScriptedServer then(Answer answer) {
        script.add(answer);
        return this;
    }

    public ScriptedServer says(int code, String body) {
        return then(new Answer.Says(code, body, 0));
    }

    public ScriptedServer lines(String... lines) {
        return then(new Answer.Lines(List.of(lines)));
    }

    /** Method and address of each request, in order. */
    public List<String> asked() {
        return asked;
    }

    /** The users that requests were sent in the name of, in order; empty text for none. */
    List<String> namedUsers() {
        return namedUsers;
    }

    private void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        String user = exchange.getRequestHeaders().getFirst("Impersonate-User");
        namedUsers.add(user == null ? "" : user);
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        Answer next = script.poll();
        try (exchange) {
            switch (next == null ? new Answer.Silence() : next) {
                case Answer.Says says -> {
                    byte[] body = says.body().getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(says.code(), body.length + says.lengthBesides());
                    exchange.getResponseBody().write(body);
                }
                case Answer.Silence silence -> closing.await();
                case Answer.Lines lines -> {
                    exchange.sendResponseHeaders(200, 0);
                    try (OutputStream out = exchange.getResponseBody()) {
                        for (String line : lines.lines()) {
                            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                            out.flush();
                        }
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
    }
}
