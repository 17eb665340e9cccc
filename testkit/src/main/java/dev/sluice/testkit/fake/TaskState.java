package dev.sluice.testkit.fake;

import dev.sluice.cluster.Sighting.Holder;
import dev.sluice.job.AttemptEnd;

/** Where a task stands in the controller's queue. Run: its restart count; incarnation: what a binding has of it. */
sealed interface TaskState {
    int run();

    String incarnation();

    /** @param then what becomes of it when others who hold it let it go; when we do, it is always pending */
    record Held(int run, String incarnation, Holder by, Then then) implements TaskState {
        boolean isByUs() {
            return by == Holder.US || by == Holder.UNRELEASED;
        }
    }

    /** @param notBefore milliseconds; after a requeue it waits a while */
    record Pending(int run, String incarnation, long notBefore) implements TaskState {}

    /** On a node, or so the controller believes. */
    sealed interface Started extends TaskState {
        Launch launch();

        Then next();
    }

    record Running(int run, String incarnation, Launch launch, Then next) implements Started {}

    record Paused(int run, String incarnation, Launch launch, Then next) implements Started {}

    /** @param at when its process ended */
    record Completing(int run, String incarnation, AttemptEnd end, long started, long at) implements TaskState {}

    /** @param started its end where it never did */
    record Over(int run, String incarnation, AttemptEnd end, long started, long at) implements TaskState {}

    /** Forgotten some time after its end. */
    record Gone(int run, String incarnation) implements TaskState {}

    /** What a requeue, or the end of a hold, makes of it. */
    enum Then {
        PENDING,
        /** Held by us: it was parked before, or our hold came after its start. */
        HELD
    }

    /** Whether it takes CPUs of the cluster's. */
    default boolean occupies() {
        return switch (this) {
            case Held h -> false;
            case Pending p -> false;
            case Started s -> true;
            case Completing c -> true;
            case Over o -> false;
            case Gone g -> false;
        };
    }

    /** Whether anything of it is still to come. */
    default boolean live() {
        return switch (this) {
            case Held h -> true;
            case Pending p -> true;
            case Started s -> true;
            case Completing c -> true;
            case Over o -> false;
            case Gone g -> false;
        };
    }
}
