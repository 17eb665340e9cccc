package dev.sluice.gateway.cli;

import dev.sluice.gateway.settings.Spelled;
import dev.sluice.job.InvalidValue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Points in time as people type and read them: in the zone of the console. */
final class When {
    private static final Pattern FROM_NOW = Pattern.compile(
            "now(?:\\+(\\d{1,9})(?:(seconds?|minutes?|hours?|days?|weeks?))?)?", Pattern.CASE_INSENSITIVE);
    private static final Map<Character, ChronoUnit> UNITS =
            Map.of('s', ChronoUnit.SECONDS, 'm', ChronoUnit.MINUTES, 'h', ChronoUnit.HOURS, 'd', ChronoUnit.DAYS);
    private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Console console;

    When(Console console) {
        this.console = console;
    }

    /**
     * Reads {@code now+2hours}, {@code 16:00} (today or tomorrow), {@code 2026-12-01}, {@code 2026-12-01T08:00} and RFC 3339 with an
     * offset.
     */
    Instant ahead(String text) {
        Instant now = console.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        Matcher fromNow = FROM_NOW.matcher(text);
        if (fromNow.matches()) {
            long count = fromNow.group(1) == null ? 0 : Long.parseLong(fromNow.group(1));
            char unit = fromNow.group(2) == null
                    ? 's'
                    : Character.toLowerCase(fromNow.group(2).charAt(0));
            return now.plus(
                    unit == 'w'
                            ? Duration.ofDays(7 * count)
                            : UNITS.getOrDefault(unit, ChronoUnit.SECONDS)
                                    .getDuration()
                                    .multipliedBy(count));
        }
        if (text.matches("\\d{2}:\\d{2}(:\\d{2})?")) {
            return nextAt(text, now);
        }
        return date(text);
    }

    /** As {@link #ahead}, and a duration for so long ago: {@code 2h}. */
    Instant before(String text) {
        if (text.matches("[0-9]+(ms|s|m|h|d).*")) {
            return console.clock().instant().minus(Spelled.duration(text));
        }
        return ahead(text);
    }

    private Instant nextAt(String text, Instant now) {
        try {
            ZonedDateTime today = now.atZone(console.zone());
            ZonedDateTime at = today.with(LocalTime.parse(text));
            return (at.isBefore(today) ? at.plusDays(1) : at).toInstant();
        } catch (DateTimeException e) {
            throw wrong(text);
        }
    }

    private Instant date(String text) {
        try {
            if (text.matches(".*([Zz]|[+-]\\d{2}:\\d{2})$") && text.length() > 11) {
                return OffsetDateTime.parse(text).toInstant();
            }
            LocalDateTime local = text.contains("T")
                    ? LocalDateTime.parse(text)
                    : LocalDate.parse(text).atStartOfDay();
            return local.atZone(console.zone()).toInstant();
        } catch (DateTimeException e) {
            throw wrong(text);
        }
    }

    private static InvalidValue wrong(String text) {
        return new InvalidValue("time", "a time as 2026-12-01T08:00, 16:00 or now+2hours", text);
    }

    /** {@code 3m20s ago}; the text itself where it is no time. */
    String ago(String time) {
        Duration passed = passed(time);
        return passed == null ? time : Amounts.shown(passed) + " ago";
    }

    /** {@code 2026-12-01 08:00:00 (3m20s ago)}. */
    String full(String time) {
        Duration passed = passed(time);
        if (passed == null) {
            return time;
        }
        String at = SHOWN.format(Instant.parse(time).atZone(console.zone()));
        String relative =
                passed.isNegative() ? "in " + Amounts.shown(passed.negated()) : Amounts.shown(passed) + " ago";
        return at + " (" + relative + ")";
    }

    /** The time of day alone. */
    String clock(String time) {
        return passed(time) == null ? time : SHOWN.format(Instant.parse(time).atZone(console.zone()));
    }

    /** From one time to another, to now where the other is empty; empty where there is no first. */
    String between(String from, String to) {
        Duration since = passed(from);
        if (since == null) {
            return "";
        }
        Duration until = passed(to);
        return Amounts.shown(until == null ? since : since.minus(until));
    }

    private @Nullable Duration passed(String time) {
        try {
            return time.isEmpty()
                    ? null
                    : Duration.between(Instant.parse(time), console.clock().instant());
        } catch (DateTimeException e) {
            return null;
        }
    }
}
