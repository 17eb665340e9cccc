package dev.sluice.gateway.http;

import dev.sluice.job.InvalidValue;
import dev.sluice.settings.Setting;
import dev.sluice.settings.Setting.Spelling;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Where the gateway listens, and how much it takes from whom. What is beyond a bound is refused, never dropped. */
public record HttpSettings(
        @Setting(
                text =
                        "The address to listen on, as HOST:PORT; port 0 for any free one. Another than a loopback address"
                                + " needs a token to have been made before.",
                fallback = "127.0.0.1:7171")
        String listen,

        @Setting(text = "How many threads turn requests.", fallback = "2", least = "1", most = "64")
        int eventLoops,

        @Setting(
                text = "How many connections are open at once. One more is answered with 503 and closed.",
                fallback = "8192",
                least = "16",
                most = "1000000")
        int maxConnections,

        @Setting(
                text = "How many requests are under way at once, streams aside. One more is answered with 503.",
                fallback = "4096",
                least = "1",
                most = "1000000")
        int maxRequests,

        @Setting(
                text = "How many reads of the disk or of clusters are under way at once.",
                fallback = "64",
                least = "1",
                most = "10000")
        int maxReads,

        @Setting(
                text = "How many reads wait for their turn. One more is answered with 503.",
                fallback = "1024",
                least = "0",
                most = "100000")
        int maxWaitingReads,

        @Setting(
                text = "How long a new connection may take to send the head of its first request.",
                fallback = "10s",
                least = "1s",
                most = "10m")
        Duration headTimeout,

        @Setting(
                text = "How long a body, or a line of a streamed one, may take to come in.",
                fallback = "30s",
                least = "1s",
                most = "1h")
        Duration bodyTimeout,

        @Setting(
                text = "How long a connection stays open without a request, the head of the next one included.",
                fallback = "75s",
                least = "1s",
                most = "1h")
        Duration keepAlive,

        @Setting(
                text = "The longest request line.",
                fallback = "8KiB",
                least = "512B",
                most = "64KiB",
                spelling = Spelling.BYTES)
        int maxRequestLine,

        @Setting(
                text = "The largest head of a request, in all.",
                fallback = "16KiB",
                least = "1KiB",
                most = "1MiB",
                spelling = Spelling.BYTES)
        int maxHead,

        @Setting(
                text = "The largest body of one job, and the longest line of a streamed body.",
                fallback = "8MiB",
                least = "1KiB",
                most = "64MiB",
                spelling = Spelling.BYTES)
        int maxBody,

        @Setting(
                text = "The largest body with an array of jobs.",
                fallback = "32MiB",
                least = "1KiB",
                most = "256MiB",
                spelling = Spelling.BYTES)
        int maxArrayBody,

        @Setting(
                text = "How much of bodies is held in memory at once, of all requests together. A request that would go"
                        + " beyond it is answered with 503.",
                fallback = "256MiB",
                least = "1MiB",
                most = "64GiB",
                spelling = Spelling.BYTES)
        long maxBuffered,

        @Setting(
                text = "How many lines a streamed body may have.",
                fallback = "100000",
                least = "1",
                most = "100000000")
        int maxLines,

        @Setting(
                text = "How many lines of a streamed body are under way at once.",
                fallback = "256",
                least = "1",
                most = "10000")
        int linesAhead,

        @Setting(
                text = "How many requests a second a user may make for long. Beyond, they are answered with 429.",
                fallback = "100000",
                least = "1",
                most = "10000000")
        int rate,

        @Setting(
                text = "How many requests a user may make at once, before his rate counts.",
                fallback = "100000",
                least = "1",
                most = "10000000")
        int burst,

        @Setting(
                text = "How many followers of events there are at once.",
                fallback = "4096",
                least = "0",
                most = "1000000")
        int maxFollowers,

        @Setting(text = "How many logs are read or followed at once.", fallback = "256", least = "0", most = "10000")
        int maxLogs,

        @Setting(
                text = "How many followers of events and logs one user has at once.",
                fallback = "2048",
                least = "1",
                most = "1000000")
        int maxStreamsPerUser,

        @Setting(
                text = "How many of the newest events are kept in memory for followers.",
                fallback = "8192",
                least = "16",
                most = "1000000")
        int recentEvents,

        @Setting(
                text = "How long after the last byte a follower of events gets a comment, so that nobody takes the"
                        + " connection for dead.",
                fallback = "15s",
                least = "1s",
                most = "10m")
        Duration heartbeat,

        @Setting(
                text = "How long a follower may read nothing of what waits for him.",
                fallback = "1m",
                least = "1s",
                most = "1h")
        Duration slowReader,

        @Setting(
                text = "How long requests under way may take to end when the gateway stops.",
                fallback = "20s",
                least = "0s",
                most = "10m")
        Duration grace) {

    /** @throws InvalidValue unless {@code listen} is a host and a port */
    public HttpSettings {
        address(listen);
        if (maxArrayBody < maxBody) {
            throw new InvalidValue("max-array-body", "at least max-body, " + maxBody, Integer.toString(maxArrayBody));
        }
        if (maxBuffered < maxArrayBody) {
            throw new InvalidValue(
                    "max-buffered", "at least max-array-body, " + maxArrayBody, Long.toString(maxBuffered));
        }
    }

    /** Where it listens; the host is not resolved. */
    public InetSocketAddress address() {
        return address(listen);
    }

    private static InetSocketAddress address(String listen) {
        int colon = listen.lastIndexOf(':');
        String host = colon < 0 ? "" : listen.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        boolean bare = !brackets && host.indexOf(':') >= 0;
        try {
            int port = Integer.parseInt(listen.substring(colon + 1));
            if (!host.isEmpty() && !bare && port >= 0 && port <= 65_535) {
                return InetSocketAddress.createUnresolved(brackets ? host.substring(1, host.length() - 1) : host, port);
            }
        } catch (NumberFormatException e) {
            throw badAddress(listen);
        }
        throw badAddress(listen);
    }

    /** The same, listening elsewhere. */
    public HttpSettings at(String elsewhere) {
        return new HttpSettings(
                elsewhere,
                eventLoops,
                maxConnections,
                maxRequests,
                maxReads,
                maxWaitingReads,
                headTimeout,
                bodyTimeout,
                keepAlive,
                maxRequestLine,
                maxHead,
                maxBody,
                maxArrayBody,
                maxBuffered,
                maxLines,
                linesAhead,
                rate,
                burst,
                maxFollowers,
                maxLogs,
                maxStreamsPerUser,
                recentEvents,
                heartbeat,
                slowReader,
                grace);
    }

    private static InvalidValue badAddress(String found) {
        return new InvalidValue("listen", "HOST:PORT, as 127.0.0.1:7171, [::1]:7171 or 0.0.0.0:7171", found);
    }

    public static HttpSettings defaults() {
        return listening("127.0.0.1:7171");
    }

    /** The defaults, listening there. */
    public static HttpSettings listening(String listen) {
        int mib = 1 << 20;
        return new HttpSettings(
                listen,
                2,
                8192,
                4096,
                64,
                1024,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(75),
                8 << 10,
                16 << 10,
                8 * mib,
                32 * mib,
                256L * mib,
                100_000,
                256,
                100_000,
                100_000,
                4096,
                256,
                2048,
                8192,
                Duration.ofSeconds(15),
                Duration.ofMinutes(1),
                Duration.ofSeconds(20));
    }
}
