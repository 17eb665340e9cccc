package dev.sluice.engine;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.Cursor;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.job.AttemptId;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What the engine knows of one cluster. Drain and breaker are on disk, the rest is learned anew. Only {@link Book} writes. */
final class ClusterRecord {
    /** How long after its fence was decided a request may begin. */
    static final Duration START_WITHIN = Duration.ofSeconds(10);

    /**
     * How many releases are under way at once: each looks at the cluster's queue and takes as many jobs as there are, so that few
     * large ones cost it less than many small ones. Where these hang or rest, one more leaves each {@link #RELEASE_WAITS}: one
     * account whose login does not end holds up nobody else's jobs.
     */
    private static final int RELEASES = 2;

    private static final Duration RELEASE_WAITS = Duration.ofMillis(500);

    /**
     * Where the last release took so many jobs, more will come: the next one leaves {@link #RELEASE_WAITS} behind it, or as soon as
     * nothing else is under way that could join it.
     */
    private static final int CROWD = 16;

    final ClusterSettings settings;
    final Agenda agenda = new Agenda();
    /** The live attempts on it. */
    final Set<AttemptId> attempts = new LinkedHashSet<>();

    Event.Drain drain = Event.Drain.OFF;
    Breaker breaker = Breaker.CLOSED;

    /**
     * How many calls may be under way, observations and measurements aside. As TCP's window (RFC 5681): one more for each clear
     * answer up to {@link #threshold}, from there on one more for each full round of them, and half after a doubt.
     */
    int width = 4;

    /** Half of the width at the last doubt. */
    private int threshold = Integer.MAX_VALUE;

    private int clear;
    int underWay;

    /** How many of those let jobs go. */
    private int releasing;

    private Instant lastRelease = Instant.EPOCH;

    /** Whether the last that came back took a crowd. */
    private boolean crowded;

    /** What is to be let go and waits until another release is back: the next call then takes many. */
    private final Set<AgendaKey> waitForRelease = new LinkedHashSet<>();

    boolean observing;
    boolean measuring;
    /** Doubtful answers in a row. */
    int doubts;

    Instant lastDoubt = Instant.EPOCH;
    Cursor cursor = Cursor.START;
    Instant lastComplete = Instant.EPOCH;
    /** No look before it. */
    Instant nextLook = Instant.EPOCH;

    Instant nextMeasure = Instant.EPOCH;
    Optional<CapacityReading.Capacity> capacity = Optional.empty();
    private Optional<NativeSample> natives = Optional.empty();

    ClusterRecord(ClusterSettings settings) {
        this.settings = settings;
    }

    ClusterName name() {
        return settings.name();
    }

    /** Whether a call may leave now. */
    boolean ready() {
        return !open() && underWay < width;
    }

    boolean open() {
        return breaker instanceof Breaker.Open;
    }

    /** How many calls may leave now, if any may. */
    int free() {
        return Math.max(0, width - underWay);
    }

    /** Whether a release may leave now. */
    boolean releases(Instant now) {
        return !now.isBefore(nextRelease());
    }

    private Instant nextRelease() {
        boolean othersCome = crowded && underWay > releasing;
        return releasing < RELEASES && !othersCome ? Instant.EPOCH : lastRelease.plus(RELEASE_WAITS);
    }

    /** It is due when a release may leave. */
    void waitsForRelease(AgendaKey key) {
        agenda.put(key, nextRelease());
        waitForRelease.add(key);
    }

    void releasesLeft(Instant now) {
        releasing++;
        lastRelease = now;
    }

    private void releaseCameBack(Effect.Release release) {
        releasing--;
        crowded = release.grants().size() >= CROWD;
        releasesLookAgain();
    }

    private void releasesLookAgain() {
        Instant next = nextRelease();
        waitForRelease.forEach(key -> agenda.put(key, next));
        waitForRelease.clear();
    }

    /** Until when a request that is sent now may act. */
    Instant fence(Instant now, Duration skew) {
        return now.plus(settings.requestLife()).plus(skew).plus(START_WITHIN);
    }

    void set(Breaker changed) {
        breaker = changed;
        doubts = 0;
        if (changed instanceof Breaker.Open open) {
            nextMeasure = open.until();
            width = 1;
        }
    }

    /**
     * An attempt changed, or is new; what is to be done about it is looked at.
     *
     * @param epoch of this life: what another one, or a doubt, left intended may be there, and is searched for
     */
    void entered(JobState.Live live, long epoch) {
        AgendaKey key = new AgendaKey.OfAttempt(live.attempt().id());
        attempts.add(live.attempt().id());
        if (live.phase() instanceof Phase.Intended intended && intended.epoch() == epoch) {
            agenda.queue(key);
        } else {
            agenda.now(key);
        }
    }

    /** Nothing of an attempt is live any more. */
    void left(AttemptId attempt) {
        attempts.remove(attempt);
        agenda.remove(new AgendaKey.OfAttempt(attempt));
    }

    /** @param projects who is charged for natives, by account */
    void measured(CapacityReading.Capacity reading, SortedMap<String, ProjectPath> projects) {
        capacity = Optional.of(reading);
        if (natives.map(sample -> sample.isOverBy(reading.asOf())).orElse(true)) {
            natives = Optional.of(NativeSample.of(reading, projects));
        }
    }

    /** What natives are to be charged when this reading is taken in. */
    Optional<Event.NativesCharged> charge(CapacityReading.Capacity reading) {
        return natives.flatMap(sample -> sample.charge(name(), reading.asOf(), settings.sweep()));
    }

    void looked(Event.Looked e) {
        cursor = e.next();
        if (e.complete()) {
            lastComplete = e.asOf();
        }
    }

    /** A call came back. */
    void land(Event.Landed e) {
        // A look that was cut off, by a freeze of ours for example, says nothing of how many calls the cluster bears.
        boolean takesLane = !(e.effect() instanceof Effect.Observe) && !(e.effect() instanceof Effect.Measure);
        switch (e.effect()) {
            case Effect.Observe o -> {
                observing = false;
                if (e.answer() == Event.Answer.DOUBTFUL) {
                    nextLook = e.at().plus(settings.poll());
                }
            }
            case Effect.Measure m -> {
                measuring = false;
                nextMeasure = e.at().plus(settings.sweep());
            }
            case Effect.Release r -> {
                underWay--;
                releaseCameBack(r);
            }
            case Effect.OnCluster c -> {
                underWay--;
                if (underWay == releasing) {
                    releasesLookAgain();
                }
            }
            case Effect.PinImage p -> {}
        }
        if (!e.inDoubt().isEmpty()) {
            lastDoubt = e.at();
        }
        switch (e.answer()) {
            case CLEAR -> {
                doubts = 0;
                if (takesLane) {
                    widen();
                }
            }
            case DOUBTFUL -> {
                doubts++;
                lastDoubt = e.at();
                if (takesLane) {
                    narrow();
                }
            }
        }
    }

    private void widen() {
        clear++;
        if ((width < threshold || clear >= width) && width < settings.maxWidth()) {
            width++;
            clear = 0;
        }
    }

    private void narrow() {
        clear = 0;
        width = Math.max(1, width / 2);
        threshold = width;
    }

    Reply.ClusterStanding standing() {
        return new Reply.ClusterStanding(name(), drain, breaker, capacity, attempts.size());
    }

    /** Its row; null as long as there is nothing to remember. */
    @Nullable
    Image image() {
        if (drain == Event.Drain.OFF && !open()) {
            return null;
        }
        return new Image.OfCluster(name(), drain, breaker);
    }
}
