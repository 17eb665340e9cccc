package dev.sluice.gateway.crash;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;

/** A cluster whose parts die under load, as a {@link CrashRound} sees it. */
interface ClusterUnderTest {
    /**
     * What one task of a job came to.
     *
     * @param starts what its launches wrote, a line each
     * @param group how the gateway shows the tasks that stand like it
     */
    record End(People.Job job, String status, List<String> starts, JsonNode group, JsonNode view) {}

    /**
     * A job for a person to hand in.
     *
     * @param key its name, which each launch of its writes into its line, behind the job's number
     */
    People.Order order(String key, SplittableRandom random);

    /** One of a person's own, past the gateway; that it cannot be taken while something is down is no fault. */
    void submitNative(String user);

    /** Something dies, and comes back after a moment. */
    void killSomething(People people) throws IOException, InterruptedException;

    /** Whether something has yet to die that every round is to have, though all jobs are handed in. */
    default boolean isSpared() {
        return false;
    }

    /** Everything runs again, and what a crash left for an administrator to do is done. */
    void heal();

    /** Whether nothing of the gateway's is there that could still start. */
    boolean isIdle();

    /** A line for each launch of user code, {@code NUMBER KEY MORE}, in no order. */
    List<String> launches();

    /** Whether this may come of a task whatever died, and is told as it was. */
    boolean isGood(End end);

    /** What the cluster itself says of a task that did not come to what it may, for who looks into it. */
    default String evidence(String key) {
        return "";
    }

    void checkNatives(List<String> complaints);
}
