package dev.sluice.policy.plan;

import java.util.ArrayList;
import java.util.List;

/** Places in the order in which a job is tried on them: those on clusters that it prefers first, then by score, then by name. */
final class Ranking {
    private final Scores scores;
    private final Turn turn;
    private final List<Fit.Place> places;
    private final double[] of;
    private long most;
    private double dearest;

    /** @param turn whose array may have begun on one of them */
    Ranking(Scores scores, Turn turn, int size) {
        this.scores = scores;
        this.turn = turn;
        this.places = new ArrayList<>(size);
        this.of = new double[size];
    }

    List<Fit.Place> places() {
        return places;
    }

    /**
     * What they are compared with.
     *
     * @param tasks that find room in the freest of them
     * @param price of an hour in the dearest of them
     */
    void bounds(long tasks, double price) {
        most = tasks;
        dearest = price;
    }

    /** One that comes behind those before it by name. */
    void add(Fit.Place place, double score) {
        int at = places.size();
        while (at > 0 && isBetter(place, score, places.get(at - 1), of[at - 1])) {
            of[at] = of[at - 1];
            at--;
        }
        of[at] = score;
        places.add(at, place);
    }

    private static boolean isBetter(Fit.Place place, double score, Fit.Place other, double otherScore) {
        return place.preferred() == other.preferred() ? score > otherScore : place.preferred();
    }

    /** Whether tasks of the same entry were placed there in this plan. */
    boolean began(Fit.Place place) {
        for (Gift gift : turn.gifts) {
            if (gift.spot == place.spot()) {
                return true;
            }
        }
        return false;
    }

    /** Why a place rather than the next best. */
    String reason(Fit.Place place) {
        for (Gift gift : turn.gifts) {
            if (gift.spot == place.spot()) {
                return gift.reason;
            }
        }
        if (place.preferred()) {
            return "fits on a preferred cluster";
        }
        if (places.size() == 1) {
            return "fits in the only place that it may have";
        }
        Fit.Place other = places.getFirst() == place ? places.get(1) : places.getFirst();
        return scores.reason(place, other, most, dearest);
    }
}
