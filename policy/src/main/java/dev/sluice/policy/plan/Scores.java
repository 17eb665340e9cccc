package dev.sluice.policy.plan;

import dev.sluice.cluster.Supply.Others;
import dev.sluice.policy.place.Reliability;
import dev.sluice.policy.place.Weights;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What speaks for each place, while a plan is made: the weighted sum of what is said of it, each from 0 to 1. */
final class Scores {
    /** To wait so much longer halves what an early start is worth. */
    private static final Duration SOON = Duration.ofMinutes(10);

    private final Weights weights;
    private final Room room;
    private final Instant now;
    /** By partition: how little failed on its cluster of late. */
    private final double[] sound;
    /** By partition: for how long others' jobs that wait there keep one of ours waiting, minutes. */
    private final double[] queues;

    private final boolean hasWindow;

    Scores(State state, Room room, Instant now) {
        this.weights = state.settings.placement().weights();
        this.room = room;
        this.now = now;
        this.hasWindow = state.settings.windowPercent() > 0;
        List<Spot> spots = state.board.spots();
        this.sound = new double[spots.size()];
        this.queues = new double[spots.size()];
        for (Spot spot : spots) {
            Reliability known = state.reliabilities.getOrDefault(spot.cluster().name(), Reliability.UNKNOWN);
            sound[spot.index] = 1 - known.faultiness(now);
            queues[spot.index] = spot.plansByItself() ? queue(spot) : 0;
        }
    }

    /** As if each of those ahead ran for half of the usual limit, on what one of those that run now gives back. */
    private static double queue(Spot spot) {
        Others others = spot.capacity().terms().others().orElse(new Others(0, 0));
        double each = Math.min(
                        spot.capacity().terms().defaultMinutes(),
                        spot.capacity().maxMinutes())
                / 2.0;
        return others.ahead() * each / Math.max(1, others.running());
    }

    /** Places as a job is tried on them; where its array began comes before all but those on clusters that it prefers. */
    Ranking rank(List<Fit.Place> places, Turn turn) {
        Ranking ranking = new Ranking(this, turn, places.size());
        long most = 1;
        double dearest = 0;
        if (places.size() > 1) {
            for (Fit.Place place : places) {
                most = Math.max(most, room.of(place));
                dearest = Math.max(dearest, place.price());
            }
        }
        ranking.bounds(most, dearest);
        for (Fit.Place place : places) {
            long has = room.of(place);
            ranking.add(place, has > 0 && ranking.began(place) ? Double.MAX_VALUE : score(place, has, most, dearest));
        }
        return ranking;
    }

    private double score(Fit.Place place, long has, long most, double dearest) {
        return start(place) + data(place) + cost(place, dearest) + spread(has, most) + sound(place);
    }

    /** 1 for at once, a half in {@link #SOON}. */
    private double start(Fit.Place place) {
        double minutes = queues[place.spot().index];
        if (hasWindow && !room.isFree(place)) {
            minutes += room.earliest(place, place.limit())
                    .map(at -> Duration.between(now, at).toSeconds() / 60.0)
                    .orElse((double) place.spot().capacity().maxMinutes());
        }
        return weights.start() / (1 + minutes / SOON.toMinutes());
    }

    private double data(Fit.Place place) {
        return weights.data() * place.data();
    }

    private double cost(Fit.Place place, double dearest) {
        return dearest == 0 ? 0 : weights.cost() * (1 - place.price() / dearest);
    }

    private double spread(long has, long most) {
        return weights.spread() * has / most;
    }

    private double sound(Fit.Place place) {
        return weights.failures() * sound[place.spot().index];
    }

    /** What most of the difference between two places comes from, as the reason to choose the one. */
    String reason(Fit.Place one, Fit.Place other, long most, double dearest) {
        double[] leads = {
            spread(room.of(one), most) - spread(room.of(other), most),
            start(one) - start(other),
            data(one) - data(other),
            cost(one, dearest) - cost(other, dearest),
            sound(one) - sound(other)
        };
        int best = 0;
        for (int i = 1; i < leads.length; i++) {
            best = leads[i] > leads[best] ? i : best;
        }
        return leads[best] > 0 ? REASONS.get(best) : "fits as well as elsewhere";
    }

    private static final List<String> REASONS = List.of(
            "fits where most is free",
            "fits where it starts soonest",
            "fits where its data is nearest",
            "fits where it costs least",
            "fits where least failed of late");
}
