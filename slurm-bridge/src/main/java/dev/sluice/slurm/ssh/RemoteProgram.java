package dev.sluice.slurm.ssh;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The one command that every call runs, whatever the account's login shell is.
 *
 * <p>It reads its words from the first line of standard input and prints a marker before the command's output, so that what a
 * start-up file printed is told apart. It refuses to act for accounts below a user id and after a deadline by its own clock, and
 * runs what remains of the words in a clean environment under {@code timeout(1)}, with the rest of standard input.
 */
final class RemoteProgram {
    /** Without single quote, exclamation mark and line break: sh, csh and fish all read it as one word between single quotes. */
    static final String COMMAND = "/bin/sh -c '"
            + String.join(
                    "; ",
                    "IFS= read -r l || exit 125",
                    "n=$(printf \"\\nx\")",
                    "n=${n%x}",
                    "eval \"set -- $l\"",
                    "m=$1",
                    "d=$2",
                    "t=$3",
                    "u=$4",
                    "shift 4",
                    "i=$(id -u)",
                    "[ \"$i\" -ge \"$u\" ] || { echo \"$m uid $i\"; exit 125; }",
                    "if [ \"$d\" -gt 0 ]; then d=$((d - $(date +%s)))",
                    "[ \"$d\" -ge 1 ] || { echo \"$m late\"; exit 125; }",
                    "[ \"$d\" -ge \"$t\" ] || t=$d",
                    "fi",
                    "echo \"$m run\"",
                    "echo \"$m run\" >&2",
                    "exec env -i \"HOME=$HOME\" \"USER=$USER\" \"LOGNAME=$LOGNAME\""
                            + " ${SLURM_CONF:+\"SLURM_CONF=$SLURM_CONF\"} PATH=/usr/local/bin:/usr/bin:/bin"
                            + " timeout -k 2 \"$t\" \"$@\"")
            + "'";

    private RemoteProgram() {}

    /**
     * The line that it reads.
     *
     * @param marker letters and digits that nobody can guess
     * @param deadline seconds since the epoch; 0 for none
     * @param seconds the command's own limit, at least 1
     * @param leastUid accounts below are refused
     */
    static byte[] line(String marker, long deadline, long seconds, int leastUid, Command command) {
        String head = Words.line(
                List.of(marker, Long.toString(deadline), Long.toString(seconds), Integer.toString(leastUid)));
        return (head + " " + command.text() + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
