package dev.sluice.testkit.simulation;

import dev.sluice.engine.Effect;
import dev.sluice.engine.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A place at which a gateway may die: before or after the commit of a kind of event, before a call leaves, once it has left,
 * and when its answer is in but nothing of it is on disk.
 */
record CrashPoint(String name) implements Comparable<CrashPoint> {
    private static final List<CrashPoint> ALL = all();

    static CrashPoint beforeCommit(Event event) {
        return new CrashPoint("before commit of " + event.getClass().getSimpleName());
    }

    /** Whether it is a commit of this kind of event. */
    boolean concerns(Class<? extends Event> event) {
        return name.endsWith(" commit of " + event.getSimpleName());
    }

    /** Whether it is about calls of this kind. */
    boolean concernsCall(Class<? extends Effect> effect) {
        return name.endsWith(" " + effect.getSimpleName()) && !name.contains(" commit of ");
    }

    static CrashPoint afterCommit(Event event) {
        return new CrashPoint("after commit of " + event.getClass().getSimpleName());
    }

    static CrashPoint beforeCall(Effect effect) {
        return new CrashPoint("before call " + effect.getClass().getSimpleName());
    }

    static CrashPoint afterCall(Effect effect) {
        return new CrashPoint("after call " + effect.getClass().getSimpleName());
    }

    static CrashPoint answered(Effect effect) {
        return new CrashPoint("answered " + effect.getClass().getSimpleName());
    }

    /** Every point there is, by the kinds of events and calls that the engine has, numbered by their order. */
    static List<CrashPoint> points() {
        return ALL;
    }

    private static List<CrashPoint> all() {
        TreeSet<CrashPoint> points = new TreeSet<>();
        for (Class<?> event : leaves(Event.Recorded.class)) {
            points.add(new CrashPoint("before commit of " + event.getSimpleName()));
            points.add(new CrashPoint("after commit of " + event.getSimpleName()));
        }
        for (Class<?> effect : leaves(Effect.class)) {
            points.add(new CrashPoint("before call " + effect.getSimpleName()));
            points.add(new CrashPoint("after call " + effect.getSimpleName()));
            points.add(new CrashPoint("answered " + effect.getSimpleName()));
        }
        return List.copyOf(points);
    }

    private static List<Class<?>> leaves(Class<?> sealed) {
        if (!sealed.isSealed()) {
            return List.of(sealed);
        }
        List<Class<?>> leaves = new ArrayList<>();
        for (Class<?> permitted : sealed.getPermittedSubclasses()) {
            leaves.addAll(leaves(permitted));
        }
        return leaves;
    }

    @Override
    public int compareTo(CrashPoint other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
