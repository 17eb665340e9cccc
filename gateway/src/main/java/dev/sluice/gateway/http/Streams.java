package dev.sluice.gateway.http;

import dev.sluice.gateway.wire.Problem.Code;
import dev.sluice.job.UserName;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How many follow events and read logs, all together and of each user. For any thread. */
final class Streams {
    private static final long RETRY_SECONDS = 5;

    private final HttpSettings settings;
    private final HttpListener listener;
    private final Map<UserName, Integer> perUser = new HashMap<>();
    private int events;
    private int logs;

    Streams(HttpSettings settings, HttpListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    enum Kind {
        EVENTS,
        LOGS
    }

    /** Lets one more in; the answer when there are enough. Whoever was let in leaves once. */
    synchronized Optional<Answer> enter(Kind kind, UserName user) {
        boolean full = switch (kind) {
            case EVENTS -> events >= settings.maxFollowers();
            case LOGS -> logs >= settings.maxLogs();
        };
        if (full) {
            listener.refused(HttpListener.Bound.FOLLOWERS);
            return Optional.of(Answer.busy("too many follow already; try again", RETRY_SECONDS));
        }
        if (perUser.getOrDefault(user, 0) >= settings.maxStreamsPerUser()) {
            listener.refused(HttpListener.Bound.FOLLOWERS);
            return Optional.of(Answer.problem(
                            Code.TOO_MANY_REQUESTS,
                            "expected at most %d streams of %s at once, found one more"
                                    .formatted(settings.maxStreamsPerUser(), user))
                    .retryAfter(RETRY_SECONDS));
        }
        perUser.merge(user, 1, Integer::sum);
        change(kind, 1);
        return Optional.empty();
    }

    synchronized void leave(Kind kind, UserName user) {
        perUser.computeIfPresent(user, (name, count) -> count > 1 ? count - 1 : null);
        change(kind, -1);
    }

    private void change(Kind kind, int by) {
        switch (kind) {
            case EVENTS -> events += by;
            case LOGS -> logs += by;
        }
        listener.followers(events, logs);
    }
}
