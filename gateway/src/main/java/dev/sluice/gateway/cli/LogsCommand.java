package dev.sluice.gateway.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "logs",
        description = "Print what a job has printed, byte for byte.",
        footer = {
            "",
            "An interrupt (130) ends the following, not the job. The exit code says whether the log was printed, not what"
                    + " became of the job: 'sluice wait' says that."
        })
final class LogsCommand extends ClientCommand {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final int MOST_LOST = 60;
    private static final String ANY = "*/*";

    @Parameters(paramLabel = "ID", description = "The job, or a task of it as 1000000000_7.")
    private String id = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Wait for it to start, and print what comes until it is over.")
    private boolean follow;

    @Option(names = "--stderr", description = "Its standard error rather than its standard output.")
    private boolean stderr;

    @Option(names = "--task", paramLabel = "N", description = "This task of an array.")
    private Optional<Integer> task = Optional.empty();

    @Option(
            names = "--attempt",
            paramLabel = "ATTEMPT",
            description = "Another attempt than the last ('sluice show' lists them).")
    private Optional<String> attempt = Optional.empty();

    @Option(names = "--tail", paramLabel = "N", description = "Only the last N lines.")
    private Optional<Integer> tail = Optional.empty();

    LogsCommand(Console console) {
        super(console);
    }

    /** How many bytes have been printed, so that a broken connection is taken up where it broke. */
    private long printed;

    @Override
    int run(Api api) throws Failure {
        JobRef ref = JobRef.parse(id);
        if (ref.task().isPresent()) {
            task = Optional.of(ref.task().getAsInt());
        }
        if (!follow) {
            try (InputStream log =
                    api.open(Api.Request.get(query(ref)).accepting(ANY, Map.of(), Duration.ofSeconds(60)))) {
                copy(log);
            } catch (IOException e) {
                throw new Failure(Exit.UNREACHABLE, "the gateway broke off in the middle of the log");
            }
            return Exit.OK.code();
        }
        try (Farewell farewell = Farewell.on(
                console, "no longer following " + id + ", which goes on; 'sluice cancel " + id + "' would end it")) {
            follow(api, ref);
        }
        return Exit.OK.code();
    }

    private Query query(JobRef ref) {
        return Query.to("v1", "jobs", ref.id(), "logs", stderr ? "stderr" : "stdout")
                .with("task", task)
                .with("attempt", attempt)
                .with("tail", tail);
    }

    private void follow(Api api, JobRef ref) throws Failure {
        int lost = 0;
        while (true) {
            boolean over = isOver(api, ref);
            long before = printed;
            boolean whole = false;
            try {
                whole = stream(api, ref);
            } catch (Failure e) {
                if (e.isConflict() && !over) {
                    console.rest(AGAIN);
                    continue;
                }
                if (e.exit() != Exit.UNREACHABLE && e.exit() != Exit.BUSY) {
                    throw e;
                }
            }
            // Asked before the stream began: what was over then has been printed to its end.
            if (over && whole) {
                return;
            }
            lost = printed > before || whole ? 0 : lost + 1;
            if (lost > MOST_LOST) {
                throw new Failure(
                        Exit.UNREACHABLE, "the log of " + ref + " broke off, and could not be taken up again");
            }
            console.rest(AGAIN);
        }
    }

    /**
     * Prints what there is from where the last stream broke.
     *
     * @return whether the stream came to its own end
     */
    private boolean stream(Api api, JobRef ref) throws Failure {
        if (printed > 0 && tail.isPresent()) {
            console.say("the connection ended: lines may be missing here");
            tail = Optional.of(0);
        }
        Query query = query(ref).with("follow", true);
        // A job may be silent for days, so there is no silence that would be too long.
        try (InputStream log = api.open(Api.Request.get(query).accepting(ANY, Map.of(), Duration.ZERO))) {
            if (tail.isEmpty()) {
                log.skipNBytes(printed);
            }
            copy(log);
            return true;
        } catch (EOFException e) {
            console.say("the log is shorter than before: the job was started again");
            printed = 0;
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    private void copy(InputStream log) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int n = log.read(buffer); n >= 0; n = log.read(buffer)) {
            console.out().write(buffer, 0, n);
            console.out().flush();
            printed += n;
        }
    }

    private boolean isOver(Api api, JobRef ref) throws Failure {
        JobView job = new JobView(api.get(Query.to("v1", "jobs", ref.id())));
        OptionalInt wanted = task.isPresent() ? OptionalInt.of(task.get()) : job.task();
        if (wanted.isEmpty()) {
            return job.isOver();
        }
        return job.groups(api).stream()
                .filter(group -> JobView.has(group, wanted.getAsInt()))
                .allMatch(group -> JobView.isOver(group));
    }
}
