package dev.sluice.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thousand readers follow all events over SSE while jobs are accepted at a steady rate: how long after it was decided does each
 * reader have an event, its commit included. The peer is one reader alone.
 */
final class FollowBench {
    private static final int READERS = 1_000;
    private static final int EVENTS = 200;
    private static final int EVERY_MILLIS = 50;
    private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");

    private FollowBench() {}

    static void run(Report report) throws IOException, InterruptedException {
        Path directory = Directories.make("follow");
        try (Child door = Child.start(List.of("-Xmx1g"), Door.class, Door.Kind.GATEWAY.name(), directory.toString())) {
            int port = Integer.parseInt(door.await("port "));
            double[] one = measure(port, 1);
            long before = door.cpuMicros();
            double[] many = measure(port, READERS);
            double cpu = (door.cpuMicros() - before) / (double) (READERS * EVENTS);
            report.line("follow.1.p50", quantile(one, 0.5), "ms");
            report.line("follow.1.p99", quantile(one, 0.99), "ms");
            report.line("follow.1000.p50", quantile(many, 0.5), "ms");
            report.line("follow.1000.p99", quantile(many, 0.99), "ms");
            report.line("follow.1000.cpu", cpu, "us/event");
            report.line(
                    "follow.1000.delivered",
                    many.length / (double) (READERS * EVENTS),
                    "ratio",
                    new Report.Goal.AtLeast(1));
        } finally {
            Directories.remove(directory);
        }
    }

    /** Lags in milliseconds, one for each event that each reader got. */
    private static double[] measure(int port, int readers) throws IOException, InterruptedException {
        List<Reader> all = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < readers; i++) {
                all.add(new Reader(port, selector));
            }
            CountDownLatch connected = new CountDownLatch(1);
            Thread load = Thread.ofPlatform().start(() -> submit(port, connected));
            read(selector, all, connected, load);
            load.join();
        } finally {
            for (Reader reader : all) {
                reader.channel.close();
            }
        }
        return all.stream()
                .flatMapToDouble(reader -> reader.lags.stream().mapToDouble(d -> d))
                .toArray();
    }

    private static void read(Selector selector, List<Reader> all, CountDownLatch connected, Thread load)
            throws IOException {
        long idleSince = System.nanoTime();
        while (load.isAlive() || System.nanoTime() - idleSince < TimeUnit.SECONDS.toNanos(2)) {
            if (all.stream().allMatch(reader -> reader.open) && connected.getCount() > 0) {
                connected.countDown();
            }
            if (all.stream().allMatch(reader -> reader.lags.size() >= EVENTS)) {
                return;
            }
            if (selector.select(100) > 0) {
                idleSince = System.nanoTime();
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); keys.remove()) {
                    ((Reader) keys.next().attachment()).take();
                }
            }
        }
    }

    private static void submit(int port, CountDownLatch connected) {
        byte[] body = "{\"name\":\"event\",\"command\":[\"true\"]}".getBytes(StandardCharsets.UTF_8);
        try {
            connected.await();
            long next = System.nanoTime();
            for (int i = 0; i < EVENTS; i++) {
                HttpURLConnection post = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/v1/jobs")
                        .toURL()
                        .openConnection();
                post.setRequestMethod("POST");
                post.setDoOutput(true);
                post.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = post.getOutputStream()) {
                    out.write(body);
                }
                if (post.getResponseCode() != 201) {
                    throw new IllegalStateException("not accepted: " + post.getResponseCode());
                }
                post.getInputStream().close();
                next += TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
                new CountDownLatch(1).await(next - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static double quantile(double[] values, double q) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
    }

    /** One connection, whose data lines are taken apart just as far as is needed. */
    private static final class Reader {
        private final SocketChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
        private final StringBuilder text = new StringBuilder();
        private final List<Double> lags = new ArrayList<>();
        private boolean open;

        Reader(int port, Selector selector) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.write(ByteBuffer.wrap(
                    ("GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1:" + port + "\r\nAccept: text/event-stream\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void take() throws IOException {
            Instant now = Instant.now();
            int read = channel.read(buffer.clear());
            if (read < 0) {
                throw new IOException("a follower was cut off: " + text);
            }
            open = true;
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            int end;
            while ((end = text.indexOf("\n\n")) >= 0) {
                String event = text.substring(0, end);
                Matcher at = AT.matcher(event);
                if (event.contains("event: accepted") && at.find()) {
                    lags.add(java.time.Duration.between(Instant.parse(at.group(1)), now)
                                    .toNanos()
                            / 1e6);
                }
                text.delete(0, end + 2);
            }
        }
    }
}
