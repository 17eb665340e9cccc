package dev.sluice.script;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The course that a shell script takes: of the names in its commands it keeps those of commands that run whatever happens.
 *
 * <p>Not sure to run, so that their names are left out: what stands in {@code if}, {@code case}, {@code while} and {@code
 * until}; what hangs with {@code &&} on a command that asks or on one with {@code !} before it; what stands behind {@code ||}; and
 * what stands before {@code ||} when the script goes on without it, which it does unless {@code exit} or {@code return}, or a
 * function that surely exits, stands behind. Braces and parentheses are as sure as their place. The body of a function counts
 * where the function is called, if it was defined before. A {@code for} loop counts as one that goes round at least once.
 *
 * <p>What is opened and never closed keeps nothing, and neither does what stands deeper than {@value #MAX_DEPTH} levels or behind
 * that place. At most {@value #MAX_FUNCTIONS} functions are known, {@value #MAX_CALLS} calls of them followed.
 */
final class Course implements ShellReader.Commands {
    /** What commands are about. */
    interface Meaning {
        /** What a simple command names; empty for a command that is about nothing. */
        List<String> names(List<String> command);

        /** Whether it says yes or no, so that what hangs on it may not run. */
        boolean asks(List<String> command);

        /** Before a command, or alone: {@code A=b}. */
        void assigns(String word);

        /** Whether from here on no name means anything any more. */
        boolean isOver();
    }

    private static final int MAX_DEPTH = 256;
    private static final int MAX_FUNCTIONS = 256;
    private static final int MAX_CALLS = 1024;

    /** Reserved words that a command may stand right behind. */
    private static final Set<String> PREFIXES = Set.of("then", "else", "elif", "do", "time");

    private enum Kind {
        SCRIPT,
        BRACES,
        PARENTHESES,
        CONDITION,
        CHOICE,
        LOOP
    }

    /** A list of commands between two words that belong together, or the script. */
    private static final class Group {
        final Kind kind;
        /** Runs whenever what it stands in does. */
        final boolean sure;
        /** Stands behind {@code ||}. */
        final boolean alternative;
        /** The function whose body it is. */
        final @Nullable String function;

        /** A word that these parentheses stand right behind: with nothing in them they make it a function's name. */
        @Nullable
        String candidate;

        /** These parentheses stand right behind {@code if}. */
        boolean condition;

        final Set<String> kept = new LinkedHashSet<>(0);
        /** Of the commands that {@code &&}, {@code ||} and {@code |} tie together up to here. */
        final Set<String> pending = new LinkedHashSet<>(0);

        boolean uncertain;
        ShellReader.End before = ShellReader.End.SEQUENCE;
        boolean stops;
        boolean exits;
        /** The C shell's condition was read just now, in its parentheses. */
        boolean expression;

        boolean oneLine;

        Group(Kind kind, boolean sure, boolean alternative, @Nullable String function) {
            this.kind = kind;
            this.sure = sure;
            this.alternative = alternative;
            this.function = function;
        }

        boolean certain() {
            return !uncertain && before != ShellReader.End.OR;
        }

        void endList(int most) {
            add(kept, pending, most);
            pending.clear();
            uncertain = false;
            before = ShellReader.End.SEQUENCE;
        }

        /** What stands behind {@code ||} was read: where it does not stop, the script goes on without what is before it. */
        void alternative(boolean stops) {
            if (!stops) {
                pending.clear();
                uncertain = true;
            }
        }
    }

    private record Function(Set<String> names, boolean exits) {}

    private final Meaning meaning;
    private final int most;
    private final Deque<Group> groups = new ArrayDeque<>();
    private final Map<Kind, Integer> open = new EnumMap<>(Kind.class);
    private final Map<String, Function> functions = new HashMap<>();
    private final Group script = new Group(Kind.SCRIPT, true, false, null);
    /** A function that is defined, but for its body. */
    private @Nullable String defines;
    /** Whether the last command had reserved words only. */
    private boolean bare;
    /** Whether the last command had {@code function} in it. */
    private boolean named;

    private int calls;
    private boolean lost;

    private Course(Meaning meaning, int most) {
        this.meaning = meaning;
        this.most = most;
        groups.push(script);
    }

    /** @param most names that are kept, the first ones */
    static Set<String> sure(String text, Meaning meaning, int most) {
        Course course = new Course(meaning, most);
        ShellReader.read(text, course);
        course.script.endList(most);
        return course.script.kept;
    }

    private static void add(Set<String> to, Iterable<String> names, int most) {
        for (String name : names) {
            if (to.size() < most) {
                to.add(name);
            }
        }
    }

    @Override
    public void command(List<String> words, ShellReader.End end) {
        ShellReader.End before = groups.element().before;
        boolean goesOn = words.isEmpty()
                && end == ShellReader.End.SEQUENCE
                && (before == ShellReader.End.AND || before == ShellReader.End.OR || before == ShellReader.End.PIPE);
        if (lost || goesOn) {
            return;
        }
        cShellsIf(words);
        List<String> simple = simple(words);
        boolean runs = !simple.isEmpty() && end != ShellReader.End.OPEN;
        if (runs) {
            run(simple);
        }
        switch (end) {
            case SEQUENCE -> {
                Group group = groups.element();
                group.endList(most);
                if (group.oneLine) {
                    pop(Kind.CONDITION);
                }
            }
            case AND, OR, PIPE -> groups.element().before = end;
            case OPEN -> openParenthesis(words, simple);
            case CLOSE -> closeParenthesis();
        }
    }

    /** The C shell's {@code if (a) b} ends with its line; behind a Bourne shell's parentheses no command can stand. */
    private void cShellsIf(List<String> words) {
        Group group = groups.element();
        group.oneLine |=
                group.expression && !words.isEmpty() && !words.getFirst().equals("then");
        group.expression = false;
    }

    /** The command behind reserved words and assignments, which are taken note of; empty where there is none. */
    private List<String> simple(List<String> words) {
        bare = true;
        named = false;
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            switch (word) {
                case "{" -> push(Kind.BRACES, true);
                case "}" -> pop(Kind.BRACES);
                case "if" -> push(Kind.CONDITION, false);
                case "fi", "endif" -> pop(Kind.CONDITION);
                case "while", "until" -> push(Kind.LOOP, false);
                case "done", "end" -> pop(Kind.LOOP);
                case "esac", "endsw" -> pop(Kind.CHOICE);
                case "!" -> groups.element().uncertain = true;
                case "for", "foreach", "select" -> {
                    bare = false;
                    push(Kind.LOOP, true);
                    return List.of();
                }
                case "case", "switch" -> {
                    bare = false;
                    boolean labels = words.getLast().endsWith(":");
                    if (labels) {
                        return List.of();
                    }
                    push(Kind.CHOICE, false);
                    return List.of();
                }
                case "function" -> {
                    i++;
                    defines = i < words.size() ? words.get(i) : null;
                    named = defines != null;
                }
                default -> {
                    if (isAssignment(word)) {
                        bare = false;
                        meaning.assigns(word);
                    } else if (!PREFIXES.contains(word)) {
                        return words.subList(i, words.size());
                    }
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

    private void run(List<String> command) {
        Group group = groups.element();
        defines = null;
        String name = command.getFirst();
        List<String> names = meaning.names(command);
        Function called = calls < MAX_CALLS ? functions.get(name) : null;
        boolean exits = name.equals("exit") || called != null && called.exits();
        boolean stops = exits || name.equals("return");
        if (group.before == ShellReader.End.OR) {
            group.alternative(stops);
        }
        if (group.certain()) {
            if (!meaning.isOver()) {
                add(group.pending, names, most);
                if (called != null) {
                    calls++;
                    add(group.pending, called.names(), most);
                }
            }
            group.stops |= stops;
            group.exits |= exits;
        }
        group.uncertain |= meaning.asks(command);
    }

    private void openParenthesis(List<String> words, List<String> simple) {
        String body = defines;
        boolean condition = !words.isEmpty() && words.getLast().equals("if");
        push(Kind.PARENTHESES, bare && simple.isEmpty());
        groups.element().condition = condition;
        if (named) {
            groups.element().candidate = body;
        } else if (body == null && simple.size() == 1) {
            groups.element().candidate = simple.getFirst();
        }
    }

    private void closeParenthesis() {
        Group group = groups.element();
        String candidate = group.candidate;
        if (group.kind != Kind.PARENTHESES) {
            group.endList(most);
            return;
        }
        pop(Kind.PARENTHESES);
        groups.element().before = ShellReader.End.CLOSE;
        groups.element().expression = group.condition;
        if (candidate != null) {
            defines = candidate;
        }
    }

    private void push(Kind kind, boolean sure) {
        Group parent = groups.element();
        String body = defines;
        defines = null;
        if (groups.size() > MAX_DEPTH) {
            lost = true;
            return;
        }
        groups.push(
                body == null
                        ? new Group(kind, sure && parent.certain(), parent.before == ShellReader.End.OR, null)
                        : new Group(kind, sure, false, body));
        open.merge(kind, 1, Integer::sum);
    }

    /** Leaves the innermost group of a kind, and what was never closed in it; nothing where there is none. */
    private void pop(Kind kind) {
        if (open.getOrDefault(kind, 0) == 0) {
            return;
        }
        Group group = groups.pop();
        open.merge(group.kind, -1, Integer::sum);
        while (group.kind != kind) {
            group = groups.pop();
            open.merge(group.kind, -1, Integer::sum);
        }
        leave(group, groups.element());
    }

    private void leave(Group group, Group parent) {
        group.endList(most);
        if (group.function != null) {
            if (functions.size() < MAX_FUNCTIONS || functions.containsKey(group.function)) {
                Set<String> names = group.sure ? Set.copyOf(group.kept) : Set.of();
                functions.put(group.function, new Function(names, group.sure && group.exits));
            }
            return;
        }
        if (group.alternative) {
            parent.alternative(group.stops);
        }
        if (group.sure) {
            add(parent.pending, group.kept, most);
            parent.stops |= group.stops;
            parent.exits |= group.exits;
        }
    }
}
