package dev.sluice.engine;

import java.util.List;

/** What follows from an input: events to replay and commit, then the reply. */
public record Decision(List<Event> events, Reply reply) {
    public Decision {
        events = List.copyOf(events);
    }

    static Decision silent(List<Event> events) {
        return new Decision(events, Reply.SILENT);
    }

    static Decision only(Reply reply) {
        return new Decision(List.of(), reply);
    }
}
