package dev.sluice.slurm.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.job.Refusal;
import dev.sluice.slurm.door.Owner;
import dev.sluice.slurm.door.Submission;
import dev.sluice.spec.Ask;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Gpus;
import dev.sluice.spec.Memory;
import dev.sluice.spec.Nodes;
import dev.sluice.spec.Resources;
import dev.sluice.spec.Routing;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A submission as {@code job/submit} takes it. Every value is a value of JSON: nothing here is read by a shell (FAULTS.md, B17).
 * What sbatch would leave to the cluster is left out.
 */
final class SubmissionBody {
    private static final long MEBI = 1L << 20;
    /** Mandatory and not empty: 22.05 to 26.05 refuse a job without. What the job sees is in its script. */
    private static final String ENVIRONMENT = "PATH=/usr/local/bin:/usr/bin:/bin";

    /** NO_VAL16 (slurm.h): what sbatch leaves in a field of 16 bits that it was not told. */
    private static final int NOT_SAID_16 = 0xfffe;

    private SubmissionBody() {}

    /** What came of writing it. */
    sealed interface Body {
        record Written(byte[] json) implements Body {}

        record Refused(Refusal refusal) implements Body {}
    }

    private static boolean holdsNul(JsonNode node) {
        return node.isContainerNode()
                ? node.valueStream().anyMatch(SubmissionBody::holdsNul)
                : node.isTextual() && node.textValue().indexOf('\0') >= 0;
    }

    static Body of(Owner owner, Submission submission, ApiVersion version, String home) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        try {
            root.put(
                    "script",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(submission.script().toArray()))
                            .toString());
        } catch (CharacterCodingException e) {
            return new Body.Refused(Refusal.never(
                    "script-not-text",
                    "expected a script in UTF-8, found other bytes; to do: write it in UTF-8, or submit by SSH"));
        }
        Routing.Sharing sharing = submission.routing().sharing();
        if (sharing == Routing.Sharing.EXCLUSIVE_TOPO && version.topology() == ApiVersion.Topology.NONE) {
            return new Body.Refused(Refusal.never(
                    "not-supported",
                    "expected v0.0.41 or newer for exclusive topologies, found " + version
                            + "; to do: ask for another sharing, or submit by SSH"));
        }
        ObjectNode job = root.putObject("job");
        what(job, owner, submission, home);
        size(job, submission.resources());
        perTask(job, submission.resources());
        generic(job, submission.resources());
        if (version.compareTo(ApiVersion.V42) >= 0) {
            // What slurmrestd fills in is 0, an order that the cluster's own TaskPluginParam no longer counts.
            job.put("oom_kill_step", NOT_SAID_16);
        }
        where(job, submission.routing());
        submission.nice().ifPresent(nice -> job.put("nice", nice));
        after(job, submission);
        if (holdsNul(root)) {
            return new Body.Refused(Refusal.never(
                    "invalid-text", "expected text without NUL characters, which no C string of SLURM's can carry"));
        }
        try {
            return new Body.Written(Wire.MAPPER.writeValueAsBytes(root));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON is written", e);
        }
    }

    private static void what(ObjectNode job, Owner owner, Submission submission, String home) {
        job.put("name", submission.name());
        job.put("comment", submission.comment());
        job.put("hold", true);
        job.put("requeue", false);
        job.putArray("environment").add(ENVIRONMENT);
        job.put("current_working_directory", submission.directory().orElseGet(() -> home.replace("%u", owner.name())));
        job.put("standard_output", submission.output());
        submission.error().ifPresent(path -> job.put("standard_error", path));
        if (!submission.input().isEmpty()) {
            job.put("standard_input", submission.input());
        }
        switch (submission.openMode()) {
            case CLUSTER_DEFAULT -> {}
            case TRUNCATE -> job.putArray("open_mode").add("TRUNCATE");
            case APPEND -> job.putArray("open_mode").add("APPEND");
        }
        submission
                .array()
                .ifPresent(array -> job.put(
                        "array",
                        array.atOnce() > 0
                                ? array.indices() + "%" + array.atOnce()
                                : array.indices().toString()));
        submission.limit().ifPresent(limit -> limit(job, limit));
    }

    /** SLURM keeps whole minutes; what is less is rounded up. */
    private static void limit(ObjectNode job, Duration limit) {
        if (limit.equals(Ask.UNLIMITED)) {
            infinite(job, "time_limit");
        } else {
            number(job, "time_limit", limit.plusSeconds(59).toMinutes());
        }
    }

    private static void size(ObjectNode job, Resources resources) {
        job.put("tasks", resources.tasks());
        if (!resources.nodes().equals(Nodes.ANY)) {
            job.put("minimum_nodes", resources.nodes().least());
            if (resources.nodes().most() < Nodes.MOST) {
                job.put("maximum_nodes", resources.nodes().most());
            }
        } else if (resources.tasksPerNode().isPresent()) {
            // As sbatch has it; slurmctld itself would count one node.
            job.put(
                    "minimum_nodes",
                    Math.ceilDiv(resources.tasks(), resources.tasksPerNode().getAsInt()));
        }
        resources.tasksPerNode().ifPresent(most -> job.put("tasks_per_node", most));
        if (resources.cpusPerTask() > 1) {
            job.put("cpus_per_task", resources.cpusPerTask());
        }
        switch (resources.memory()) {
            case Memory.PerNode node -> number(job, "memory_per_node", mebis(node.bytes()));
            case Memory.PerCpu cpu -> number(job, "memory_per_cpu", mebis(cpu.bytes()));
            case Memory.PerGpu gpu -> job.put("memory_per_tres", "gres/gpu:" + mebis(gpu.bytes()));
            case Memory.Unstated unstated -> {
                switch (unstated) {
                    case CLUSTER_DEFAULT -> {}
                    // SLURM's 0 is all of a node.
                    case WHOLE_NODE -> number(job, "memory_per_node", 0);
                }
            }
        }
        if (resources.tmpBytesPerNode() > 0) {
            job.put("temporary_disk_per_node", mebis(resources.tmpBytesPerNode()));
        }
    }

    /** What each task gets, in sbatch's own words (from 23.11 on): job steps take their share from it. */
    private static void perTask(ObjectNode job, Resources resources) {
        List<String> each = new ArrayList<>();
        if (resources.cpusPerTask() > 1) {
            each.add("cpu=" + resources.cpusPerTask());
        }
        if (!resources.gpus().isNone() && resources.gpus().per() == Gpus.Per.TASK) {
            resources
                    .gpus()
                    .counts()
                    .forEach((type, count) ->
                            each.add("gres/gpu" + (type.equals(Gpus.ANY_TYPE) ? "" : ":" + type) + "=" + count));
            int all = resources.gpus().counts().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            job.put("tres_bind", "gres/gpu:per_task:" + all);
        }
        if (!each.isEmpty()) {
            job.put("tres_per_task", String.join(",", each));
        }
    }

    private static void generic(ObjectNode job, Resources resources) {
        List<String> perNode = new ArrayList<>();
        List<String> gpus = new ArrayList<>();
        resources
                .gpus()
                .counts()
                .forEach((type, count) ->
                        gpus.add("gres/gpu:" + (type.equals(Gpus.ANY_TYPE) ? "" : type + ":") + count));
        if (!gpus.isEmpty()) {
            switch (resources.gpus().per()) {
                case NODE -> perNode.addAll(gpus);
                case TASK -> {}
                case JOB -> job.put("tres_per_job", String.join(",", gpus));
            }
        }
        resources.gres().forEach((name, count) -> perNode.add("gres/" + name + ":" + count));
        if (!perNode.isEmpty()) {
            job.put("tres_per_node", String.join(",", perNode));
        }
        if (!resources.licenses().isEmpty()) {
            job.put(
                    "licenses",
                    resources.licenses().entrySet().stream()
                            .map(license -> license.getKey() + ":" + license.getValue())
                            .collect(Collectors.joining(",")));
        }
    }

    private static void where(ObjectNode job, Routing routing) {
        if (!routing.partitions().isEmpty()) {
            job.put("partition", String.join(",", routing.partitions()));
        }
        routing.account().ifPresent(account -> job.put("account", account));
        routing.qos().ifPresent(qos -> job.put("qos", qos));
        routing.reservation().ifPresent(reservation -> job.put("reservation", reservation));
        routing.constraint().ifPresent(constraint -> job.put("constraints", constraint));
        routing.nodeList().ifPresent(nodes -> job.putArray("required_nodes").add(nodes));
        routing.excludedNodes()
                .ifPresent(nodes -> job.putArray("excluded_nodes").add(nodes));
        switch (routing.sharing()) {
            case CLUSTER_DEFAULT -> {}
            case EXCLUSIVE -> job.putArray("shared").add("none");
            case EXCLUSIVE_USER -> job.putArray("shared").add("user");
            case EXCLUSIVE_MCS -> job.putArray("shared").add("mcs");
            case EXCLUSIVE_TOPO -> job.putArray("shared").add("topo");
            case OVERSUBSCRIBE -> job.putArray("shared").add("oversubscribe");
        }
    }

    private static void after(ObjectNode job, Submission submission) {
        submission.signal().ifPresent(signal -> {
            job.put("kill_warning_signal", Integer.toString(signal.number()));
            number(job, "kill_warning_delay", signal.secondsBefore());
            if (signal.target() == EndSignal.Target.BATCH_SHELL) {
                job.putArray("kill_warning_flags").add("BATCH_JOB");
            }
        });
        submission.mail().ifPresent(mail -> {
            var types = job.putArray("mail_type");
            for (String type : mail.types().split(",")) {
                mailWords(type).forEach(types::add);
            }
            mail.user().ifPresent(user -> job.put("mail_user", user));
        });
    }

    /** sbatch's word for an event as slurmrestd's words. */
    private static List<String> mailWords(String type) {
        return switch (type) {
            case "NONE", "" -> List.of();
            case "ALL" -> List.of("BEGIN", "END", "FAIL", "REQUEUE", "STAGE_OUT", "INVALID_DEPENDENCY");
            case "INVALID_DEPEND" -> List.of("INVALID_DEPENDENCY");
            case "TIME_LIMIT" -> List.of("TIME=100%");
            case "TIME_LIMIT_90" -> List.of("TIME=90%");
            case "TIME_LIMIT_80" -> List.of("TIME=80%");
            case "TIME_LIMIT_50" -> List.of("TIME=50%");
            default -> List.of(type);
        };
    }

    /** SLURM counts in MiB; what does not come out even is rounded up. */
    private static long mebis(long bytes) {
        return (bytes + MEBI - 1) / MEBI;
    }

    static void number(ObjectNode into, String field, long value) {
        into.putObject(field).put("set", true).put("infinite", false).put("number", value);
    }

    private static void infinite(ObjectNode into, String field) {
        into.putObject(field).put("set", false).put("infinite", true).put("number", 0);
    }
}
