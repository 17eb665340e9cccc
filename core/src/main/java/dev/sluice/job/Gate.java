package dev.sluice.job;

/** Why a waiting task is not in the queue. A task with no gate is. */
public enum Gate {
    /** A job it depends on has not come far enough. */
    DEPENDENCY,
    /** Its begin time lies ahead. */
    BEGIN_TIME,
    HELD_BY_USER,
    HELD_BY_OPERATOR,
    /** The tag of its image has no digest yet. */
    PINNING_IMAGE,
    /** Its project's budget is spent, or closed by an operator. */
    BUDGET
}
