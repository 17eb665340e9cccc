package dev.sluice.cluster;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Needs;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which environment modules a cluster has, as its site has said.
 *
 * <p>A name that a job asks for is there when the site lists
 *
 * <ul>
 *   <li>it: {@code gcc/12.2}
 *   <li>what it is a version of: {@code gcc} stands for all its versions, {@code compiler} for all of {@code compiler/gcc}
 *   <li>a version of it: {@code gcc/12.2} for who asks for {@code gcc}, {@code gcc/default} or {@code gcc/latest}
 *   <li>a version that begins so: {@code gcc/12.2} and {@code gcc/12-rc1} for who asks for {@code gcc/12}, but {@code gcc/120}
 *       not (the extended default of Lmod, "Picking modules", and of module(1), both on unless a site turns it off)
 * </ul>
 *
 * <p>Of {@code gcc@12:13}, a specifier of module(1), only the name is looked at: what cannot be told is not missing. Case matters.
 *
 * @param names empty where nobody has said, or has said {@link #ANY}: then nothing is missing
 */
public record AvailableModules(Optional<NavigableSet<String>> names) {
    /** Instead of names: whatever is asked for. */
    public static final String ANY = "*";

    public static final AvailableModules UNKNOWN = new AvailableModules(Optional.empty());

    public static final AvailableModules NONE = of(List.of());

    /** @throws InvalidValue for what can be no name */
    public AvailableModules {
        names = names.map(all -> Collections.unmodifiableNavigableSet(new TreeSet<>(all)));
        for (String name : names.orElseGet(Collections::emptyNavigableSet)) {
            if (!Needs.isModule(name)) {
                throw new InvalidValue("modules", "names as gcc or gcc/12.2, or '*'", name);
            }
        }
    }

    /**
     * @param names of modules, or {@link #ANY} among them
     * @throws InvalidValue for what can be neither
     */
    public static AvailableModules of(Collection<String> names) {
        NavigableSet<String> all = new TreeSet<>(names);
        boolean any = all.remove(ANY);
        AvailableModules listed = new AvailableModules(Optional.of(all));
        return any ? UNKNOWN : listed;
    }

    /** Those that the cluster does not have, in the order they were asked for. */
    public List<String> missing(Collection<String> asked) {
        return asked.stream().filter(name -> !has(name)).toList();
    }

    private boolean has(String asked) {
        if (names.isEmpty()) {
            return true;
        }
        NavigableSet<String> known = names.get();
        String name = plain(asked);
        for (int end = name.length(); end > 0; end = name.lastIndexOf('/', end - 1)) {
            if (known.contains(name.substring(0, end))) {
                return true;
            }
        }
        boolean versioned = name.indexOf('/') > 0;
        return begins(known, name + "/") || versioned && (begins(known, name + ".") || begins(known, name + "-"));
    }

    private static boolean begins(NavigableSet<String> known, String prefix) {
        String next = known.ceiling(prefix);
        return next != null && next.startsWith(prefix);
    }

    /** Without what only chooses among versions. */
    private static String plain(String asked) {
        int at = asked.indexOf('@');
        String name = at > 0 ? asked.substring(0, at) : asked;
        while (name.endsWith("/")) {
            name = name.substring(0, name.length() - 1);
        }
        for (String chosen : List.of("/default", "/latest")) {
            if (name.endsWith(chosen) && name.length() > chosen.length()) {
                return name.substring(0, name.length() - chosen.length());
            }
        }
        return name;
    }

    /** What the cluster has under the names of these, whatever version: at most so many, for people to choose from. */
    public List<String> like(Collection<String> asked, int most) {
        NavigableSet<String> known = names.orElseGet(Collections::emptyNavigableSet);
        NavigableSet<String> all = new TreeSet<>();
        for (String name : asked) {
            String plain = plain(name);
            int slash = plain.lastIndexOf('/');
            String family = slash > 0 ? plain.substring(0, slash) : plain;
            for (String next : known.tailSet(family, true)) {
                if (!next.startsWith(family) || all.size() >= most) {
                    break;
                }
                boolean version = next.length() == family.length() || next.charAt(family.length()) == '/';
                if (version) {
                    all.add(next);
                }
            }
        }
        return List.copyOf(all);
    }
}
