package dev.sluice.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durable accepts a second over HTTP, beside two ceilings of the same run: the same HTTP with nothing behind it, and with a raw log
 * that is synced. Rounds are interleaved and medians reported; the client is wrk, on the same machine.
 */
final class AcceptBench {
    private static final int[] CONNECTIONS = {1, 64, 256};
    private static final int ROUNDS = 3;
    private static final int SECONDS = 4;
    private static final double HALF = 0.5;
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern COUNT = Pattern.compile("(\\d+) requests in");
    private static final Pattern QUANTILE = Pattern.compile("(50|99)%\\s+([0-9.]+)(us|ms|s)");
    private static final Pattern BAD = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    private AcceptBench() {}

    /** A server, and where jobs are posted to it. */
    private record Target(Child door, String url) {}

    /** @param cpuMicros of the server, for each request */
    private record Shot(double rate, double p50Millis, double p99Millis, double cpuMicros) {}

    static void run(Report report) throws IOException, InterruptedException {
        Path directory = Directories.make("accept");
        Path script = directory.resolve("post.lua");
        Files.writeString(script, """
                wrk.method = "POST"
                wrk.headers["Content-Type"] = "application/json"
                wrk.body = [==[%s]==]
                """.formatted(body()));
        Map<Door.Kind, Target> targets = new EnumMap<>(Door.Kind.class);
        try {
            for (Door.Kind kind : Door.Kind.values()) {
                Path own = directory.resolve(kind.name().toLowerCase(Locale.ROOT));
                Child door =
                        Child.start(List.of("-Xmx2g", "-XX:+UseParallelGC"), Door.class, kind.name(), own.toString());
                Target target = new Target(door, "http://127.0.0.1:" + door.await("port ") + "/v1/jobs");
                targets.put(kind, target);
                shoot(target, script, 64);
            }
            for (int connections : CONNECTIONS) {
                measure(report, connections, targets, script);
            }
        } finally {
            for (Target target : targets.values()) {
                target.door().close();
            }
            Directories.remove(directory);
        }
    }

    private static void measure(Report report, int connections, Map<Door.Kind, Target> targets, Path script)
            throws IOException, InterruptedException {
        Map<Door.Kind, List<Shot>> shots = new EnumMap<>(Door.Kind.class);
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<Door.Kind, Target> target : targets.entrySet()) {
                shots.computeIfAbsent(target.getKey(), kind -> new ArrayList<>())
                        .add(shoot(target.getValue(), script, connections));
            }
        }
        String at = "accept." + connections + ".";
        shots.forEach((kind, all) -> {
            String name = at + kind.name().toLowerCase(Locale.ROOT);
            report.line(name + ".rate", median(all, Shot::rate), "1/s");
            report.line(name + ".p50", median(all, Shot::p50Millis), "ms");
            report.line(name + ".p99", median(all, Shot::p99Millis), "ms");
            report.line(name + ".cpu", median(all, Shot::cpuMicros), "us/job");
        });
        report.line(at + "gateway/none", ratio(shots, Door.Kind.NONE), "ratio");
        report.line(
                at + "gateway/log",
                ratio(shots, Door.Kind.LOG),
                "ratio",
                connections == 256 ? new Report.Goal.AtLeast(HALF) : Report.Goal.NONE);
    }

    /** The median of the ratios of pairs, each of one round. */
    private static double ratio(Map<Door.Kind, List<Shot>> shots, Door.Kind ceiling) {
        List<Double> pairs = new ArrayList<>();
        List<Shot> ours = shots.getOrDefault(Door.Kind.GATEWAY, List.of());
        List<Shot> theirs = shots.getOrDefault(ceiling, List.of());
        for (int i = 0; i < ours.size(); i++) {
            pairs.add(ours.get(i).rate() / theirs.get(i).rate());
        }
        return pairs.stream().sorted().toList().get(pairs.size() / 2);
    }

    private static double median(List<Shot> shots, java.util.function.ToDoubleFunction<Shot> value) {
        double[] sorted = shots.stream().mapToDouble(value).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** A job of about 1 KB. */
    private static String body() {
        String script = "#!/bin/sh\\nset -eu\\n" + "# a comment that makes it as long as scripts are\\n".repeat(14)
                + "exec true\\n";
        return """
                {"name":"bench","script":"%s","resources":{"cpusPerTask":4,"memory":{"perNodeBytes":8589934592}},\
                "limitSeconds":7200,"environment":{"OMP_NUM_THREADS":"4"},"labels":{"team":"bench"}}""".formatted(script);
    }

    private static Shot shoot(Target target, Path script, int connections) throws IOException, InterruptedException {
        long before = target.door().cpuMicros();
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + SECONDS + "s",
                        "--latency",
                        "-s",
                        script.toString(),
                        target.url())
                .redirectErrorStream(true)
                .start();
        StringBuilder text = new StringBuilder();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(wrk.getInputStream(), StandardCharsets.UTF_8))) {
            out.lines().forEach(line -> text.append(line).append('\n'));
        }
        wrk.waitFor();
        Matcher bad = BAD.matcher(text);
        if (bad.find()) {
            throw new IOException(bad.group(1) + " answers to " + target.url() + " were no acceptance:\n" + text);
        }
        double count = number(COUNT, text);
        return new Shot(
                number(RATE, text),
                quantile("50", text),
                quantile("99", text),
                (target.door().cpuMicros() - before) / count);
    }

    private static double number(Pattern pattern, CharSequence text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk said what is not understood:\n" + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static double quantile(String which, CharSequence text) {
        Matcher matcher = QUANTILE.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(which)) {
                double value = Double.parseDouble(matcher.group(2));
                return switch (matcher.group(3)) {
                    case "us" -> value / 1_000;
                    case "s" -> value * 1_000;
                    default -> value;
                };
            }
        }
        return Double.NaN;
    }
}
