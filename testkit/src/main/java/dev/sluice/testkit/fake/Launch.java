package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptEnd;
import java.util.Optional;

/** A process on a node: one start of one task. It outlives crashes of the controller. Changed by {@link Nodes} alone. */
final class Launch {
    final NativeJob job;
    final int slot;
    final int run;
    final String incarnation;
    final long started;
    final Fate fate;

    boolean alive = true;
    boolean pastGate;
    /** When user code ends by itself; never before the gate is passed. */
    long naturalAt = Agenda.NEVER;
    /** When somebody ends it. */
    long forcedAt = Agenda.NEVER;

    Optional<AttemptEnd> forced = Optional.empty();
    boolean paused;
    long pausedAt;
    /** Grows with every new plan of its end, so that an old one is void. */
    long plans;

    Optional<AttemptEnd> end = Optional.empty();
    long endedAt;

    Launch(NativeJob job, int slot, int run, String incarnation, long started, Fate fate) {
        this.job = job;
        this.slot = slot;
        this.run = run;
        this.incarnation = incarnation;
        this.started = started;
        this.fate = fate;
    }

    int task() {
        return job.indices[slot];
    }

    @Override
    public String toString() {
        return (alive ? "a process" : "a dead process") + " of run " + run;
    }
}
