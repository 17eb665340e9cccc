package dev.sluice.policy.plan;

/** Whether a cluster may be given work. */
public enum Health {
    UP,
    /** It does not answer, or its answers are not believed. */
    DOWN,
    /** It answers, and an operator keeps new work from it. */
    DRAINED
}
