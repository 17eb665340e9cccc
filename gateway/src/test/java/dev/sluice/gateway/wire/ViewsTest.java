package dev.sluice.gateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import dev.sluice.engine.Breaker;
import dev.sluice.engine.Event;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobQuery;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.Leftover;
import dev.sluice.engine.Reply;
import dev.sluice.engine.StoredEvent;
import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptEnd;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.Phase;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Slice;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.job.Verdict;
import dev.sluice.job.Wish;
import dev.sluice.policy.plan.Budget;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Container;
import dev.sluice.spec.Environment;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Labels;
import dev.sluice.spec.Work;
import dev.sluice.testkit.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is shown keeps to the contract, says what there is to say, and nothing that is not to be said. */
class ViewsTest {
    private static final String SECRET = "s3cr3t-value";
    private static final Input.Requester ADA = new Input.Requester(new UserName("ada"), Input.Role.USER);

    private final Trial trial = new Trial();

    static JobSpec.Builder spec(String name) {
        return JobSpec.builder(
                        name,
                        new ProjectPath("physics/lattice"),
                        new UserName("ada"),
                        new Work.Script(Bytes.ofUtf8("#!/bin/sh\necho " + SECRET), List.of(SECRET)))
                .environment(Environment.of(Map.of("TOKEN", SECRET)))
                .labels(Labels.of(Map.of("team", "lattice")));
    }

    /** What was written, once it is sure that the contract has it. */
    static JsonNode valid(String component, byte[] json) {
        return valid(Contract.ofAnswer(component), json);
    }

    private static JsonNode valid(Schema schema, byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        assertThat(Contract.objections(schema, text)).as(text).isEmpty();
        assertThat(text).doesNotContain(SECRET).doesNotContain("\n").doesNotContain("not-shown");
        return Contract.JSON.readTree(text);
    }

    private JsonNode job(JobId id) {
        return valid("Job", JobViews.job(trial.record(id)));
    }

    /** The life of an array of which one task fails, of a plain job, and of one that is cancelled, with all views of them. */
    private List<JobId> lives() {
        JobId array = trial.submit(
                spec("sweep").array(new ArraySpec(TaskSet.range(0, 2), 2)).build());
        JobId plain = trial.submit(spec("fit").container(Container.of("ubuntu")).build());
        JobId never = trial.submit(spec("never").build());
        trial.tell(new Input.Hold(ADA, never, Optional.empty()));
        trial.tell(new Input.Alter(
                ADA,
                plain,
                OptionalInt.of(7),
                Optional.of(Duration.ofMinutes(5)),
                Optional.of(Labels.of(Map.of("a", "b")))));
        for (int i = 0; i < 4; i++) {
            trial.pass(Duration.ofSeconds(2));
        }
        trial.show(trial.running());
        trial.pass(Duration.ofSeconds(61));
        trial.pass(Duration.ofSeconds(61));
        return List.of(array, plain, never);
    }

    @Test
    void aJobIsShownFromItsFirstDayToItsLast() {
        List<JobId> jobs = lives();
        JsonNode running = job(jobs.get(1));
        assertThat(running.at("/status").stringValue()).isEqualTo("running");
        assertThat(running.at("/groups/0/native").stringValue()).isEqualTo("4711");
        assertThat(running.at("/groups/0/started").isMissingNode()).isFalse();
        assertThat(running.at("/groups/0/cluster").stringValue()).isEqualTo("hpc");
        assertThat(running.at("/attempts/0/cluster").stringValue()).isEqualTo("hpc");
        assertThat(running.at("/image").stringValue()).startsWith("docker.io/library/ubuntu:latest@sha256:");
        assertThat(running.at("/priorityClass").intValue()).isEqualTo(7);
        assertThat(running.at("/limitSeconds").intValue()).isEqualTo(300);
        assertThat(running.at("/labels/a").stringValue()).isEqualTo("b");
        JsonNode held = job(jobs.get(2));
        assertThat(held.at("/status").stringValue()).isEqualTo("held");
        assertThat(held.at("/groups/0/gates/0").stringValue()).isEqualTo("held-by-user");

        trial.show(trial.ended(new Verdict.Failed(3, 0, "")));
        trial.pass(Duration.ofSeconds(61));
        trial.pass(Duration.ofSeconds(61));
        JsonNode failed = job(jobs.get(1));
        assertThat(failed.at("/status").stringValue()).isEqualTo("failed");
        assertThat(failed.at("/groups/0/exitCode").intValue()).isEqualTo(3);
        Instant started = Instant.parse(failed.at("/groups/0/started").stringValue());
        Instant ended = Instant.parse(failed.at("/groups/0/ended").stringValue());
        assertThat(Duration.between(started, ended)).isEqualTo(Duration.ofSeconds(30));
        assertThat(failed.at("/runs/0/attempt")).isEqualTo(failed.at("/groups/0/attempt"));
        assertThat(JobViews.ended(trial.record(jobs.get(1)))).isTrue();
    }

    @Test
    void anArrayIsShownInGroupsThatStandAlike() {
        JobId array = lives().getFirst();
        JsonNode job = job(array);
        assertThat(job.at("/status").stringValue()).isEqualTo("mixed");
        assertThat(job.at("/counts/running").intValue()).isEqualTo(2);
        assertThat(job.at("/counts/queued").intValue()).isEqualTo(1);
        assertThat(job.at("/atOnce").intValue()).isEqualTo(2);
        JobRecord record = trial.record(array);
        JsonNode byTask = valid("Job", JobViews.job(record, new JobId(array.value() + 2)));
        assertThat(byTask.at("/task").intValue()).isEqualTo(2);
        assertThat(JobViews.taskOf(record.head(), array)).isEmpty();
        JsonNode first = Contract.JSON.readTree(JobViews.tasks(record, -1, 1));
        JsonNode second = Contract.JSON.readTree(JobViews.tasks(
                record, PageMark.readTask(first.at("/next").stringValue()).orElseThrow(), 100));
        assertThat(first.at("/tasks").size()).isEqualTo(1);
        assertThat(first.at("/tasks").size() + second.at("/tasks").size())
                .isEqualTo(record.slices().size());
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void listsOfJobsAreValidInBrief() {
        lives();
        byte[] page = JobViews.jobs(
                trial.store.jobs(JobQuery.newest(new JobQuery.Scope.Everything(), 10)), Optional.of("AQIDBAU"));
        JsonNode json = Contract.JSON.readTree(page);
        assertThat(json.at("/next").stringValue()).isEqualTo("AQIDBAU");
        assertThat(json.at("/jobs").size()).isEqualTo(3);
        Schema job = Contract.ofAnswer("Job");
        json.at("/jobs").forEach(each -> valid(job, Contract.JSON.writeValueAsBytes(each)));
    }

    /** The cluster's words as it said them, with one full stop. */
    @Test
    void aWaitOnAClusterIsExplainedInItsWords() {
        JobRecord record = trial.record(trial.submit(spec("x").build()));
        Phase waits = Phase.Pending.seen(
                StatesOfAllKinds.BINDING, 0, "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.");
        JobState live = new JobState.Live(StatesOfAllKinds.attempt(Optional.empty()), waits, Wish.RUN);
        JsonNode explained = Contract.JSON.readTree(ExplanationViews.explained(
                new Reply.Explained(record.head(), List.of(new Slice(TaskSet.of(0), live)), Optional.empty())));
        assertThat(explained.at("/sentences/1").stringValue())
                .isEqualTo("There: Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.");
    }

    @Test
    void everyWayToStandIsShownAndExplained() {
        JobRecord record = trial.record(trial.submit(spec("x").build()));
        Schema group = Contract.ofAnswer("TaskGroup");
        Schema explanation = Contract.ofAnswer("Explanation");
        Set<Class<?>> kinds = new HashSet<>();
        for (JobState state : StatesOfAllKinds.all()) {
            kinds.add(state instanceof JobState.Live live ? live.phase().getClass() : state.getClass());
            Slice slice = new Slice(TaskSet.of(0), state);
            JobRecord there = new JobRecord(
                    record.head(),
                    record.name(),
                    record.labels(),
                    List.of(slice),
                    List.of(),
                    List.of(),
                    record.changed());
            JsonNode job = valid("Job", JobViews.job(there));
            valid(group, Contract.JSON.writeValueAsBytes(job.at("/groups/0")));
            JsonNode explained = valid(
                    explanation,
                    ExplanationViews.explained(new Reply.Explained(record.head(), List.of(slice), Optional.empty())));
            if (!state.equals(JobState.Waiting.FRESH)) {
                assertThat(explained.at("/sentences").size()).as("%s", state).isPositive();
            }
            for (JsonNode sentence : explained.at("/sentences")) {
                assertThat(sentence.stringValue())
                        .as("%s", state)
                        .matches("(It|There)[ :].*\\.")
                        .doesNotContain("..")
                        .doesNotContain("Optional");
            }
        }
        assertThat(kinds).as("phases, waiting and ended").hasSize(9 + 2);
    }

    @Test
    @Fault("B40")
    void eventsTellWhatHappenedAndKeepWhatIsPrivate() {
        List<JobId> jobs = lives();
        trial.tell(new Input.Cancel(ADA, jobs.get(2), Optional.empty()));
        trial.tell(new Input.SetDrain(Trial.OPERATOR, Trial.HPC, Event.Drain.ON));
        trial.tell(new Input.SetBudget(Trial.OPERATOR, new ProjectPath("physics"), Budget.CLOSED));
        trial.show(trial.ended(Verdict.SUCCEEDED));
        trial.pass(Duration.ofSeconds(61));
        trial.pass(Duration.ofSeconds(61));
        trial.answers = false;
        for (int i = 0; i < 8; i++) {
            trial.pass(Duration.ofMinutes(2));
        }
        List<StoredEvent> all = new ArrayList<>(trial.store.events(0, 1000));
        all.addAll(byHand(all.size(), trial.record(jobs.getFirst())));
        Schema event = Contract.ofAnswer("Event");
        Set<String> types = new TreeSet<>();
        for (StoredEvent stored : all) {
            Optional<byte[]> json = EventViews.event(stored);
            if (EventViews.audience(stored.event()) instanceof EventViews.Audience.Nobody) {
                assertThat(json).isEmpty();
            } else {
                JsonNode told = valid(event, json.orElseThrow());
                types.add(told.at("/type").stringValue());
                assertThat(told.has("job")).isEqualTo(stored.event() instanceof Event.OfJob);
            }
        }
        assertThat(types).as("every type of the contract was met").isEqualTo(ContractTest.words("Event", "type"));
        valid("EventPage", EventViews.page(all, all.size()));
    }

    /** What an obliging cluster never brings about. */
    private static List<StoredEvent> byHand(int after, JobRecord record) {
        JobId job = record.head().id();
        TaskSet tasks = TaskSet.of(1);
        Attempt attempt = StatesOfAllKinds.attempt(Optional.empty());
        List<Event.Recorded> events = new ArrayList<>();
        for (JobState state : StatesOfAllKinds.all()) {
            switch (state) {
                case JobState.Waiting waiting -> events.add(new Event.Waited(job, tasks, waiting));
                case JobState.Live live -> {
                    events.add(new Event.Adopted(job, tasks, live));
                    events.add(new Event.Moved(job, tasks, live, Event.Cause.SEEN));
                }
                case JobState.Ended ended -> events.add(new Event.Ended(job, tasks, ended));
            }
        }
        for (AttemptEnd end : StatesOfAllKinds.ends()) {
            events.add(new Event.Closed(job, tasks, attempt.id(), end, JobState.Waiting.FRESH));
            events.add(new Event.Closed(job, tasks, attempt.id(), end, new JobState.Ended(Verdict.SUCCEEDED)));
        }
        Leftover leftover = new Leftover(
                attempt.id(),
                Trial.HPC,
                Optional.of(attempt),
                Optional.empty(),
                tasks,
                StatesOfAllKinds.AT,
                StatesOfAllKinds.AT,
                "given up before it was known");
        events.add(new Event.LeftBehind(leftover));
        events.add(new Event.SweptUp(leftover.key()));
        events.add(new Event.Settled(job, tasks, new UserName("olga"), Verdict.SUCCEEDED, "seen in the log"));
        events.add(new Event.Forgotten(job));
        events.add(new Event.KeysExpired(List.of()));
        events.add(new Event.BreakerSet(Trial.HPC, Breaker.CLOSED));
        events.add(StatesOfAllKinds.nativesCharged());
        events.add(new Event.Alerted(Trial.HPC, Optional.empty(), attempt.id().toString(), "a twin"));
        List<StoredEvent> stored = new ArrayList<>();
        for (Event.Recorded event : events) {
            stored.add(new StoredEvent(after + stored.size() + 1L, StatesOfAllKinds.AT, event));
        }
        return stored;
    }

    @Test
    void clustersAreShownAsTheyStand() {
        JsonNode unknown = clusters();
        assertThat(unknown.at("/clusters/0/health").stringValue()).isEqualTo("unknown");
        trial.pass(Duration.ofSeconds(1));
        JsonNode up = clusters();
        assertThat(up.at("/clusters/0/health").stringValue()).isEqualTo("up");
        assertThat(up.at("/clusters/0/partitions/0/total/gpus/a100").intValue()).isEqualTo(4);
        JsonNode hpc = up.at("/clusters/0");
        assertThat(hpc.path("ownership").stringValue()).isEqualTo("guest");
        assertThat(hpc.path("defaultPartition").stringValue()).isEqualTo("debug");
        assertThat(hpc.at("/fileSystems/0").stringValue()).isEqualTo("/scratch");
        JsonNode debug = hpc.at("/partitions/0");
        assertThat(debug.path("state").stringValue()).isEqualTo("up");
        assertThat(debug.path("defaultMinutes").intValue()).isEqualTo(10);
        assertThat(debug.path("maxNodes").intValue()).isEqualTo(2);
        assertThat(debug.path("nodes")).isEqualTo(Contract.JSON.readTree("""
            {"free":1,"partly":1,"full":0,"down":1}\
            """));
        assertThat(debug.path("otherJobs")).isEqualTo(Contract.JSON.readTree("""
            {"running":3,"ahead":4}\
            """));
        JsonNode old = hpc.at("/partitions/1");
        assertThat(old.path("state").stringValue()).isEqualTo("inactive");
        assertThat(old.has("nodes") || old.has("otherJobs") || old.has("maxNodes"))
                .isFalse();
        assertThat(hpc.at("/nodes/0/gres/shard").intValue()).isEqualTo(8);
        assertThat(hpc.at("/nodes/0/counts/down").intValue()).isEqualTo(1);
        assertThat(hpc.at("/nodes/0/partitions")).hasSize(2);
        assertThat(hpc.at("/reservations/0/purpose").stringValue()).isEqualTo("maintenance");
        assertThat(hpc.at("/reservations/0/nodes").stringValue()).isEqualTo("n[1-2]");
        assertThat(hpc.at("/reservations/1").has("end")).isFalse();
        trial.answers = false;
        for (int i = 0; i < 8; i++) {
            trial.pass(Duration.ofMinutes(1));
        }
        JsonNode down = clusters();
        assertThat(down.at("/clusters/0/health").stringValue()).isEqualTo("down");
        assertThat(down.at("/clusters/0").has("silentSince")).isTrue();
    }

    private JsonNode clusters() {
        Reply reply = trial.tell(new Input.AskClusters(ADA));
        JsonNode json = Contract.JSON.readTree(FederationViews.clusters((Reply.ClustersStand) reply));
        Schema cluster = Contract.ofAnswer("Cluster");
        json.at("/clusters").forEach(each -> valid(cluster, Contract.JSON.writeValueAsBytes(each)));
        return json;
    }

    @Test
    void projectsAndTheirUseAreShown() {
        lives();
        trial.show(trial.ended(Verdict.SUCCEEDED));
        trial.pass(Duration.ofSeconds(61));
        trial.pass(Duration.ofSeconds(61));
        Reply.ProjectsStand stand = (Reply.ProjectsStand) trial.tell(new Input.AskProjects(ADA));
        JsonNode usage = Contract.JSON.readTree(FederationViews.usage(stand.projects()));
        valid("Usage", Contract.JSON.writeValueAsBytes(usage.at("/projects/0")));
        assertThat(usage.at("/projects/0/runs").longValue()).isPositive();
        assertThat(usage.at("/projects/0/cpuSeconds").doubleValue()).isPositive();
        byte[] projects = FederationViews.projects(List.of(new FederationViews.ProjectView(
                new ProjectPath("physics"),
                Optional.of("viewer"),
                Budget.OPEN,
                Optional.of(new TreeMap<>(Map.of(new UserName("ada"), "viewer"))))));
        valid(
                "Project",
                Contract.JSON.writeValueAsBytes(Contract.JSON.readTree(projects).at("/projects/0")));
    }

    @Test
    void answersToSubmissionsAreShown() {
        JobSpec array = spec("x").array(new ArraySpec(TaskSet.range(0, 9))).build();
        JobSpec plain = spec("x").build();
        assertThat(valid("Accepted", JobViews.accepted(new JobId(5), array)).toString())
                .isEqualTo("{\"id\":5,\"tasks\":\"0-9\"}");
        assertThat(valid("Accepted", JobViews.accepted(new JobId(5), plain)).toString())
                .isEqualTo("{\"id\":5}");
        valid("AcceptedMany", JobViews.accepted(List.of(new JobId(5), new JobId(15)), List.of(array, plain)));
        valid("LineResult", JobViews.refusedLine(Problem.of(Problem.Code.CANNOT_RUN, "no cluster")));
        for (Problem.Code code : Problem.Code.values()) {
            valid("Problem", Problem.of(code, "detail").at("abc").json());
        }
        valid(
                "Problem",
                Problem.invalid(List.of(new Problem.Error("/a\u001b[31m", "x\ud800")))
                        .json());
    }
}
