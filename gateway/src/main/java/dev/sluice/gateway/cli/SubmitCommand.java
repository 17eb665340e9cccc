package dev.sluice.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "submit",
        customSynopsis = {
            "sluice submit [OPTIONS] SCRIPT [ARGUMENT...]",
            "       sluice submit [OPTIONS] - [ARGUMENT...]",
            "       sluice submit [OPTIONS] -- COMMAND [ARGUMENT...]"
        },
        description = "Hand in a job: a script, or a command. Prints its id.",
        footer = {
            "",
            "Options stand before the script; what stands behind it is the script's. A script begins with #! and is sent"
                    + " as it is: '#SBATCH' lines in it are comments here, 'sbatch' reads them. With --image and neither"
                    + " script nor command, the image says what runs."
        })
final class SubmitCommand extends ClientCommand {
    /** The contract's bound, told before anything is sent. */
    private static final int MOST_SCRIPT = 4 << 20;

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "Its name.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-p", "--project"},
            paramLabel = "PATH",
            description = "Who pays; needed by members of several.")
    private Optional<String> project = Optional.empty();

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "The image it runs in, as docker.io/library/python:3.14.")
    private Optional<String> image = Optional.empty();

    @Option(
            names = {"-c", "--cpus"},
            paramLabel = "N",
            description = "CPUs of each task of it (default: 1).")
    private Optional<Integer> cpus = Optional.empty();

    @Option(
            names = "--mem",
            paramLabel = "SIZE",
            description = "Memory on each node: 4GiB, 500MB, 4G; 0 for whole nodes.")
    private Optional<String> memory = Optional.empty();

    @Option(
            names = {"-G", "--gpus"},
            paramLabel = "[TYPE:]N",
            description = "GPUs in all, of a type if it matters.")
    private Optional<String> gpus = Optional.empty();

    @Option(names = "--nodes", paramLabel = "N[-M]", description = "On how many nodes.")
    private Optional<String> nodes = Optional.empty();

    @Option(names = "--tasks", paramLabel = "N", description = "Processes of a parallel job (sbatch's -n).")
    private Optional<Integer> tasks = Optional.empty();

    @Option(
            names = {"-t", "--time"},
            paramLabel = "LIMIT",
            description =
                    "Time limit: 90 (minutes), 1:30:00, 2-12, 1h30m, unlimited (default: what the cluster gives).")
    private Optional<String> limit = Optional.empty();

    @Option(
            names = {"-a", "--array"},
            paramLabel = "TASKS",
            description = "An array of tasks: 0-9, 1-100:10, 0-99%%10.")
    private Optional<String> array = Optional.empty();

    @Option(
            names = {"-d", "--dependency"},
            paramLabel = "WHEN",
            description = "Wait for other jobs: afterok:1000000000.")
    private Optional<String> after = Optional.empty();

    @Option(
            names = "--env",
            paramLabel = "NAME[=VALUE]",
            description = "A variable of its environment; without a value, ours. May be repeated.")
    private List<String> variables = new ArrayList<>();

    @Option(names = "--begin", paramLabel = "TIME", description = "Not before 16:00, 2026-12-01T08:00, now+2hours.")
    private Optional<String> begin = Optional.empty();

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label to find it by. May be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Its priority class: higher goes first in the project.")
    private Optional<Integer> priority = Optional.empty();

    @Option(names = "--cluster", paramLabel = "NAME", split = ",", description = "Only these clusters.")
    private List<String> clusters = new ArrayList<>();

    @Option(
            names = "--modules",
            paramLabel = "NAME",
            split = ",",
            description = "The environment modules that it needs, as gcc/12.2,openmpi, or 'none'"
                    + " (default: those that its script loads).")
    private List<String> modules = new ArrayList<>();

    @Option(names = "--chdir", paramLabel = "DIR", description = "Where it works; '.' is the directory one is in.")
    private Optional<Path> directory = Optional.empty();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Its standard output, as slurm-%%j.out.")
    private Optional<String> output = Optional.empty();

    @Option(
            names = {"-e", "--error"},
            paramLabel = "FILE",
            description = "Its standard error, if not the same.")
    private Optional<String> error = Optional.empty();

    @Option(names = "--dry-run", description = "Say what would become of it; keep nothing.")
    private boolean dryRun;

    @Option(names = "--wait", description = "Wait until it is over, and end as 'sluice wait' does.")
    private boolean wait;

    @Option(names = "--exit-code", description = "With --wait: end with the job's own exit code.")
    private boolean exitCode;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "An idempotency key: the same key with the same job is the same job, however often it is sent.")
    private Optional<String> key = Optional.empty();

    @Parameters(paramLabel = "SCRIPT", arity = "0..*", description = "The script's file, or '-', and its arguments.")
    private List<String> words = new ArrayList<>();

    private final Optional<List<String>> command;

    /** @param command what stood behind {@code --}; empty where there was none */
    SubmitCommand(Console console, Optional<List<String>> command) {
        super(console);
        this.command = command;
    }

    @Override
    int run(Api api) throws Failure {
        ObjectNode job = job();
        if (dryRun) {
            Query query = Query.to("v1", "jobs").with("dryRun", true);
            JsonNode plan =
                    api.ask(Api.Request.post(query, job, UUID.randomUUID().toString()));
            return show(plan);
        }
        String once = key.orElseGet(() -> UUID.randomUUID().toString());
        JsonNode answer = api.ask(Api.Request.post(Query.to("v1", "jobs"), job, once));
        String id = answer.path("id").asText("");
        if (id.isEmpty()) {
            throw new Failure(Exit.BROKEN, "expected the job's id from the gateway, found none");
        }
        if (json) {
            print(answer);
        } else {
            console.out().println(id);
        }
        console.out().flush();
        if (!wait) {
            return Exit.OK.code();
        }
        List<JobView> over = new Waiter(api, Waiter.Progress.SHOWN).all(List.of(JobRef.parse(id)), Optional.empty());
        over.forEach(each -> console.say(id + " " + WaitCommand.ending(each)));
        return WaitCommand.conclude(api, over, exitCode);
    }

    private int show(JsonNode plan) {
        if (json) {
            print(plan);
            return Exit.OK.code();
        }
        ExplainCommand.print(console, plan);
        Table table = new Table().left("TASKS", "STARTS ON", "WHY THERE");
        plan.path("starts").forEach(start -> {
            String partition = start.path("partition").asText("");
            table.row(
                    start.path("tasks").asText(""),
                    start.path("cluster").asText("") + (partition.isEmpty() ? "" : "/" + partition),
                    start.path("reason").asText(""));
        });
        table.print(console);
        return Exit.OK.code();
    }

    private ObjectNode job() throws Failure {
        ObjectNode job = Api.JSON.createObjectNode();
        work(job);
        name.ifPresent(value -> job.put("name", value));
        project.ifPresent(value -> job.put("project", value));
        image.ifPresent(value -> job.put("image", value));
        environment(job);
        resources(job);
        if (limit.isPresent()) {
            OptionalLong seconds = Amounts.limitSeconds(limit.get());
            if (seconds.isPresent()) {
                job.put("limitSeconds", seconds.getAsLong());
            } else {
                job.put("limitSeconds", "unlimited");
            }
        }
        if (!clusters.isEmpty()) {
            clusters.forEach(job.putObject("routing").putArray("allowed")::add);
        }
        if (!modules.isEmpty()) {
            ArrayNode needed = job.putObject("needs").putArray("modules");
            modules.stream().filter(module -> !module.equals("none")).forEach(needed::add);
        }
        files(job);
        after.ifPresent(value -> job.put("after", value));
        array.ifPresent(value -> job.put("array", value));
        pairs("--label", labels, job, "labels");
        priority.ifPresent(value -> job.put("priorityClass", value));
        begin.map(new When(console)::ahead).ifPresent(value -> job.put("begin", value.toString()));
        return job;
    }

    private void work(ObjectNode job) throws Failure {
        if (!words.isEmpty()) {
            byte[] script = script(words.getFirst());
            try {
                job.put(
                        "script",
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(script))
                                .toString());
            } catch (CharacterCodingException e) {
                job.put("scriptBase64", Base64.getEncoder().encodeToString(script));
            }
            if (!words.getFirst().equals("-") && name.isEmpty()) {
                job.put("name", String.valueOf(Path.of(words.getFirst()).getFileName()));
            }
            List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
            command.ifPresent(more -> {
                arguments.add("--");
                arguments.addAll(more);
            });
            add(arguments, job, "args");
        } else if (command.isPresent() && !command.get().isEmpty()) {
            add(command.get(), job, "command");
        } else if (image.isPresent()) {
            job.putObject("entrypoint");
        } else {
            throw Failure.usage("expected a script, '-' for standard input, or '-- COMMAND'; found nothing to run");
        }
    }

    private static void add(List<String> words, ObjectNode job, String key) {
        if (!words.isEmpty()) {
            ArrayNode array = job.putArray(key);
            words.forEach(array::add);
        }
    }

    private byte[] script(String file) throws Failure {
        byte[] script;
        try (InputStream in = file.equals("-")
                ? console.in()
                : Files.newInputStream(console.directory().resolve(file))) {
            script = in.readNBytes(MOST_SCRIPT + 1);
        } catch (NoSuchFileException e) {
            throw Failure.usage(
                    "expected a script's file, found none named '" + file + "'; a command stands behind '--'");
        } catch (IOException e) {
            throw Failure.usage("expected a script's file that can be read, found " + file);
        }
        if (script.length == 0 || script.length > MOST_SCRIPT) {
            String found = script.length == 0 ? "nothing" : "more";
            throw Failure.usage("expected a script of 1 to " + MOST_SCRIPT + " bytes, found " + found + " in " + file);
        }
        return script;
    }

    private void environment(ObjectNode job) throws Failure {
        List<String> pairs = new ArrayList<>();
        for (String variable : variables) {
            if (variable.contains("=")) {
                pairs.add(variable);
            } else if (console.environment().containsKey(variable)) {
                pairs.add(variable + "=" + console.variable(variable));
            } else {
                throw Failure.usage("expected NAME=VALUE, or the name of a variable of ours, behind --env; found '"
                        + variable + "', which is not set");
            }
        }
        pairs("--env", pairs, job, "environment");
    }

    private static void pairs(String option, List<String> pairs, ObjectNode job, String key) throws Failure {
        if (pairs.isEmpty()) {
            return;
        }
        ObjectNode map = job.putObject(key);
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw Failure.usage("expected KEY=VALUE behind " + option + ", found '" + pair + "'");
            }
            map.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
    }

    private void resources(ObjectNode job) throws Failure {
        ObjectNode resources = Api.JSON.createObjectNode();
        if (nodes.isPresent()) {
            nodes(resources, nodes.get());
        }
        tasks.ifPresent(value -> resources.put("tasks", value));
        cpus.ifPresent(value -> resources.put("cpusPerTask", value));
        if (memory.isPresent()) {
            long bytes = Amounts.memoryBytes(memory.get());
            if (bytes == 0) {
                resources.put("memory", "whole-node");
            } else {
                resources.putObject("memory").put("perNodeBytes", bytes);
            }
        }
        if (gpus.isPresent()) {
            gpus(resources, gpus.get());
        }
        if (!resources.isEmpty()) {
            job.set("resources", resources);
        }
    }

    private static void nodes(ObjectNode resources, String text) throws Failure {
        if (!text.matches("\\d{1,6}(-\\d{1,6})?")) {
            throw Failure.usage("expected N or N-M behind --nodes, found '" + text + "'");
        }
        int dash = text.indexOf('-');
        if (dash < 0) {
            resources.put("nodes", Integer.parseInt(text));
        } else {
            resources
                    .putObject("nodes")
                    .put("least", Integer.parseInt(text.substring(0, dash)))
                    .put("most", Integer.parseInt(text.substring(dash + 1)));
        }
    }

    private static void gpus(ObjectNode resources, String text) throws Failure {
        ObjectNode counts = Api.JSON.createObjectNode();
        for (String part : text.split(",", -1)) {
            int colon = part.lastIndexOf(':');
            String count = part.substring(colon + 1);
            if (!count.matches("\\d{1,7}") || colon == 0) {
                throw Failure.usage("expected N or TYPE:N behind --gpus, found '" + text + "'");
            }
            counts.put(colon < 0 ? "*" : part.substring(0, colon), Integer.parseInt(count));
        }
        resources.putObject("gpus").put("per", "job").set("counts", counts);
    }

    private void files(ObjectNode job) {
        ObjectNode files = Api.JSON.createObjectNode();
        directory.ifPresent(path -> files.put(
                "workingDirectory",
                console.directory().resolve(path).normalize().toString()));
        output.ifPresent(value -> files.put("output", value));
        error.ifPresent(value -> files.put("error", value));
        if (!files.isEmpty()) {
            job.set("files", files);
        }
    }
}
