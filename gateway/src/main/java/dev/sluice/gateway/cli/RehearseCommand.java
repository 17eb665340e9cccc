package dev.sluice.gateway.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs what people call most against a stand-in for a gateway, and prints nothing. The launcher runs it once a build, so that Java
 * keeps all classes ready that such a command needs: that halves its start.
 */
@Command(name = RehearseCommand.NAME, hidden = true, description = "For the launcher: run through the usual commands.")
final class RehearseCommand implements Callable<Integer> {
    static final String NAME = "rehearse";
    private static final String JOB = """
            {"id":1000000000,"name":"train","project":"physics","user":"ada","status":"running","counts":{"running":1},"tasks":"0",
            "submitted":"2026-11-24T12:00:00Z","changed":"2026-11-24T12:00:00Z","priorityClass":0,"limitSeconds":3600,
            "labels":{},"resources":{"nodes":1,"cpus":1,"memoryBytes":0,"gpus":{}},
            "groups":[{"tasks":"0","status":"running","cluster":"local","started":"2026-11-24T12:00:00Z"}]}""";

    private final Console console;
    private final Server server;

    RehearseCommand(Console console, Server server) {
        this.console = console;
        this.server = server;
    }

    @Override
    public Integer call() throws IOException {
        HttpServer gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/", exchange -> {
            boolean one = exchange.getRequestURI().getPath().endsWith("0");
            boolean post = exchange.getRequestMethod().equals("POST");
            String answer = one ? JOB : post ? "{\"id\":1000000000}" : "{\"jobs\":[" + JOB + "]}";
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(answer.getBytes(StandardCharsets.UTF_8));
            }
        });
        gateway.start();
        try {
            String url = "http://127.0.0.1:" + gateway.getAddress().getPort();
            Console silent = new Console(
                    InputStream.nullInputStream(),
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8),
                    new Console.Screen(Console.Look.TERMINAL, Console.Look.TERMINAL, 80),
                    Map.of("SLUICE_URL", url, "HOME", "/nonexistent"),
                    console.directory(),
                    console.clock(),
                    console.zone(),
                    console.pause());
            Sluice.run(silent, server, "list");
            Sluice.run(silent, server, "show", "1000000000");
            Sluice.run(silent, server, "submit", "--", "true");
            Sluice.run(silent, server, "submit", "--help");
        } finally {
            gateway.stop(0);
        }
        return Exit.OK.code();
    }
}
