package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.CapacityReading;
import dev.sluice.cluster.CapacityReading.Amount;
import dev.sluice.engine.Decision;
import dev.sluice.engine.Engine;
import dev.sluice.engine.EngineSettings;
import dev.sluice.engine.EngineSettings.ClusterSettings;
import dev.sluice.engine.Event;
import dev.sluice.engine.Image;
import dev.sluice.engine.Input;
import dev.sluice.engine.Reply;
import dev.sluice.engine.Transitions;
import dev.sluice.job.ClusterName;
import dev.sluice.job.JobId;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.plan.PolicySettings;
import dev.sluice.policy.project.Caps;
import dev.sluice.policy.project.Project;
import dev.sluice.policy.project.ProjectTree;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How many tasks of a project may wait, and of which priority its jobs may be, is known at the door. */
class AdmissionTest {
    private static final ClusterName HPC = new ClusterName("hpc");
    private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
    private static final Input.Requester OPERATOR = new Input.Requester(new UserName("olga"), Input.Role.OPERATOR);
    private static final int ANY = -1;

    private final SplittableRandom random = new SplittableRandom(1);
    private Engine engine = engine(ProjectTree.EMPTY, List.of());

    private static EngineSettings settings(ProjectTree tree) {
        return EngineSettings.of(7, List.of(ClusterSettings.of(HPC)))
                .withPolicy(PolicySettings.DEFAULTS.withProjects(tree));
    }

    private static Engine engine(ProjectTree tree, Iterable<Image> images) {
        return Engine.restore(images, 1, settings(tree), NOW, Transitions.UNWATCHED);
    }

    private static OptionalInt most(int value) {
        return value == ANY ? OptionalInt.empty() : OptionalInt.of(value);
    }

    private static Project project(String path, int queued, int queuedPerUser) {
        return Project.plain(new ProjectPath(path))
                .withCaps(new Caps(most(queued), OptionalInt.empty(), most(queuedPerUser), OptionalInt.empty()));
    }

    private void projects(Project... projects) {
        engine = engine(ProjectTree.of(Arrays.asList(projects)), engine.images());
    }

    private Reply tell(Input input) {
        Decision decided = engine.decide(input, NOW, random);
        for (Event event : decided.events()) {
            engine.replay(event, NOW);
        }
        return decided.reply();
    }

    private static JobSpec job(String project, String user, int tasks) {
        JobSpec.Builder job =
                JobSpec.builder("sample", new ProjectPath(project), new UserName(user), Work.Command.of("/bin/true"));
        return (tasks == 1 ? job : job.array(new ArraySpec(TaskSet.range(0, tasks - 1)))).build();
    }

    private Reply submit(JobSpec... jobs) {
        Input.Requester by = new Input.Requester(jobs[0].user(), Input.Role.USER);
        return tell(new Input.Submit(
                by,
                Optional.empty(),
                Arrays.stream(jobs).map(Input.Submission::of).toList()));
    }

    private JobId taken(JobSpec... jobs) {
        Reply reply = submit(jobs);
        assertThat(reply).isInstanceOf(Reply.Accepted.class);
        return ((Reply.Accepted) reply).jobs().getFirst();
    }

    private static Reply full(String words) {
        return new Reply.Full(words + "; submit again when some have started", Duration.ofMinutes(2));
    }

    @Test
    void aProjectsWaitingTasksAreThoseOfAllItsUsersAndOfTheProjectsBelow() {
        projects(project("physics", 10, ANY));
        taken(job("physics", "ada", 4));
        taken(job("physics/lattice", "grace", 5));
        assertThat(submit(job("physics/lattice/qcd", "bob", 2)))
                .isEqualTo(full("expected at most 10 waiting tasks of project physics, found 9, and 2 more asked for"));
        taken(job("physics", "ada", 1));
        taken(job("biology", "ada", 100));
    }

    @Test
    void ofOneUserFewerMayWait() {
        projects(project("physics", 10, 3));
        taken(job("physics", "ada", 2));
        taken(job("physics/lattice", "ada", 1));
        assertThat(submit(job("physics/lattice", "ada", 1)))
                .isEqualTo(full("expected at most 3 waiting tasks of user ada in project physics, found 3, and 1 more"
                        + " asked for"));
        taken(job("physics", "grace", 3));
    }

    @Test
    void whatMayNeverWaitIsNotToBeTriedAgain() {
        projects(project("physics", 10, 3));
        assertThat(submit(job("physics", "ada", 11)))
                .isEqualTo(new Reply.CannotRun(
                        "expected a job of at most 10 tasks, for no more of project physics may" + " wait, found 11"));
        assertThat(submit(job("physics", "ada", 4)))
                .isEqualTo(new Reply.CannotRun("expected a job of at most 3 tasks, for no more of user ada in project"
                        + " physics may wait, found 4"));
    }

    @Test
    void theJobsOfOneRequestAreTakenTogetherOrNotAtAll() {
        projects(project("physics", 3, 2));
        assertThat(submit(job("physics", "ada", 2), job("physics", "ada", 1))).isInstanceOf(Reply.Full.class);
        assertThat(submit(job("physics", "ada", 2), job("physics/x", "grace", 2)))
                .isInstanceOf(Reply.Full.class);
        taken(job("physics", "ada", 2), job("physics/x", "grace", 1));
        assertThat(submit(job("physics", "grace", 1))).isInstanceOf(Reply.Full.class);
    }

    @Test
    void aCancelledTaskMakesRoomAndSoDoesOneThatStarts() {
        projects(project("physics", 2, ANY));
        JobId first = taken(job("physics", "ada", 2));
        assertThat(submit(job("physics", "ada", 1))).isInstanceOf(Reply.Full.class);
        tell(new Input.Cancel(OPERATOR, first, Optional.of(TaskSet.of(1))));
        JobId second = taken(job("physics", "ada", 1));
        assertThat(submit(job("physics", "ada", 1))).isInstanceOf(Reply.Full.class);
        Amount all = Amount.of(100, 1L << 40);
        CapacityReading.PartitionCapacity debug =
                new CapacityReading.PartitionCapacity("debug", all, Amount.of(0, 0), all, 10_000);
        engine.replay(new Event.Measured(HPC, new CapacityReading.Capacity(NOW, List.of(debug))), NOW);
        for (Event event : engine.plan(NOW, 10, random)) {
            engine.replay(event, NOW);
        }
        assertThat(engine.slices(second)).noneMatch(slice -> slice.state() instanceof JobState.Waiting);
        taken(job("physics", "ada", 2));
    }

    @Test
    void heldTasksAreCountedAndAllIsCountedAgainAfterARestart() {
        Project[] capped = {project("physics", 3, 2)};
        projects(capped);
        JobId job = taken(job("physics/x", "ada", 2));
        tell(new Input.Hold(OPERATOR, job, Optional.empty()));
        taken(job("physics", "grace", 1));
        Reply before = submit(job("physics", "grace", 1));
        projects(capped);
        assertThat(submit(job("physics", "grace", 1))).isEqualTo(before).isInstanceOf(Reply.Full.class);
        assertThat(submit(job("physics", "ada", 1))).isInstanceOf(Reply.Full.class);
    }

    @Test
    void aJobOfAPriorityThatItsProjectMayNotHaveIsRefused() {
        projects(
                Project.plain(new ProjectPath("physics")).withMostPriority(100),
                Project.plain(new ProjectPath("physics/lattice")).withMostPriority(50));
        JobSpec urgent = job("physics/lattice/qcd", "ada", 1).toBuilder()
                .priorityClass(51)
                .build();
        assertThat(submit(urgent))
                .isEqualTo(new Reply.CannotRun("priority: expected at most 50, the highest that jobs of project"
                        + " physics/lattice may have, found 51"));
        JobId job = taken(urgent.toBuilder().priorityClass(50).build());
        assertThat(tell(new Input.Alter(OPERATOR, job, OptionalInt.of(51), Optional.empty(), Optional.empty())))
                .isEqualTo(new Reply.Invalid("priority: expected at most 50, the highest that jobs of project"
                        + " physics/lattice/qcd may have, found 51"));
        assertThat(tell(new Input.Alter(OPERATOR, job, OptionalInt.of(49), Optional.empty(), Optional.empty())))
                .isEqualTo(Reply.DONE);
    }

    @Test
    void aTrialIsRefusedAsTheJobWouldBe() {
        projects(
                project("physics", 1, ANY),
                Project.plain(new ProjectPath("biology")).withMostPriority(1));
        taken(job("physics", "ada", 1));
        for (JobSpec spec : List.of(
                job("physics", "ada", 1),
                job("physics", "ada", 2),
                job("biology", "ada", 1).toBuilder().priorityClass(2).build())) {
            Input.Requester by = new Input.Requester(spec.user(), Input.Role.USER);
            assertThat(tell(new Input.Try(by, Input.Submission.of(spec))))
                    .isEqualTo(submit(spec))
                    .isNotInstanceOf(Reply.Accepted.class);
        }
    }
}
