package dev.sluice.testkit.simulation;

/** A deliberate defect, put between engine, store and clusters. Every one is caught by the simulation, or it is not one. */
public enum Mutation {
    NONE("the engine as it is"),
    SKIP_COMMIT("one commit in eight is skipped, and everybody goes on as if it were there"),
    EFFECTS_BEFORE_COMMIT("calls leave before what they rest on is on disk"),
    NO_EPOCH_CHECK("the store takes the commits of a gateway that has lost the lead"),
    RETRY_WITHOUT_FIND("what is read before a release is made up: the binding is there, and ours"),
    FORGET_CANCEL("a cancel is acknowledged and forgotten"),
    CLAIM_ALWAYS_WON("whoever holds a claim, we say that we do"),
    DROP_ROWS("one row in eight is not written"),
    RELEASE_DOUBT_IS_NO("an unanswered release counts as one that never happened: the job is tried elsewhere"),
    STOP_DOUBT_IS_DONE("an unanswered stop counts as one that is done"),
    ABSENT_IS_GONE("what is not seen once counts as never started"),
    FORGET_KEY("idempotency keys are not remembered"),
    CHARGE_TWICE("a run is paid for twice"),
    CHARGE_NATIVES_TWICE("what natives use is charged for twice");

    private final String text;

    Mutation(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
