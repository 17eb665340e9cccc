package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.Spelled;
import dev.sluice.job.InvalidValue;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and amounts as people type and read them on the command line. */
final class Amounts {
    private static final Pattern SLURM_TIME =
            Pattern.compile("(?:(\\d{1,9})-)?(\\d{1,9})(?::(\\d{1,9}))?(?::(\\d{1,9}))?");
    private static final Pattern SLURM_MEMORY = Pattern.compile("(\\d{1,15})([KMGTkmgt]?)");
    private static final List<String> BINARY = List.of("KiB", "MiB", "GiB", "TiB", "PiB");

    private Amounts() {}

    /**
     * A time limit in seconds, empty for none: sbatch's {@code minutes}, {@code minutes:seconds}, {@code hours:minutes:seconds}, {@code
     * days-hours}, {@code days-hours:minutes}, {@code days-hours:minutes:seconds}, 0 and {@code unlimited}; and {@code 1h30m}.
     */
    static OptionalLong limitSeconds(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        if (word.equals("unlimited") || word.equals("infinite")) {
            return OptionalLong.empty();
        }
        Matcher time = SLURM_TIME.matcher(text);
        Duration limit = time.matches() ? slurm(time) : Spelled.duration(text);
        if (!limit.minusMillis(limit.toMillis() % 1000).equals(limit)) {
            throw new InvalidValue("time limit", "whole seconds", text);
        }
        return limit.isZero() ? OptionalLong.empty() : OptionalLong.of(limit.toSeconds());
    }

    private static Duration slurm(Matcher time) {
        long first = Long.parseLong(time.group(2));
        long second = number(time.group(3));
        long third = number(time.group(4));
        if (time.group(1) != null) {
            return Duration.ofDays(Long.parseLong(time.group(1)))
                    .plusHours(first)
                    .plusMinutes(second)
                    .plusSeconds(third);
        }
        return time.group(4) != null
                ? Duration.ofHours(first).plusMinutes(second).plusSeconds(third)
                : Duration.ofMinutes(first).plusSeconds(second);
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /** Bytes: sbatch's {@code 4096} (MiB), {@code 4G} (GiB); and {@code 4GiB}, {@code 500MB}. */
    static long memoryBytes(String text) {
        Matcher memory = SLURM_MEMORY.matcher(text);
        if (!memory.matches()) {
            return Spelled.bytes(text);
        }
        String unit = memory.group(2).isEmpty() ? "M" : memory.group(2).toUpperCase(Locale.ROOT);
        return Spelled.bytes(memory.group(1) + unit + "iB");
    }

    /** {@code 3d4h}, {@code 2h05m}, {@code 3m20s}, {@code 12s}: the two largest units. */
    static String shown(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds >= 86_400) {
            return seconds / 86_400 + "d" + String.format("%02dh", seconds / 3600 % 24);
        }
        if (seconds >= 3600) {
            return seconds / 3600 + "h" + String.format("%02dm", seconds / 60 % 60);
        }
        return seconds >= 60 ? seconds / 60 + "m" + String.format("%02ds", seconds % 60) : seconds + "s";
    }

    /** {@code 4 GiB}, {@code 1.5 TiB}. */
    static String shownBytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < BINARY.size() - 1) {
            amount /= 1024;
            unit++;
        }
        String number = amount >= 100 || amount == Math.rint(amount)
                ? Long.toString(Math.round(amount))
                : String.format(Locale.ROOT, "%.1f", amount);
        return number + " " + BINARY.get(unit);
    }
}
