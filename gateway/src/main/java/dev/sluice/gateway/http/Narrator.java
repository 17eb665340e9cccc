package dev.sluice.gateway.http;

import dev.sluice.engine.Event;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.JobStore;
import dev.sluice.engine.StoreLost;
import dev.sluice.engine.StoredEvent;
import dev.sluice.gateway.http.Happening.Audience;
import dev.sluice.gateway.http.Happening.Ending;
import dev.sluice.gateway.wire.EventViews;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes of stored events what followers are told, and to whom each may be told. Whose a job is it remembers, of the last {@value
 * #REMEMBERED}; for others it asks the store. Blocking, for any thread.
 */
final class Narrator {
    private static final int REMEMBERED = 65_536;
    private static final byte[] NOTHING = new byte[0];

    private final JobStore store;
    private final Map<JobId, Audience> owners = new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobId, Audience> eldest) {
            return size() > REMEMBERED;
        }
    };

    Narrator(JobStore store) {
        this.store = store;
    }

    List<Happening> tell(List<StoredEvent> events) throws StoreLost {
        List<Happening> told = new ArrayList<>(events.size());
        for (StoredEvent event : events) {
            told.add(tell(event));
        }
        return told;
    }

    private Happening tell(StoredEvent stored) throws StoreLost {
        Event.Recorded event = stored.event();
        Optional<JobId> job = event instanceof Event.OfJob of ? Optional.of(of.job()) : Optional.empty();
        Optional<byte[]> json = EventViews.event(stored);
        Audience audience = json.isEmpty() ? new Audience.Nobody() : audience(event);
        byte[] line = json.orElse(NOTHING);
        return new Happening(
                stored.sequence(),
                job,
                audience,
                stored,
                audience instanceof Audience.Nobody ? NOTHING : frame(stored.sequence(), EventViews.type(event), line),
                ends(event) ? Ending.OF_TASKS : Ending.NONE);
    }

    private Audience audience(Event.Recorded event) throws StoreLost {
        if (event instanceof Event.Accepted accepted) {
            Audience owner =
                    new Audience.OfJob(accepted.head().user(), accepted.head().project());
            remember(accepted.job(), owner);
            return owner;
        }
        return switch (EventViews.audience(event)) {
            case EventViews.Audience.Everybody everybody -> new Audience.Everybody();
            case EventViews.Audience.Administrators administrators -> new Audience.Administrators();
            case EventViews.Audience.Nobody nobody -> new Audience.Nobody();
            case EventViews.Audience.OfJob(JobId of) -> owner(of);
        };
    }

    private Audience owner(JobId job) throws StoreLost {
        Audience known;
        synchronized (owners) {
            known = owners.get(job);
        }
        if (known != null) {
            return known;
        }
        Optional<JobRecord> record = store.job(job);
        if (record.isEmpty()) {
            return new Audience.Administrators();
        }
        Audience owner = new Audience.OfJob(
                record.get().head().user(), record.get().head().project());
        remember(job, owner);
        return owner;
    }

    private void remember(JobId job, Audience owner) {
        synchronized (owners) {
            owners.put(job, owner);
        }
    }

    private static boolean ends(Event.Recorded event) {
        return event instanceof Event.OfTasks of && of.to() instanceof JobState.Ended;
    }

    /** The event as the HTML standard's event streams have it: its JSON has no line break. */
    private static byte[] frame(long sequence, String type, byte[] json) {
        byte[] head = ("id: " + sequence + "\nevent: " + type + "\ndata: ").getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream frame = new ByteArrayOutputStream(head.length + json.length + 2);
        frame.writeBytes(head);
        frame.writeBytes(json);
        frame.write('\n');
        frame.write('\n');
        return frame.toByteArray();
    }
}
