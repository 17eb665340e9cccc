package dev.sluice.policy.trace;

import java.util.Arrays;

/** Numbers of which a mean and quantiles are wanted. */
final class Figures {
    private double[] values = new double[64];
    private int size;

    void add(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
        }
        values[size++] = value;
    }

    void addAll(Figures others) {
        for (int i = 0; i < others.size; i++) {
            add(others.values[i]);
        }
    }

    int size() {
        return size;
    }

    /** 0 of none. */
    double mean() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += values[i];
        }
        return size == 0 ? 0 : sum / size;
    }

    /** The least value that so many percent of all do not exceed (nearest rank); 0 of none. */
    double quantile(int percent) {
        if (size == 0) {
            return 0;
        }
        Arrays.sort(values, 0, size);
        int rank = Math.ceilDiv(size * percent, 100);
        return values[Math.max(rank, 1) - 1];
    }
}
