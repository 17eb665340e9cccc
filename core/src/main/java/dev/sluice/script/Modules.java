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
 * The environment modules that a shell script cannot do without, as far as they can be told from reading it.
 *
 * <p>Recognised, by Environment Modules 5.5 (module(1), ml(1)) and Lmod 8.7 (its module and ml commands):
 *
 * <ul>
 *   <li>{@code module load a b/1}, {@code module add}; Lmod's abbreviations {@code lo}, {@code loa}, {@code ad}; {@code
 *       load-any} and {@code add-any} of one name; options ({@code -s}, {@code --silent}) before or behind the sub-command
 *   <li>{@code ml a b}, {@code ml -c a}, of which the names behind a {@code -} are unloaded; {@code ml} with a sub-command
 *   <li>{@code module swap a b} and {@code switch}, which need {@code b}
 *   <li>all of these in braces, parentheses, functions that are called, {@code for} loops, and lists of {@code &&}: what counts
 *       as sure to run, {@link Course} says
 * </ul>
 *
 * <p>Passed over, for a need that is none keeps a job from a cluster where it would run:
 *
 * <ul>
 *   <li>names with something in them that the shell replaces: {@code $}, a substitution, a pattern; paths, variants
 *   <li>{@code try-load}, {@code try-add}, several names behind {@code load-any}: the script can do without each
 *   <li>what is behind a condition, as {@code command -v module && module load a} and {@code module is-avail a && …} are, and
 *       {@code module load a || …} unless the script ends there
 *   <li>everything behind {@code module use}, {@code restore}, {@code stashpop}, {@code load use.own} or a change of MODULEPATH:
 *       from there on modules may be the user's own
 *   <li>here-documents, quoted text, substitutions, {@code eval}, files that are sourced, scripts within the script
 *   <li>scripts of another interpreter than a shell (sh, bash, dash, ksh, zsh, csh, tcsh)
 * </ul>
 *
 * <p>What {@code module purge} or {@code unload} takes away again was needed all the same. At most {@link Needs#MAX_MODULES} are
 * found.
 */
public final class Modules implements Course.Meaning {
    /** Commands that say yes or no: a load that hangs on one with {@code &&} is conditional. */
    private static final Set<String> TESTS =
            Set.of("[", "[[", "test", "$", "command", "type", "hash", "which", "whence", "grep", "egrep", "false");

    /** Sub-commands of {@code module} that say yes or no. */
    private static final Set<String> QUESTIONS = Set.of(
            "is-avail",
            "isavail",
            "is_avail",
            "isAvail",
            "is-loaded",
            "isloaded",
            "is_loaded",
            "isLoaded",
            "is-saved",
            "is-used",
            "avail",
            "av",
            "show",
            "display",
            "whatis",
            "test",
            "try-load",
            "try-add");

    /** First words of {@code ml} that are sub-commands: of both programs, and names for none. */
    private static final Set<String> SUBCOMMANDS = Set.of("""
            add add-any aliases append-path apropos autoinit av avail available cachebuild cacheclear cat category clear config \
            del delete describe disable display edit erase gd getdefault help info-loaded initadd initclear initlist \
            initprepend initrm initswitch is-avail is-loaded is-saved is-used isAvail isLoaded is_avail is_loaded isavail \
            isloaded key keyword last-error last_error ld lint list listdefault listdefaults load load-any mcc mod-to-sh \
            overview ov path paths prepend-path purge r refresh reload remove remove-path reset restore rm s save savelist \
            saverm saveshow sd search setdefault sh-to-mod show sl source spider stash stashclear stashlist stashpop stashrm \
            stashshow state sw swap switch tablelist test try try-add try-load try_add try_load tryadd tryload unload unuse \
            update use whatis""".split(" "));

    /** Options of Lmod's {@code ml} that take the next word. */
    private static final Set<String> TAKING =
            Set.of("-s", "--style", "-w", "--width", "--localvar", "--spider_timeout", "--spider-timeout");

    private static final Set<String> DECLARING = Set.of(
            "export", "declare", "typeset", "local", "readonly", "set", "setenv", "unset", "unsetenv", "module", "ml");

    private static final String PATH = "MODULEPATH";
    /** Of Environment Modules: it puts {@code ~/privatemodules} into the path. */
    private static final String OWN = "use.own";

    private boolean ownPath;

    private Modules() {}

    /** Names as the script has them, {@code gcc} or {@code gcc/13.2}. */
    public static SortedSet<String> loadedBy(Bytes script) {
        boolean shell = Opening.of(script) instanceof Opening.Runs runs && runs.isShell();
        if (!shell) {
            return Collections.emptySortedSet();
        }
        Set<String> sure = Course.sure(script.toLatin1(), new Modules(), Needs.MAX_MODULES);
        return Collections.unmodifiableSortedSet(new TreeSet<>(sure));
    }

    @Override
    public List<String> names(List<String> command) {
        String name = command.getFirst();
        boolean changes = DECLARING.contains(name) && command.stream().skip(1).anyMatch(word -> word.startsWith(PATH));
        ownPath |= changes;
        return switch (name) {
            case "module" -> byModule(arguments(command));
            case "ml" -> byMl(command);
            default -> List.of();
        };
    }

    @Override
    public boolean asks(List<String> command) {
        String name = command.getFirst();
        if (name.equals("module") || name.equals("ml")) {
            List<String> arguments = arguments(command);
            return !arguments.isEmpty() && QUESTIONS.contains(arguments.getFirst());
        }
        return TESTS.contains(name);
    }

    @Override
    public void assigns(String word) {
        ownPath |= word.startsWith(PATH);
    }

    @Override
    public boolean isOver() {
        return ownPath;
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
            case "load", "loa", "lo", "add", "ad" -> loaded(names);
            case "swap", "switch", "sw" -> names.isEmpty() ? List.of() : loaded(List.of(names.getLast()));
            case "load-any", "add-any" -> names.size() == 1 ? loaded(names) : List.of();
            case "use", "restore", "r", "stashpop" -> {
                ownPath = true;
                yield List.of();
            }
            default -> List.of();
        };
    }

    private List<String> byMl(List<String> command) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i < command.size(); i++) {
            String word = command.get(i);
            if (TAKING.contains(word)) {
                i++;
            } else if (!word.startsWith("-")) {
                names.add(word);
            }
        }
        boolean subcommand = !names.isEmpty() && SUBCOMMANDS.contains(names.getFirst());
        return subcommand ? byModule(names) : loaded(names);
    }

    /** What is named behind {@link #OWN} in the same command may be the user's, too. */
    private List<String> loaded(List<String> names) {
        if (names.contains(OWN)) {
            ownPath = true;
            return List.of();
        }
        return names.stream().filter(Needs::isModule).toList();
    }
}
