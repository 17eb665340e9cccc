package dev.sluice.slurm.ssh;

import com.jcraft.jsch.JSchException;
import dev.sluice.cluster.Accounts;
import dev.sluice.job.InvalidValue;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.JobRow.Canceller;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.door.Target;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The door by SSH: SLURM's own commands on a login node, each as the account that is named.
 *
 * <p>A changing command is ended by the login node one life of a munge credential and the skew before the fence, so that nothing
 * that it sent acts later; a fence nearer than that leaves no time, and nothing is sent.
 */
public final class SshDoor implements Door {
    private static final int IDS_AT_ONCE = 2_000;
    private static final int ALONE_AT_MOST = 20;
    /** How often SLURM's own account is asked for, where that is not told. */
    private static final int TRIES = 5;

    private final SshSettings settings;
    private final Remote remote;
    private final Surroundings surroundings;
    private final InstantSource clock;
    private final SshRemains remains;
    private volatile Sacct.Form accountingForm = Sacct.Form.WITH_RESTARTS;
    private volatile Optional<String> cluster = Optional.empty();
    private volatile OptionalInt slurmUser = OptionalInt.empty();
    private final AtomicInteger asked = new AtomicInteger();

    /** @throws UnusableKey when a key file cannot be used */
    public SshDoor(SshSettings settings, InstantSource clock) throws UnusableKey {
        this(settings, CertificateAuthority.Kind.ED25519, clock);
    }

    SshDoor(SshSettings settings, CertificateAuthority.Kind keys, InstantSource clock) throws UnusableKey {
        this.settings = settings;
        this.clock = clock;
        this.surroundings = new Surroundings(settings);
        SecureRandom random = new SecureRandom();
        SshSettings.Limits limits = settings.limits();
        try {
            Credentials credentials = switch (settings.login()) {
                case SshSettings.Login.Certificates by ->
                    new CertificateAuthority(by.authority(), by.life(), limits.skew(), keys, clock);
                case SshSettings.Login.SharedKey by -> new SharedKey(by.key(), clock);
            };
            Connector connector = new Connector(settings, credentials);
            this.remote = new Remote(limits, new Sessions(limits, connector, clock, random), random);
        } catch (JSchException bad) {
            throw new UnusableKey(String.valueOf(bad.getMessage()), bad);
        }
        this.remains = new SshRemains(settings, remote, clock);
    }

    /** What launches left, by the same sessions. */
    public SshRemains remains() {
        return remains;
    }

    @Override
    public Answer<ClusterFacts> facts() {
        Answer<ClusterFacts> facts =
                read(surroundings.reading(Scontrol.config())).answer(Scontrol::facts);
        if (facts instanceof Answer.Said<ClusterFacts> said) {
            cluster = said.value().cluster();
        }
        return facts;
    }

    @Override
    public Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
        return guarded(() -> change(owner, surroundings.submitting(Sbatch.argv(submission), submission.script()), fence)
                .answer(Sbatch::parse));
    }

    @Override
    public List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence) {
        List<Answer<Done>> answers = new ArrayList<>(targets.size());
        for (int from = 0; from < targets.size(); from += IDS_AT_ONCE) {
            answers.addAll(released(owner, targets.subList(from, Math.min(targets.size(), from + IDS_AT_ONCE)), fence));
        }
        return List.copyOf(answers);
    }

    private List<Answer<Done>> released(Owner owner, List<Target> targets, Instant fence) {
        Outcome outcome = change(owner, surroundings.reading(Scontrol.release(targets)), fence);
        if (!(outcome instanceof Outcome.Ended ended)) {
            return targets.stream()
                    .map(target -> outcome.<Done>answer(SshDoor::unreachable))
                    .toList();
        }
        if (targets.size() == 1) {
            return List.of(Scontrol.parse(ended, targets.getFirst()));
        }
        List<Answer<Done>> answers = new ArrayList<>(targets.size());
        List<Optional<Answer<Done>>> told = Scontrol.parse(ended, targets);
        int alone = 0;
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            if (told.get(i).isPresent()) {
                answers.add(told.get(i).get());
            } else if (alone++ < ALONE_AT_MOST) {
                answers.add(change(owner, surroundings.reading(Scontrol.release(List.of(target))), fence)
                        .answer(one -> Scontrol.parse(one, target)));
            } else {
                answers.add(Answer.unknown("scontrol: " + ended.complaint()));
            }
        }
        return answers;
    }

    private static <T> Answer<T> unreachable(Outcome.Ended ended) {
        throw new IllegalStateException(ended.complaint());
    }

    @Override
    public Answer<Done> hold(Owner owner, Target target, Instant fence) {
        return change(owner, surroundings.reading(Scontrol.hold(target)), fence)
                .answer(ended -> Scontrol.parse(ended, target));
    }

    @Override
    public Answer<Done> cancel(Owner owner, Target target, Instant fence) {
        return change(owner, surroundings.reading(Scancel.argv(target)), fence).answer(Scancel::parse);
    }

    @Override
    public Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
        return change(owner, surroundings.reading(Scontrol.limit(target, limit)), fence)
                .answer(ended -> Scontrol.parse(ended, target));
    }

    @Override
    public Answer<List<JobRow>> queue() {
        String separator = remote.marker();
        Answer<List<JobRow>> rows =
                read(surroundings.reading(Squeue.argv(separator))).answer(ended -> Squeue.parse(ended, separator));
        if (slurmUser.isEmpty() && rows instanceof Answer.Said<List<JobRow>> && asked.incrementAndGet() <= TRIES) {
            // Now, and not when accounting has somebody to be told from it: a controller that is down keeps who asks
            // waiting.
            learnSlurmUser();
        }
        return rows;
    }

    private void learnSlurmUser() {
        if (read(surroundings.reading(Scontrol.config())).answer(Scontrol::slurmUser)
                instanceof Answer.Said<Integer> said) {
            slurmUser = OptionalInt.of(said.value());
        }
    }

    @Override
    public Answer<List<JobRow>> queue(Set<Long> jobIds) {
        return inParts(jobIds, part -> {
            String separator = remote.marker();
            return read(surroundings.reading(Squeue.argv(separator, part)))
                    .answer(ended -> Squeue.parse(ended, separator));
        });
    }

    @Override
    public Answer<List<JobRow>> records(Set<Long> jobIds) {
        return inParts(jobIds, this::recordsOf);
    }

    private Answer<List<JobRow>> recordsOf(List<Long> jobIds) {
        Sacct.Form form = accountingForm;
        String separator = remote.marker();
        return read(surroundings.reading(Sacct.argv(separator, jobIds, form))).answer(ended -> {
            if (form == Sacct.Form.WITH_RESTARTS && Sacct.lacksRestarts(ended)) {
                accountingForm = Sacct.Form.WITHOUT_RESTARTS;
                return recordsOf(jobIds);
            }
            return Sacct.parse(ended, separator, form, this::canceller);
        });
    }

    /** @param uid who it was, by accounting's word */
    private Canceller canceller(int uid) {
        OptionalInt known = slurmUser;
        if (uid == 0 || known.isPresent() && known.getAsInt() == uid) {
            return Canceller.SLURM;
        }
        return known.isPresent() ? Canceller.PERSON : Canceller.UNTOLD;
    }

    /** An argument has 128 KiB at most (MAX_ARG_STRLEN). */
    private static Answer<List<JobRow>> inParts(Set<Long> jobIds, Function<List<Long>, Answer<List<JobRow>>> ask) {
        List<Long> ids = List.copyOf(new TreeSet<>(jobIds));
        List<JobRow> rows = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += IDS_AT_ONCE) {
            Answer<List<JobRow>> part = ask.apply(ids.subList(from, Math.min(ids.size(), from + IDS_AT_ONCE)));
            if (!(part instanceof Answer.Said<List<JobRow>> said)) {
                return part;
            }
            rows.addAll(said.value());
        }
        return Answer.said(List.copyOf(rows));
    }

    @Override
    public Answer<Inventory> inventory() {
        Answer<List<Inventory.Node>> nodes =
                read(surroundings.reading(ScontrolInventory.nodes())).answer(ScontrolInventory::parseNodes);
        return and(nodes, all -> {
            Answer<List<Inventory.Partition>> partitions = read(surroundings.reading(ScontrolInventory.partitions()))
                    .answer(ScontrolInventory::parsePartitions);
            return and(
                    partitions,
                    parts -> read(surroundings.reading(ScontrolInventory.reservations()))
                            .answer(ScontrolInventory::parseReservations)
                            .map(reservations -> new Inventory(all, parts, reservations)));
        });
    }

    private static <T, R> Answer<R> and(Answer<T> first, Function<T, Answer<R>> next) {
        return switch (first) {
            case Answer.Said<T> said -> next.apply(said.value());
            case Answer.Refused<T> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<T> unknown -> new Answer.Unknown<>(unknown.doubt());
        };
    }

    @Override
    public Answer<Accounts.Known> accounts() {
        return and(
                read(surroundings.reading(Sacctmgr.coordinators())).answer(Sacctmgr::parseCoordinators),
                coordinators -> read(surroundings.reading(Sacctmgr.associations(cluster)))
                        .answer(ended -> Sacctmgr.parse(ended, coordinators)));
    }

    private Outcome read(Command command) {
        return remote.run(
                new Remote.Call(settings.observer(), Math.min(1, settings.leastUid()), command, Optional.empty()));
    }

    private Outcome change(Owner owner, Command command, Instant fence) {
        Instant last = fence.minus(settings.limits().mungeLife())
                .minus(settings.limits().skew());
        if (!clock.instant().isBefore(last)) {
            return new Outcome.Unsent("the fence left no time: a request acts for up to "
                    + settings.limits().mungeLife().toSeconds() + " s after it was made");
        }
        return remote.run(new Remote.Call(owner.name(), settings.leastUid(), command, Optional.of(last)));
    }

    /** What cannot be carried was not sent. */
    private static <T> Answer<T> guarded(Supplier<Answer<T>> call) {
        try {
            return call.get();
        } catch (InvalidValue bad) {
            return new Answer.Refused<>(Refusal.never("invalid-text", String.valueOf(bad.getMessage())));
        }
    }

    @Override
    public void close() {
        remote.close();
    }
}
