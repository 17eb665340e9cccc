package dev.sluice.gateway.wire;

import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Ask;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.Dependency;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Needs;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import dev.sluice.spec.Rules;
import dev.sluice.spec.Work;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;

/**
 * Writes a job as the request that it can be handed in with again: {@link SpecReader} makes an equal one of it. Defaults are left
 * out, but for name, project and user, whose defaults depend on who asks.
 */
public final class SpecWriter {
    private final JsonWriter out;

    private SpecWriter(JsonWriter out) {
        this.out = out;
    }

    /** Holds all that the user put in, the environment included: not for everybody. */
    public static byte[] json(JobSpec spec) {
        return JsonWriter.bytes(out -> new SpecWriter(out).job(spec));
    }

    private void job(JobSpec spec) {
        out.begin().text("name", spec.name()).text("project", spec.project()).text("user", spec.user());
        work(spec.work());
        out.text("image", spec.container().map(container -> container.image()));
        if (!spec.environment().variables().isEmpty()) {
            out.texts("environment", spec.environment().variables());
        }
        ask(spec.ask());
        files(spec.files());
        after(spec.after());
        spec.array().ifPresent(this::array);
        rules(spec.rules());
        if (!spec.labels().values().isEmpty()) {
            out.texts("labels", spec.labels().values());
        }
        out.text("comment", spec.comment()).text("webhook", spec.webhook());
        mail(spec.mail());
        if (spec.priorityClass() != 0) {
            out.number("priorityClass", spec.priorityClass());
        }
        out.time("begin", spec.begin()).end();
    }

    private void work(Work work) {
        switch (work) {
            case Work.Script script -> {
                script(script.text());
                texts("args", script.args());
            }
            case Work.Command command -> out.texts("command", command.argv());
            case Work.Entrypoint entrypoint -> {
                out.begin("entrypoint");
                texts("command", entrypoint.command());
                texts("args", entrypoint.args());
                out.end();
            }
        }
    }

    private void script(Bytes script) {
        byte[] bytes = script.toArray();
        if (Utf8.firstInvalid(bytes) < 0) {
            out.text("script", new String(bytes, StandardCharsets.UTF_8));
        } else {
            out.text("scriptBase64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private void texts(String name, Collection<?> values) {
        if (!values.isEmpty()) {
            out.texts(name, values);
        }
    }

    // ---- what placement reads ----

    private void ask(Ask ask) {
        resources(ask.resources());
        limit(out, ask.limit());
        routing(ask.routing());
        needs(ask.needs());
    }

    /** Seconds, or the word for no limit; nothing where it is the cluster's to say. */
    static void limit(JsonWriter out, Optional<Duration> limit) {
        limit.ifPresent(given -> {
            if (given.equals(Ask.UNLIMITED)) {
                out.text("limitSeconds", AskReader.UNLIMITED);
            } else {
                out.number("limitSeconds", given.toSeconds());
            }
        });
    }

    private void resources(Resources resources) {
        if (resources.equals(Resources.DEFAULTS)) {
            return;
        }
        out.begin("resources");
        nodes(resources.nodes());
        if (resources.tasks() != resources.nodes().least()) {
            out.number("tasks", resources.tasks());
        }
        resources.tasksPerNode().ifPresent(most -> out.number("tasksPerNode", most));
        if (resources.cpusPerTask() != 1) {
            out.number("cpusPerTask", resources.cpusPerTask());
        }
        memory(resources.memory());
        gpus(resources.gpus());
        if (resources.tmpBytesPerNode() != 0) {
            out.number("tmpBytesPerNode", resources.tmpBytesPerNode());
        }
        if (!resources.licenses().isEmpty()) {
            out.numbers("licenses", resources.licenses());
        }
        if (!resources.gres().isEmpty()) {
            out.numbers("gres", resources.gres());
        }
        out.end();
    }

    private void nodes(Nodes nodes) {
        if (nodes.isExact()) {
            out.number("nodes", nodes.least());
        } else if (!nodes.equals(Nodes.ANY)) {
            out.begin("nodes")
                    .number("least", nodes.least())
                    .number("most", nodes.most())
                    .end();
        }
    }

    private void memory(Memory memory) {
        switch (memory) {
            case Memory.PerNode(long bytes) ->
                out.begin("memory").number("perNodeBytes", bytes).end();
            case Memory.PerCpu(long bytes) ->
                out.begin("memory").number("perCpuBytes", bytes).end();
            case Memory.PerGpu(long bytes) ->
                out.begin("memory").number("perGpuBytes", bytes).end();
            case Memory.Unstated.CLUSTER_DEFAULT -> {}
            case Memory.Unstated.WHOLE_NODE -> out.text("memory", "whole-node");
        }
    }

    private void gpus(Gpus gpus) {
        if (!gpus.isNone()) {
            out.begin("gpus")
                    .text("per", AskReader.PER.text(gpus.per()))
                    .numbers("counts", gpus.counts())
                    .end();
        }
    }

    private void routing(Routing routing) {
        if (routing.equals(Routing.ANYWHERE)) {
            return;
        }
        out.begin("routing");
        texts("allowed", routing.allowed());
        texts("preferred", routing.preferred());
        texts("refused", routing.refused());
        texts("partitions", routing.partitions());
        out.text("qos", routing.qos())
                .text("account", routing.account())
                .text("constraint", routing.constraint())
                .text("reservation", routing.reservation());
        if (routing.sharing() != Routing.Sharing.CLUSTER_DEFAULT) {
            out.text("sharing", AskReader.SHARING.text(routing.sharing()));
        }
        out.text("nodeList", routing.nodeList())
                .text("excludedNodes", routing.excludedNodes())
                .end();
    }

    private void needs(Needs needs) {
        if (!needs.equals(Needs.NONE)) {
            out.begin("needs");
            needs.modules().ifPresent(modules -> out.texts("modules", modules));
            texts("fileSystems", needs.fileSystems());
            out.end();
        }
    }

    // ---- what it runs with and by ----

    private void mail(Mail mail) {
        if (!mail.isNone()) {
            out.begin("mail")
                    .texts(
                            "events",
                            mail.events().stream().map(RunReader.EVENTS::text).toList())
                    .text("to", mail.to())
                    .end();
        }
    }

    private void files(Files files) {
        if (files.equals(Files.DEFAULTS)) {
            return;
        }
        out.begin("files")
                .text("workingDirectory", files.workingDirectory())
                .text("output", files.output())
                .text("error", files.error())
                .text("input", files.input());
        if (files.openMode() != Files.OpenMode.CLUSTER_DEFAULT) {
            out.text("openMode", RunReader.OPEN_MODES.text(files.openMode()));
        }
        if (!files.mounts().isEmpty()) {
            out.beginList("mounts");
            for (Mount mount : files.mounts()) {
                out.begin()
                        .text("volume", mount.volume())
                        .text("path", mount.path())
                        .text("subPath", mount.subPath())
                        .text("access", RunReader.ACCESS.text(mount.access()))
                        .end();
            }
            out.endList();
        }
        out.end();
    }

    private void after(Dependencies after) {
        if (after.isNone()) {
            return;
        }
        out.begin("after").text("mode", RunReader.MODES.text(after.mode())).beginList("conditions");
        for (Dependency condition : after.list()) {
            out.begin();
            switch (condition) {
                case Dependency.Singleton.SINGLETON -> out.text("kind", condition.toString());
                case Dependency.OnJob on -> {
                    out.text("kind", on.kind().text()).number("job", on.job().value());
                    on.task().ifPresent(task -> out.number("task", task));
                    if (!on.delay().isZero()) {
                        out.number("delaySeconds", on.delay().toSeconds());
                    }
                }
            }
            out.end();
        }
        out.endList().end();
    }

    private void array(ArraySpec array) {
        out.begin("array").text("tasks", array.indices().toString());
        if (array.atOnce() != ArraySpec.NO_LIMIT) {
            out.number("atOnce", array.atOnce());
        }
        out.end();
    }

    private void rules(Rules rules) {
        Rules usual = Rules.DEFAULTS;
        if (rules.equals(usual)) {
            return;
        }
        out.begin("rules");
        if (rules.requeue() != usual.requeue()) {
            out.flag("requeue", rules.requeues());
        }
        if (rules.maxAttempts() != usual.maxAttempts()) {
            out.number("maxAttempts", rules.maxAttempts());
        }
        if (rules.preemption() != usual.preemption()) {
            out.flag("preemptible", rules.preemptible());
        }
        if (rules.secondRun() != usual.secondRun()) {
            out.flag("secondRun", rules.consentsToSecondRun());
        }
        if (rules.neverSatisfied() != usual.neverSatisfied()) {
            out.text("onNeverSatisfied", RunReader.NEVER.text(rules.neverSatisfied()));
        }
        rules.endSignal().ifPresent(this::endSignal);
        if (!rules.grace().equals(usual.grace())) {
            out.number("graceSeconds", rules.grace().toSeconds());
        }
        out.end();
    }

    private void endSignal(EndSignal signal) {
        out.begin("endSignal")
                .number("number", signal.number())
                .number("secondsBefore", signal.secondsBefore())
                .text("target", RunReader.TARGETS.text(signal.target()))
                .end();
    }
}
