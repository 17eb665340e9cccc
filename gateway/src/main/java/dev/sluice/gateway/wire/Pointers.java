package dev.sluice.gateway.wire;

import dev.sluice.job.InvalidValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where in a body the field is that {@code core} names in a refusal, below the object that was being made. */
final class Pointers {
    private static final Map<String, String> BY_FIELD = Map.ofEntries(
            Map.entry("name", "name"),
            Map.entry("comment", "comment"),
            Map.entry("priority class", "priorityClass"),
            Map.entry("image", "image"),
            Map.entry("webhook", "webhook"),
            Map.entry("begin", "begin"),
            Map.entry("script arguments", "args"),
            Map.entry("container command", "command"),
            Map.entry("container args", "args"),
            Map.entry("tasks", "tasks"),
            Map.entry("tasks per node", "tasksPerNode"),
            Map.entry("cpus per task", "cpusPerTask"),
            Map.entry("tmp", "tmpBytesPerNode"),
            Map.entry("license", "licenses"),
            Map.entry("licenses", "licenses"),
            Map.entry("gres name", "gres"),
            Map.entry("gres", "gres"),
            Map.entry("memory", "memory"),
            Map.entry("memory per gpu", "memory"),
            Map.entry("gpu type", "counts"),
            Map.entry("allowed clusters", "allowed"),
            Map.entry("preferred clusters", "preferred"),
            Map.entry("refused clusters", "refused"),
            Map.entry("partition", "partitions"),
            Map.entry("qos", "qos"),
            Map.entry("account", "account"),
            Map.entry("reservation", "reservation"),
            Map.entry("constraint", "constraint"),
            Map.entry("node list", "nodeList"),
            Map.entry("excluded nodes", "excludedNodes"),
            Map.entry("mail recipient", "to"),
            Map.entry("module", "modules"),
            Map.entry("modules", "modules"),
            Map.entry("file system", "fileSystems"),
            Map.entry("file systems", "fileSystems"),
            Map.entry("working directory", "workingDirectory"),
            Map.entry("output", "output"),
            Map.entry("error", "error"),
            Map.entry("input", "input"),
            Map.entry("mounts", "mounts"),
            Map.entry("mount volume", "volume"),
            Map.entry("mount path", "path"),
            Map.entry("mount sub-path", "subPath"),
            Map.entry("attempts", "maxAttempts"),
            Map.entry("grace", "graceSeconds"),
            Map.entry("signal", "number"),
            Map.entry("signal's seconds before the end", "secondsBefore"),
            Map.entry("dependency task", "task"),
            Map.entry("dependency delay", "delaySeconds"),
            Map.entry("array tasks at once", "atOnce"));

    /** Fields that end in a name of the sender's. */
    private static final List<String> NAMED =
            List.of("environment ", "label ", "licenses of ", "gres of ", "gpus of type ");

    private Pointers() {}

    /** The error at an object that could not be made of what stood in it. */
    static Problem.Error error(String object, InvalidValue refusal) {
        String detail = "expected " + refusal.expected() + ", found " + refusal.found();
        String below = below(refusal.field());
        // A value of its own was refused: nothing lies below it.
        boolean itself = object.endsWith(below);
        return new Problem.Error(itself ? object : object + below, detail);
    }

    private static String below(String field) {
        Optional<String> prefix = NAMED.stream().filter(field::startsWith).findFirst();
        if (prefix.isPresent()) {
            String name = field.substring(prefix.get().length());
            return "/" + name.replace("~", "~0").replace("/", "~1");
        }
        int bracket = field.endsWith("]") ? field.lastIndexOf('[') : -1;
        String plain = bracket < 0 ? field : field.substring(0, bracket);
        String key = BY_FIELD.get(plain);
        String index = bracket < 0 ? "" : "/" + field.substring(bracket + 1, field.length() - 1);
        return (key == null ? "" : "/" + key) + index;
    }
}
