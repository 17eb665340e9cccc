package dev.sluice.job;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/**
 * The one table of both lifecycles: which stage of a task may follow which.
 *
 * <p>The job's stages are {@code WAITING}, any of the attempt's, and {@code ENDED}; the attempt's are the others. Every
 * change of a task's state is checked against the table where it is applied, and the diagram in docs is drawn from it.
 */
public final class Lifecycle {
    /** A state without what it holds. */
    public enum Stage {
        WAITING,
        INTENDED,
        PARKED,
        RELEASING,
        PENDING,
        RUNNING,
        PAUSED,
        COMPLETING,
        WITHDRAWING,
        MISSING,
        ENDED;

        public static Stage of(JobState state) {
            return switch (state) {
                case JobState.Waiting w -> WAITING;
                case JobState.Ended e -> ENDED;
                case JobState.Live live -> of(live.phase());
            };
        }

        public static Stage of(Phase phase) {
            return switch (phase) {
                case Phase.Intended p -> INTENDED;
                case Phase.Parked p -> PARKED;
                case Phase.Releasing p -> RELEASING;
                case Phase.Pending p -> PENDING;
                case Phase.Running p -> RUNNING;
                case Phase.Paused p -> PAUSED;
                case Phase.Completing p -> COMPLETING;
                case Phase.Withdrawing p -> WITHDRAWING;
                case Phase.Missing p -> MISSING;
            };
        }

        /** Whether an attempt is at this stage, rather than the job between attempts. */
        public boolean live() {
            return this != WAITING && this != ENDED;
        }
    }

    /** One allowed step, and what brings it about. */
    public record Transition(Stage from, Stage to, String by) {}

    private static final List<Transition> TABLE = new ArrayList<>();
    private static final Map<Stage, EnumSet<Stage>> ALLOWED = new EnumMap<>(Stage.class);

    static {
        from(Stage.WAITING)
                .to(Stage.WAITING, "a gate opens or shuts")
                .to(Stage.INTENDED, "placed")
                .to(Stage.RUNNING, "an abandoned attempt turns up running: adopted")
                .to(Stage.ENDED, "cancelled, refused everywhere, or a dependency can never be met");
        from(Stage.INTENDED)
                .to(Stage.INTENDED, "in doubt, or asked again")
                .to(Stage.PARKED, "parked while a stop is wished, or blocked there")
                .to(Stage.RELEASING, "parked")
                .to(Stage.PENDING, "found released by others")
                .to(Stage.RUNNING, "found running")
                .to(Stage.WAITING, "refused, or abandoned")
                .to(Stage.ENDED, "cancelled, refused everywhere, or found ended");
        from(Stage.PARKED)
                .to(Stage.PARKED, "a stop is asked, or still blocked")
                .to(Stage.INTENDED, "absent: parked again")
                .to(Stage.RELEASING, "to be released")
                .to(Stage.PENDING, "released by its owner")
                .to(Stage.RUNNING, "released by its owner")
                .to(Stage.WAITING, "withdrawn")
                .to(Stage.ENDED, "cancelled or deleted");
        from(Stage.RELEASING)
                .to(Stage.RELEASING, "in doubt, read, or asked again")
                .to(Stage.PARKED, "held by an administrator")
                .to(Stage.INTENDED, "absent before any release: parked again")
                .to(Stage.PENDING, "released")
                .to(Stage.RUNNING, "seen running")
                .to(Stage.PAUSED, "seen paused")
                .to(Stage.COMPLETING, "seen completing")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "seen ended, to be tried again")
                .to(Stage.ENDED, "seen ended");
        from(Stage.PENDING)
                .to(Stage.PENDING, "a stop is asked, held by others, or requeued there")
                .to(Stage.RELEASING, "held by a late hold of ours")
                .to(Stage.RUNNING, "seen running")
                .to(Stage.PAUSED, "seen paused")
                .to(Stage.COMPLETING, "seen completing")
                .to(Stage.WITHDRAWING, "to be taken back")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "seen ended, to be tried again")
                .to(Stage.ENDED, "seen ended");
        from(Stage.RUNNING)
                .to(Stage.RUNNING, "a stop is asked")
                .to(Stage.PENDING, "requeued there")
                .to(Stage.RELEASING, "its release was forgotten")
                .to(Stage.PAUSED, "seen paused")
                .to(Stage.COMPLETING, "seen completing")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "interrupted, preempted or its node lost")
                .to(Stage.ENDED, "seen ended");
        from(Stage.PAUSED)
                .to(Stage.PAUSED, "a stop is asked")
                .to(Stage.PENDING, "requeued there")
                .to(Stage.RELEASING, "its release was forgotten")
                .to(Stage.RUNNING, "seen running")
                .to(Stage.COMPLETING, "seen completing")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "interrupted, preempted or its node lost")
                .to(Stage.ENDED, "seen ended");
        from(Stage.COMPLETING)
                .to(Stage.COMPLETING, "a stop is asked")
                .to(Stage.PENDING, "requeued there")
                .to(Stage.RELEASING, "its release was forgotten")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "interrupted, preempted or its node lost")
                .to(Stage.ENDED, "seen ended");
        from(Stage.WITHDRAWING)
                .to(Stage.WITHDRAWING, "the next step, or in doubt")
                .to(Stage.PENDING, "a cancel wins, it had started and the hold is undone, or requeued there")
                .to(Stage.MISSING, "absent")
                .to(Stage.WAITING, "withdrawn")
                .to(Stage.ENDED, "seen ended");
        from(Stage.MISSING)
                .to(Stage.MISSING, "absent again, or a stop is asked")
                .to(Stage.PENDING, "there again")
                .to(Stage.RUNNING, "there again")
                .to(Stage.PAUSED, "there again")
                .to(Stage.COMPLETING, "there again")
                .to(Stage.RELEASING, "there again, held by us")
                .to(Stage.WAITING, "never started, or interrupted")
                .to(Stage.ENDED, "its end is found, or an operator settles it");
        from(Stage.ENDED);
    }

    private Lifecycle() {}

    /** All transitions, in the order of their stages. */
    public static List<Transition> table() {
        return List.copyOf(TABLE);
    }

    /**
     * Checks one change of a task's state.
     *
     * @throws IllegalStateException when the table does not have it: a defect of the engine's
     */
    public static void check(JobState from, JobState to) {
        Stage before = Stage.of(from);
        Stage after = Stage.of(to);
        EnumSet<Stage> allowed = ALLOWED.get(before);
        if (allowed == null || !allowed.contains(after)) {
            throw new IllegalStateException("no transition from " + from + " to " + to);
        }
    }

    /** The table as a state diagram of Mermaid. */
    public static String mermaid() {
        StringBuilder out = new StringBuilder("stateDiagram-v2\n    [*] --> WAITING: accepted\n");
        for (Transition t : TABLE) {
            out.append("    %s --> %s: %s%n".formatted(t.from(), t.to(), t.by().replace(":", ",")));
        }
        return out.append("    ENDED --> [*]\n").toString();
    }

    private static From from(Stage stage) {
        ALLOWED.put(stage, EnumSet.noneOf(Stage.class));
        return new From(stage);
    }

    private record From(Stage stage) {
        From to(Stage next, String by) {
            TABLE.add(new Transition(stage, next, by));
            EnumSet<Stage> allowed = ALLOWED.get(stage);
            if (allowed == null || !allowed.add(next)) {
                throw new IllegalStateException("twice in the table: " + stage + " to " + next);
            }
            return this;
        }
    }
}
