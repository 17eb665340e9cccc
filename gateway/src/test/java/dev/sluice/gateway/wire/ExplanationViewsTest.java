package dev.sluice.gateway.wire;

import static dev.sluice.gateway.wire.ViewsTest.spec;
import static dev.sluice.gateway.wire.ViewsTest.valid;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.cluster.Supply;
import dev.sluice.engine.Input;
import dev.sluice.engine.JobRecord;
import dev.sluice.engine.Reply;
import dev.sluice.job.ClusterName;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.TaskSet;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.plan.Change;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every reason and change that an explanation can have, as the contract has it. */
class ExplanationViewsTest {
    private static final Input.Requester ADA = new Input.Requester(new UserName("ada"), Input.Role.USER);

    private final Trial trial = new Trial();

    private static List<Change> changes() {
        Change.Where where = new Change.Where(Trial.HPC, Optional.of("debug"));
        return List.of(
                new Change.ShorterLimit(Duration.ofMinutes(5), where),
                new Change.AskLess(Dimension.Plain.CPUS, 3, where),
                new Change.AnyGpuType(where),
                new Change.OtherPartition(where),
                new Change.OtherCluster(where),
                new Change.NoModules(where),
                new Change.MoreAtOnce(where),
                new Change.OpenBudget(new ProjectPath("physics"), where),
                new Change.Undrain(where));
    }

    private static List<Reason> reasons() {
        List<Reason> reasons = new ArrayList<>(List.of(
                new Reason.Down(),
                new Reason.Drained(),
                new Reason.NotAllowed(),
                new Reason.RefusedByJob(),
                new Reason.RefusedByCluster("no image"),
                new Reason.CapacityUnknown(),
                new Reason.UnknownPartition(List.of("x"), List.of("debug", "long")),
                new Reason.TaskLimit(10),
                new Reason.TimeLimit(60, 30),
                new Reason.GpuType("h100", List.of("a100")),
                new Reason.LargestNode(Dimension.Plain.CPUS, 64, 32),
                new Reason.TooLarge(new Dimension.GpusOf("a100"), 8, 4),
                new Reason.OverPart(Dimension.Plain.CPUS, 8, 4),
                new Reason.NotFree(Dimension.Plain.MEMORY, 1L << 40, -1),
                new Reason.NotFree(Dimension.Plain.GPUS, 2, 1),
                new Reason.FileSystems(List.of("/data"), List.of("/home")),
                new Reason.Modules(List.of("gcc/14"), List.of("gcc/12.2")),
                new Reason.Maintenance(Instant.EPOCH),
                new Reason.SetAside(new Supply.Reservation(
                        "course", Instant.EPOCH, Optional.empty(), "n1", 1, Supply.Purpose.JOBS, new TreeMap<>())),
                new Reason.NotBegun("course", Instant.EPOCH),
                new Reason.ProjectNotThere(new ProjectPath("physics")),
                new Reason.ProjectLimit(new ProjectPath("physics")),
                new Reason.KeptFree(600),
                new Reason.Preferred(Instant.EPOCH),
                new Reason.BudgetClosed(new ProjectPath("physics")),
                new Reason.AtOnce()));
        return reasons;
    }

    @Test
    void everyReasonIsShownWithItsNumbers() {
        JobRecord record = trial.record(trial.submit(spec("x").build()));
        assertThat(reasons().stream().map(Object::getClass).distinct().count())
                .isEqualTo(Reason.class.getPermittedSubclasses().length);
        Explanation.Wait wait = new Explanation.Wait(
                TaskSet.SOLE,
                0,
                record.head().submitted(),
                List.of(
                        new Explanation.Ahead(Optional.of(new ProjectPath("physics")), 1),
                        new Explanation.Ahead(Optional.of(new ProjectPath("secret")), 2)),
                List.of(
                        new Explanation.Share(new ProjectPath("physics"), Optional.empty(), 2, 0.1254),
                        new Explanation.Share(new ProjectPath("physics"), Optional.of(new UserName("ada")), 1, 0)),
                List.of(new Reason.AtOnce()),
                List.of(
                        new Explanation.Place(Trial.HPC, Optional.of("debug"), reasons()),
                        new Explanation.Place(new ClusterName("k8s"), Optional.empty(), List.of())),
                Optional.of(new Explanation.Expected(
                        Instant.EPOCH, Trial.HPC, Optional.of("debug"), Explanation.Basis.KEPT)),
                changes());
        Reply.Explained reply = new Reply.Explained(
                record.head(),
                record.slices(),
                Optional.of(new Explanation(record.head().id(), List.of(wait))));
        JsonNode explained = valid(
                "Explanation",
                ExplanationViews.explained(
                        reply.seenBy(project -> project.value().equals("physics"))));
        JsonNode notFree = explained.at("/waits/0/places/0/reasons/13");
        assertThat(notFree.at("/dimension").stringValue()).isEqualTo("memoryBytes");
        assertThat(notFree.at("/asked").longValue()).isEqualTo(1L << 40);
        assertThat(notFree.at("/available").longValue()).isZero();
        assertThat(explained.at("/sentences/0").stringValue()).isEqualTo("It waits in the queue behind 3 others.");
        assertThat(explained.at("/sentences/1").stringValue())
                .isEqualTo("Before it: 1 of project physics, 2 of other projects.");
        assertThat(explained.at("/sentences/2").stringValue())
                .isEqualTo("Project physics has 12.5 % of the federation for each unit of its weight, 2.");
        assertThat(explained.at("/sentences/4").stringValue())
                .startsWith("On hpc, partition debug: the cluster does not");
        assertThat(explained.at("/sentences/5").stringValue())
                .isEqualTo("On k8s: it fits now, and waits for its turn.");
        assertThat(explained.at("/sentences/6").stringValue())
                .startsWith("It starts on hpc, partition debug by 1970-01-01T00:00:00Z: room is kept");
        assertThat(explained.at("/waits/0/aheadByProject/1/project").isMissingNode())
                .isTrue();
        assertThat(changes().stream().map(Object::getClass).distinct().count())
                .isEqualTo(Change.class.getPermittedSubclasses().length);
        Set<String> codes = new TreeSet<>(reasons().stream().map(Reason::code).toList());
        assertThat(codes).isEqualTo(ContractTest.words("Reason", "code"));
    }

    @Test
    void whatWouldBecomeOfAJobIsTold() {
        Reply unknown =
                trial.tell(new Input.Try(ADA, Input.Submission.of(spec("x").build())));
        JsonNode waits = valid("Plan", ExplanationViews.tried((Reply.Tried) unknown));
        assertThat(waits.at("/waits/0/places/0/reasons/0/code").stringValue()).isEqualTo("capacity-unknown");
        trial.pass(Duration.ofSeconds(1));
        Reply known =
                trial.tell(new Input.Try(ADA, Input.Submission.of(spec("x").build())));
        JsonNode starts = valid("Plan", ExplanationViews.tried((Reply.Tried) known));
        assertThat(starts.at("/starts/0/cluster").stringValue()).isEqualTo("hpc");
        assertThat(starts.at("/sentences/0").stringValue()).startsWith("It would start at once on hpc");
        Reply later = trial.tell(new Input.Try(
                ADA,
                Input.Submission.of(
                        spec("x").begin(trial.now().plusSeconds(3600)).build())));
        JsonNode blocked = valid("Plan", ExplanationViews.tried((Reply.Tried) later));
        assertThat(blocked.at("/status").stringValue()).isEqualTo("blocked");
        assertThat(blocked.at("/starts").isEmpty()).isTrue();
    }
}
