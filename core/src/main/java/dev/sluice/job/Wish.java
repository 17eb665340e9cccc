package dev.sluice.job;

import java.time.Instant;

/** What we want of a live attempt. */
public sealed interface Wish {
    Wish RUN = new Run();

    /** It shall run to its end. */
    record Run() implements Wish {}

    /**
     * It shall stop.
     *
     * @param asked when somebody asked for it
     * @param epoch whose requests may be on their way: the gateway's epoch, {@link Phase#NOBODY} when none or unknown
     * @param fence after it no request of ours acts any more
     */
    record Stop(StopReason why, Instant asked, long epoch, Instant fence) implements Wish {
        public static Stop wanted(StopReason why, Instant asked) {
            return new Stop(why, asked, Phase.NOBODY, asked);
        }

        public Stop sent(long by, Instant until) {
            return new Stop(why, asked, by, until);
        }
    }
}
