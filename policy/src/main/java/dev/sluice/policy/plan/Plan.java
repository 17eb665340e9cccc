package dev.sluice.policy.plan;

import java.util.List;

/** What to do next, in order. Each move counts with the ones before it; none has happened until the engine says so. */
public record Plan(List<Move> moves) {
    public static final Plan NOTHING = new Plan(List.of());

    public Plan {
        moves = List.copyOf(moves);
    }
}
