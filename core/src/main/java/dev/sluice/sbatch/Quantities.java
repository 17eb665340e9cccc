package dev.sluice.sbatch;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and sizes as sbatch reads them (its manual, {@code --time} and {@code --mem}). */
public final class Quantities {
    private static final Pattern TIME = Pattern.compile(
            "(?<minutes>\\d{1,9})|(?<m>\\d{1,9}):(?<s>\\d{1,9})|(?<h>\\d{1,9}):(?<hm>\\d{1,9}):(?<hs>\\d{1,9})"
                    + "|(?<d>\\d{1,9})-(?:(?<dh>\\d{1,9})(?::(?<dm>\\d{1,9})(?::(?<ds>\\d{1,9}))?)?)?");
    /** Days below zero; sbatch takes them and means no limit. */
    private static final Pattern BELOW_ZERO = Pattern.compile("-\\d{1,9}");

    private static final Pattern MEMORY = Pattern.compile("\\+?(\\d{1,15})([kKmMgGtT]?)[bB]?");
    private static final int KIB = 1024;

    private Quantities() {}

    /**
     * A length of time: {@code minutes}, {@code minutes:seconds}, {@code hours:minutes:seconds}, {@code days-}, {@code
     * days-hours}, {@code days-hours:minutes}, {@code days-hours:minutes:seconds}. Zero and less are no limit to {@code --time}, and
     * so are {@code infinite} and {@code unlimited}, which come as zero.
     *
     * @return empty for any other text
     */
    public static Optional<Duration> time(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.equals("infinite") || word.equals("unlimited")) {
            return Optional.of(Duration.ZERO);
        }
        if (BELOW_ZERO.matcher(text).matches()) {
            return Optional.of(Duration.ofDays(-1));
        }
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofDays(number(time, "d"))
                .plusHours(number(time, "h") + number(time, "dh"))
                .plusMinutes(number(time, "minutes") + number(time, "m") + number(time, "hm") + number(time, "dm"))
                .plusSeconds(number(time, "s") + number(time, "hs") + number(time, "ds")));
    }

    private static long number(Matcher matcher, String group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /**
     * A size in bytes: a whole number of MiB, or with one of {@code K M G T}, each 1024 times the one before; a {@code B} behind
     * changes nothing.
     *
     * @return empty for any other text, and for what is over 2⁶³
     */
    public static OptionalLong memoryBytes(String text) {
        Matcher memory = MEMORY.matcher(text);
        if (!memory.matches()) {
            return OptionalLong.empty();
        }
        long unit = switch (memory.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> KIB;
            case "G" -> (long) KIB * KIB * KIB;
            case "T" -> (long) KIB * KIB * KIB * KIB;
            default -> (long) KIB * KIB;
        };
        long count = Long.parseLong(memory.group(1));
        return count > Long.MAX_VALUE / unit ? OptionalLong.empty() : OptionalLong.of(count * unit);
    }
}
