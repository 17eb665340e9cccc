package dev.sluice.gateway.wire;

import dev.sluice.engine.Reply;
import dev.sluice.job.JobState;
import dev.sluice.job.ProjectPath;
import dev.sluice.job.Status;
import dev.sluice.job.UserName;
import dev.sluice.policy.load.Dimension;
import dev.sluice.policy.plan.Change;
import dev.sluice.policy.plan.Explanation;
import dev.sluice.policy.plan.Move;
import dev.sluice.policy.plan.Reason;
import java.util.List;
import java.util.Optional;

/** Why a job stands as it stands ({@code Explanation}), and what would become of one ({@code Plan}). */
public final class ExplanationViews {
    private ExplanationViews() {}

    /** Why a job stands as it stands. */
    public static byte[] explained(Reply.Explained reply) {
        return JsonWriter.bytes(out -> {
            out.begin().number("job", reply.job().id().value()).text("status", JobViews.status(reply.slices()));
            JobViews.groups(out, reply.slices(), List.of(), List.of());
            waits(out, reply.queue());
            out.texts("sentences", Sentences.of(reply)).end();
        });
    }

    /** What would become of a job if it were handed in now. */
    public static byte[] tried(Reply.Tried reply) {
        JobState.Waiting waiting = reply.waiting();
        return JsonWriter.bytes(out -> {
            out.begin().text("status", Status.of(waiting).text());
            out.texts(
                    "gates",
                    waiting.gates().stream().map(TaskGroups.GATES::text).toList());
            out.beginList("starts");
            for (Move.Start start : reply.starts()) {
                out.begin()
                        .text("tasks", start.tasks().toString())
                        .text("cluster", start.cluster())
                        .text("partition", start.partition())
                        .text("reason", start.reason())
                        .end();
            }
            out.endList();
            waits(out, Optional.of(reply.queue()));
            out.texts("sentences", Sentences.of(reply)).end();
        });
    }

    private static void waits(JsonWriter out, Optional<Explanation> queue) {
        out.beginList("waits");
        for (Explanation.Wait wait : queue.map(Explanation::waits).orElse(List.of())) {
            out.begin()
                    .text("tasks", wait.tasks().toString())
                    .number("priorityClass", wait.priorityClass())
                    .time("submitted", wait.submitted())
                    .number("ahead", wait.entriesAhead());
            who(out, wait);
            reasons(out, "everywhere", wait.everywhere());
            out.beginList("places");
            for (Explanation.Place place : wait.places()) {
                out.begin().text("cluster", place.cluster()).text("partition", place.partition());
                reasons(out, "reasons", place.reasons());
                out.end();
            }
            out.endList().end();
        }
        out.endList();
    }

    private static void who(JsonWriter out, Explanation.Wait wait) {
        out.beginList("aheadByProject");
        wait.ahead()
                .forEach(ahead -> out.begin()
                        .text("project", ahead.project().map(ProjectPath::value))
                        .number("entries", ahead.entries())
                        .end());
        out.endList().beginList("shares");
        for (Explanation.Share share : wait.shares()) {
            out.begin()
                    .text("project", share.project())
                    .text("user", share.user().map(UserName::value))
                    .number("weight", share.weight())
                    .thousandths("share", Math.round(share.share() * 1000))
                    .end();
        }
        out.endList();
        wait.expected()
                .ifPresent(expected -> out.begin("expected")
                        .time("at", expected.at())
                        .text("cluster", expected.cluster())
                        .text("partition", expected.partition())
                        .text("basis", basis(expected.basis()))
                        .end());
        out.beginList("changes");
        for (Change change : wait.changes()) {
            out.begin()
                    .text("code", change.code())
                    .text("text", change.text())
                    .text("cluster", change.where().cluster())
                    .text("partition", change.where().partition())
                    .end();
        }
        out.endList();
    }

    private static String basis(Explanation.Basis basis) {
        return switch (basis) {
            case NOW -> "now";
            case KEPT -> "kept";
            case ENDS -> "ends";
        };
    }

    private static void reasons(JsonWriter out, String name, List<Reason> reasons) {
        out.beginList(name);
        for (Reason reason : reasons) {
            out.begin().text("code", reason.code()).text("text", reason.text());
            numbers(out, reason);
            out.end();
        }
        out.endList();
    }

    private static void numbers(JsonWriter out, Reason reason) {
        switch (reason) {
            case Reason.Down r -> {}
            case Reason.Drained r -> {}
            case Reason.NotAllowed r -> {}
            case Reason.RefusedByJob r -> {}
            case Reason.RefusedByCluster r -> {}
            case Reason.CapacityUnknown r -> {}
            case Reason.UnknownPartition r -> out.texts("known", r.known());
            case Reason.TaskLimit r -> out.text("dimension", "tasks").number("available", r.most());
            case Reason.TimeLimit r ->
                out.text("dimension", "minutes").number("asked", r.minutes()).number("available", r.most());
            case Reason.GpuType r -> out.text("dimension", "gpus:" + r.type()).texts("known", r.known());
            case Reason.LargestNode r -> amounts(out, r.dimension(), r.asked(), r.largest());
            case Reason.TooLarge r -> amounts(out, r.dimension(), r.asked(), r.total());
            case Reason.OverPart r -> amounts(out, r.dimension(), r.asked(), r.part());
            case Reason.NotFree r -> amounts(out, r.dimension(), r.asked(), r.free());
            case Reason.FileSystems r -> out.texts("known", r.known());
            case Reason.Modules r -> out.texts("known", r.like());
            case Reason.Maintenance r -> {}
            case Reason.SetAside r -> {}
            case Reason.NotBegun r -> {}
            case Reason.ProjectNotThere r -> {}
            case Reason.ProjectLimit r -> {}
            case Reason.KeptFree r -> {}
            case Reason.Preferred r -> {}
            case Reason.BudgetClosed r -> {}
            case Reason.AtOnce r -> {}
        }
    }

    private static void amounts(JsonWriter out, Dimension dimension, long asked, long available) {
        String name = switch (dimension) {
            case Dimension.Plain.CPUS -> "cpus";
            case Dimension.Plain.MEMORY -> "memoryBytes";
            case Dimension.Plain.GPUS -> "gpus";
            case Dimension.GpusOf(String type) -> "gpus:" + type;
        };
        out.text("dimension", name).number("asked", asked).number("available", Math.max(0, available));
    }
}
