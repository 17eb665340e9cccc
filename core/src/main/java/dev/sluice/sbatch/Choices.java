package dev.sluice.sbatch;

import dev.sluice.job.InvalidValue;
import dev.sluice.spec.Dependencies;
import dev.sluice.spec.EndSignal;
import dev.sluice.spec.Files;
import dev.sluice.spec.Mail;
import dev.sluice.spec.Routing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the options say in the end: each setting over the ones before. For one thread. */
final class Choices {
    /** Where an option was given. Script and command line are one to sbatch where options exclude each other. */
    enum Source {
        WORDS,
        ENVIRONMENT
    }

    private static final int MIB = 1 << 20;

    private final ZonedDateTime now;
    private final Map<String, Source> given = new HashMap<>();
    /** Options that are kept as their text. */
    private final Map<String, String> texts = new HashMap<>();

    final Map<String, Integer> numbers = new HashMap<>();
    final Map<String, Long> bytes = new HashMap<>();
    final SortedMap<String, SortedMap<String, Integer>> gpus = new TreeMap<>();
    final Set<String> flags = new HashSet<>();
    SortedMap<String, Long> gres = new TreeMap<>();
    SortedMap<String, Integer> licenses = new TreeMap<>();
    Optional<NodeCount> nodes = Optional.empty();
    Optional<Duration> limit = Optional.empty();
    Optional<Instant> begin = Optional.empty();
    Optional<EndSignal> signal = Optional.empty();
    Optional<Boolean> requeue = Optional.empty();
    Dependencies after = Dependencies.NONE;
    Routing.Sharing sharing = Routing.Sharing.CLUSTER_DEFAULT;
    Files.OpenMode openMode = Files.OpenMode.CLUSTER_DEFAULT;
    List<Mail.Event> mail = List.of();

    Choices(ZonedDateTime now) {
        this.now = now;
    }

    /** The options that sbatch looks at before it reads the script, wherever they stand later. */
    static boolean isEarly(Option option) {
        return switch (option.name()) {
            case "help", "usage", "version", "quiet", "verbose", "wrap" -> true;
            default -> false;
        };
    }

    Optional<String> text(String option) {
        return Optional.ofNullable(texts.get(option));
    }

    OptionalInt number(String option) {
        Integer number = numbers.get(option);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    boolean has(String option) {
        return given.containsKey(option);
    }

    boolean isFrom(Source source, String option) {
        return given.get(option) == source;
    }

    boolean flag(String option) {
        return flags.contains(option);
    }

    /** Forgets an option, as if it had not been given. */
    void forget(String option) {
        given.remove(option);
        bytes.remove(option);
    }

    /** A variable of the environment. Flags are set by nothing, {@code yes} and any number but 0, and cleared by anything else. */
    void fromEnvironment(Option option, String value) {
        switch (option.argument()) {
            case REQUIRED -> set(option, Optional.of(value), Source.ENVIRONMENT);
            case OPTIONAL -> set(option, value.isEmpty() ? Optional.empty() : Optional.of(value), Source.ENVIRONMENT);
            case NONE -> {
                boolean on = value.isEmpty() || value.equalsIgnoreCase("yes") || value.matches("[+-]?0*[1-9]\\d*");
                if (on) {
                    set(option, Optional.empty(), Source.ENVIRONMENT);
                } else {
                    flags.remove(option.name());
                }
            }
        }
    }

    /** An option of another system's line. Its variables are added to those that are exported already. */
    void add(CommandLine.Given given) {
        Optional<String> value = given.value();
        if (given.option().name().equals("export") && texts.containsKey("export")) {
            value = value.map(more -> texts.get("export") + "," + more);
        }
        set(given.option(), value, Source.WORDS);
    }

    /** @throws Stop with sbatch's text for a bad value, and for what Sluice does not honour */
    void set(Option option, Optional<String> value, Source source) {
        refuse(option);
        String text = value.orElse("");
        String name = option.name().equals("tasks-per-node") ? "ntasks-per-node" : option.name();
        given.put(name, source);
        switch (name) {
            case "account", "chdir", "comment", "constraint", "exclude", "export", "job-name", "mail-user" ->
                texts.put(name, text);
            case "nodelist", "partition", "qos", "reservation", "wrap", "array", "kill-on-invalid-dep" ->
                texts.put(name, text);
            case "output", "error", "input" -> texts.put(name, text.equalsIgnoreCase("none") ? "/dev/null" : text);
            case "ntasks", "ntasks-per-node", "cpus-per-task" -> numbers.put(name, positive(option, text));
            case "mem", "mem-per-cpu", "mem-per-gpu", "tmp" -> bytes.put(name, mebibytes(option, text));
            case "gpus", "gpus-per-node", "gpus-per-task" -> gpus.put(name, Counted.gpus(text));
            case "gres" -> {
                Counted.Gres counted = Counted.gres(text);
                gres = counted.others();
                gpus.put(name, counted.gpus());
            }
            case "licenses" -> licenses = Counted.licenses(text);
            case "nodes" -> nodes = Optional.of(NodeCount.parse(text));
            case "time" -> limit = Optional.of(time(text));
            case "begin" -> begin = Optional.of(BeginTime.parse(text, now));
            case "signal" -> signal = Optional.of(Signals.parse(text));
            case "dependency" -> after = dependency(text);
            case "exclusive" -> sharing = exclusive(value);
            case "oversubscribe" -> sharing = Routing.Sharing.OVERSUBSCRIBE;
            case "open-mode" -> openMode = openMode(text);
            case "mail-type" -> mail = MailTypes.parse(text);
            case "requeue" -> requeue = Optional.of(requeued(value));
            case "no-requeue" -> requeue = Optional.of(false);
            default -> flags.add(name);
        }
        if (name.equals("kill-on-invalid-dep") && !text.equalsIgnoreCase("yes") && !text.equalsIgnoreCase("no")) {
            throw invalid(option);
        }
    }

    private static void refuse(Option option) {
        if (option.name().equals("uid") || option.name().equals("gid")) {
            throw Stop.option(option + " only permitted by root user");
        }
        if (!option.isHonoured()) {
            throw Stop.unsupported(option.toString());
        }
    }

    private static Stop invalid(Option option) {
        return Stop.option("Invalid " + option + " specification");
    }

    private static int positive(Option option, String text) {
        if (!text.matches("\\+?\\d+") || text.matches("\\+?0+")) {
            throw Stop.error("Invalid numeric value \"" + text + "\" for " + option + ".");
        }
        String digits = text.replaceFirst("^\\+?0*", "");
        if (digits.length() > 10 || Long.parseLong(digits) >= Integer.MAX_VALUE) {
            throw Stop.error("Numeric argument (" + digits + ") too large for " + option + ".");
        }
        return Integer.parseInt(digits);
    }

    /** Whole MiB, rounded up. */
    private static long mebibytes(Option option, String text) {
        long bytes = Quantities.memoryBytes(text).orElseThrow(() -> invalid(option));
        return Math.multiplyExact(Math.ceilDiv(bytes, MIB), MIB);
    }

    private static Duration time(String text) {
        return Quantities.time(text).orElseThrow(() -> Stop.option("Invalid --time specification"));
    }

    private static Dependencies dependency(String text) {
        try {
            return text.isEmpty() ? Dependencies.NONE : Dependencies.parse(text);
        } catch (InvalidValue e) {
            throw Stop.submission("Job dependency problem");
        }
    }

    private static Routing.Sharing exclusive(Optional<String> value) {
        return switch (value.orElse("exclusive").toLowerCase(Locale.ROOT)) {
            case "exclusive", "allocation" -> Routing.Sharing.EXCLUSIVE;
            case "oversubscribe" -> Routing.Sharing.OVERSUBSCRIBE;
            case "user" -> Routing.Sharing.EXCLUSIVE_USER;
            case "mcs" -> Routing.Sharing.EXCLUSIVE_MCS;
            case "topo" -> Routing.Sharing.EXCLUSIVE_TOPO;
            default -> throw Stop.option("Invalid --exclusive specification");
        };
    }

    private static Files.OpenMode openMode(String text) {
        if (text.startsWith("a") || text.startsWith("A")) {
            return Files.OpenMode.APPEND;
        }
        if (text.startsWith("t") || text.startsWith("T")) {
            return Files.OpenMode.TRUNCATE;
        }
        throw Stop.option("Invalid --open-mode specification");
    }

    private static boolean requeued(Optional<String> value) {
        if (value.isPresent() && value.orElseThrow().equalsIgnoreCase("expedite")) {
            throw Stop.unsupported("--requeue=expedite");
        }
        if (value.isPresent() && !value.orElseThrow().isEmpty()) {
            throw Stop.option("Invalid --requeue specification");
        }
        return true;
    }
}
