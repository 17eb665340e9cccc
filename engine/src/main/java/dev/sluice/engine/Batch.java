package dev.sluice.engine;

import java.time.Instant;
import java.util.List;

/**
 * What one turn of the loop puts on disk.
 *
 * @param epoch of the engine that decided it
 * @param at when it was decided
 * @param events in order; the store numbers them. The specs of accepted jobs are in them and are kept apart
 * @param rows the state after these events, as far as they changed it
 */
public record Batch(long epoch, Instant at, List<Event.Recorded> events, List<Image.Row> rows) {
    public Batch {
        events = List.copyOf(events);
        rows = List.copyOf(rows);
    }
}
