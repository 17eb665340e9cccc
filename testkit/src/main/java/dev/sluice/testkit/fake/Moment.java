package dev.sluice.testkit.fake;

/** What an object of ours has just come through, on the controller: the worst time for it to die. */
public enum Moment {
    /** It was parked. */
    PARK,
    /** A task of it was released. */
    RELEASE,
    /** A task of it was put on a node. */
    START,
    /** A task of it left its node. */
    END
}
