package dev.sluice.gateway;

import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.cli.Exit;
import dev.sluice.gateway.cli.ServeOptions;
import dev.sluice.gateway.cli.Sluice;
import dev.sluice.gateway.loop.Loop;
import dev.sluice.gateway.telemetry.Logs;
import dev.sluice.job.InvalidValue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;

/** The program {@code sluice}: the command line, and behind its {@code serve} the gateway. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Sluice.run(options -> serve(options, InstantSource.system()), args));
    }

    /** Runs a gateway, by this clock, until it is stopped, or ends by itself. */
    static int serve(ServeOptions options, InstantSource clock) {
        var log = options.settings().log();
        Logs.configure(
                log.level().name().toLowerCase(Locale.ROOT),
                switch (log.format()) {
                    case TEXT -> Logs.Format.TEXT;
                    case JSON -> Logs.Format.JSON;
                });
        try (Assembly gateway = Assembly.start(options, clock)) {
            CountDownLatch closed = new CountDownLatch(1);
            Thread hook = new Thread(() -> end(gateway, closed), "sluice-stop");
            Runtime.getRuntime().addShutdownHook(hook);
            if (options.file().isPresent()) {
                // Without a file there is nothing to read again, and a terminal that is closed ends the gateway.
                Signal.handle(new Signal("HUP"), hangup -> Thread.ofVirtual().start(gateway::reload));
            }
            welcome(options, gateway.address());
            Loop.Standing.Stopped end = gateway.await();
            if (!end.why().isEmpty()) {
                System.err.println("sluice: the gateway ends: " + end.why());
                return Exit.FAILED.code();
            }
            // The hook has stopped it, and goes on tidying up.
            closed.await();
            return Exit.OK.code();
        } catch (StoreLost | InvalidValue e) {
            return cannotStart(String.valueOf(e.getMessage()));
        } catch (FileSystemException e) {
            return cannotStart("%s: %s"
                    .formatted(e.getFile(), e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()));
        } catch (IOException e) {
            return cannotStart(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            return cannotStart("interrupted");
        }
    }

    private static int cannotStart(String why) {
        System.err.println("sluice: the gateway does not start: " + why);
        return Exit.FAILED.code();
    }

    private static void end(Assembly gateway, CountDownLatch closed) {
        try {
            gateway.close();
        } catch (IOException | InterruptedException e) {
            System.err.println("sluice: while stopping: " + e.getMessage());
        } finally {
            closed.countDown();
        }
    }

    /** What to type next. */
    private static void welcome(ServeOptions options, InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        String url = "http://%s:%d".formatted(host.indexOf(':') >= 0 ? "[" + host + "]" : host, address.getPort());
        boolean usual = url.equals("http://127.0.0.1:7171");
        System.out.printf(
                """
                Sluice listens at %s; its data are in %s.
                Clusters: %s. Try, in another terminal:
                %s  ./sluice submit -n hello -- echo hello
                  ./sluice list
                  ./sluice logs -f JOB
                """,
                url,
                options.data(),
                String.join(
                        ", ",
                        options.settings().clusters().keySet().stream()
                                .map(Object::toString)
                                .toList()),
                usual ? "" : "  export SLUICE_URL=" + url + "\n");
        System.out.flush();
    }
}
