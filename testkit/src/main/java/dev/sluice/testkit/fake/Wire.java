package dev.sluice.testkit.fake;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The way between gateways and one fake cluster: the evented skin of the model.
 *
 * <p>A simulation {@link #send sends} a call, hands each of its arrivals to {@link #arrive} at its time, and puts the outcome
 * into the gateway's inbox at the time that {@link Arrived.Answered} says. Deadlines are the simulation's: a transit with no
 * answer by then is a doubt ({@link Call#doubt}), and an answer that comes later is to be thrown away. When a gateway dies
 * the simulation calls {@link #died} and forgets the answers, but still delivers the arrivals.
 */
public final class Wire {
    private static final long STALL_MS = 5_000;
    /** A park that takes longer is late. */
    private static final long LATE_MS = 5_000;
    /** How much later than its fence the latest request gets there. */
    private static final double BEYOND_FENCE = 1.15;

    private final FakeCluster cluster;
    private final RandomGenerator chaos;
    private final Set<Sender> dead = new HashSet<>();
    private Weather weather = Weather.CALM;

    public Wire(FakeCluster cluster, RandomGenerator chaos) {
        this.cluster = cluster;
        this.chaos = chaos;
    }

    public FakeCluster cluster() {
        return cluster;
    }

    public void weather(Weather next) {
        weather = next;
    }

    /** The gateway has died: nobody waits for its answers, and what it sent is on its way. */
    public void died(Sender sender) {
        dead.add(sender);
    }

    /** Sends a call; decides when it gets there, how often, and whether its answer comes back. */
    public <R> Transit<R> send(Call<R> call, Sender sender, Instant sent) {
        boolean silent = call.unsent(sent).isPresent();
        List<Instant> arrivals = silent ? List.of(sent) : arrivals(call, sent);
        boolean answerLost = !silent && chance(weather.lostAnswer());
        long answerMs = silent ? 0 : latency();
        if (!silent && !arrivals.isEmpty() && !answerLost && chance(weather.stalled())) {
            cluster.faults().count(Fault.STALLED);
            answerMs += STALL_MS;
        }
        return new Transit<>(call, sender, sent, arrivals, cluster.instance(), answerLost, answerMs);
    }

    /** What is sent to a dead controller is refused at once; only a park may be held by something that tries again. */
    private List<Instant> arrivals(Call<?> call, Instant sent) {
        if (chance(weather.lostRequest())) {
            cluster.faults().count(Fault.REQUEST_LOST);
            return List.of();
        }
        boolean park = call instanceof Call.Park;
        List<Instant> arrivals = new ArrayList<>(2);
        Optional<Instant> fence = call.fence();
        boolean heard = park || cluster.outages().down <= sent.toEpochMilli();
        boolean late = heard && fence.isPresent() && chance(park ? weather.latePark() : weather.lateOther());
        arrivals.add(late ? late(sent, fence.get()) : sent.plusMillis(latency()));
        if (park && chance(weather.doubledPark())) {
            arrivals.add(chance(0.5) ? late(sent, fence.orElse(sent)) : sent.plusMillis(latency()));
        }
        return arrivals;
    }

    private Instant late(Instant sent, Instant fence) {
        long until = Math.max(1, fence.toEpochMilli() - sent.toEpochMilli());
        return sent.plusMillis(1 + (long) (chaos.nextDouble() * until * BEYOND_FENCE));
    }

    private long latency() {
        return 1 + chaos.nextInt(Math.max(1, weather.latencyMs()));
    }

    private boolean chance(double of) {
        return of > 0 && chaos.nextDouble() < of;
    }

    /** A request, or a second copy of it, gets to the cluster: it is carried out now, later, or never. */
    public <R> Arrived<R> arrive(Transit<R> transit, Instant at) {
        Call<R> call = transit.call();
        Optional<R> unsent = call.unsent(transit.sent());
        if (unsent.isPresent()) {
            return answer(transit, unsent.get(), at);
        }
        cluster.advanceTo(at);
        Outages outages = cluster.outages();
        long now = at.toEpochMilli();
        if (outages.unreachable > now) {
            cluster.faults().count(Fault.UNREACHABLE);
            return new Arrived.Silent<>();
        }
        if (call instanceof Call.TakeClaim) {
            return carryOut(transit, at); // over SSH: no controller in it
        }
        if (outages.down > now) {
            return refused(transit, at, outages);
        }
        if (transit.instance() != cluster.instance() && !(call instanceof Call.Park)) {
            cluster.faults().count(Fault.CONNECTION_RESET);
            return answer(transit, call.doubt("connection reset"), at);
        }
        if (outages.frozen > now) {
            return frozen(transit, outages);
        }
        if (fenced(call, at)) {
            cluster.faults().count(Fault.FENCED_OFF);
            return answer(transit, call.doubt("the credential had expired"), at.plusMillis(transit.answerMs()));
        }
        if (call instanceof Call.Observe observe && !cluster.news(observe.after())) {
            Instant deadline = transit.sent().plus(observe.patience());
            if (at.isBefore(deadline)) {
                Instant next = at.plus(cluster.settings().poll());
                return new Arrived.Deferred<>(next.isBefore(deadline) ? next : deadline);
            }
        }
        return carryOut(transit, at);
    }

    /** Nobody listens: surely nothing happened, but a park that something retries gets there later. */
    private <R> Arrived<R> refused(Transit<R> transit, Instant at, Outages outages) {
        cluster.faults().count(Fault.CONNECTION_RESET);
        Instant back = Instant.ofEpochMilli(outages.down + 1 + chaos.nextInt(2_000));
        if (transit.call() instanceof Call.Park && transit.instance() != cluster.instance() && chaos.nextBoolean()) {
            return new Arrived.Deferred<>(back);
        }
        return answer(transit, transit.call().doubt("connection refused"), at.plusMillis(transit.answerMs()));
    }

    private <R> Arrived<R> frozen(Transit<R> transit, Outages outages) {
        cluster.faults().count(Fault.FROZEN);
        if (outages.thaw == Mischief.Thaw.DROPS) {
            return new Arrived.Silent<>();
        }
        if (outages.thaw == Mischief.Thaw.ACTS) {
            transit.loseAnswer();
        }
        return new Arrived.Deferred<>(Instant.ofEpochMilli(outages.frozen + 1));
    }

    private boolean fenced(Call<?> call, Instant at) {
        FakeSettings settings = cluster.settings();
        return call.fence()
                .filter(fence -> at.plus(settings.skew()).isAfter(fence.minus(FakeSettings.FENCE_SKEW)))
                .isPresent();
    }

    private <R> Arrived<R> carryOut(Transit<R> transit, Instant at) {
        Call<R> call = transit.call();
        boolean park = call instanceof Call.Park;
        if (dead.contains(transit.sender())) {
            cluster.faults().count(park ? Fault.PARK_OF_THE_DEAD : Fault.REQUEST_OF_THE_DEAD);
        }
        if (park && at.toEpochMilli() - transit.sent().toEpochMilli() > LATE_MS) {
            cluster.faults().count(Fault.PARK_LATE);
        }
        if (transit.carriedOut()) {
            cluster.faults().count(Fault.PARK_DOUBLED);
        }
        R outcome = call.perform(cluster, transit.sent(), at);
        transit.markCarriedOut();
        if (transit.answerLost()) {
            cluster.faults().count(park ? Fault.PARK_ANSWER_LOST : Fault.ANSWER_LOST);
            return new Arrived.Silent<>();
        }
        return answer(transit, outcome, at.plusMillis(transit.answerMs()));
    }

    private static <R> Arrived<R> answer(Transit<R> transit, R outcome, Instant at) {
        if (transit.answered()) {
            return new Arrived.Silent<>();
        }
        transit.markAnswered();
        return new Arrived.Answered<>(outcome, at);
    }
}
