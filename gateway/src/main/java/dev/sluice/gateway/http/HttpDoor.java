package dev.sluice.gateway.http;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.job.InvalidValue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server, from its first connection to its last. Owns the event loops, the virtual threads that read, the reader of events
 * and the refresher of tokens; nothing else of the gateway runs on them.
 */
public final class HttpDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpDoor.class);
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final int CHUNK = 64 << 10;

    private final HttpSettings settings;
    private final Services services;
    private final InetAddress address;
    private final Guard guard;
    private final Readers readers;
    private final Budget buffered;
    private final Streams streams;
    private final Narrator narrator;
    private final EventFeed feed;
    private final Intake intake;
    private final Entrance.Crowd crowd = new Entrance.Crowd();
    private final Vertx vertx;
    private final List<Wing> wings = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private int port;

    /** What one event loop has of its own. */
    private record Wing(
            Reactor reactor, HttpServer server, Followers followers, LineStreams lines, LogRoutes logs, Routes routes) {
        /** For its loop's thread. */
        void stop() {
            followers.stop();
            lines.stop();
            logs.stop();
            reactor.stop();
        }
    }

    private HttpDoor(HttpSettings settings, Services services, InetAddress address) {
        this.settings = settings;
        this.services = services;
        this.address = address;
        this.guard = new Guard(
                services.tokens(),
                services.currentAccess(),
                new RateLimits(settings.rate(), settings.burst()),
                services.own(),
                address.isLoopbackAddress() ? Guard.Door.LOOPBACK : Guard.Door.OF_OTHERS_TOO);
        this.readers = new Readers(settings.maxReads(), settings.maxWaitingReads());
        this.buffered = new Budget(settings.maxBuffered());
        this.streams = new Streams(settings, services.listener());
        this.narrator = new Narrator(services.store());
        this.feed = new EventFeed(services.store(), services.pulse(), narrator, settings.recentEvents());
        this.intake = new Intake(services);
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(settings.eventLoops())
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /**
     * Listens, and takes requests from then on.
     *
     * @throws InvalidValue when the address lets in others although no token was ever made
     * @throws IOException when it cannot listen there
     */
    public static HttpDoor open(HttpSettings settings, Services services) throws IOException, InterruptedException {
        InetAddress address = resolve(settings);
        if (!address.isLoopbackAddress() && !services.tokens().any()) {
            throw new InvalidValue(
                    "listen",
                    "a loopback address, as 127.0.0.1:7171, as long as there is no token to tell people apart"
                            + " (sluice token create makes one)",
                    settings.listen());
        }
        HttpDoor door = new HttpDoor(settings, services, address);
        try {
            door.listen();
        } catch (IOException | InterruptedException e) {
            door.close();
            throw e;
        }
        return door;
    }

    private static InetAddress resolve(HttpSettings settings) throws IOException {
        String host = settings.address().getHostString();
        try {
            InetAddress[] all = InetAddress.getAllByName(host);
            // A name that is loopback and not: the address that lets in fewer would be a guess.
            boolean mixed = Arrays.stream(all)
                            .map(InetAddress::isLoopbackAddress)
                            .distinct()
                            .count()
                    > 1;
            if (mixed) {
                throw new InvalidValue("listen", "a host with one kind of address, or an address", host);
            }
            return all[0];
        } catch (UnknownHostException e) {
            throw new IOException("listen: expected a host of this machine's, found " + host, e);
        }
    }

    private void listen() throws IOException, InterruptedException {
        // Vert.x gives all servers of one negative port the same free one.
        int wanted = settings.address().getPort() == 0 ? -1 : settings.address().getPort();
        for (int i = 0; i < settings.eventLoops(); i++) {
            Wing wing = await(wing(wanted));
            wings.add(wing);
            port = wing.server().actualPort();
        }
        Thread.ofVirtual().name("http-tokens").start(this::refreshTokens);
        LOG.info(
                "listening address={} port={} native={}",
                address.getHostAddress(),
                port,
                vertx.isNativeTransportEnabled());
        if (!guard.closed()) {
            LOG.warn(
                    "no token was ever made: whoever reaches the loopback address is {}, an administrator",
                    services.own());
        }
    }

    private <T> T await(Future<T> future) throws IOException, InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(LONGEST_START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(
                    "cannot listen on %s: %s; is another gateway running?"
                            .formatted(settings.listen(), cause.getMessage()),
                    cause);
        } catch (TimeoutException e) {
            throw new IOException("cannot listen on " + settings.listen() + ": no answer of the system's", e);
        }
    }

    private Future<Wing> wing(int wanted) {
        Wing[] made = new Wing[1];
        return vertx.deployVerticle(context -> build(context, wanted).map(wing -> {
                    made[0] = wing;
                    return wing;
                }))
                .map(id -> made[0]);
    }

    /** On the thread of a new event loop. */
    private Future<Wing> build(Context context, int wanted) {
        HttpListener listener = services.listener();
        Reactor reactor = new Reactor(context, listener);
        Followers followers = new Followers(reactor, feed);
        LineStreams lines = new LineStreams(services, settings, intake, buffered, readers);
        LogRoutes logs = new LogRoutes(services, settings, intake, streams);
        Routes routes = new Routes();
        routes.add("POST", "/v1/jobs", new SubmitRoute(services, settings, intake, buffered, lines)::submit);
        new JobRoutes(services, settings, intake, buffered).addTo(routes);
        new EventRoutes(services, settings, intake, feed, narrator, readers, streams, followers).addTo(routes);
        logs.addTo(routes);
        new FederationRoutes(services).addTo(routes);
        new ReloadRoutes(services).addTo(routes);
        new AccessRoutes(services, settings, buffered).addTo(routes);
        new ServiceRoutes(services).addTo(routes);
        Entrance entrance = new Entrance(reactor, routes, guard, readers, settings, listener, crowd);
        HttpServer server = vertx.createHttpServer(options())
                .connectionHandler(entrance::connected)
                .requestHandler(entrance::requested)
                .invalidRequestHandler(entrance::garbled)
                .exceptionHandler(thrown -> LOG.debug("a connection broke before its first request", thrown));
        vertx.setPeriodic(Reactor.BEAT.toMillis(), timer -> reactor.beat());
        return server.listen(wanted, address.getHostAddress())
                .map(listening -> new Wing(reactor, server, followers, lines, logs, routes));
    }

    private HttpServerOptions options() {
        return new HttpServerOptions()
                .setMaxInitialLineLength(settings.maxRequestLine())
                .setMaxHeaderSize(settings.maxHead())
                .setMaxChunkSize(CHUNK)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false)
                .setDecompressionSupported(false)
                .setCompressionSupported(false)
                .setTcpNoDelay(true)
                .setAcceptBacklog(4096);
    }

    private void refreshTokens() {
        Tokens tokens = services.tokens();
        boolean well = true;
        try {
            while (!closing.await(Tokens.REFRESH.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    tokens.refresh();
                    well = true;
                } catch (StoreLost | RuntimeException e) {
                    if (well) {
                        LOG.warn("tokens cannot be read; nobody is let in while that lasts", e);
                    }
                    well = false;
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("tokens are refreshed no more: interrupted");
        }
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(address, port);
    }

    /** The routes that it has, as method and path of the contract. */
    List<Routes.Route> routes() {
        return wings.getFirst().routes().all();
    }

    /** How many bytes of bodies are held in memory, those of small ones aside. */
    long buffered() {
        return buffered.taken();
    }

    /** Takes no more, tells followers, and waits for requests under way within the site's grace. */
    @Override
    public void close() throws IOException, InterruptedException {
        closing.countDown();
        long grace = settings.grace().toMillis();
        List<Future<Void>> ends = new ArrayList<>();
        for (Wing wing : wings) {
            wing.reactor().hand(wing::stop);
            ends.add(wing.server().shutdown(grace, TimeUnit.MILLISECONDS));
        }
        try {
            for (Future<Void> end : ends) {
                end.toCompletionStage().toCompletableFuture().get(grace + 5_000, TimeUnit.MILLISECONDS);
            }
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the server did not end in time", e);
        } finally {
            feed.close();
        }
    }
}
