package dev.sluice.kubernetes.manifest;

import dev.sluice.job.JobId;
import dev.sluice.sbatch.FilenamePattern;
import dev.sluice.sbatch.FilenamePattern.Literal;
import dev.sluice.sbatch.FilenamePattern.Part;
import dev.sluice.script.OutputPath;
import dev.sluice.script.ShellWord;
import dev.sluice.spec.Files;
import dev.sluice.spec.Files.OpenMode;
import dev.sluice.spec.JobSpec;
import dev.sluice.spec.Mount;
import dev.sluice.spec.Mount.Access;
import dev.sluice.spec.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The files that a job's output and error go to, as SLURM would have them (sbatch(1), {@code --output}): on volumes that the job mounts
 * for writing. Whatever else a pod could write to goes with it.
 *
 * <p>The program writes into the file itself, so that all of it is there whoever kills the program, and how; a shell before it opens the
 * file, and reads it again into the container's log, for whoever follows that. A pipe to tee(1) between them would be simpler, and
 * lose the end of the file when memory or time run out: when it is wanted most.
 *
 * @param directory that relative names count from; empty where nobody knows it before the pod runs
 * @param output empty: the log
 * @param error empty: where the output goes
 * @param roots of the volumes
 */
record OutputFiles(Optional<String> directory, Optional<String> output, Optional<String> error, List<String> roots) {
    private static final String NONE = "/dev/null";
    private static final String DEFAULT = "slurm-%j.out";
    private static final String DEFAULT_OF_ARRAY = "slurm-%A_%a.out";

    /** What {@code %a} is outside of an array (slurm.h, NO_VAL). */
    private static final String NO_INDEX = "4294967294";

    private static final String PROGRAM = program();

    /** Empty: what the job prints goes to its log and nowhere else. */
    static Optional<OutputFiles> of(JobSpec spec, Optional<Account> account, Site site) {
        OutputFiles all = drawnUp(spec, account, site);
        return all.output().isEmpty() && all.error().isEmpty() ? Optional.empty() : Optional.of(all);
    }

    private static OutputFiles drawnUp(JobSpec spec, Optional<Account> account, Site site) {
        Files files = spec.files();
        Optional<String> directory =
                account.map(known -> Template.directory(spec, known, site)).orElse(files.workingDirectory());
        List<String> roots = files.mounts().stream()
                .filter(mount -> mount.access() == Access.READ_WRITE)
                .map(Mount::path)
                .toList();
        OutputFiles without = new OutputFiles(directory, Optional.empty(), files.error(), roots);
        // A command or an entrypoint may come with an image without a shell: it writes files when it is asked to.
        Optional<String> usual = Optional.of(spec.array().isPresent() ? DEFAULT_OF_ARRAY : DEFAULT)
                .filter(name -> spec.work() instanceof Work.Script && without.isOnVolume(name));
        return new OutputFiles(directory, files.output().or(() -> usual), files.error(), roots);
    }

    /** Why these cannot be written, as a sentence about what was expected; empty: they can, for all that is known. */
    static List<String> troubles(JobSpec spec, Optional<Account> account, Site site) {
        OutputFiles all = drawnUp(spec, account, site);
        List<String> troubles = new ArrayList<>();
        spec.files().output().ifPresent(pattern -> all.trouble(pattern).ifPresent(troubles::add));
        spec.files().error().ifPresent(pattern -> all.trouble(pattern).ifPresent(troubles::add));
        boolean unknownProgram = spec.work() instanceof Work.Entrypoint entrypoint
                && entrypoint.command().isEmpty();
        if (unknownProgram && (all.output().isPresent() || all.error().isPresent())) {
            troubles.add("expected a program for the shell that opens them, found the image's entrypoint;"
                    + " name its program as the command");
        }
        return troubles;
    }

    private Optional<String> trouble(String pattern) {
        if (isOnVolume(pattern)) {
            return Optional.empty();
        }
        String where = isAbsolute(pattern)
                ? ""
                : directory.map(path -> " in " + path).orElse(" in a directory that only the image knows");
        String volumes = roots.isEmpty() ? "it mounts none" : String.join(", ", roots);
        return Optional.of("expected a name below a volume that the job mounts for writing (" + volumes + "), found "
                + pattern + where + "; mount one, or leave it out and read the log");
    }

    private static boolean isAbsolute(String pattern) {
        return pattern.startsWith("/") || pattern.startsWith("\\/");
    }

    /** As far as its text says; links are looked at when it is opened. */
    private boolean isOnVolume(String pattern) {
        if (pattern.equals(NONE)) {
            return true;
        }
        if (!isAbsolute(pattern) && directory.isEmpty()) {
            return false;
        }
        String before = isAbsolute(pattern) ? "" : directory.orElse("") + "/";
        String text = before + beginning(pattern);
        String parent = normalized(text.substring(0, text.lastIndexOf('/') + 1));
        return roots.stream().anyMatch(root -> (parent + "/").startsWith(root + "/"));
    }

    /** An absolute name without {@code .} and {@code ..}, as its text has it. */
    private static String normalized(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }

    /** What stands before the first value. */
    private static String beginning(String pattern) {
        StringBuilder out = new StringBuilder();
        for (Part part : new FilenamePattern(pattern).parts()) {
            if (!(part instanceof Literal literal)) {
                break;
            }
            out.append(literal.text());
        }
        return out.toString();
    }

    /**
     * For a shell in which {@code SLURM_JOB_ID} is set and, in an array, {@code sluice_index}; it defines {@code sluice_run}. Of several
     * nodes the first has the files, as it is the one whose log is followed: SLURM runs a batch script there and nowhere else.
     */
    String shell(JobId job, JobSpec spec, String user) {
        String opened = opened(job, spec, user);
        return Share.of(spec.ask().resources()).isGang()
                ? "sluice_run() {\n    exec \"$@\"\n}\nif [ \"$SLURM_NODEID\" = 0 ]; then\n" + opened + "fi\n"
                : opened;
    }

    private String opened(JobId job, JobSpec spec, String user) {
        boolean array = spec.array().isPresent();
        StringBuilder out = new StringBuilder();
        if (!array) {
            out.append("sluice_index=").append(NO_INDEX).append('\n');
        }
        out.append("sluice_own=$SLURM_JOB_ID\n");
        out.append("sluice_user=").append(ShellWord.quoted(user)).append('\n');
        String mode = spec.files().openMode() == OpenMode.APPEND ? "append" : "truncate";
        out.append("sluice_mode=").append(mode).append('\n');
        out.append("sluice_on_a_volume() {\n    sluice_within \"$1\"");
        roots.forEach(root -> out.append(' ').append(ShellWord.quoted(root)));
        out.append("\n}\n");
        out.append("sluice_out=").append(word(output, job, spec)).append('\n');
        out.append("sluice_err=").append(word(error, job, spec)).append('\n');
        return out.append(PROGRAM).toString();
    }

    private String word(Optional<String> pattern, JobId job, JobSpec spec) {
        if (pattern.isEmpty()) {
            return "";
        }
        String word =
                OutputPath.of(pattern.get(), spec.array().isPresent(), true).forShell(job.value(), spec.name());
        return isAbsolute(pattern.get()) ? word : ShellWord.quoted(directory.orElse("") + "/") + word;
    }

    private static String program() {
        try (InputStream in = OutputFiles.class.getResourceAsStream("output.sh")) {
            if (in == null) {
                throw new IllegalStateException("output.sh is missing in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
