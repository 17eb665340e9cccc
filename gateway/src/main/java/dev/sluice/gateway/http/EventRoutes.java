package dev.sluice.gateway.http;

import dev.sluice.engine.JobQuery.Scope;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.wire.EventViews;
import dev.sluice.gateway.wire.JobViews;
import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.gateway.wire.Queries;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Events of a job, and of all that one may see: streams of them, and pages. */
final class EventRoutes {
    private static final int PAGE = 1000;
    /** How much of the sequence one page of what one may see looks through at the most. */
    private static final int PAGES = 20;

    private final Services services;
    private final HttpSettings settings;
    private final Intake intake;
    private final EventFeed feed;
    private final Narrator narrator;
    private final Readers readers;
    private final Streams streams;
    private final Followers followers;

    EventRoutes(
            Services services,
            HttpSettings settings,
            Intake intake,
            EventFeed feed,
            Narrator narrator,
            Readers readers,
            Streams streams,
            Followers followers) {
        this.services = services;
        this.settings = settings;
        this.intake = intake;
        this.feed = feed;
        this.narrator = narrator;
        this.readers = readers;
        this.streams = streams;
        this.followers = followers;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v1/events", x -> events(x, Optional.empty()));
        routes.add("GET", "/v1/jobs/{id}/events", this::ofJob);
    }

    private enum Form {
        STREAM,
        PAGE
    }

    /** What the client takes; empty when he takes neither. A stream when he does not say. */
    private static Optional<Form> form(@Nullable String accept) {
        if (accept == null || accept.isBlank()) {
            return Optional.of(Form.STREAM);
        }
        boolean json = false;
        for (String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
            int semicolon = range.indexOf(';');
            String type = (semicolon < 0 ? range : range.substring(0, semicolon)).strip();
            boolean refused = semicolon >= 0
                    && range.substring(semicolon).replace(" ", "").matches(";q=0(\\.0*)?");
            if (refused) {
                continue;
            }
            if (type.equals(Answer.EVENTS) || type.equals("*/*") || type.equals("text/*")) {
                return Optional.of(Form.STREAM);
            }
            json |= type.equals(Answer.JSON) || type.equals("application/*");
        }
        return json ? Optional.of(Form.PAGE) : Optional.empty();
    }

    private void ofJob(Exchange exchange) {
        Optional<JobId> id = Queries.jobId(exchange.argument(0));
        if (id.isEmpty()) {
            exchange.answer(JobRoutes.noJob(exchange.argument(0)));
        } else {
            events(exchange, id);
        }
    }

    private void events(Exchange exchange, Optional<JobId> id) {
        Optional<Form> form = form(exchange.header("Accept"));
        if (form.isEmpty()) {
            exchange.problem(
                    Code.NOT_ACCEPTABLE, "Accept: expected text/event-stream or application/json, found neither");
            return;
        }
        JobRoutes.with(exchange, Queries.events(QueryString.values(exchange.query())), page -> {
            OptionalLong after = last(exchange.header("Last-Event-ID"), page.after());
            switch (form.get()) {
                case PAGE -> exchange.read(() -> page(exchange, id, after.orElse(0), page.limit()));
                case STREAM -> stream(exchange, id, after);
            }
        });
    }

    private static OptionalLong last(@Nullable String header, OptionalLong parameter) {
        if (header == null || header.isEmpty()) {
            return parameter;
        }
        boolean plain = header.length() <= 18 && header.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!plain) {
            throw new InvalidValue("Last-Event-ID", "the id of an event", header);
        }
        return OptionalLong.of(Long.parseLong(header));
    }

    // ---- pages ----

    private Answer page(Exchange exchange, Optional<JobId> id, long after, int limit) throws StoreLost {
        if (id.isEmpty()) {
            return pageOfAll(services.access().scope(exchange.principal()), after, limit);
        }
        Optional<JobRecord> job = intake.visible(exchange.principal(), id.get());
        if (job.isEmpty()) {
            return JobRoutes.noJob(exchange.argument(0));
        }
        List<StoredEvent> events = services.jobEvents().events(job.get().head().id(), after, limit);
        return Answer.json(
                200,
                EventViews.page(
                        events, events.isEmpty() ? after : events.getLast().sequence()));
    }

    private Answer pageOfAll(Scope scope, long after, int limit) throws StoreLost {
        List<StoredEvent> seen = new ArrayList<>();
        long at = after;
        for (int pages = 0; pages < PAGES && seen.size() < limit; pages++) {
            List<StoredEvent> page = services.store().events(at, PAGE);
            for (Happening event : narrator.tell(page)) {
                if (seen.size() == limit) {
                    break;
                }
                at = event.sequence();
                if (event.isSeenBy(scope)) {
                    seen.add(event.stored());
                }
            }
            if (page.size() < PAGE) {
                break;
            }
        }
        return Answer.json(200, EventViews.page(seen, at));
    }

    // ---- streams ----

    private void stream(Exchange exchange, Optional<JobId> id, OptionalLong after) {
        Scope scope = services.access().scope(exchange.principal());
        // Taken before the job is looked at: what happens to it meanwhile is told.
        long at = Math.min(after.orElse(feed.newest()), feed.newest());
        if (id.isEmpty()) {
            follow(exchange, scope, Optional.empty(), at, Follower.Job.OPEN);
            return;
        }
        exchange.work(() -> {
            Optional<JobRecord> job = intake.visible(exchange.principal(), id.get());
            exchange.hand(() -> {
                if (job.isEmpty()) {
                    exchange.answer(JobRoutes.noJob(exchange.argument(0)));
                } else {
                    follow(
                            exchange,
                            scope,
                            Optional.of(job.get().head().id()),
                            at,
                            JobViews.ended(job.get()) ? Follower.Job.ENDED : Follower.Job.OPEN);
                }
            });
        });
    }

    private void follow(Exchange exchange, Scope scope, Optional<JobId> job, long at, Follower.Job stands) {
        if (exchange.head()) {
            exchange.answer(Answer.of(200, Answer.EVENTS, new byte[0]));
            return;
        }
        Optional<Answer> full =
                streams.enter(Streams.Kind.EVENTS, exchange.principal().user());
        if (full.isPresent()) {
            exchange.answer(full.get());
            return;
        }
        new Follower(
                        exchange,
                        followers,
                        feed,
                        narrator,
                        services,
                        settings,
                        readers,
                        scope,
                        job,
                        at,
                        () -> streams.leave(
                                Streams.Kind.EVENTS, exchange.principal().user()))
                .begin(stands);
    }
}
