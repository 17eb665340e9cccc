package dev.sluice.job;

/**
 * Why a cluster, or the gate, does not take a job.
 *
 * @param code a stable word for programs, as {@code unknown-partition}
 * @param message for a person: what was expected, what was found, what to do
 * @param retry whether time alone may cure it
 */
public record Refusal(String code, String message, Retry retry) {
    /** What to expect of a later try on the same cluster. */
    public enum Retry {
        /** The same job is refused for ever. */
        NEVER,
        /** A limit or a state that passes: a full queue, a closed partition. */
        LATER
    }

    public static Refusal never(String code, String message) {
        return new Refusal(code, message, Retry.NEVER);
    }

    public static Refusal later(String code, String message) {
        return new Refusal(code, message, Retry.LATER);
    }
}
