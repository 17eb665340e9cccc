package dev.sluice.testkit.fake;

import dev.sluice.cluster.Accounts;
import dev.sluice.cluster.Alteration;
import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.NativeUse;
import dev.sluice.cluster.Change;
import dev.sluice.cluster.Claim;
import dev.sluice.cluster.Cursor;
import dev.sluice.cluster.Doubt;
import dev.sluice.cluster.Grant;
import dev.sluice.cluster.LogReading;
import dev.sluice.cluster.Parking;
import dev.sluice.cluster.Release;
import dev.sluice.cluster.Search;
import dev.sluice.cluster.Stopping;
import dev.sluice.cluster.Supply;
import dev.sluice.cluster.Sweep;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.Binding;
import dev.sluice.job.Refusal;
import dev.sluice.job.TaskSet;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.JobSpec;
import dev.sluice.testkit.fake.FakeSettings.Claims;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One cluster as a pure model: controller, accounting, claim directory, nodes and scheduler, in virtual time.
 *
 * <p>Every method takes the time and first lets happen what was due by then; times never go back. What the port's verbs do
 * here is what happens when a request <em>gets there</em> and the controller answers; everything between is the {@link
 * Wire}'s. For one thread.
 */
public final class FakeCluster {
    private static final long GIB = 1L << 30;
    private static final int LOG_CHUNK = 1 << 16;
    /** The account of all jobs that are not ours. */
    public static final String OTHERS = "others";

    private static final long LONGEST_MINUTES = 7 * 24 * 60;

    private final FakeSettings settings;
    private final Ledger ledger;
    private final FaultCounts faults;
    private final History history;
    private final Agenda agenda;
    private final Outages outages = new Outages();
    private final Queue queue;
    private final ClaimDirectory claims = new ClaimDirectory();
    private final Controller controller;
    private final Orders orders;
    private final Looks looks;
    private final Recovery recovery;
    private final Mischief mischief;

    /** @param random for what the cluster itself draws, and its mischief */
    public FakeCluster(
            FakeSettings settings,
            Fate.Fates fates,
            Instant start,
            RandomGenerator random,
            Ledger ledger,
            FaultCounts faults) {
        this.settings = settings;
        this.ledger = ledger;
        this.faults = faults;
        history = new History(settings.name().value());
        agenda = new Agenda(start.toEpochMilli());
        queue = new Queue(settings.flavour(), faults);
        AccountingBook accounting = new AccountingBook(settings.accounting(), agenda, outages, faults);
        controller = new Controller(
                settings, fates, agenda, outages, queue, accounting, claims, random, ledger, faults, history);
        Others others = new Others(settings, queue, controller, agenda, random, faults, history);
        recovery = new Recovery(
                settings,
                agenda,
                outages,
                queue,
                accounting,
                controller,
                random,
                faults,
                history,
                others::submitAfterCrash);
        orders = new Orders(
                settings, agenda, outages, queue, accounting, claims, controller, random, ledger, faults, history);
        looks = new Looks(settings, agenda, outages, queue, accounting, claims, recovery, faults);
        mischief = new Mischief(
                this,
                agenda,
                outages,
                queue,
                accounting,
                controller,
                recovery,
                orders,
                others,
                random,
                faults,
                history);
    }

    /** Lets everything happen that is due. */
    public void advanceTo(Instant now) {
        agenda.advanceTo(now.toEpochMilli());
    }

    /** When the cluster next does something by itself; empty: never. */
    public Optional<Instant> nextEventAt() {
        long next = agenda.nextAt();
        return next == Agenda.NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(next));
    }

    public FakeSettings settings() {
        return settings;
    }

    public Ledger ledger() {
        return ledger;
    }

    public FaultCounts faults() {
        return faults;
    }

    /** What a chaos script does to it. */
    public Mischief mischief() {
        return mischief;
    }

    /** Tells what happens, line by line; the text is made only while somebody listens. */
    public void tellTo(Consumer<String> listener) {
        history.tellTo(listener);
    }

    /** How many lives the controller has had. */
    int instance() {
        return recovery.instance();
    }

    Outages outages() {
        return outages;
    }

    /** Whether a look from there shows anything new. */
    boolean news(Cursor after) {
        return looks.news(after);
    }

    /** Our objects that may still run, or run: what a settled simulation must leave none of. */
    public List<LiveObject> liveObjects(Instant now) {
        advanceTo(now);
        List<LiveObject> live = new ArrayList<>();
        for (NativeJob job : queue.jobs()) {
            for (int slot = 0; slot < job.states.length; slot++) {
                TaskState state = job.states[slot];
                if (job.ours.isPresent() && state.live()) {
                    live.add(live(job, slot, state.toString()));
                }
            }
        }
        for (Launch launch : controller.nodes().alive()) {
            boolean known = launch.job.queued && launch.job.states[launch.slot].live();
            if (launch.job.ours.isPresent() && !known) {
                live.add(live(launch.job, launch.slot, "a process that the controller does not know"));
            }
        }
        return live;
    }

    private static LiveObject live(NativeJob job, int slot, String state) {
        return new LiveObject(
                job.key.orElseThrow(),
                job.binding(job.states[slot].incarnation()),
                TaskSet.of(job.indices[slot]),
                state);
    }

    /** A task of an object with our realm's key that is not over, or a process that runs without one. */
    public record LiveObject(AttemptId attempt, Binding binding, TaskSet tasks, String state) {}

    public List<Refusal> cannot(JobSpec spec) {
        return orders.cannot(spec);
    }

    public Parking park(Attempt attempt, JobSpec spec, Instant now) {
        advanceTo(now);
        return orders.park(attempt, spec);
    }

    public Release release(Grant grant, Instant now) {
        advanceTo(now);
        return orders.release(grant);
    }

    public Search find(Attempt attempt, Instant now) {
        advanceTo(now);
        return looks.find(attempt);
    }

    public Stopping stop(AttemptId attempt, Binding binding, TaskSet tasks, Duration grace, Instant now) {
        advanceTo(now);
        return orders.stop(attempt, binding, tasks, grace);
    }

    public Alteration alter(AttemptId attempt, Binding binding, TaskSet tasks, Change change, Instant now) {
        advanceTo(now);
        return orders.alter(attempt, binding, tasks, change);
    }

    public Sweep observe(Cursor after, Instant now) {
        advanceTo(now);
        return looks.observe(after);
    }

    public CapacityReading capacity(Instant now) {
        advanceTo(now);
        long cpus = controller.cpus();
        return new CapacityReading.Capacity(
                now,
                List.of(new CapacityReading.PartitionCapacity(
                        settings.name().value(),
                        amount(cpus),
                        amount(queue.foreignCpus()),
                        amount(cpus),
                        LONGEST_MINUTES)),
                Optional.empty(),
                Supply.UNTOLD,
                NativeUse.summed(List.of(new NativeUse(OTHERS, amount(queue.foreignCpus())))));
    }

    private static CapacityReading.Amount amount(long cpus) {
        return CapacityReading.Amount.of(cpus, 4 * GIB * cpus);
    }

    /** Over SSH: the controller need not answer for it. */
    public Claim claim(Attempt attempt, TaskSet tasks, int run, Instant now) {
        advanceTo(now);
        if (settings.claims() == Claims.UNSEEN) {
            return new Claim.Cannot();
        }
        if (outages.claims > agenda.now()) {
            faults.count(Fault.CLAIMS_AWAY);
            return new Claim.Unknown(new Doubt("the claim directory does not answer"));
        }
        TaskSet.Builder won = new TaskSet.Builder();
        TaskSet.Builder lost = new TaskSet.Builder();
        tasks.stream().forEach(task -> {
            ClaimDirectory.Holder holder = claims.take(attempt.id(), task, run, ClaimDirectory.Holder.GATEWAY);
            (holder == ClaimDirectory.Holder.GATEWAY ? won : lost).add(task);
        });
        return new Claim.Taken(won.build(), lost.build());
    }

    /** What the task of this attempt printed in its latest run that passed the gate. */
    public LogReading log(
            Attempt attempt, Binding binding, int task, LogReading.Stream stream, long offset, Instant now) {
        advanceTo(now);
        if (settings.flavour() == Flavour.SLURM && settings.claims() == Claims.UNSEEN) {
            return new LogReading.Cannot("this bridge reaches no file system of the cluster");
        }
        @Nullable Launch launch = controller.nodes().latest(attempt.id(), task);
        if (launch == null) {
            return new LogReading.None();
        }
        Bytes all = Bytes.ofUtf8(stream == LogReading.Stream.OUTPUT ? launch.fate.prints() : "");
        int from = (int) Math.min(offset, all.size());
        int to = Math.min(all.size(), from + LOG_CHUNK);
        return new LogReading.Chunk(all.slice(from, to), to, to == all.size() && !launch.alive);
    }

    public Accounts accounts(Instant now) {
        advanceTo(now);
        return settings.accounts().<Accounts>map(known -> known).orElseGet(Accounts.None::new);
    }
}
