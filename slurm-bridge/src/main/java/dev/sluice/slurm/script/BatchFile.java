package dev.sluice.slurm.script;

import dev.sluice.job.Attempt;
import dev.sluice.job.TaskSet;
import dev.sluice.script.Opening;
import dev.sluice.script.OutputPath;
import dev.sluice.script.ShellWord;
import dev.sluice.spec.ArraySpec;
import dev.sluice.spec.Bytes;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The batch file of one attempt: what SLURM runs, and all that its door has to carry. It passes the gate, then takes the place
 * of the user's program (DISPATCH.md, "The wrapper and its gate", "Ids inside the job").
 *
 * <p>Data stand before the program, each as one quoted word; the user's script stands behind it, byte for byte, or in Base64
 * where SLURM cannot carry it. Nothing of the user's is part of a program, but for his own script.
 */
public final class BatchFile {
    /** The exit code of a launch that came too late; its mark lies beside the claim. */
    public static final int LOST = 75;

    /** The exit code of a launch that could not take a claim: a site error, nothing was started. */
    public static final int NO_CLAIM = 74;

    /** SLURM's default max_script_size, 4 MiB (slurm.conf, SchedulerParameters), less room for its own end. */
    public static final int MAX_BYTES = (4 << 20) - 16;

    private static final String DEFAULT_OUTPUT = "slurm-%j.out";
    private static final String DEFAULT_ARRAY_OUTPUT = "slurm-%A_%a.out";
    private static final String NONE = "/dev/null";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern UMASK = Pattern.compile("0?[0-7]{3}");

    /** What bash, where it is /bin/sh, does not let be assigned: it would end at the export. */
    private static final Set<String> READ_ONLY =
            Set.of("UID", "EUID", "PPID", "BASHOPTS", "BASH_VERSINFO", "SHELLOPTS");

    private static final String GATE = gate();

    /** How this site wants its jobs. */
    public record Habits(Claims claims, LoginShell loginShell, SortedMap<String, String> environment) {
        /** As they are for jobs of one account. */
        public Habits of(String account) {
            return new Habits(claims.of(account), loginShell, environment);
        }
    }

    /**
     * @param directory absolute, {@code %u} in it for the account; empty for the owner's {@code ~/.sluice/claims}
     * @param retention how long claims and copies of scripts are kept: longer than any launch can be late
     */
    public record Claims(Optional<String> directory, Duration retention) {
        public static final Duration RETENTION = Duration.ofDays(30);

        public Claims(Optional<String> directory) {
            this(directory, RETENTION);
        }

        /** Those of one account. */
        public Claims of(String account) {
            return new Claims(directory.map(path -> path.replace("%u", account)), retention);
        }
    }

    /** Whether a job's program finds what a login would have set (/etc/profile, modules). */
    public enum LoginShell {
        YES,
        NO
    }

    private final Attempt attempt;
    private final JobSpec spec;
    private final IndexMap map;
    private final Habits habits;

    public BatchFile(Attempt attempt, JobSpec spec, IndexMap map, Habits habits) {
        this.attempt = attempt;
        this.spec = spec;
        this.map = map;
        this.habits = habits;
    }

    /** What SLURM shall do with the standard output; the batch file does the rest. */
    public String output() {
        return path(outputPattern()).forSlurm(attempt.job().value()).orElse(NONE);
    }

    /** Empty for the same as the output. */
    public Optional<String> error() {
        return byShell()
                ? Optional.empty()
                : spec.files()
                        .error()
                        .map(pattern ->
                                path(pattern).forSlurm(attempt.job().value()).orElse(NONE));
    }

    public String input() {
        return spec.files()
                .input()
                .map(pattern -> path(pattern).forSlurm(attempt.job().value()).orElse(NONE))
                .orElse(NONE);
    }

    private boolean isArray() {
        return spec.array().isPresent();
    }

    private String outputPattern() {
        return spec.files().output().orElse(isArray() ? DEFAULT_ARRAY_OUTPUT : DEFAULT_OUTPUT);
    }

    private OutputPath path(String pattern) {
        return OutputPath.of(pattern, isArray(), map.isSame());
    }

    /** Whether one of the outputs has a name that only the batch file knows: then it opens both. */
    private boolean byShell() {
        int job = attempt.job().value();
        return path(outputPattern()).forSlurm(job).isEmpty()
                || spec.files()
                        .error()
                        .map(pattern -> path(pattern).forSlurm(job).isEmpty())
                        .orElse(false);
    }

    /** The whole file. */
    public Bytes render() {
        StringBuilder out = new StringBuilder("#!/bin/sh\n");
        out.append("# Sluice runs job ")
                .append(attempt.job())
                .append(" of ")
                .append(attempt.user())
                .append(". Up to the line '#sluice script' this is its gate (docs/slurm.md); the job's own script"
                        + " follows.\n");
        assign(out, "attempt", attempt.id().toString());
        assign(out, "claims", habits.claims().directory().orElse(""));
        assign(out, "job", Integer.toString(attempt.job().value()));
        assign(out, "tries", Integer.toString(attempt.tries()));
        assign(out, "offset", Integer.toString(map.offset()));
        assign(
                out,
                "indices",
                spec.array().map(ArraySpec::indices).map(TaskSet::toString).orElse(""));
        assign(out, "mode", spec.files().openMode() == OpenMode.APPEND ? "append" : "truncate");
        assign(out, "payload", payload());
        assign(out, "directory", spec.files().workingDirectory().isPresent() ? "given" : "home");
        assign(out, "login", habits.loginShell() == LoginShell.YES ? "yes" : "no");
        assign(out, "prolog", spec.environment().variables().getOrDefault("SLURM_TASK_PROLOG", ""));
        function(out, "outputs", byShell() ? outputs() : ":\n");
        told(out, "environment", environment());
        told(out, "program", program());
        out.append(GATE).append("#sluice script ").append(attempt.id()).append('\n');
        return withPayload(out.toString());
    }

    private static void assign(StringBuilder out, String name, String value) {
        out.append("sluice_")
                .append(name)
                .append('=')
                .append(ShellWord.quoted(value))
                .append('\n');
    }

    private static void function(StringBuilder out, String name, String body) {
        out.append("sluice_").append(name).append("() {\n").append(body).append("}\n");
    }

    /** A function that prints a text; where the text ends is a line that nobody could know before the attempt had its id. */
    private void told(StringBuilder out, String name, String text) {
        String end = "sluice " + attempt.id();
        function(out, name, "cat <<'" + end + "'\n" + text + end + "\n");
    }

    /** Opens them as SLURM does: with the user's umask, and from 24.11 on their directory is made. */
    private String outputs() {
        int job = attempt.job().value();
        Optional<String> error =
                spec.files().error().map(pattern -> path(pattern).forShell(job, spec.name()));
        StringBuilder out = new StringBuilder("umask ").append(umask()).append('\n');
        made(out, "sluice_out", path(outputPattern()).forShell(job, spec.name()));
        error.ifPresent(word -> made(out, "sluice_err", word));
        out.append("exec >>\"$sluice_out\" ")
                .append(error.isPresent() ? "2>>\"$sluice_err\"" : "2>&1")
                .append("\numask 077\n");
        return out.toString();
    }

    private static void made(StringBuilder out, String name, String word) {
        out.append(name).append('=').append(word).append('\n');
        out.append("case $")
                .append(name)
                .append(" in */*) mkdir -p -- \"${")
                .append(name)
                .append("%/*}/\" ;; esac\n");
        // A failure of exec itself would end the shell with a code that could be the user's.
        out.append("( : >>\"$").append(name).append("\" ) || return 1\n");
    }

    /** The submitter's, as sbatch hands it on. */
    private String umask() {
        String given = spec.environment().variables().getOrDefault("SLURM_UMASK", "");
        return UMASK.matcher(given).matches() ? given : "022";
    }

    private String environment() {
        SortedMap<String, String> all = new TreeMap<>(habits.environment());
        all.putAll(spec.environment().variables());
        StringBuilder out = new StringBuilder();
        all.forEach((name, value) -> {
            if (isExported(name)) {
                out.append("export ")
                        .append(name)
                        .append('=')
                        .append(ShellWord.quoted(value))
                        .append('\n');
            }
        });
        return out.toString();
    }

    private static boolean isExported(String name) {
        return IDENTIFIER.matcher(name).matches() && !READ_ONLY.contains(name);
    }

    private String program() {
        StringBuilder out = new StringBuilder("exec");
        StringBuilder unusual = new StringBuilder();
        for (Map.Entry<String, String> variable : spec.environment().variables().entrySet()) {
            if (!isExported(variable.getKey())) {
                unusual.append(' ').append(ShellWord.quoted(variable.getKey() + "=" + variable.getValue()));
            }
        }
        if (!unusual.isEmpty()) {
            out.append(" env").append(unusual);
        }
        switch (spec.work()) {
            case Work.Script script -> {
                if (Opening.of(script.text()) instanceof Opening.Runs runs) {
                    out.append(' ').append(word(runs.interpreter()));
                    if (!runs.argument().isEmpty()) {
                        out.append(' ').append(word(runs.argument()));
                    }
                }
                out.append(" \"$sluice_script\"");
                script.args().forEach(word -> out.append(' ').append(ShellWord.quoted(word)));
            }
            case Work.Command command ->
                command.argv().forEach(word -> out.append(' ').append(ShellWord.quoted(word)));
            case Work.Entrypoint entrypoint ->
                throw new IllegalArgumentException("an image's entrypoint runs in a container");
        }
        return out.append('\n').toString();
    }

    private static String word(Bytes bytes) {
        return ShellWord.quoted(new String(bytes.toArray(), StandardCharsets.UTF_8));
    }

    private String payload() {
        return switch (spec.work()) {
            case Work.Script script -> isText(script.text()) ? "plain" : "base64";
            case Work.Command command -> "none";
            case Work.Entrypoint entrypoint -> "none";
        };
    }

    /** Whether JSON and a C string can carry it. */
    private static boolean isText(Bytes script) {
        byte[] bytes = script.toArray();
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            return false;
        }
        for (byte b : bytes) {
            if (b == 0 || b == '\r') {
                return false;
            }
        }
        return true;
    }

    private Bytes withPayload(String head) {
        byte[] before = head.getBytes(StandardCharsets.UTF_8);
        byte[] after = spec.work() instanceof Work.Script script ? script.text().toArray() : new byte[0];
        if (payload().equals("base64")) {
            after = Base64.getMimeEncoder().encode(after);
            // What tells DOS line breaks to SLURM are those of MIME, too.
            after = new String(after, StandardCharsets.US_ASCII)
                    .replace("\r", "")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        byte[] whole = new byte[before.length + after.length];
        System.arraycopy(before, 0, whole, 0, before.length);
        System.arraycopy(after, 0, whole, before.length, after.length);
        return Bytes.of(whole);
    }

    private static String gate() {
        try (InputStream in = BatchFile.class.getResourceAsStream("gate.sh")) {
            if (in == null) {
                throw new IllegalStateException("gate.sh is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
