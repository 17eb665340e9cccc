package dev.sluice.slurm;

import dev.sluice.job.AttemptId;
import dev.sluice.slurm.door.Indices;
import dev.sluice.slurm.door.JobRow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** Rows of a SLURM job, one word at a time. */
record Rows(JobRow row) {
    static final long REALM = 7;
    static final AttemptId ATTEMPT = AttemptId.random(REALM, new Random(1));
    static final Instant SUBMITTED = Instant.ofEpochSecond(1_795_573_100);
    static final Instant STARTED = SUBMITTED.plusSeconds(40);
    static final Instant ENDED = SUBMITTED.plusSeconds(100);

    /** What SLURM calls a job of ours in such a state. */
    static Rows of(String... states) {
        return new Rows(new JobRow(
                12,
                12,
                new Indices.Sole(),
                "alice",
                ATTEMPT + " mine",
                SUBMITTED,
                OptionalInt.of(0),
                List.of(states),
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                JobRow.Place.NONE));
    }

    static Rows held() {
        return of("PENDING").reason("JobHeldUser");
    }

    static Rows running() {
        return of("RUNNING").started(STARTED);
    }

    static Rows ended(String state, int code) {
        return of(state).started(STARTED).ended(code, 0, JobRow.Origin.EXACT);
    }

    Rows id(long id) {
        return own(id, id);
    }

    Rows own(long id, long own) {
        return with(id, own, row.indices(), row.owner(), row.comment(), row.submitted(), row.restarts());
    }

    Rows indices(Indices indices) {
        return with(row.jobId(), row.ownId(), indices, row.owner(), row.comment(), row.submitted(), row.restarts());
    }

    Rows owner(String owner) {
        return with(row.jobId(), row.ownId(), row.indices(), owner, row.comment(), row.submitted(), row.restarts());
    }

    Rows comment(String comment) {
        return with(row.jobId(), row.ownId(), row.indices(), row.owner(), comment, row.submitted(), row.restarts());
    }

    Rows submitted(Instant at) {
        return with(row.jobId(), row.ownId(), row.indices(), row.owner(), row.comment(), at, row.restarts());
    }

    Rows run(int run) {
        return with(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                OptionalInt.of(run));
    }

    Rows reason(String reason) {
        return stands(reason, row.started(), row.ended(), row.exit());
    }

    Rows in(String partition, String nodes) {
        return new Rows(new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                row.restarts(),
                row.states(),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                new JobRow.Place(partition, nodes, "")));
    }

    /** On nodes, with what was allocated, as a job of an account. */
    Rows holds(String partition, String nodes, String tres, String account) {
        return new Rows(new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                row.restarts(),
                row.states(),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                new JobRow.Place(partition, nodes, tres, account)));
    }

    Rows started(Instant at) {
        return stands(row.reason(), Optional.of(at), row.ended(), row.exit());
    }

    Rows neverStarted() {
        return stands(row.reason(), Optional.empty(), row.ended(), row.exit());
    }

    Rows ended(int code, int signal, JobRow.Origin origin) {
        return stands(
                row.reason(), row.started(), Optional.of(ENDED), Optional.of(new JobRow.Exit(code, signal, origin)));
    }

    /** Over, as accounting says of a run that was broken off: without an exit code. */
    Rows endedAt(Instant at) {
        return stands(row.reason(), row.started(), Optional.of(at), Optional.empty());
    }

    /** As a source has it that keeps no restart count. */
    Rows uncounted() {
        return with(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                OptionalInt.empty());
    }

    Rows state(String... states) {
        return new Rows(new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                row.restarts(),
                List.of(states),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                row.place()));
    }

    Rows uid(int uid) {
        return new Rows(new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                row.restarts(),
                row.states(),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                row.place(),
                OptionalInt.of(uid),
                row.canceller()));
    }

    Rows cancelledBy(JobRow.Canceller who) {
        return new Rows(row.cancelledBy(who));
    }

    private Rows with(
            long id, long own, Indices indices, String owner, String comment, Instant submitted, OptionalInt restarts) {
        return new Rows(new JobRow(
                id,
                own,
                indices,
                owner,
                comment,
                submitted,
                restarts,
                row.states(),
                row.reason(),
                row.started(),
                row.ended(),
                row.exit(),
                row.place()));
    }

    private Rows stands(String reason, Optional<Instant> started, Optional<Instant> ended, Optional<JobRow.Exit> exit) {
        return new Rows(new JobRow(
                row.jobId(),
                row.ownId(),
                row.indices(),
                row.owner(),
                row.comment(),
                row.submitted(),
                row.restarts(),
                row.states(),
                reason,
                started,
                ended,
                exit,
                row.place()));
    }
}
