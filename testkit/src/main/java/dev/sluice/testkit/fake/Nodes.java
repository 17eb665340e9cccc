package dev.sluice.testkit.fake;

import dev.sluice.job.AttemptEnd;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Verdict;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The processes on the nodes, and the gate that each passes before user code. No crash of the controller stops them.
 */
final class Nodes {
    /** With it a launch that lost its gate ends: below 126, and told from a user's own by the mark beside it. */
    static final int LOST_GATE = 117;
    /** With it a launch ends that could not ask its gate. */
    static final int CLOSED_GATE = 118;

    static final String REVOKED = "Job credential revoked: aborted by the cluster after its controller had died";

    /** Who hears of what happens to processes: the controller. */
    interface Listener {
        void passedGate(Launch launch);

        void ended(Launch launch);
    }

    private final FakeSettings settings;
    private final Agenda agenda;
    private final Outages outages;
    private final ClaimDirectory claims;
    private final Ledger ledger;
    private final FaultCounts faults;
    private final History history;
    private final Listener listener;
    private final Set<Launch> alive = new LinkedHashSet<>();
    /** By attempt and task; the run is not looked at. */
    private final Map<Ledger.Run, Launch> latest = new HashMap<>();

    Nodes(
            FakeSettings settings,
            Agenda agenda,
            Outages outages,
            ClaimDirectory claims,
            Ledger ledger,
            FaultCounts faults,
            History history,
            Listener listener) {
        this.settings = settings;
        this.agenda = agenda;
        this.outages = outages;
        this.claims = claims;
        this.ledger = ledger;
        this.faults = faults;
        this.history = history;
        this.listener = listener;
    }

    List<Launch> alive() {
        return new ArrayList<>(alive);
    }

    /** The latest launch of the task that passed its gate. */
    @Nullable
    Launch latest(AttemptId attempt, int task) {
        return latest.get(new Ledger.Run(attempt, task, 0));
    }

    Launch start(NativeJob job, int slot, TaskState.Pending as, Fate fate) {
        Launch launch = new Launch(job, slot, as.run(), as.incarnation(), agenda.now(), fate);
        alive.add(launch);
        agenda.in(settings.gate().toMillis(), () -> gate(launch));
        return launch;
    }

    private void gate(Launch launch) {
        if (!launch.alive) {
            return;
        }
        if (launch.job.ours.isEmpty()) {
            run(launch);
            return;
        }
        AttemptId attempt = launch.job.ours.get().attempt().id();
        if (settings.flavour() == Flavour.KUBERNETES) {
            run(launch);
        } else if (outages.claims > agenda.now()) {
            faults.count(Fault.GATE_CLOSED);
            end(launch, marked(CLOSED_GATE, "the claim directory was away: nothing was started"));
        } else if (claims.wonByLaunch(attempt, launch.task(), launch.run)) {
            run(launch);
        } else {
            boolean byGateway = claims.heldBy(ClaimDirectory.Holder.GATEWAY, attempt, launch.task(), launch.run);
            faults.count(byGateway ? Fault.GATE_LOST_TO_GATEWAY : Fault.GATE_LOST);
            end(launch, marked(LOST_GATE, "another launch, or the gateway, holds the claim"));
        }
    }

    /** What a bridge makes of a reserved exit code: with the mark file it knows, without one it must believe the code. */
    private AttemptEnd marked(int exitCode, String why) {
        return settings.claims() == Claims.SEEN
                ? new AttemptEnd.Interrupted(why)
                : new AttemptEnd.Finished(new Verdict.Failed(exitCode, 0, "perhaps the gate's exit code: " + why));
    }

    private void run(Launch launch) {
        launch.pastGate = true;
        listener.passedGate(launch);
        launch.job.ours.ifPresent(ours -> {
            history.tell(
                    agenda, () -> "user code of task " + launch.task() + " run " + launch.run + " starts", launch.job);
            latest.put(new Ledger.Run(ours.attempt().id(), launch.task(), 0), launch);
            ledger.launched(new Ledger.Launch(
                    ours.attempt().job(),
                    ours.attempt().id(),
                    launch.task(),
                    launch.run,
                    launch.job.binding(launch.incarnation),
                    Instant.ofEpochMilli(agenda.now())));
        });
        launch.naturalAt = agenda.now() + launch.fate.work().toMillis();
        plan(launch);
    }

    /** Its own end, its time limit or what was forced on it, whichever comes first; again when one of them changes. */
    void plan(Launch launch) {
        long limit = launch.started + Math.min(launch.job.limitMs, Agenda.NEVER / 4);
        long natural = launch.paused ? Agenda.NEVER : launch.naturalAt;
        long first = Math.min(Math.min(natural, limit), launch.forcedAt);
        long plan = ++launch.plans;
        agenda.at(first, () -> {
            if (launch.alive && launch.plans == plan) {
                end(launch, endAt(launch, first, limit));
            }
        });
    }

    private static AttemptEnd endAt(Launch launch, long at, long limit) {
        if (launch.forcedAt == at && launch.forced.isPresent()) {
            return launch.forced.get();
        }
        return new AttemptEnd.Finished(
                limit != at || launch.naturalAt == at ? launch.fate.verdict() : new Verdict.TimedOut());
    }

    /** It ends so at that time, unless it ends by itself or was to be ended before. */
    void force(Launch launch, long at, AttemptEnd end) {
        if (launch.alive && at < launch.forcedAt) {
            launch.forcedAt = at;
            launch.forced = Optional.of(end);
            plan(launch);
        }
    }

    /** It is stopped in its tracks: no end of its own is due. */
    void pause(Launch launch) {
        launch.paused = true;
        launch.pausedAt = agenda.now();
        plan(launch);
    }

    void resume(Launch launch) {
        launch.paused = false;
        if (launch.naturalAt != Agenda.NEVER) {
            launch.naturalAt += agenda.now() - launch.pausedAt;
        }
        plan(launch);
    }

    private void end(Launch launch, AttemptEnd end) {
        kill(launch);
        launch.end = Optional.of(end);
        launch.endedAt = agenda.now();
        if (launch.pastGate && end instanceof AttemptEnd.Finished) {
            launch.job.ours.ifPresent(ours -> ledger.completed(ours.attempt().job(), launch.task()));
        }
        listener.ended(launch);
    }

    /** It is gone, and nobody is told. */
    void kill(Launch launch) {
        launch.alive = false;
        launch.plans++;
        alive.remove(launch);
    }
}
