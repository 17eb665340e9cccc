package dev.sluice.script;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.Needs;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The file systems, out of those that a site knows, that a text names by an absolute path: {@code /scratch} in {@code cd
 * /scratch/me}, {@code --data=/scratch}, {@code PATH=/bin:/scratch/bin}, {@code -I/scratch/include}.
 *
 * <p>A path counts where a word could begin, so neither {@code $HOME/scratch} nor {@code https://host/scratch}. Of roots inside
 * each other the innermost counts. Here-documents and {@code #SBATCH} lines are read, other comment lines are not.
 */
public final class FileSystems {
    private FileSystems() {}

    /** The roots that occur; at most {@link Needs#MAX_FILE_SYSTEMS}, and none that {@link Needs#isRoot} refuses. */
    public static SortedSet<String> namedBy(Bytes script, Collection<String> roots) {
        SortedSet<String> found = new TreeSet<>();
        List<Root> longestFirst = longestFirst(roots);
        String text = script.toLatin1();
        int from = 0;
        while (from < text.length()) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            if (!isComment(text, from, end)) {
                scan(text, from, end, longestFirst, found);
            }
            from = end + 1;
        }
        return Collections.unmodifiableSortedSet(found);
    }

    /** The same for an argument, a working directory, a file name pattern: nothing in it is a comment. */
    public static SortedSet<String> namedBy(String text, Collection<String> roots) {
        SortedSet<String> found = new TreeSet<>();
        String bytes = Bytes.ofUtf8(text).toLatin1();
        scan(bytes, 0, bytes.length(), longestFirst(roots), found);
        return Collections.unmodifiableSortedSet(found);
    }

    /** A root, and its UTF-8 with one character a byte, as the text has it. */
    private record Root(String name, String bytes) {}

    private static List<Root> longestFirst(Collection<String> roots) {
        return roots.stream()
                .filter(Needs::isRoot)
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .map(root -> new Root(root, Bytes.ofUtf8(root).toLatin1()))
                .toList();
    }

    private static boolean isComment(String text, int from, int end) {
        int start = from;
        while (start < end && (text.charAt(start) == ' ' || text.charAt(start) == '\t')) {
            start++;
        }
        return text.startsWith("#", start) && !text.startsWith("#SBATCH", start) && !text.startsWith("#!", start);
    }

    private static void scan(String text, int from, int end, List<Root> roots, SortedSet<String> found) {
        for (int slash = text.indexOf('/', from, end); slash >= 0; slash = text.indexOf('/', slash + 1, end)) {
            if (beginsWord(text, from, slash)) {
                match(text, slash, end, roots, found);
            }
        }
    }

    private static void match(String text, int at, int end, List<Root> roots, SortedSet<String> found) {
        for (Root root : roots) {
            int behind = at + root.bytes.length();
            boolean hit = behind <= end
                    && text.startsWith(root.bytes, at)
                    && (behind == end || endsName(text.charAt(behind)));
            if (hit) {
                if (found.size() < Needs.MAX_FILE_SYSTEMS) {
                    found.add(root.name);
                }
                return;
            }
        }
    }

    private static boolean beginsWord(String text, int from, int slash) {
        if (slash == from) {
            return true;
        }
        char before = text.charAt(slash - 1);
        if (before == '"' || before == '\'') {
            // "$DIR"/scratch goes on with the word before it.
            return slash - 1 == from || !isNamePart(text.charAt(slash - 2));
        }
        if (before == '-' && slash - 2 >= from && text.charAt(slash - 2) == ':') {
            // ${DIR:-/scratch}
            return true;
        }
        boolean option = isLetter(before)
                && slash - 2 >= from
                && text.charAt(slash - 2) == '-'
                && (slash - 2 == from || !isNamePart(text.charAt(slash - 3)));
        return option || !isNamePart(before);
    }

    private static boolean isNamePart(char c) {
        return isPlain(c) || "/~})]*?\\@#".indexOf(c) >= 0;
    }

    private static boolean endsName(char c) {
        return !isPlain(c) && "~*?\\@#$[{".indexOf(c) < 0;
    }

    private static boolean isPlain(char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c >= 0x80 || "_.-+%".indexOf(c) >= 0;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
