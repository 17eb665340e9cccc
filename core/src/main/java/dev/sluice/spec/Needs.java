package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a cluster has to have installed and mounted for the job to make sense there: named by the user, or found in the script
 * at intake (package {@code dev.sluice.script}), so that placement never opens a script.
 *
 * @param modules environment modules as given to {@code module load}, {@code name} or {@code name/version}; at most {@value
 *     #MAX_MODULES}
 * @param fileSystems roots, absolute and without a trailing slash, {@code /scratch}; at most {@value #MAX_FILE_SYSTEMS}
 */
public record Needs(SortedSet<String> modules, SortedSet<String> fileSystems) {
    public static final int MAX_MODULES = 256;
    public static final int MAX_FILE_SYSTEMS = 64;
    private static final int MAX_ROOT_BYTES = 255;

    public static final Needs NONE = of(List.of(), List.of());

    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+@/-]{0,254}");

    public Needs {
        modules = bounded("modules", modules, MAX_MODULES);
        fileSystems = bounded("file systems", fileSystems, MAX_FILE_SYSTEMS);
        for (String module : modules) {
            if (!isModule(module)) {
                throw new InvalidValue(
                        "module", "1 to 255 letters, digits, and '_.+@/-', a letter, digit or '_' first", module);
            }
        }
        for (String root : fileSystems) {
            if (!isRoot(root)) {
                throw new InvalidValue("file system", "an absolute path without a trailing '/', '.' and '..'", root);
            }
        }
    }

    public static Needs of(Collection<String> modules, Collection<String> fileSystems) {
        return new Needs(Check.sorted(modules), Check.sorted(fileSystems));
    }

    private static SortedSet<String> bounded(String field, SortedSet<String> names, int most) {
        if (names.size() > most) {
            throw new InvalidValue(field, "at most " + most, Integer.toString(names.size()));
        }
        return Check.sorted(names);
    }

    /** Whether it can be the name of an environment module. */
    public static boolean isModule(String text) {
        return MODULE.matcher(text).matches();
    }

    /** Whether it can be the root of a file system; {@code /} cannot, every cluster has one. */
    public static boolean isRoot(String text) {
        return text.startsWith("/")
                && Check.isLine(text, MAX_ROOT_BYTES)
                && text.indexOf(' ') < 0
                && Check.hasPlainParts(text.substring(1));
    }

    /** All of both. */
    public Needs plus(Needs other) {
        SortedSet<String> allModules = new TreeSet<>(modules);
        allModules.addAll(other.modules);
        SortedSet<String> allFileSystems = new TreeSet<>(fileSystems);
        allFileSystems.addAll(other.fileSystems);
        return new Needs(allModules, allFileSystems);
    }
}
