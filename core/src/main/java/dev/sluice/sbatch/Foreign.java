package dev.sluice.sbatch;

import dev.sluice.spec.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lines of another batch system in a script, which sbatch turns into options of its own: {@code #BSUB} of LSF, else {@code
 * #PBS}. They come after {@code #SBATCH} lines, wherever they stand.
 */
enum Foreign {
    BSUB(
            "#BSUB",
            Map.of(
                    'c',
                    "chdir",
                    'e',
                    "error",
                    'J',
                    "job-name",
                    'm',
                    "nodelist",
                    'M',
                    "mem-per-cpu",
                    'n',
                    "ntasks",
                    'o',
                    "output",
                    'q',
                    "partition",
                    'W',
                    "time",
                    'x',
                    "exclusive"),
            "x",
            ""),
    PBS(
            "#PBS",
            Map.ofEntries(
                    Map.entry('a', "begin"),
                    Map.entry('A', "account"),
                    Map.entry('e', "error"),
                    Map.entry('o', "output"),
                    Map.entry('w', "chdir"),
                    Map.entry('d', "chdir"),
                    Map.entry('h', "hold"),
                    Map.entry('J', "array"),
                    Map.entry('t', "array"),
                    Map.entry('m', "mail-type"),
                    Map.entry('M', "mail-user"),
                    Map.entry('N', "job-name"),
                    Map.entry('p', "nice"),
                    Map.entry('q', "partition"),
                    Map.entry('v', "export"),
                    Map.entry('W', "dependency"),
                    Map.entry('l', "")),
            "hIVz",
            "cCIjkrSuVz");

    private static final int MOST_LINES = 100;
    private static final Map<String, String> RESOURCES = Map.of(
            "walltime", "time",
            "cput", "time",
            "pcput", "time",
            "mem", "mem",
            "file", "tmp",
            "nice", "nice",
            "proc", "constraint",
            "select", "nodes",
            "mpiprocs", "ntasks-per-node",
            "ncpus", "mincpus");
    private static final Pattern NODES_PART =
            Pattern.compile("(?<count>\\d{1,5})|ppn=(?<ppn>\\d{1,5})|gpus=(?<gpus>.*)|(?<host>[A-Za-z].*)");

    private final String word;
    private final Map<Character, String> options;
    private final String flags;
    private final String ignored;

    Foreign(String word, Map<Character, String> options, String flags, String ignored) {
        this.word = word;
        this.options = options;
        this.flags = flags;
        this.ignored = ignored;
    }

    /** The options that the lines of one other system come to; of none where the script has none. */
    static List<CommandLine.Given> in(Bytes script, String name) {
        for (Foreign system : values()) {
            List<String> words = system.words(script, name);
            if (!words.isEmpty()) {
                return system.options(words);
            }
        }
        return List.of();
    }

    private List<String> words(Bytes script, String name) {
        List<String> words = new ArrayList<>();
        int number = 0;
        int others = 0;
        for (String line : Directives.lines(script)) {
            number++;
            if (line.startsWith(word)) {
                Directives.words(line.substring(word.length()), name + ": line " + number, words);
            } else if (!line.startsWith("#")) {
                others++;
            }
            if (others > MOST_LINES) {
                break;
            }
        }
        return words;
    }

    private List<CommandLine.Given> options(List<String> words) {
        List<CommandLine.Given> given = new ArrayList<>();
        int at = 0;
        while (at < words.size()) {
            String option = words.get(at).equals("-cwd") && this == BSUB ? "-c" : words.get(at);
            if (!option.startsWith("-") || option.length() < 2) {
                throw Stop.error("Invalid argument: " + option);
            }
            char letter = option.charAt(1);
            boolean flag = flags.indexOf(letter) >= 0;
            boolean attached = option.length() > 2;
            if (options.get(letter) == null && ignored.indexOf(letter) < 0) {
                throw Stop.unsupported(option + " in " + word + " lines");
            }
            if (!flag && !attached && at + 1 == words.size()) {
                throw Stop.unsupported(option + " without its argument in " + word + " lines");
            }
            String value = flag ? "" : attached ? option.substring(2) : words.get(at + 1);
            at += flag || attached ? 1 : 2;
            if (ignored.indexOf(letter) < 0) {
                translate(letter, value, given);
            }
        }
        return given;
    }

    private void translate(char letter, String value, List<CommandLine.Given> into) {
        String name = options.getOrDefault(letter, "");
        switch (this) {
            case BSUB ->
                add(
                        name,
                        switch (letter) {
                            // Hosts stand apart by blanks, memory is in KiB, and of two counts the second is meant.
                            case 'm' -> value.replace(' ', ',');
                            case 'M' -> value.matches(".*\\d") ? value + "K" : value;
                            case 'n' -> value.substring(value.indexOf(',') + 1);
                            default -> value;
                        },
                        into);
            case PBS -> {
                switch (letter) {
                    case 'l' -> resources(value, into);
                    case 'm' -> add(name, mailTypes(value), into);
                    case 'W' -> attribute(value, into);
                    default -> add(name, value, into);
                }
            }
        }
    }

    private static void add(String name, String value, List<CommandLine.Given> into) {
        Option option = Options.named(name).orElseThrow();
        into.add(new CommandLine.Given(
                option,
                switch (option.argument()) {
                    case NONE -> Optional.empty();
                    case OPTIONAL -> value.isEmpty() ? Optional.empty() : Optional.of(value);
                    case REQUIRED -> Optional.of(value);
                }));
    }

    private static String mailTypes(String letters) {
        String lower = letters.toLowerCase(Locale.ROOT);
        if (lower.contains("n")) {
            return "NONE";
        }
        List<String> types = new ArrayList<>();
        if (lower.contains("b")) {
            types.add("BEGIN");
        }
        if (lower.contains("e")) {
            types.add("END");
        }
        if (lower.contains("a")) {
            types.add("FAIL");
        }
        return String.join(",", types);
    }

    private static void attribute(String value, List<CommandLine.Given> into) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.startsWith("depend=")) {
            add("dependency", value.substring("depend=".length()), into);
        } else if (lower.startsWith("umask=")) {
            throw Stop.unsupported("umask= in #PBS lines");
        }
    }

    /** {@code -l walltime=1:00:00,nodes=2:ppn=4} and PBS Pro's {@code select=2:ncpus=4:mpiprocs=4}. */
    private static void resources(String list, List<CommandLine.Given> into) {
        for (String item : list.split(",")) {
            if (item.startsWith("nodes=")) {
                nodes(item.substring("nodes=".length()), into);
                continue;
            }
            for (String part : item.startsWith("select=") ? item.split(":") : new String[] {item}) {
                int equals = part.indexOf('=');
                String key = equals < 0 ? part : part.substring(0, equals);
                String option = RESOURCES.get(key);
                if (option != null) {
                    add(option, part.substring(equals + 1).replaceFirst("(?<=[kKmMgGtT])[bB]$", ""), into);
                } else if (key.endsWith("accelerator") || key.equals("naccelerators")) {
                    throw Stop.unsupported(key + " in #PBS lines");
                }
            }
        }
    }

    private static void nodes(String text, List<CommandLine.Given> into) {
        int nodes = 0;
        int perNode = 0;
        List<String> hosts = new ArrayList<>();
        for (String part : text.split("[+:]")) {
            Matcher matcher = NODES_PART.matcher(part);
            if (!matcher.matches()) {
                throw Stop.unsupported("nodes=" + text + " in #PBS lines");
            }
            if (matcher.group("count") != null) {
                nodes += Integer.parseInt(matcher.group("count"));
            } else if (matcher.group("ppn") != null) {
                perNode += Integer.parseInt(matcher.group("ppn"));
            } else if (matcher.group("gpus") != null) {
                add("gpus-per-node", matcher.group("gpus"), into);
            } else {
                hosts.add(part);
            }
        }
        if (nodes > 0) {
            add("nodes", Integer.toString(nodes), into);
        }
        if (perNode > 0) {
            add("ntasks", Long.toString((long) perNode * Math.max(1, nodes)), into);
        }
        if (!hosts.isEmpty()) {
            add("nodelist", String.join(",", hosts), into);
        }
    }
}
