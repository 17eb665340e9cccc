package dev.sluice.gateway.settings;

import dev.sluice.job.InvalidValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How amounts are spelled by people: {@code 1h30m}, {@code 4GiB}. Each reading throws {@link InvalidValue}. */
public final class Spelled {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15}(ms|s|m|h|d))+");
    private static final Pattern PART = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,19})(\\.\\d{1,6})?([KMGTP]i?B|B)");
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,3}(_\\d{3})+|-?\\d{1,19}");
    /** Nine centuries: so far below what a Duration holds that it can be multiplied and added without care. */
    private static final long MOST_DAYS = 333_333;

    static final String A_DURATION = "a duration with a unit, as 30s, 5m, 1h30m or 7d";
    static final String AN_AMOUNT = "an amount with a unit, as 500MB or 4GiB";

    private static final Map<String, Long> UNITS = units();

    private Spelled() {}

    private static Map<String, Long> units() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("B", 1L);
        long decimal = 1;
        long binary = 1;
        for (String prefix : new String[] {"K", "M", "G", "T", "P"}) {
            decimal *= 1000;
            binary *= 1024;
            units.put(prefix + "B", decimal);
            units.put(prefix + "iB", binary);
        }
        return units;
    }

    public static Duration duration(String text) {
        if (!DURATION.matcher(text).matches()) {
            throw new InvalidValue("duration", A_DURATION, text);
        }
        Matcher part = PART.matcher(text);
        Duration sum = Duration.ZERO;
        while (part.find()) {
            long count = Long.parseLong(part.group(1));
            sum = sum.plus(
                    switch (part.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> count > MOST_DAYS ? Duration.ofDays(MOST_DAYS + 1) : Duration.ofDays(count);
                    });
            if (sum.toDays() > MOST_DAYS) {
                throw new InvalidValue("duration", "at most " + MOST_DAYS + "d", text);
            }
        }
        return sum;
    }

    public static long bytes(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new InvalidValue("amount", AN_AMOUNT, text);
        }
        String fraction = amount.group(2) == null ? "" : amount.group(2);
        BigDecimal count = new BigDecimal(amount.group(1) + fraction);
        BigInteger bytes = count.multiply(BigDecimal.valueOf(UNITS.getOrDefault(amount.group(3), 1L)))
                .toBigInteger();
        if (bytes.bitLength() > 62) {
            throw new InvalidValue("amount", "less than 4096PiB", text);
        }
        return bytes.longValue();
    }

    /** Whole numbers in decimal, with {@code _} between groups of three if one likes. */
    public static long whole(String text) {
        if (WHOLE.matcher(text).matches()) {
            BigInteger value = new BigInteger(text.replace("_", ""));
            if (value.bitLength() < Long.SIZE) {
                return value.longValue();
            }
        }
        throw new InvalidValue("number", "a whole number", text);
    }

    /** A name of code as people write it in a file: {@code maxBody}, {@code MAX_BODY} and {@code MaxBody} as {@code max-body}. */
    static String dashed(String name) {
        String split = name.chars().anyMatch(Character::isLowerCase) ? name.replaceAll("(?<=.)(?=[A-Z])", "-") : name;
        return split.toLowerCase(Locale.ROOT).replace('_', '-').replace(' ', '-');
    }
}
