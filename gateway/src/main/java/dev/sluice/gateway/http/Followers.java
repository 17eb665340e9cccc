package dev.sluice.gateway.http;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** The followers of events on one event loop. For its thread, but for {@link #wake}. */
final class Followers {
    private final Reactor reactor;
    private final EventFeed feed;
    private final Set<Follower> following = new LinkedHashSet<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Runnable wake = this::wake;

    Followers(Reactor reactor, EventFeed feed) {
        this.reactor = reactor;
        this.feed = feed;
    }

    void add(Follower follower) {
        following.add(follower);
        if (following.size() == 1) {
            feed.listen(wake);
        }
    }

    void remove(Follower follower) {
        if (following.remove(follower) && following.isEmpty()) {
            feed.unlisten(wake);
        }
    }

    /** There is more in the ring. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            reactor.hand(this::deliver);
        }
    }

    private void deliver() {
        woken.set(false);
        List<Follower> all = new ArrayList<>(following);
        all.forEach(Follower::deliver);
    }

    /** Tells all of them that the gateway stops. */
    void stop() {
        new ArrayList<>(following).forEach(follower -> follower.bye("stopping"));
    }
}
