package dev.sluice.policy.plan;

/** Whether a project, with all projects below it, may start anything. */
public enum Budget {
    OPEN,
    CLOSED
}
