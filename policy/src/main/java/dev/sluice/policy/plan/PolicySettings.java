package dev.sluice.policy.plan;

import dev.sluice.job.InvalidValue;
import dev.sluice.policy.place.Placement;
import dev.sluice.policy.project.HalfLife;
import dev.sluice.policy.project.ProjectTree;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What an administrator says about planning.
 *
 * @param projects who shares, and in which parts
 * @param halfLife after which what was used counts half
 * @param bands the least priority class of each band above the lowest, ascending; none for one band. All jobs of a higher band go
 *     before all of a lower one, whosever they are
 * @param windowPercent how much of a partition's total may be handed over besides what is free, so that it has a next job the
 *     moment one ends: percent of each dimension, 0 to {@value #MOST_WINDOW_PERCENT}; 0 starts only what fits now
 * @param reservations for how many projects' blocked jobs a partition is kept free at the most
 * @param overflowAfter how long a job waits for the clusters that it prefers before others are thought of
 * @param withdrawAfter how long a job waits in a cluster's own queue before it is taken back for a place that has room
 * @param placement where jobs go rather than elsewhere
 */
public record PolicySettings(
        ProjectTree projects,
        HalfLife halfLife,
        List<Integer> bands,
        int windowPercent,
        int reservations,
        Duration overflowAfter,
        Duration withdrawAfter,
        Placement placement) {
    public static final int MOST_WINDOW_PERCENT = 1000;
    public static final int MOST_RESERVATIONS = 1000;

    public static final PolicySettings DEFAULTS = new PolicySettings(
            ProjectTree.EMPTY,
            HalfLife.DEFAULT,
            List.of(),
            0,
            8,
            Duration.ZERO,
            Duration.ofMinutes(10),
            Placement.DEFAULT);

    public PolicySettings {
        bands = List.copyOf(bands);
        SortedSet<Integer> ascending = new TreeSet<>(bands);
        if (!List.copyOf(ascending).equals(bands)) {
            throw new InvalidValue("bands", "priority classes in ascending order, each once", bands.toString());
        }
        if (windowPercent < 0 || windowPercent > MOST_WINDOW_PERCENT) {
            throw new InvalidValue(
                    "window", "0 to " + MOST_WINDOW_PERCENT + " percent", Integer.toString(windowPercent));
        }
        if (reservations < 0 || reservations > MOST_RESERVATIONS) {
            throw new InvalidValue("reservations", "0 to " + MOST_RESERVATIONS, Integer.toString(reservations));
        }
        if (overflowAfter.isNegative()) {
            throw new InvalidValue("overflow-after", "0 s or more", overflowAfter.toString());
        }
        if (withdrawAfter.isNegative()) {
            throw new InvalidValue("withdraw-after", "0 s or more", withdrawAfter.toString());
        }
    }

    /** In which band a priority class is, 0 for the lowest. */
    public int band(int priorityClass) {
        int band = 0;
        while (band < bands.size() && priorityClass >= bands.get(band)) {
            band++;
        }
        return band;
    }

    public PolicySettings withProjects(ProjectTree value) {
        return new PolicySettings(
                value, halfLife, bands, windowPercent, reservations, overflowAfter, withdrawAfter, placement);
    }

    public PolicySettings withHalfLife(HalfLife value) {
        return new PolicySettings(
                projects, value, bands, windowPercent, reservations, overflowAfter, withdrawAfter, placement);
    }

    public PolicySettings withBands(List<Integer> value) {
        return new PolicySettings(
                projects, halfLife, value, windowPercent, reservations, overflowAfter, withdrawAfter, placement);
    }

    public PolicySettings withWindowPercent(int value) {
        return new PolicySettings(
                projects, halfLife, bands, value, reservations, overflowAfter, withdrawAfter, placement);
    }

    public PolicySettings withReservations(int value) {
        return new PolicySettings(
                projects, halfLife, bands, windowPercent, value, overflowAfter, withdrawAfter, placement);
    }

    public PolicySettings withOverflowAfter(Duration value) {
        return new PolicySettings(
                projects, halfLife, bands, windowPercent, reservations, value, withdrawAfter, placement);
    }

    public PolicySettings withWithdrawAfter(Duration value) {
        return new PolicySettings(
                projects, halfLife, bands, windowPercent, reservations, overflowAfter, value, placement);
    }

    public PolicySettings withPlacement(Placement value) {
        return new PolicySettings(
                projects, halfLife, bands, windowPercent, reservations, overflowAfter, withdrawAfter, value);
    }
}
