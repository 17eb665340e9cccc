package dev.sluice.bench;

import dev.sluice.cluster.AvailableModules;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.http.HttpDoor;
import dev.sluice.gateway.http.HttpListener;
import dev.sluice.gateway.http.HttpSettings;
import dev.sluice.gateway.http.Reloading;
import dev.sluice.gateway.http.Services;
import dev.sluice.gateway.identity.Access;
import dev.sluice.gateway.identity.AccessSettings;
import dev.sluice.gateway.identity.StoredTokens;
import dev.sluice.gateway.identity.TokenSettings;
import dev.sluice.gateway.identity.Tokens;
import dev.sluice.gateway.loop.Desk;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.loop.LoopListener;
import dev.sluice.gateway.loop.LoopSettings;
import dev.sluice.gateway.loop.Pulse;
import dev.sluice.gateway.store.DataDirectory;
import dev.sluice.gateway.store.SqliteStore;
import dev.sluice.gateway.store.TokenTable;
import dev.sluice.job.JobId;
import dev.sluice.job.UserName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server for a benchmark: the gateway's own HTTP in front of one of three desks. {@code Door KIND DIRECTORY} prints {@code
 * port N} when it listens.
 */
public final class Door {
    private static final int BODY = 1024;

    private Door() {}

    /** What stands behind HTTP. */
    enum Kind {
        /** Nothing: each job is answered at once. What HTTP and reading cost. */
        NONE,
        /** A file to which each job's bytes are appended; one fdatasync for all that came meanwhile. The floor of what is durable. */
        LOG,
        /** The gateway's own loop, engine and store. */
        GATEWAY
    }

    public static void main(String[] args) throws IOException, InterruptedException, StoreLost {
        Kind kind = Kind.valueOf(args[0]);
        Path directory = Path.of(args[1]);
        DataDirectory data = new DataDirectory(directory);
        SqliteStore store = SqliteStore.open(data);
        Pulse pulse = new Pulse(store.newest());
        Desk desk = switch (kind) {
            case NONE -> new Empty();
            case LOG -> new Log(directory.resolve("raw.log"));
            case GATEWAY -> {
                Loop loop = new Loop(
                        store,
                        Map.of(FullCluster.NAME, new FullCluster()),
                        pin -> new Input.Pinning.Unknown(new dev.sluice.cluster.Doubt("no registry")),
                        EngineSettings.of(store.realm(), List.of(ClusterSettings.of(FullCluster.NAME))),
                        LoopSettings.DEFAULTS,
                        InstantSource.system(),
                        new SplittableRandom(),
                        pulse,
                        LoopListener.NONE);
                loop.start();
                yield loop;
            }
        };
        Access access = new Access(AccessSettings.open());
        Services services = new Services(
                desk,
                store,
                store::eventsOf,
                pulse,
                () -> access,
                new Tokens(
                        new StoredTokens(TokenTable.open(data)),
                        TokenSettings.defaults(),
                        InstantSource.system(),
                        System::nanoTime),
                new UserName("bench"),
                spec -> spec,
                spec -> Map.of(FullCluster.NAME, List.of()),
                name -> AvailableModules.UNKNOWN,
                Map.of(FullCluster.NAME, new FullCluster()),
                Optional::empty,
                () -> "",
                Reloading.NOTHING,
                HttpListener.NONE);
        HttpDoor door = HttpDoor.open(HttpSettings.listening("127.0.0.1:0"), services);
        System.out.println("port " + door.address().getPort());
        Thread.currentThread().join();
    }

    private static final class Empty implements Desk {
        private final AtomicInteger next = new AtomicInteger(JobId.FIRST);

        @Override
        public CompletableFuture<Reply> ask(Input.Command command) {
            return CompletableFuture.completedFuture(new Reply.Accepted(List.of(new JobId(next.getAndIncrement()))));
        }
    }

    private static final class Log implements Desk {
        private static final int BATCH = 1_000;
        private final AtomicInteger next = new AtomicInteger(JobId.FIRST);
        private final BlockingQueue<CompletableFuture<Reply>> waiting = new LinkedBlockingQueue<>();
        private final FileChannel file;

        Log(Path path) throws IOException {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Thread.ofPlatform().daemon().name("raw-log").start(this::write);
        }

        @Override
        public CompletableFuture<Reply> ask(Input.Command command) {
            CompletableFuture<Reply> reply = new CompletableFuture<>();
            waiting.add(reply);
            return reply;
        }

        private void write() {
            ByteBuffer bytes = ByteBuffer.allocateDirect(BATCH * BODY);
            List<CompletableFuture<Reply>> batch = new ArrayList<>();
            try {
                while (true) {
                    batch.add(waiting.take());
                    waiting.drainTo(batch, BATCH - 1);
                    bytes.clear().limit(batch.size() * BODY);
                    while (bytes.hasRemaining()) {
                        file.write(bytes);
                    }
                    file.force(false);
                    batch.forEach(
                            reply -> reply.complete(new Reply.Accepted(List.of(new JobId(next.getAndIncrement())))));
                    batch.clear();
                }
            } catch (IOException broken) {
                throw new java.io.UncheckedIOException(broken);
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
