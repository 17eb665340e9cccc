package dev.sluice.spec;

import dev.sluice.job.InvalidValue;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.regex.Pattern;

/**
 * What a cluster has to have installed and mounted for the job to make sense there: named by the user, or found in the script
 * at intake (package {@code dev.sluice.script}), so that placement never opens a script.
 *
 * @param modules environment modules as given to {@code module load}, {@code name} or {@code name/version}; at most {@value
 *     #MAX_MODULES}. Empty where nobody has said; a job that says that it needs none has none of them here
 * @param fileSystems roots, absolute and without a trailing slash, {@code /scratch}; at most {@value #MAX_FILE_SYSTEMS}
 */
public record Needs(Optional<SortedSet<String>> modules, SortedSet<String> fileSystems) {
    public static final int MAX_MODULES = 256;
    public static final int MAX_FILE_SYSTEMS = 64;
    private static final int MAX_ROOT_BYTES = 255;

    public static final Needs NONE = of(List.of(), List.of());

    private static final Pattern MODULE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+@/-]{0,254}");

    public Needs {
        modules = modules.map(names -> bounded("modules", names, MAX_MODULES));
        fileSystems = bounded("file systems", fileSystems, MAX_FILE_SYSTEMS);
        for (String module : modules.orElseGet(Collections::emptySortedSet)) {
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

    /** @param modules none: nothing is said of them */
    public static Needs of(Collection<String> modules, Collection<String> fileSystems) {
        return new Needs(
                modules.isEmpty() ? Optional.empty() : Optional.of(Check.sorted(modules)), Check.sorted(fileSystems));
    }

    /** With these and no others; none: it needs none. */
    public Needs withModules(Collection<String> value) {
        return new Needs(Optional.of(Check.sorted(value)), fileSystems);
    }

    /** Those that have to be there. */
    public SortedSet<String> moduleNames() {
        return modules.orElseGet(Collections::emptySortedSet);
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
}
