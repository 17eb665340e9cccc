package dev.sluice.testkit.fake;

import java.time.Instant;
import java.util.List;

/**
 * A call under way between a gateway and a cluster.
 *
 * @param <R> what the port answers
 */
public final class Transit<R> {
    private final Call<R> call;
    private final Sender sender;
    private final Instant sent;
    private final List<Instant> arrivals;
    private final int instance;
    private final long answerMs;
    private boolean answerLost;
    private boolean answered;
    private boolean carriedOut;

    Transit(
            Call<R> call,
            Sender sender,
            Instant sent,
            List<Instant> arrivals,
            int instance,
            boolean answerLost,
            long answerMs) {
        this.call = call;
        this.sender = sender;
        this.sent = sent;
        this.arrivals = List.copyOf(arrivals);
        this.instance = instance;
        this.answerLost = answerLost;
        this.answerMs = answerMs;
    }

    public Call<R> call() {
        return call;
    }

    public Sender sender() {
        return sender;
    }

    public Instant sent() {
        return sent;
    }

    /** When it gets to the cluster: never, once, or several times. Each is to be handed to {@link Wire#arrive}. */
    public List<Instant> arrivals() {
        return arrivals;
    }

    /** Which life of the controller its connection leads to. */
    int instance() {
        return instance;
    }

    boolean answerLost() {
        return answerLost;
    }

    /** How long the answer takes back, milliseconds. */
    long answerMs() {
        return answerMs;
    }

    /** Whether an arrival of it was answered. */
    public boolean answered() {
        return answered;
    }

    void markAnswered() {
        answered = true;
    }

    void loseAnswer() {
        answerLost = true;
    }

    boolean carriedOut() {
        return carriedOut;
    }

    void markCarriedOut() {
        carriedOut = true;
    }
}
