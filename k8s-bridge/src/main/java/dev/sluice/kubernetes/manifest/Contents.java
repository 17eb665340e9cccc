package dev.sluice.kubernetes.manifest;

import dev.sluice.job.Attempt;
import dev.sluice.job.AttemptId;
import dev.sluice.job.JobId;
import dev.sluice.job.TaskSet;
import dev.sluice.script.ShellWord;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of the Secret beside a Job, by key: the user's script and the values of his environment, which are nobody else's to
 * read, and what each pod begins with that runs a script, is of an array or of several nodes, or has output files.
 */
final class Contents {
    /** Where a pod finds the first two; nothing else may be mounted there. */
    static final String DIRECTORY = "/.sluice";

    /** SLURM's name for it, byte for byte what the user handed in. */
    static final String SCRIPT = "slurm_script";

    static final String START = "start";

    /** Where a pod writes down that it has started: empty in the beginning, and as old as the pod. {@code claim.sh} has its name. */
    static final String ONCE = DIRECTORY + "-once";

    /** In a pod of a job of several nodes, empty until all of them are ready. It is not in the Secret. */
    static final String GO = "go";

    private static final String VARIABLE = "environment-";
    private static final String OF_AN_ARRAY = program("start.sh");
    private static final String OF_A_GANG = program("gang.sh");
    private static final String CLAIM = program("claim.sh");

    private Contents() {}

    static SortedMap<String, byte[]> of(Attempt attempt, JobSpec spec, Account account, Site site) {
        String output = OutputFiles.of(spec, Optional.of(account), site)
                .map(files -> files.shell(attempt.job(), spec, account.name()))
                .orElse("");
        return of(attempt.id(), attempt.job(), attempt.tasks(), spec, output);
    }

    /** How many bytes they are for some of a job's tasks, without output files: its ids fill no more than these. */
    static long size(TaskSet tasks, JobSpec spec) {
        return of(new AttemptId(0, 0), new JobId(Integer.MAX_VALUE), tasks, spec, "").values().stream()
                .mapToLong(bytes -> bytes.length)
                .sum();
    }

    /** @param output what opens the job's output files; empty where it has none */
    private static SortedMap<String, byte[]> of(
            AttemptId attempt, JobId job, TaskSet tasks, JobSpec spec, String output) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        if (spec.work() instanceof Work.Script script) {
            files.put(SCRIPT, script.text().toArray());
        }
        if (hasStart(spec, !output.isEmpty())) {
            files.put(START, start(attempt, job, tasks, spec, output));
        }
        if (spec.array().isPresent()) {
            files.put(Keys.STOPPED_FILE, new byte[0]);
        }
        keys(spec).forEach((name, key) -> files.put(key, value(spec, name)));
        return Collections.unmodifiableSortedMap(files);
    }

    /**
     * Whether a shell of ours runs before the user's program. It does before every script, whose image has a shell but for rare ones;
     * a command or an image's entrypoint may need none, and gets one only when it cannot do without.
     */
    static boolean hasStart(JobSpec spec, boolean hasOutputFiles) {
        return spec.work() instanceof Work.Script
                || spec.array().isPresent()
                || Share.of(spec.ask().resources()).isGang()
                || hasOutputFiles;
    }

    private static byte[] value(JobSpec spec, String name) {
        return spec.environment().variables().getOrDefault(name, "").getBytes(StandardCharsets.UTF_8);
    }

    /** Under which key each of the user's variables lies: a name holds more characters than a key may. */
    static SortedMap<String, String> keys(JobSpec spec) {
        SortedMap<String, String> keys = new TreeMap<>();
        for (String name : spec.environment().variables().keySet()) {
            keys.put(name, VARIABLE + keys.size());
        }
        return keys;
    }

    static String path(String key) {
        return DIRECTORY + "/" + key;
    }

    /** What a shell of the image reads: only numbers of ours are its own, and the user's words are its arguments. */
    private static byte[] start(AttemptId attempt, JobId job, TaskSet tasks, JobSpec spec, String output) {
        StringBuilder out = new StringBuilder();
        Optional<TaskSet> array = spec.array().map(ArraySpec::indices);
        Share share = Share.of(spec.ask().resources());
        if (array.isPresent()) {
            assign(out, "attempt", attempt.toString());
            assign(out, "job", job.toString());
            assign(out, "tasks", tasks.toString());
            assign(out, "indices", array.get().toString());
            out.append(OF_AN_ARRAY);
        } else if (share.isGang()) {
            assign(out, "name", Keys.name(attempt));
            assign(out, "tasks", Integer.toString(share.tasks()));
            out.append(OF_A_GANG);
        }
        out.append(CLAIM).append(output).append(output.isEmpty() ? "exec" : "sluice_run");
        // A shell drops the variables whose names it cannot have.
        if (!spec.environment().notIdentifiers().isEmpty()) {
            out.append(" env");
        }
        for (Map.Entry<String, String> variable : spec.environment().variables().entrySet()) {
            if (spec.environment().notIdentifiers().contains(variable.getKey())) {
                out.append(' ').append(ShellWord.quoted(variable.getKey() + "=" + variable.getValue()));
            }
        }
        return out.append(" \"$@\"\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void assign(StringBuilder out, String name, String value) {
        out.append("sluice_")
                .append(name)
                .append('=')
                .append(ShellWord.quoted(value))
                .append('\n');
    }

    private static String program(String file) {
        try (InputStream in = Contents.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
