package dev.sluice.slurm.ssh;

import com.jcraft.jsch.Session;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;

/**
 * The sessions of all accounts, each shared by a few channels.
 *
 * <p>Respects sshd's limits: a session on which a channel was refused (MaxSessions) takes no more than it had, and a login that
 * is cut before it began (MaxStartups) is tried again after a growing pause. What will not mend by itself within seconds, a
 * wrong host key or an account that is not let in, is remembered and not tried again for a while.
 */
final class Sessions implements AutoCloseable {
    private static final int TRIES = 5;
    private static final long FIRST_PAUSE_MS = 100;
    static final Duration QUARANTINE = Duration.ofSeconds(30);

    private final SshSettings.Limits limits;
    private final Connector connector;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, List<Shared>> byAccount = new HashMap<>();
    private final Map<String, Integer> opening = new HashMap<>();
    private final Map<String, Remembered> failures = new HashMap<>();
    private boolean closed;

    private record Remembered(NotConnected failure, long untilNanos) {}

    Sessions(SshSettings.Limits limits, Connector connector, InstantSource clock, RandomGenerator random) {
        this.limits = limits;
        this.connector = connector;
        this.clock = clock;
        this.random = random;
    }

    /** One session and how it is used; guarded by the lock. */
    private final class Shared {
        final String account;
        final Session session;
        final java.time.Instant end;
        int channels;
        int most = limits.channels();
        long usedNanos = System.nanoTime();

        Shared(String account, Connector.Opened opened) {
            this.account = account;
            this.session = opened.session();
            this.end = opened.end();
        }

        boolean isUsable() {
            return session.isConnected() && clock.instant().isBefore(end);
        }
    }

    /** The right to open one channel on a session. */
    final class Lease implements AutoCloseable {
        private final Shared shared;

        private Lease(Shared shared) {
            this.shared = shared;
        }

        Session session() {
            return shared.session;
        }

        /** The server refused a channel: no more than the others at once. */
        void refused() {
            lock.lock();
            try {
                if (shared.channels <= 1) {
                    shared.session.disconnect();
                } else {
                    shared.most = Math.min(shared.most, shared.channels - 1);
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                shared.channels--;
                shared.usedNanos = System.nanoTime();
                sweep(shared.account);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** @param until {@link System#nanoTime()} when the caller gives up */
    Lease lease(String account, long until) throws NotConnected, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                refuseWhatFailed(account);
                Optional<Shared> free = free(account);
                if (free.isPresent()) {
                    free.get().channels++;
                    return new Lease(free.get());
                }
                int held = byAccount.getOrDefault(account, List.of()).size() + opening.getOrDefault(account, 0);
                if (held < limits.sessions()) {
                    break;
                }
                if (until - System.nanoTime() <= 0 || changed.awaitNanos(until - System.nanoTime()) <= 0) {
                    throw new NotConnected(
                            NotConnected.Scope.PASSING, "all " + held + " sessions of " + account + " are busy");
                }
            }
            opening.merge(account, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
        return opened(account, until);
    }

    private void refuseWhatFailed(String account) throws NotConnected {
        if (closed) {
            throw new NotConnected(NotConnected.Scope.PASSING, "the door is closed");
        }
        for (String key : List.of("", account)) {
            Remembered remembered = failures.get(key);
            if (remembered != null && remembered.untilNanos() - System.nanoTime() > 0) {
                throw remembered.failure();
            }
        }
    }

    private Optional<Shared> free(String account) {
        sweep(account);
        return byAccount.getOrDefault(account, List.of()).stream()
                .filter(shared -> shared.isUsable() && shared.channels < shared.most)
                .findFirst();
    }

    /** Lets go of sessions that are dead, and of ended or long idle ones that nobody uses. */
    private void sweep(String account) {
        List<Shared> list = byAccount.get(account);
        if (list == null) {
            return;
        }
        Iterator<Shared> each = list.iterator();
        while (each.hasNext()) {
            Shared shared = each.next();
            boolean idle = shared.channels == 0
                    && System.nanoTime() - shared.usedNanos > limits.idle().toNanos();
            if (!shared.session.isConnected() || (shared.channels == 0 && !shared.isUsable()) || idle) {
                shared.session.disconnect();
                each.remove();
            }
        }
        if (list.isEmpty()) {
            byAccount.remove(account);
        }
    }

    private Lease opened(String account, long until) throws NotConnected, InterruptedException {
        Optional<Shared> shared = Optional.empty();
        Optional<NotConnected> failure = Optional.empty();
        try {
            shared = Optional.of(new Shared(account, openedPatiently(account, until)));
        } catch (NotConnected no) {
            failure = Optional.of(no);
            throw no;
        } finally {
            settle(account, shared, failure);
        }
        return new Lease(shared.get());
    }

    private void settle(String account, Optional<Shared> shared, Optional<NotConnected> failure) {
        lock.lock();
        try {
            opening.computeIfPresent(account, (key, count) -> count == 1 ? null : count - 1);
            shared.ifPresent(opened -> {
                opened.channels = 1;
                byAccount.computeIfAbsent(account, key -> new ArrayList<>()).add(opened);
                failures.remove("");
                failures.remove(account);
                if (closed) {
                    opened.session.disconnect();
                }
            });
            failure.ifPresent(no -> remember(account, no));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void remember(String account, NotConnected failure) {
        long until = System.nanoTime() + QUARANTINE.toNanos();
        switch (failure.scope()) {
            case HOST -> failures.put("", new Remembered(failure, until));
            case ACCOUNT -> failures.put(account, new Remembered(failure, until));
            case PASSING -> {}
        }
    }

    private Connector.Opened openedPatiently(String account, long until) throws NotConnected, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return connector.open(account, Duration.ofNanos(Math.max(0, until - System.nanoTime())));
            } catch (NotConnected failure) {
                long pause = FIRST_PAUSE_MS << attempt;
                long jittered = TimeUnit.MILLISECONDS.toNanos(pause / 2 + random.nextLong(pause));
                boolean hopeless = failure.scope() != NotConnected.Scope.PASSING || attempt == TRIES;
                if (hopeless || System.nanoTime() + jittered - until > 0) {
                    throw failure;
                }
                TimeUnit.NANOSECONDS.sleep(jittered);
            }
        }
    }

    /** Closes what has been idle; called now and then. */
    void sweep() {
        lock.lock();
        try {
            List.copyOf(byAccount.keySet()).forEach(this::sweep);
            failures.values().removeIf(remembered -> remembered.untilNanos() - System.nanoTime() <= 0);
        } finally {
            lock.unlock();
        }
    }

    /** How many sessions are open, for all accounts. */
    int count() {
        lock.lock();
        try {
            return byAccount.values().stream().mapToInt(List::size).sum();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            byAccount.values().forEach(list -> list.forEach(shared -> shared.session.disconnect()));
            byAccount.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
