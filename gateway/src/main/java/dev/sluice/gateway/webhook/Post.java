package dev.sluice.gateway.webhook;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts a body to a URL over an address that was checked. Blocking, for any thread.
 *
 * <p>The name is resolved once, each of its addresses is checked, and the connection goes to one of those: a second resolution,
 * as every HTTP client makes of its own, could answer otherwise. TLS still verifies the name. No redirect is followed, no
 * credential is sent, and of the answer only the status is read.
 */
final class Post implements AutoCloseable {
    private static final int MAX_HEAD = 16_384;
    private static final int MAX_ADDRESSES = 3;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2})( .*)?");

    private final AddressRules rules;
    private final Resolver resolver;
    private final SSLSocketFactory tls;
    private final Duration timeout;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("webhook-deadlines").daemon().factory());

    /** How a name becomes addresses. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** What came of it. */
    sealed interface Outcome {
        record Answered(int status) implements Outcome {}

        /** It must not go there. Trying again is of no use until name or settings change. */
        record Refused(String why) implements Outcome {}

        record Failed(String why) implements Outcome {}
    }

    Post(AddressRules rules, Resolver resolver, SSLSocketFactory tls, Duration timeout) {
        this.rules = rules;
        this.resolver = resolver;
        this.tls = tls;
        this.timeout = timeout;
    }

    /** Where a URL leads. */
    record Target(boolean secure, String host, int port, String path) {
        /** @throws URISyntaxException when it is no URL that may be posted to */
        static Target of(String url) throws URISyntaxException {
            URI uri = new URI(new URI(url).toASCIIString());
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            boolean secure = scheme.equals("https");
            if (!secure && !scheme.equals("http")) {
                throw new URISyntaxException(url, "expected http or https");
            }
            if (uri.getHost() == null || uri.getRawUserInfo() != null) {
                throw new URISyntaxException(url, "expected a host, and no user");
            }
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            int standard = secure ? 443 : 80;
            return new Target(secure, uri.getHost(), uri.getPort() < 0 ? standard : uri.getPort(), path + query);
        }

        /** The host as it is resolved and verified: an IPv6 literal without its brackets. */
        String name() {
            return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        }

        private String authority() {
            return port == (secure ? 443 : 80) ? host : host + ":" + port;
        }
    }

    Outcome post(String url, Map<String, String> headers, byte[] body) {
        long end = System.nanoTime() + timeout.toNanos();
        Target target;
        InetAddress[] addresses;
        try {
            target = Target.of(url);
            addresses = resolver.resolve(target.name());
        } catch (URISyntaxException e) {
            return new Outcome.Refused(e.getReason());
        } catch (UnknownHostException e) {
            return new Outcome.Failed("the host's name does not resolve");
        }
        for (InetAddress address : addresses) {
            if (!rules.mayReach(address)) {
                return new Outcome.Refused("its address %s is not public, and webhooks.allow does not name it"
                        .formatted(address.getHostAddress()));
            }
        }
        Outcome last = new Outcome.Failed("the host has no address");
        for (InetAddress address : List.of(addresses).subList(0, Math.min(addresses.length, MAX_ADDRESSES))) {
            try {
                return new Outcome.Answered(exchange(target, address, head(target, headers, body), body, end));
            } catch (Unreachable e) {
                last = new Outcome.Failed(e.why);
            } catch (IOException e) {
                return new Outcome.Failed(
                        System.nanoTime() - end >= 0
                                ? "no answer within " + timeout.toSeconds() + " s"
                                : e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
        return last;
    }

    /** No byte of the request has left. */
    private static final class Unreachable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String why;

        Unreachable(String why) {
            super(why);
            this.why = why;
        }
    }

    private int exchange(Target target, InetAddress address, byte[] head, byte[] body, long end)
            throws IOException, Unreachable {
        try (Socket plain = new Socket()) {
            // Reads have a time-out each; a server that sends a byte now and then is ended by this.
            ScheduledFuture<?> guard =
                    deadlines.schedule(() -> cut(plain), Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            try {
                connect(plain, new InetSocketAddress(address, target.port()), end);
                plain.setSoTimeout(millis(end));
                return target.secure()
                        ? overTls(target, plain, head, body)
                        : talk(plain.getInputStream(), plain.getOutputStream(), head, body);
            } finally {
                guard.cancel(false);
            }
        }
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void connect(Socket socket, InetSocketAddress to, long end) throws Unreachable {
        try {
            socket.connect(to, millis(end));
        } catch (IOException e) {
            throw new Unreachable(
                    e instanceof SocketTimeoutException ? "no connection in time" : "no connection: " + e.getMessage());
        }
    }

    private static int millis(long end) {
        return (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
    }

    private int overTls(Target target, Socket plain, byte[] head, byte[] body) throws IOException {
        try (SSLSocket socket = (SSLSocket) tls.createSocket(plain, target.name(), target.port(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return talk(socket.getInputStream(), socket.getOutputStream(), head, body);
        }
    }

    private static byte[] head(Target target, Map<String, String> headers, byte[] body) {
        StringBuilder head = new StringBuilder(512);
        head.append("POST ").append(target.path()).append(" HTTP/1.1\r\nHost: ").append(target.authority());
        head.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(body.length);
        head.append("\r\nUser-Agent: sluice\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int talk(InputStream in, OutputStream out, byte[] head, byte[] body) throws IOException {
        byte[] request = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        out.write(request);
        out.flush();
        InputStream answer = new BufferedInputStream(in);
        int left = MAX_HEAD;
        int status = 0;
        while (status < 200) {
            String line = line(answer, left);
            var matcher = STATUS.matcher(line);
            if (!matcher.matches()) {
                throw new IOException("the answer is not HTTP/1.1");
            }
            status = Integer.parseInt(matcher.group(1));
            left -= line.length();
            while (status < 200 && !line.isEmpty()) {
                line = line(answer, left);
                left -= line.length() + 2;
            }
        }
        return status;
    }

    private static String line(InputStream in, int most) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the answer ended early");
            }
            if (line.length() >= most) {
                throw new IOException("the answer's head is longer than " + MAX_HEAD + " bytes");
            }
            line.append((char) c);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
