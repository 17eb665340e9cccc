package dev.sluice.slurm.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.cluster.Accounts;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Answer;
import dev.sluice.slurm.door.ClusterFacts;
import dev.sluice.slurm.door.Door;
import dev.sluice.slurm.door.Inventory;
import dev.sluice.slurm.door.JobRow;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.slurm.door.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A cluster by its slurmrestd, v0.0.40 to v0.0.45. Safe for any number of threads; callers block, at most as long as the
 * settings' time-outs say, twice where a version has to be found first.
 *
 * <p>REST cannot name some tasks of an array in a change: {@link #release}, {@link #hold} and {@link #limit} of a part work
 * for tasks that SLURM has split off, and for all together that it has not; else they are refused with {@link #PART}.
 */
public final class RestDoor implements Door {
    /** The code of a refusal: some tasks of an array that slurmrestd cannot tell from the others. */
    public static final String PART = "part-of-array";

    private final RestSettings settings;
    private final Wallet wallet;
    private final Wire wire;
    private final Versions versions;
    private final InventoryReader inventories;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    public RestDoor(RestSettings settings, TokenSource tokens, InstantSource clock) {
        this.settings = settings;
        this.wallet = new Wallet(tokens, settings.tokenLife(), settings.skew(), clock);
        this.wire = new Wire(settings, clock);
        this.versions = new Versions(settings.version(), this::read);
        this.inventories = new InventoryReader(settings.defaultPartition());
    }

    @Override
    public Answer<ClusterFacts> facts() {
        return versions.probe();
    }

    @Override
    public Answer<Submitted> submit(Owner owner, Submission submission, Instant fence) {
        return versioned(version -> switch (SubmissionBody.of(owner, submission, version, settings.home())) {
            case SubmissionBody.Body.Refused refused -> new Answer.Refused<>(refused.refusal());
            case SubmissionBody.Body.Written written ->
                change(owner, "POST", slurm(version, "job/submit"), written.json(), fence, Judge::submitted);
        });
    }

    /**
     * A request each. Of a whole array it lets go what SLURM has not split off, which is all of it unless it was requeued into a hold:
     * those tasks are to be named.
     */
    @Override
    public List<Answer<Done>> release(Owner owner, List<Target> targets, Instant fence) {
        List<Callable<Answer<Done>>> calls = new ArrayList<>();
        for (Target target : targets) {
            calls.add(() -> update(owner, target, Reach.FIRST, hold(false), fence));
        }
        return together(calls);
    }

    @Override
    public int releasesAtOnce() {
        return settings.width();
    }

    @Override
    public Answer<Done> hold(Owner owner, Target target, Instant fence) {
        return update(owner, target, Reach.EACH, hold(true), fence);
    }

    private static ObjectNode hold(boolean held) {
        return JsonNodeFactory.instance.objectNode().put("hold", held);
    }

    @Override
    public Answer<Done> limit(Owner owner, Target target, Duration limit, Instant fence) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        SubmissionBody.number(body, "time_limit", Math.ceilDiv(limit.toSeconds(), 60L));
        return update(owner, target, Reach.EACH, body, fence);
    }

    /** By {@code DELETE jobs/}: it takes parts of arrays, and v0.0.40 and v0.0.41 tell errors there that {@code job/ID} hides. */
    @Override
    public Answer<Done> cancel(Owner owner, Target target, Instant fence) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("jobs").add(target.toString());
        boolean whole = target.indices().isEmpty();
        return versioned(version -> change(
                owner, "DELETE", slurm(version, "jobs/"), bytes(body), fence, reply -> Judge.cancelled(reply, whole)));
    }

    private Answer<Done> update(Owner owner, Target target, Reach reach, ObjectNode body, Instant fence) {
        return versioned(version -> switch (entries(version, target, reach)) {
            case Answer.Refused<List<Long>> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<List<Long>> unknown -> new Answer.Unknown<>(unknown.doubt());
            case Answer.Said<List<Long>> said -> {
                Answer<Done> all = Answer.said(Done.DONE);
                for (long id : said.value()) {
                    Answer<Done> one =
                            change(owner, "POST", slurm(version, "job/" + id), bytes(body), fence, Judge::done);
                    all = all instanceof Answer.Said<Done> ? one : all;
                }
                yield all;
            }
        });
    }

    /** Which of SLURM's entries of a job a change of all of the job is for. */
    private enum Reach {
        /** The one that has the job's id: a job that is no array, or all tasks that were not split off. */
        FIRST,
        EACH
    }

    /** By which of SLURM's own ids a target can be changed without that others are. */
    private Answer<List<Long>> entries(ApiVersion version, Target target, Reach reach) {
        if (target.indices().isEmpty() && reach == Reach.FIRST) {
            return Answer.said(List.of(target.jobId()));
        }
        return switch (job(version, target.jobId())) {
            case Answer.Refused<List<JobRow>> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<List<JobRow>> unknown -> new Answer.Unknown<>(unknown.doubt());
            case Answer.Said<List<JobRow>> said -> Parts.of(target, said.value());
        };
    }

    @Override
    public Answer<List<JobRow>> queue() {
        return versioned(version -> jobs(slurm(version, "jobs/"), JobLists::controller));
    }

    @Override
    public Answer<List<JobRow>> queue(Set<Long> jobIds) {
        if (jobIds.size() >= settings.listFrom()) {
            return queue().map(rows ->
                    rows.stream().filter(row -> jobIds.contains(row.jobId())).toList());
        }
        return versioned(version -> each(jobIds, id -> job(version, id)));
    }

    /** One job; what SLURM does not know is an empty list. */
    private Answer<List<JobRow>> job(ApiVersion version, long id) {
        Answer<List<JobRow>> answer = jobs(slurm(version, "job/" + id), JobLists::controller);
        boolean absent = answer instanceof Answer.Refused<List<JobRow>> refused
                && refused.refusal().code().equals(ABSENT);
        return absent ? Answer.said(List.of()) : answer;
    }

    @Override
    public Answer<List<JobRow>> records(Set<Long> jobIds) {
        return versioned(version -> versions.keepsAccounts()
                ? accounted(each(jobIds, id -> jobs(slurmdb(version, "job/" + id), JobLists::accounting)))
                : noAccounting());
    }

    @Override
    public Answer<Accounts.Known> accounts() {
        return versioned(version -> versions.keepsAccounts() ? accounted(accounts(version)) : noAccounting());
    }

    private Answer<Accounts.Known> accounts(ApiVersion version) {
        return switch (read(slurmdb(version, "associations/"), body -> body)) {
            case Answer.Said<JsonNode>(JsonNode associations) ->
                read(slurmdb(version, "users/?with_coords=true"), users -> AccountsReader.read(associations, users));
            case Answer.Refused<JsonNode> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<JsonNode> unknown -> new Answer.Unknown<>(unknown.doubt());
        };
    }

    /** A slurmrestd without the plugin of slurmdbd does not know its paths. */
    private <T> Answer<T> accounted(Answer<T> answer) {
        return answer instanceof Answer.Refused<T> refused
                        && refused.refusal().code().equals(Judge.NO_SUCH_PATH)
                ? noAccounting()
                : answer;
    }

    private static <T> Answer<T> noAccounting() {
        return new Answer.Refused<>(Refusal.never(
                NO_ACCOUNTING,
                "expected accounting by slurmdbd, found none; to do: set AccountingStorageType, or live without"));
    }

    @Override
    public Answer<Inventory> inventory() {
        return versioned(version -> inventories.inventory(
                read(slurm(version, "nodes/"), body -> body),
                read(slurm(version, "partitions/"), body -> body),
                read(slurm(version, "reservations/"), body -> body)));
    }

    @Override
    public Optional<Answer<Map<String, String>>> states() {
        return Optional.of(versioned(version -> read(slurm(version, "jobs/state/"), RestDoor::states)));
    }

    private static Map<String, String> states(JsonNode body) {
        if (!body.path("jobs").isArray()) {
            throw new IllegalArgumentException("no list of jobs");
        }
        Map<String, String> all = new HashMap<>();
        for (JsonNode entry : body.path("jobs")) {
            all.put(entry.path("job_id").asText(), String.join(",", Fields.words(entry.path("state"))));
        }
        return all;
    }

    /** Does it with the version that both sides know; a path that is not there any more has the version looked for again. */
    private <T> Answer<T> versioned(Function<ApiVersion, Answer<T>> call) {
        return switch (versions.current()) {
            case Answer.Refused<ApiVersion> refused -> new Answer.Refused<>(refused.refusal());
            case Answer.Unknown<ApiVersion> unknown -> new Answer.Unknown<>(unknown.doubt());
            case Answer.Said<ApiVersion> said -> {
                Answer<T> answer = call.apply(said.value());
                if (answer instanceof Answer.Refused<T> refused
                        && refused.refusal().code().equals(Judge.NO_SUCH_PATH)) {
                    versions.forget();
                }
                yield answer;
            }
        };
    }

    private <T> Answer<T> change(
            Owner owner, String method, String path, byte[] body, Instant fence, Function<Reply, Answer<T>> judge) {
        Token token;
        try {
            token = wallet.get(owner.name(), fence);
        } catch (IOException e) {
            return Answer.unknown("no token for " + owner + ": " + Errors.harmless(String.valueOf(e.getMessage())));
        }
        // Nothing is sent that its token does not outlive: slurmctld would refuse it after it had made us wait.
        Instant until = token.end().isBefore(fence) ? token.end() : fence;
        return judge.apply(
                noted(wire.send(new Wire.Call(method, path, body, until), owner.name(), token), owner.name()));
    }

    /** A token that was not believed is not used again. */
    private Reply noted(Reply reply, String user) {
        boolean refused = switch (reply) {
            case Reply.Text text -> text.status() == 401;
            case Reply.Json json ->
                Errors.of(json.body()).stream().anyMatch(complaint -> complaint.number() == Errors.AUTHENTICATION);
            case Reply.Lost lost -> false;
        };
        if (refused) {
            wallet.forget(user);
        }
        return reply;
    }

    private <T> Answer<T> read(String path, Function<JsonNode, T> reader) {
        return observed((user, token) -> switch (noted(wire.send(Wire.Call.get(path), user, token), user)) {
            case Reply.Json json
            when json.status() == 200 && Errors.of(json.body()).isEmpty() -> sound(json.body(), reader);
            case Reply reply -> Judge.failed(reply);
        });
    }

    private static <T> Answer<T> sound(JsonNode body, Function<JsonNode, T> reader) {
        try {
            return Answer.said(reader.apply(body));
        } catch (IllegalArgumentException e) {
            return Answer.unknown(
                    "slurmrestd's answer was not understood: " + Errors.harmless(String.valueOf(e.getMessage())));
        }
    }

    private Answer<List<JobRow>> jobs(String path, Wire.Reader<JobLists.Jobs> reader) {
        return observed((user, token) -> switch (wire.list(Wire.Call.get(path), user, token, reader)) {
            case Wire.Listing.Other<JobLists.Jobs> other -> Judge.failed(noted(other.reply(), user));
            case Wire.Listing.Read<JobLists.Jobs> read -> {
                JobLists.Jobs jobs = read.value();
                boolean whole = jobs.complete() && Errors.of(jobs.rest()).isEmpty();
                yield whole ? Answer.said(jobs.rows()) : Judge.failed(new Reply.Json(200, jobs.rest()));
            }
        });
    }

    private <T> Answer<T> observed(BiFunction<String, Token, Answer<T>> call) {
        String observer = settings.observer().name();
        try {
            return call.apply(observer, wallet.get(observer, Instant.MAX));
        } catch (IOException e) {
            return Answer.unknown("no token for " + observer + ": " + Errors.harmless(String.valueOf(e.getMessage())));
        }
    }

    /**
     * All of them or none: what is not answered for one is not answered for all, and then no more is sent. A slurmrestd or slurmdbd
     * that hangs is asked for as many at once as there are lanes, and not once more for each of the others.
     */
    private Answer<List<JobRow>> each(Set<Long> ids, Function<Long, Answer<List<JobRow>>> call) {
        Queue<Long> rest = new ConcurrentLinkedQueue<>(ids);
        Map<Long, List<JobRow>> found = new ConcurrentHashMap<>();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Callable<Answer<List<JobRow>>> lane = () -> {
            Answer<List<JobRow>> answer = Answer.said(List.of());
            for (Long id = rest.poll(); id != null && goesOn.get(); id = rest.poll()) {
                answer = call.apply(id);
                if (!(answer instanceof Answer.Said<List<JobRow>> said)) {
                    goesOn.set(false);
                    break;
                }
                found.put(id, said.value());
            }
            return answer;
        };
        for (Answer<List<JobRow>> answer :
                together(Collections.nCopies(Math.min(ids.size(), settings.width()), lane))) {
            if (!(answer instanceof Answer.Said<List<JobRow>>)) {
                return answer;
            }
        }
        List<JobRow> rows = new ArrayList<>();
        ids.forEach(id -> rows.addAll(found.getOrDefault(id, List.of())));
        return Answer.said(List.copyOf(rows));
    }

    /** All at once, as far as there are lanes; the answers in the order of the calls. */
    private <T> List<Answer<T>> together(List<Callable<Answer<T>>> calls) {
        List<Future<Answer<T>>> futures = calls.stream().map(executor::submit).toList();
        List<Answer<T>> answers = new ArrayList<>();
        boolean interrupted = false;
        for (Future<Answer<T>> future : futures) {
            if (interrupted) {
                future.cancel(true);
                answers.add(Answer.unknown("interrupted"));
                continue;
            }
            try {
                answers.add(future.get());
            } catch (InterruptedException e) {
                interrupted = true;
                future.cancel(true);
                answers.add(Answer.unknown("interrupted"));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a call that answers does not throw", e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(answers);
    }

    private static String slurm(ApiVersion version, String path) {
        return "/slurm/" + version + "/" + path;
    }

    private static String slurmdb(ApiVersion version, String path) {
        return "/slurmdb/" + version + "/" + path;
    }

    private static byte[] bytes(ObjectNode body) {
        return body.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        executor.shutdownNow();
        wire.close();
    }
}
