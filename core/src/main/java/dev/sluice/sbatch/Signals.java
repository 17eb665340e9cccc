package dev.sluice.sbatch;

import dev.sluice.spec.EndSignal;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code --signal}: {@code [B:]signal[@seconds]}. */
final class Signals {
    /** By their numbers on Linux, whatever the processor but MIPS, SPARC, Alpha and PA-RISC (signal(7)). */
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ILL", 4),
            Map.entry("TRAP", 5),
            Map.entry("ABRT", 6),
            Map.entry("IOT", 6),
            Map.entry("BUS", 7),
            Map.entry("FPE", 8),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15),
            Map.entry("STKFLT", 16),
            Map.entry("CHLD", 17),
            Map.entry("CONT", 18),
            Map.entry("STOP", 19),
            Map.entry("TSTP", 20),
            Map.entry("TTIN", 21),
            Map.entry("TTOU", 22),
            Map.entry("URG", 23),
            Map.entry("XCPU", 24),
            Map.entry("XFSZ", 25),
            Map.entry("VTALRM", 26),
            Map.entry("PROF", 27),
            Map.entry("WINCH", 28),
            Map.entry("IO", 29),
            Map.entry("PWR", 30),
            Map.entry("SYS", 31));

    private static final Pattern TEXT =
            Pattern.compile("(?<flags>(?i:RB|BR|R(?=:)|B(?=:)):|)(?<signal>[A-Za-z0-9]+)(?:@(?<time>\\d{1,5}))?");
    private static final int SECONDS_BEFORE = 60;
    private static final int MOST_SECONDS = 65_535;
    private static final int MOST = 64;

    private Signals() {}

    /** @throws Stop with sbatch's text; and for its flag {@code R}, which no cluster of the federation could be asked for */
    static EndSignal parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw invalid();
        }
        String flags = matcher.group("flags").toUpperCase(Locale.ROOT);
        int number = number(matcher.group("signal"));
        int seconds = matcher.group("time") == null ? SECONDS_BEFORE : Integer.parseInt(matcher.group("time"));
        if (number < 1 || number > MOST || seconds > MOST_SECONDS) {
            throw invalid();
        }
        if (flags.contains("R")) {
            throw Stop.unsupported("the R of --signal");
        }
        return new EndSignal(
                number, seconds, flags.contains("B") ? EndSignal.Target.BATCH_SHELL : EndSignal.Target.STEPS);
    }

    private static int number(String signal) {
        if (signal.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return signal.length() > 3 ? 0 : Integer.parseInt(signal);
        }
        String name = signal.toUpperCase(Locale.ROOT);
        return NUMBERS.getOrDefault(name.startsWith("SIG") ? name.substring(3) : name, 0);
    }

    private static Stop invalid() {
        return Stop.option("Invalid --signal specification");
    }
}
