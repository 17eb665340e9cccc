package dev.sluice.bench;

import dev.sluice.engine.Batch;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.IdempotencyKey;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.StaleEpoch;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.Transitions;
import dev.sluice.gateway.Main;
import dev.sluice.gateway.store.DataDirectory;
import dev.sluice.gateway.store.SqliteStore;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.UserName;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A restart with a million queued jobs, each with an idempotency key: seconds from the start of the process until it says that it is
 * ready, and bytes of heap a job once it is. The peer is a plain read of the same rows.
 */
final class RestartBench {
    private static final int JOBS = 1_000_000;
    private static final int BATCH = 2_000;
    private static final int PROJECTS = 50;
    private static final int MOST_SECONDS = 10;
    private static final ClusterName ELSEWHERE = new ClusterName("elsewhere");
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private RestartBench() {}

    static void run(Report report) throws IOException, InterruptedException, StoreLost, StaleEpoch {
        Path directory = Directories.make("restart");
        try {
            fill(directory, report);
            measureProcess(directory, report);
            try (Child child = Child.start(List.of("-Xmx3g"), Loading.class, directory.toString())) {
                report.line("restart.rows", Double.parseDouble(child.await("rows ")), "s");
                report.line("restart.engine", Double.parseDouble(child.await("engine ")), "s");
                report.line("restart.heap", Double.parseDouble(child.await("heap ")), "B/job");
            }
        } finally {
            Directories.remove(directory);
        }
    }

    private static EngineSettings settings(SqliteStore store) throws StoreLost {
        return EngineSettings.of(store.realm(), List.of(ClusterSettings.of(ELSEWHERE)));
    }

    /** Submits the jobs as the loop would, for a cluster that the gateway that is measured does not have. */
    private static void fill(Path directory, Report report) throws StoreLost, StaleEpoch {
        SplittableRandom random = new SplittableRandom(1);
        long began = System.nanoTime();
        try (SqliteStore store = SqliteStore.open(new DataDirectory(directory))) {
            long epoch = store.lead();
            Engine engine = Engine.restore(store.load(), epoch, settings(store), START, Transitions.UNWATCHED);
            List<Event.Recorded> events = new ArrayList<>();
            // Keys are to be alive when the gateway starts.
            Instant now = Instant.now();
            for (int i = 1; i <= JOBS; i++) {
                for (Event event : engine.decide(submit(i, random), now, random).events()) {
                    engine.replay(event, now);
                    events.add((Event.Recorded) event);
                }
                if (i % BATCH == 0) {
                    store.commit(new Batch(epoch, now, events, engine.takeTouched()));
                    events.clear();
                }
                if (i % (JOBS / 5) == 0) {
                    System.out.printf("# %d of %d jobs are queued%n", i, JOBS);
                }
            }
        }
        report.line("restart.fill", (System.nanoTime() - began) / 1e9, "s");
    }

    private static Input submit(int i, SplittableRandom random) {
        UserName user = new UserName("user" + i % 500);
        Resources resources = Resources.DEFAULTS.withCpusPerTask(1 + i % 16);
        Ask ask = Ask.DEFAULTS
                .withResources(resources)
                .withLimit(Duration.ofHours(1 + i % 8))
                .withRouting(Routing.ANYWHERE.withAllowed(List.of(ELSEWHERE)));
        String script = "#!/bin/sh\n" + "# what a short script has to say\n".repeat(8) + "exec true " + i + "\n";
        JobSpec spec = JobSpec.builder(
                        "job-" + i,
                        new ProjectPath("project" + i % PROJECTS),
                        user,
                        new Work.Script(Bytes.ofUtf8(script)))
                .ask(ask)
                .build();
        return new Input.Submit(
                new Input.Requester(user, Input.Role.USER),
                Optional.of(new Input.Token(new IdempotencyKey(random.nextLong(), random.nextLong()), i)),
                List.of(Input.Submission.of(spec)));
    }

    /** The gateway as its users start it. */
    private static void measureProcess(Path directory, Report report) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Path config = directory.resolve("sluice.yaml");
        StringBuilder projects = new StringBuilder("access:\n  projects:\n");
        for (int i = 0; i < PROJECTS; i++) {
            projects.append("    project").append(i).append(": {}\n");
        }
        Files.writeString(config, projects);
        long began = System.nanoTime();
        try (Child gateway = Child.start(
                List.of("-Xmx3g"),
                Main.class,
                "serve",
                "--config",
                config.toString(),
                "--data",
                directory.toString(),
                "--listen",
                "127.0.0.1:" + port)) {
            URI ready = URI.create("http://127.0.0.1:" + port + "/health/ready");
            while (!answers(ready)) {
                gateway.checkAlive();
                new CountDownLatch(1).await(10, TimeUnit.MILLISECONDS);
            }
            report.line("restart.ready", (System.nanoTime() - began) / 1e9, "s", new Report.Goal.AtMost(MOST_SECONDS));
        }
    }

    private static boolean answers(URI uri) {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(10_000);
            return connection.getResponseCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Reads the rows, makes an engine of them, and counts the bytes that stay. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] args) throws StoreLost {
            try (SqliteStore store = SqliteStore.open(new DataDirectory(Path.of(args[0])))) {
                long began = System.nanoTime();
                int rows = 0;
                for (Image image : store.load()) {
                    rows += image == null ? 0 : 1;
                }
                System.out.println("rows " + (System.nanoTime() - began) / 1e9);
                long before = EngineBench.used();
                began = System.nanoTime();
                Engine engine = Engine.restore(
                        store.load(), store.lead(), settings(store), Instant.now(), Transitions.UNWATCHED);
                System.out.println("engine " + (System.nanoTime() - began) / 1e9);
                System.out.println("heap " + (EngineBench.used() - before) / (double) JOBS);
                Reference.reachabilityFence(engine);
                System.out.println("read " + rows);
            }
        }
    }
}
