package dev.sluice.script;

import dev.sluice.spec.Bytes;
import dev.sluice.spec.Needs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The environment modules that a shell script loads whatever happens: {@code module load}, {@code add} and {@code swap}, and
 * Lmod's {@code ml}.
 *
 * <p>Left out, because they may not be needed: names that a variable is part of; what is loaded inside {@code if} or {@code
 * case}, behind a test and {@code &&}, or as one of two alternatives around {@code ||} ({@code || exit 1} is none); {@code
 * try-load}; and everything behind {@code module use} or a change of MODULEPATH, since from there on modules may be the
 * user's own. A script of another interpreter than a shell loads none. At most {@link Needs#MAX_MODULES} are found.
 */
public final class Modules implements ShellReader.Commands {
    /** Commands that say yes or no: a load that hangs on one with {@code &&} is conditional. */
    private static final Set<String> TESTS =
            Set.of("[", "[[", "test", "$", "command", "type", "hash", "which", "grep", "egrep", "false");

    /** Behind {@code ||} these make the load before it dispensable. */
    private static final Set<String> SHRUGS = Set.of("module", "ml", "true", ":");

    /** Reserved words that a command may stand right behind. */
    private static final Set<String> PREFIXES =
            Set.of("then", "else", "elif", "do", "while", "until", "{", "}", "!", "time");

    /** First words of {@code ml} that make it {@code module}. */
    private static final Set<String> SUBCOMMANDS = Set.of(
            "add",
            "av",
            "avail",
            "del",
            "describe",
            "disable",
            "display",
            "help",
            "is-avail",
            "is-loaded",
            "keyword",
            "key",
            "list",
            "load",
            "load-any",
            "overview",
            "ov",
            "purge",
            "refresh",
            "reload",
            "remove",
            "reset",
            "restore",
            "rm",
            "save",
            "savelist",
            "saverm",
            "show",
            "sl",
            "spider",
            "swap",
            "switch",
            "sw",
            "try-add",
            "try-load",
            "unload",
            "unuse",
            "update",
            "use",
            "whatis");

    private final SortedSet<String> found = new TreeSet<>();
    private final List<String> doubtful = new ArrayList<>();
    private ShellReader.End before = ShellReader.End.SEQUENCE;
    private boolean tested;
    private boolean ownPath;
    private int conditions;

    private Modules() {}

    /** Names as the script has them, {@code gcc} or {@code gcc/13.2}. */
    public static SortedSet<String> loadedBy(Bytes script) {
        boolean shell = Opening.of(script) instanceof Opening.Runs runs && runs.isShell();
        if (!shell) {
            return Collections.emptySortedSet();
        }
        Modules modules = new Modules();
        ShellReader.read(script.toLatin1(), modules);
        modules.keep(modules.doubtful);
        return Collections.unmodifiableSortedSet(modules.found);
    }

    @Override
    public void command(List<String> words, ShellReader.End end) {
        boolean goesOn = words.isEmpty() && end == ShellReader.End.SEQUENCE && before != ShellReader.End.SEQUENCE;
        if (goesOn && before != ShellReader.End.PARENTHESIS) {
            return;
        }
        List<String> command = withoutPrefixes(words);
        String name = command.isEmpty() ? "" : command.getFirst();
        settleDoubt(name);
        tested |= TESTS.contains(name);
        watchPath(command, name);
        List<String> loaded = loaded(command, name);
        boolean unconditional = conditions == 0 && !tested && before != ShellReader.End.OR && !ownPath;
        if (unconditional && end == ShellReader.End.OR) {
            doubtful.addAll(loaded);
        } else if (unconditional) {
            keep(loaded);
        }
        before = end;
        if (end == ShellReader.End.SEQUENCE) {
            tested = false;
        }
    }

    private void keep(List<String> modules) {
        for (String module : modules) {
            if (found.size() < Needs.MAX_MODULES) {
                found.add(module);
            }
        }
    }

    /** The command behind {@code ||} tells whether the load before it could be done without. */
    private void settleDoubt(String name) {
        if (!SHRUGS.contains(name)) {
            keep(doubtful);
        }
        doubtful.clear();
    }

    /** Counts conditions on the way, and takes off reserved words and the assignments before a command. */
    private List<String> withoutPrefixes(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "if", "case", "switch" -> conditions++;
                case "fi", "esac", "endif", "endsw" -> conditions = Math.max(0, conditions - 1);
                default -> {
                    boolean assigns = isAssignment(word);
                    if (!assigns && !PREFIXES.contains(word)) {
                        return words.subList(i, words.size());
                    }
                    ownPath |= assigns && word.startsWith("MODULEPATH");
                }
            }
        }
        return List.of();
    }

    private static boolean isAssignment(String word) {
        int equals = word.indexOf('=');
        return equals > 0
                && word.substring(0, equals)
                        .chars()
                        .allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '+');
    }

    private void watchPath(List<String> command, String name) {
        boolean declares = name.equals("export") || name.equals("declare") || name.equals("setenv");
        ownPath |= declares && command.stream().skip(1).anyMatch(word -> word.startsWith("MODULEPATH"));
    }

    private List<String> loaded(List<String> command, String name) {
        return switch (name) {
            case "module" -> byModule(arguments(command));
            case "ml" -> byMl(command.subList(1, command.size()));
            default -> List.of();
        };
    }

    private static List<String> arguments(List<String> command) {
        return command.stream().skip(1).filter(word -> !word.startsWith("-")).toList();
    }

    private List<String> byModule(List<String> arguments) {
        if (arguments.isEmpty()) {
            return List.of();
        }
        List<String> names = arguments.subList(1, arguments.size());
        return switch (arguments.getFirst()) {
            case "load", "add" -> plain(names);
            case "swap", "switch", "sw" -> names.isEmpty() ? List.of() : plain(List.of(names.getLast()));
            case "load-any" -> names.size() == 1 ? plain(names) : List.of();
            case "use" -> {
                ownPath = true;
                yield List.of();
            }
            default -> List.of();
        };
    }

    private List<String> byMl(List<String> words) {
        List<String> names =
                words.stream().filter(word -> !word.startsWith("-")).toList();
        boolean subcommand = !names.isEmpty() && SUBCOMMANDS.contains(names.getFirst());
        return subcommand ? byModule(names) : plain(names);
    }

    private static List<String> plain(List<String> names) {
        return names.stream().filter(Needs::isModule).toList();
    }
}
