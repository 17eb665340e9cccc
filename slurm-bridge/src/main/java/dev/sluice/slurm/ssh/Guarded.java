package dev.sluice.slurm.ssh;

import dev.sluice.slurm.door.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Commands that act on what has our key now, and on nothing else.
 *
 * <p>While their controller is dead SLURM's commands wait for it, for half a minute, and one that has lost the job may have given the
 * id to the same user's next by then. So squeue waits instead, and whose the id is now is looked at right before. What is not ours any
 * more is told in SLURM's own words for an id that it does not know.
 */
final class Guarded {
    /** Its words are the id, the key and the command; a comment begins with the key. */
    private static final String ONE = String.join(
            "; ",
            "c=$(squeue -h -a -t all -j \"$1\" -o %k) || exit",
            "case $c in \"$2\"*) shift 2; exec \"$@\" ;; esac",
            "echo \"Invalid job id specified for job $1\" >&2",
            "exit 1");

    /** Reads n lines of id, key and target, then those of squeue; prints which targets are ours. */
    private static final String OURS = String.join(
            "; ",
            "NR <= n { id[NR] = $1; key[NR] = $2; target[NR] = $3; next }",
            "{ sub(/[+].*/, \"\", $2); now[$1 \" \" $2] }",
            "END { for (i = 1; i <= n; i++)"
                    + " if ((id[i] \" \" key[i]) in now) { all = all comma target[i]; comma = \",\" }"
                    + " else print \"Invalid job id specified for job \" id[i] >\"/dev/stderr\"; print all }");

    /**
     * Its words are awk's program, all ids, how many targets there are, and of each the id, the key and the target. With {@code --me}
     * the controller sends one user's jobs, without it those of all.
     */
    private static final String RELEASES = String.join(
            "; ",
            "o=$(squeue -h -a -t all --me -j \"$2\" -o \"%F %k\") || exit",
            "p=$1 n=$3",
            "shift 3",
            "t=$({ printf \"%s %s %s\\n\" \"$@\"; printf \"%s\\n\" \"$o\"; } | awk -v n=\"$n\" \"$p\") || exit",
            "[ -n \"$t\" ] || exit 1",
            "exec scontrol release \"$t\"");

    private Guarded() {}

    /** The command as it is where the target has no key. */
    static List<String> one(Target target, List<String> command) {
        if (target.key().isEmpty()) {
            return command;
        }
        List<String> argv = new ArrayList<>(List.of(
                "sh",
                "-c",
                ONE,
                "sluice",
                Long.toString(target.jobId()),
                target.key().get()));
        argv.addAll(command);
        return argv;
    }

    /** A release of many; each has a key. */
    static List<String> releases(List<Target> targets) {
        List<String> argv = new ArrayList<>(List.of("sh", "-c", RELEASES, "sluice", OURS));
        argv.add(targets.stream()
                .map(Target::jobId)
                .distinct()
                .map(String::valueOf)
                .collect(Collectors.joining(",")));
        argv.add(Integer.toString(targets.size()));
        for (Target target : targets) {
            argv.add(Long.toString(target.jobId()));
            argv.add(target.key().orElseThrow());
            argv.add(target.toString());
        }
        return argv;
    }
}
