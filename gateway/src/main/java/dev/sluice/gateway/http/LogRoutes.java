package dev.sluice.gateway.http;

import dev.sluice.cluster.LogReading;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoreLost;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.LogQuery;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What tasks have printed. */
final class LogRoutes {
    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final Streams streams;
    private final Set<LogStreamer> open = ConcurrentHashMap.newKeySet();

    LogRoutes(Services services, HttpSettings settings, Intake intake, Streams streams) {
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.streams = streams;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/jobs/{id}/logs/{stream}", this::log);
    }

    private void log(Exchange exchange) {
        Optional<JobId> id = Queries.jobId(exchange.argument(0));
        Optional<LogReading.Stream> stream = LogQuery.stream(exchange.argument(1));
        if (id.isEmpty() || stream.isEmpty()) {
            exchange.answer(
                    id.isEmpty()
                            ? JobRoutes.noJob(exchange.argument(0))
                            : Answer.problem(Code.NOT_FOUND, "expected stdout or stderr, found another stream"));
            return;
        }
        JobRoutes.with(exchange, LogQuery.of(QueryString.values(exchange.query())), query -> {
            String header = exchange.header("Range");
            Optional<ByteRange> range = header == null ? Optional.empty() : ByteRange.parse(header);
            boolean follows = query.follow() == LogQuery.Follow.TO_THE_END;
            if (range.isPresent() && (follows || query.tail().isPresent())) {
                throw new InvalidValue("Range", "none with tail or follow", "one");
            }
            start(exchange, id.get(), stream.get(), query, range);
        });
    }

    private void start(
            Exchange exchange, JobId id, LogReading.Stream stream, LogQuery query, Optional<ByteRange> range) {
        Optional<Answer> full =
                streams.enter(Streams.Kind.LOGS, exchange.principal().user());
        if (full.isPresent()) {
            exchange.answer(full.get());
            return;
        }
        exchange.leave();
        // Bounded by the number of streams, and apart from reads of the disk: one that follows stays for long.
        Thread.ofVirtual().name("http-log").start(() -> {
            try {
                Optional<JobRecord> job = intake.visible(exchange.principal(), id);
                if (job.isEmpty()) {
                    exchange.hand(() -> exchange.answer(JobRoutes.noJob(exchange.argument(0))));
                } else {
                    send(exchange, wanted(job.get(), id, stream, query, range), job.get());
                }
            } catch (StoreLost | RuntimeException e) {
                exchange.hand(() -> exchange.answer(Answers.thrown(e)));
            } finally {
                streams.leave(Streams.Kind.LOGS, exchange.principal().user());
            }
        });
    }

    private static LogStreamer.Wanted wanted(
            JobRecord job, JobId id, LogReading.Stream stream, LogQuery query, Optional<ByteRange> range) {
        OptionalInt named = JobViews.taskOf(job.head(), id);
        OptionalInt task = query.task().isPresent() ? query.task() : named;
        boolean sole = job.head().tasks().size() == 1;
        if (task.isEmpty() && !sole) {
            throw new InvalidValue("task", "which task of the array, as ?task=3", "none");
        }
        int index = task.orElse(job.head().tasks().first());
        if (!job.head().tasks().contains(index)) {
            throw new InvalidValue("task", "one of the job's tasks", Integer.toString(index));
        }
        return new LogStreamer.Wanted(
                index,
                query.attempt(),
                stream,
                query.tail(),
                range,
                query.follow() == LogQuery.Follow.TO_THE_END ? LogStreamer.Until.END : LogStreamer.Until.NOW);
    }

    private void send(Exchange exchange, LogStreamer.Wanted wanted, JobRecord job) {
        LogStreamer streamer = new LogStreamer(exchange, wanted, services, settings);
        open.add(streamer);
        exchange.reactor().hand(() -> {
            if (exchange.over()) {
                streamer.end();
            } else {
                exchange.whenGone(streamer::end);
            }
        });
        try {
            streamer.run(job);
        } finally {
            open.remove(streamer);
        }
    }

    /** The gateway stops. For the thread of the event loop whose routes these are. */
    void stop() {
        List<LogStreamer> all = new ArrayList<>(open);
        all.forEach(LogStreamer::stop);
    }
}
