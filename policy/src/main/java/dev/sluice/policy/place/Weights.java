package dev.sluice.policy.place;

import dev.sluice.job.InvalidValue;
import java.util.List;

/**
 * How much each reason counts to place a job on one cluster rather than on another. Each is worth 0 to 1 of itself; a place is the better
 * the greater their weighted sum is. A weight of 0 leaves a reason out.
 *
 * @param start that it starts there soon
 * @param data that its file systems are near
 * @param cost that it costs little
 * @param spread that much is free
 * @param failures that little failed there of late by no job's fault
 */
public record Weights(double start, double data, double cost, double spread, double failures) {
    public static final double MOST = 1000;

    /** A cluster that fails what it is given is soon the freest of all: its failures count more than that. */
    public static final Weights DEFAULT = new Weights(1, 1, 1, 1, 2);

    /** @throws InvalidValue for one below 0 or above {@value #MOST} */
    public Weights {
        for (double weight : List.of(start, data, cost, spread, failures)) {
            if (!(weight >= 0 && weight <= MOST)) {
                throw new InvalidValue("weights of placement", "0 to " + MOST + " each", Double.toString(weight));
            }
        }
    }
}
