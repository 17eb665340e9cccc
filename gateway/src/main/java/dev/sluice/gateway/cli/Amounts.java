package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.Spelled;
import dev.sluice.job.InvalidValue;
import dev.sluice.sbatch.Quantities;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Times and amounts as people type and read them on the command line. */
final class Amounts {
    private static final List<String> BINARY = List.of("KiB", "MiB", "GiB", "TiB", "PiB");

    private Amounts() {}

    /**
     * A time limit in seconds, empty for none: sbatch's {@code minutes}, {@code minutes:seconds}, {@code hours:minutes:seconds}, {@code
     * days-hours}, {@code days-hours:minutes}, {@code days-hours:minutes:seconds}, 0 and {@code unlimited}; and {@code 1h30m}.
     */
    static OptionalLong limitSeconds(String text) {
        Duration limit = Quantities.time(text).orElseGet(() -> Spelled.duration(text));
        if (limit.isNegative() || !limit.minusMillis(limit.toMillis() % 1000).equals(limit)) {
            throw new InvalidValue("time limit", "whole seconds", text);
        }
        return limit.isZero() ? OptionalLong.empty() : OptionalLong.of(limit.toSeconds());
    }

    /** Bytes: sbatch's {@code 4096} (MiB), {@code 4G} (GiB); and {@code 4GiB}, {@code 500MB}, the unit of ten that it says. */
    static long memoryBytes(String text) {
        boolean named = text.endsWith("B") || text.endsWith("b");
        OptionalLong sbatchs = named ? OptionalLong.empty() : Quantities.memoryBytes(text);
        return sbatchs.orElseGet(() -> Spelled.bytes(text));
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
