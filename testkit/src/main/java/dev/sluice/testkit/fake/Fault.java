package dev.sluice.testkit.fake;

/** A thing that went wrong, counted when it really did ({@link FaultCounts}). Numbers are FAULTS.md's. */
public enum Fault {
    /** The controller died (F32, F46). */
    CONTROLLER_CRASH,
    /** An acknowledged park of ours was gone after a crash (F46). */
    PARK_FORGOTTEN,
    /** An acknowledged release, hold or cancel of ours was undone by a crash. */
    ORDER_FORGOTTEN,
    /** A start was forgotten by a crash, and its process was alive. */
    START_FORGOTTEN,
    /** An end was forgotten by a crash. */
    END_FORGOTTEN,
    /** A number that was given to an object of ours was given to another job (F20, F52). */
    ID_REUSED,
    /** Accounting has a lost job of ours as pending or running for ever. */
    GHOST,
    /** The cluster launched one job of ours twice by itself (F49). */
    LAUNCHED_TWICE,
    /** The cluster aborted a job of ours as FAILED 1:0 after a crash (F50). */
    CREDENTIAL_REVOKED,
    /** A launch lost its gate. */
    GATE_LOST,
    /** A launch lost its gate to a claim that the gateway took. */
    GATE_LOST_TO_GATEWAY,
    /** A launch found its claim directory away and failed closed (F54). */
    GATE_CLOSED,
    /** A request never got there. */
    REQUEST_LOST,
    /** A park was carried out, and its answer was lost (F2, F6). */
    PARK_ANSWER_LOST,
    /** Another request was carried out, and its answer was lost. */
    ANSWER_LOST,
    /** An answer took five seconds (F34). */
    STALLED,
    /** A park got there late, before its fence (F51). */
    PARK_LATE,
    /** A park got there after its sender had died (F1, F51). */
    PARK_OF_THE_DEAD,
    /** Another request got there after its sender had died. */
    REQUEST_OF_THE_DEAD,
    /** A request got there after its fence, and was refused (F55). */
    FENCED_OFF,
    /** A park got there twice. */
    PARK_DOUBLED,
    /** A second object with one key came to be. */
    TWINS,
    /** A name was taken already (F7). */
    ALREADY_EXISTS,
    /** A request died with its connection when the controller did. */
    CONNECTION_RESET,
    /** The cluster could not be reached (F16, F33). */
    UNREACHABLE,
    /** The cluster took requests and let them lie (F34). */
    FROZEN,
    /** A search or a look at everything failed (F47). */
    SEARCH_FAILED,
    /** A park was refused for now. */
    PARK_REFUSED,
    /** Accounting was away (F18). */
    ACCOUNTING_AWAY,
    /** Accounting learnt of an end late (F18). */
    ACCOUNTING_LAGS,
    /** An end could be read in accounting alone: the queue had forgotten it (F17, F48). */
    PURGED,
    /** The claim directory was away (F54). */
    CLAIMS_AWAY,
    /** An administrator held a job of ours (F23). */
    HELD_BY_ADMINISTRATOR,
    /** A limit held a job of ours. */
    HELD_BY_LIMIT,
    /** Its owner held a job of ours. */
    HELD_BY_OWNER,
    /** A job of ours, held by others, was let go again by them. */
    UNHELD,
    /** An administrator altered a job of ours (F23). */
    ALTERED_BY_ADMINISTRATOR,
    /** Others cancelled a job of ours (F24). */
    CANCELLED_BY_OTHERS,
    /** Others deleted an object of ours without a trace (F24). */
    DELETED_BY_OTHERS,
    /** The cluster forgot that it had released a job of ours, and had it parked again (F29). */
    SET_BACK,
    /** Its owner released a parked job of ours. */
    RELEASED_BY_OWNER,
    /** A job of ours was preempted (F21). */
    PREEMPTED,
    /** A job of ours lost its node (F21, F30). */
    NODE_LOST,
    /** The cluster itself requeued a job of ours (F21). */
    REQUEUED_THERE,
    /** A job of ours was suspended. */
    PAUSED,
    /** A hold of ours hit a job that had started, to bite at its next requeue (F53). */
    HOLD_TOO_LATE,
    /** Such a hold did bite (F53). */
    HOLD_BIT,
    /** A state in words that nobody knows (F22). */
    STRANGE_WORD,
    /** Others submitted a job. */
    FOREIGN_JOB,
    /** Nodes came or went. */
    CAPACITY_CHANGED,
    /** A release by number hit what was not ours, or not that attempt: also in {@link Ledger#touches()}. */
    FOREIGN_TOUCHED
}
