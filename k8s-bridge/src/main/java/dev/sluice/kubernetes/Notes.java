package dev.sluice.kubernetes;

import dev.sluice.job.AttemptId;
import dev.sluice.kubernetes.api.Api;
import dev.sluice.kubernetes.api.Api.Listed;
import dev.sluice.kubernetes.api.Feed;
import dev.sluice.kubernetes.api.Query;
import dev.sluice.kubernetes.api.Reply;
import dev.sluice.kubernetes.manifest.Keys;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.EventList;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Hears why Jobs of ours could not get a pod, which nothing but events of theirs tells: by one list and one watch of such events.
 *
 * <p>They explain, and decide nothing: a cluster that does not let us read them, or whose events are late, is watched all the same.
 */
final class Notes implements AutoCloseable {
    /** Events cannot be selected by label, so those of others' Jobs come with ours and are left. */
    private static final String SELECTOR =
            Query.fields("involvedObject.kind=Job,type=Warning,reason=" + Waits.NOT_MADE);

    private final Api api;
    private final Mirror mirror;
    private final String ours;
    private final Feed<Event> feed;
    private final AtomicBoolean wanted = new AtomicBoolean(true);

    Notes(Api api, Mirror mirror, long realm) {
        this.api = api;
        this.mirror = mirror;
        this.ours = Keys.beginningOfNames(new AttemptId(realm, 0));
        feed = new Feed<>(api, Paths.EVENTS, SELECTOR, Event.class, Notes::trimmed, new Feed.Listener<>() {
            @Override
            public void changed(Event object) {
                hear(object);
            }

            /** It grew old; what it told of may be so still. */
            @Override
            public void deleted(Event last) {}

            @Override
            public void lost() {
                wanted.set(true);
            }
        });
    }

    /** Goes on; where events may have been missed, after a list of those that there are. */
    void follow() {
        if (!wanted.compareAndSet(true, false)) {
            return;
        }
        Reply<Listed<Event>> listed = api.list(Paths.EVENTS, SELECTOR, EventList.class, Notes::trimmed);
        if (listed instanceof Reply.Said<Listed<Event>>(Listed<Event> there)) {
            there.items().forEach(this::hear);
            feed.startFrom(there.version());
        } else if (listed instanceof Reply.Unknown<Listed<Event>>) {
            wanted.set(true);
        }
    }

    /** After a whole look at the cluster: of what was refused before, it is asked again. */
    void followAnew() {
        wanted.set(true);
        follow();
    }

    private void hear(Event event) {
        ObjectReference object = event.getInvolvedObject();
        if (object != null
                && Seen.text(object.getName()).startsWith(ours)
                && !Seen.text(object.getUid()).isEmpty()) {
            mirror.note(object.getUid(), Waits.of(event));
        }
    }

    private static Event trimmed(Event event) {
        ObjectReference object = event.getInvolvedObject();
        return new EventBuilder()
                .withNewMetadata()
                .withResourceVersion(event.getMetadata().getResourceVersion())
                .endMetadata()
                .withNewInvolvedObject()
                .withName(object == null ? null : object.getName())
                .withUid(object == null ? null : object.getUid())
                .endInvolvedObject()
                .withReason(event.getReason())
                .withMessage(event.getMessage())
                .build();
    }

    @Override
    public void close() {
        feed.close();
    }
}
